/** A failed expectation in words that a person can act on, and the file that is left of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RanSubject } from './subject.ts';

export const FAILURES_FOLDER = 'l0sim-failures';
const DIGEST_DIGITS = 16;

/** What failed of a scenario. `message` says it in words, with the scenario and the line that replays it. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
  /** What was expected and what came of it, without the replay. */
  readonly finding: string;
  /** Slug of the property, or the name of one's own. */
  readonly property: string;
  /** In the scenario language; undefined where a resolved scenario came without its text. */
  readonly yaml: string | undefined;
  /** Where the scenario was left; undefined where it was not. */
  readonly file: string | undefined;
  readonly scenario: string;
  readonly hash: string;
  /** Undefined where the run did not come to its end, and where parts ran that the command line does not have. */
  readonly digest: string | undefined;
  /** Of fast-check: the way that was shrunk. Empty where nothing was. */
  path = '';
  constructor(finding: string, property: string, ran: FailedSubject, file?: string) {
    super([finding, ...replayLines(ran, file)].join('\n'));
    this.finding = finding;
    this.property = property;
    this.yaml = ran.yaml;
    this.file = file;
    this.scenario = ran.scenario;
    this.hash = ran.hash;
    this.digest = ran.digest;
  }
}

export interface FailedSubject {
  readonly scenario: string;
  readonly yaml: string | undefined;
  readonly hash: string;
  readonly digest: string | undefined;
}

export function failedSubject({ scenario, yaml, hash, result, hasOwnParts }: RanSubject): FailedSubject {
  return { scenario: scenario.name, yaml, hash, digest: hasOwnParts ? undefined : result.digest };
}

/** Rows of `word   text`. */
export function rows(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([word, text]) => `  ${word.padEnd(9)} ${text}`).join('\n');
}

/** Where the scenario lies and how it is replayed. */
export function replayLines(failed: FailedSubject, file: string | undefined): string[] {
  const name = file ?? '-';
  const line = ['l0sim', 'run', name, ...expectation(failed)].join(' ');
  const note = failed.digest === undefined ? '   (parts of its own are not in it)' : '';
  if (file !== undefined) return [rows([['scenario', file] as const, ['replay', line + note] as const])];
  if (failed.yaml === undefined) return [];
  return [rows([['replay', `${line}${note}   with the scenario, this error's yaml, on standard input`]])];
}

function expectation({ digest }: FailedSubject): string[] {
  return digest === undefined ? [] : ['--expect-digest', digest.slice(0, DIGEST_DIGITS)];
}

/** Leaves a scenario as `<folder>/<name>-<hash>.yaml` and gives the path. Throws what the system says. */
export function keepScenario(folder: string, failed: FailedSubject, finding: string): string | undefined {
  if (failed.yaml === undefined) return undefined;
  const file = join(folder, `${failed.scenario}-${failed.hash}.yaml`);
  const replay = ['l0sim', 'run', file, ...expectation(failed)].join(' ');
  const head = [...finding.split('\n'), `replay: ${replay}`].map((line) => `# ${line}`.trimEnd());
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${head.join('\n')}\n${failed.yaml.trimEnd()}\n`);
  return file;
}
