/** `l0sim merge FOLDER...`: shards of one sweep to its tables. Gaps and shards of another plan are refused. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cellCount, cellId, type Plan } from '../../experiment/cells/plan.ts';
import { type Journal, openJournal } from '../../experiment/workers/journal.ts';
import { JOURNAL } from '../drive-cells.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { openExperimentFolder, readPlan } from '../experiment-folder.ts';
import { openTerminal } from '../terminal.ts';
import { finishSweep } from './sweep.ts';

export interface MergeArguments {
  readonly folders: readonly string[];
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

export async function mergeCommand(given: MergeArguments): Promise<number> {
  const { folders } = given;
  const [first] = folders;
  if (first === undefined) throw new UsageError('merge takes the folders of the shards');
  const plan = readPlan(first);
  for (const other of folders.slice(1)) {
    const { hash } = readPlan(other);
    if (hash === plan.hash) continue;
    throw new UsageError(
      `${other} is of plan ${hash.slice(0, 8)} and ${first} of plan ${plan.hash.slice(0, 8)}; shards of two plans do not merge`,
    );
  }
  const shards = folders.flatMap(shardsIn);
  if (shards.length === 0)
    throw new UsageError(`no shards in ${folders.join(', ')}: l0sim sweep FILE --shard i/n makes them`);
  const folder = openExperimentFolder(given.out ?? first, plan, false);
  try {
    if (folder.isFinished) {
      openTerminal(given.quiet === true).say(`${folder.path} is merged already`);
      return EXIT.asExpected;
    }
    const journal = openJournal(folder.file(JOURNAL), plan);
    try {
      for (const shard of shards) copy(shard, plan, journal);
      refuseGaps(plan, journal, shards);
      return await finishSweep(plan, folder, journal, given);
    } finally {
      journal.close();
    }
  } finally {
    folder.close();
  }
}

/** Finished shards, and those that are still running or were interrupted: their cells count too. */
function shardsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^shard-\d+-of-\d+\.(?:cells|journal)$/.test(name))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}

function copy(path: string, plan: Plan, into: Journal): void {
  const shard = openJournal(path, plan);
  try {
    for (let cell = 0; cell < cellCount(plan); cell++) if (shard.has(cell)) into.add(shard.read(cell));
  } finally {
    shard.close();
  }
}

const NAMED = 5;

function refuseGaps(plan: Plan, journal: Journal, shards: readonly string[]): void {
  const missing: string[] = [];
  let count = 0;
  for (let cell = 0; cell < cellCount(plan); cell++) {
    if (journal.has(cell)) continue;
    count++;
    if (missing.length < NAMED) missing.push(cellId(plan, cell));
  }
  if (count === 0) return;
  const more = count > missing.length ? `, and ${count - missing.length} more` : '';
  throw new UsageError(
    `${count} of ${cellCount(plan)} cells are in no shard (${missing.join(', ')}${more}); ` +
      `there are ${shards.length} shards: run those that are missing, then merge again`,
  );
}
