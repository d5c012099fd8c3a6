/** The line that repeats a run, to be pasted into a shell. */
import { join } from 'node:path';
import { shellWord } from '../experiment/cells/replay-cell.ts';

export interface ReplayFlags {
  readonly file: string;
  readonly set?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly proofs?: string | undefined;
  readonly 'event-budget'?: number | undefined;
}

/** `path` is the results folder: what came by standard input is replayed from the scenario that lies in it. */
export function replayLine(given: ReplayFlags, run: { seed: string; path: string; digest?: string }): string {
  const isStdin = given.file === '-';
  const words = ['l0sim', 'run', isStdin ? join(run.path, 'scenario.resolved.yaml') : given.file, '--seed', run.seed];
  // The resolved scenario holds them already.
  if (!isStdin) {
    for (const text of given.set ?? []) words.push('--set', text);
    if (given.proofs !== undefined) words.push('--proofs', given.proofs);
  }
  if (given['event-budget'] !== undefined) words.push('--event-budget', `${given['event-budget']}`);
  if (given.out !== undefined) words.push('--out', given.out);
  // The folder exists by now. It is replaced only by the same results: a run with another digest keeps its hands off.
  if (run.digest !== undefined) words.push('--force', '--expect-digest', run.digest.slice(0, 16));
  return words.map(shellWord).join(' ');
}
