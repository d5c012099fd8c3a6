/** What went wrong, in words, and the exit code of it. */
import { InvariantError } from '../base/assert.ts';
import { nearest } from '../grammar/nearest.ts';
import { ScenarioErrors } from '../scenario/text/errors.ts';
import { EnvironmentError, EXIT, UsageError } from './exit-codes.ts';
import { openTerminal } from './terminal.ts';

const FLAGS = [
  'seed',
  'set',
  'out',
  'json',
  'quiet',
  'force',
  'trace',
  'expect-digest',
  'proofs',
  'event-budget',
  'help',
  'version',
];

export function explainUsage(message: string): number {
  const unknown = /Unknown arguments?: ([\w-]+)/.exec(message)?.[1];
  const near = unknown === undefined ? undefined : nearest(unknown, FLAGS);
  const hint = near === undefined ? 'l0sim --help lists commands and flags' : `did you mean --${near}?`;
  openTerminal(false).fail(`error[E150] ${message}; ${hint}`);
  return EXIT.input;
}

export function explainFailure(error: unknown): number {
  const terminal = openTerminal(false);
  if (error instanceof ScenarioErrors) {
    terminal.fail(error.message);
    return EXIT.input;
  }
  if (error instanceof UsageError) {
    terminal.fail(`error[E150] ${error.message}`);
    return EXIT.input;
  }
  if (error instanceof EnvironmentError) {
    terminal.fail(`ENVIRONMENT ${error.message}; nothing was kept, and the same command may succeed later`);
    return EXIT.environment;
  }
  const what = error instanceof InvariantError ? error.message : String((error as Error).stack ?? error);
  terminal.fail(`SIMULATOR DEFECT ${what}   RESULTS VOID`);
  return EXIT.defect;
}
