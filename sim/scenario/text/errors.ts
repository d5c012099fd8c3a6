/** What is wrong with a scenario: every problem of a file at once, each with its place, what was expected, what was got. */

/** Codes by number; the text is what `docs/errors.md` says of each. */
export const errorCodes = {
  E101: 'the text is no YAML',
  E102: 'a key stands twice in one map',
  E103: 'a file holds one document',
  E104: 'anchors, aliases and tags are not part of the grammar',
  E105: 'the text is nested too deeply or has too many values',
  E106: 'the file is too large',
  E107: 'the file is empty',
  E108: 'a scenario is a map of keys',
  E109: 'the bytes are no UTF-8',
  E110: 'a value has another type than its key takes',
  E111: 'a number is not whole',
  E112: 'a number is not finite',
  E113: 'a number has more digits than can be kept',
  E114: 'a quantity is not written as one',
  E115: 'a number is out of its range',
  E116: 'a quantity has no unit',
  E117: 'a unit is not one of those known',
  E118: 'a quantity is negative where none may be',
  E119: 'a time is finer than the microsecond that the clock counts',
  E120: 'a key is unknown here',
  E121: 'a word is not one of those known here',
  E122: 'a key is missing',
  E123: 'an id has characters that ids may not have',
  E124: 'a key that no map may have',
  E130: 'a name is not defined',
  E131: 'a lane joins a chain to itself',
  E132: 'a client trusts for longer than stake is bound',
  E133: 'a threshold is zero or above the number of members',
  E134: 'a lane has no timeout at all',
  E135: 'the network settles after the run has ended',
  E136: 'nobody has any voting power',
  E137: 'a selector matches nothing',
  E138: 'an amount is of an asset that no chain mints, or finer than its base unit',
  E139: 'parts that do not fit together',
  E140: 'the scenario needs more than the budget allows',
  E141: 'a file that the scenario names cannot be read',
} as const;
export type ErrorCode = keyof typeof errorCodes;

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Place {
  readonly code: ErrorCode;
  /** Keys from the root, as in `--set`. */
  readonly path: string;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

/** Problems printed one by one; the rest are counted. */
export const PROBLEMS_SHOWN = 20;

/** `error[E120] quickstart.yaml:12:3: unknown key ... (expected ..., got ...); hint`. */
export function formatProblem(problem: Problem): string {
  const { code, file, line, column, what, expected, got, hint } = problem;
  const details = [expected === '' ? '' : `expected ${expected}`, got === '' ? '' : `got ${got}`].filter(
    (part) => part !== '',
  );
  const inside = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return `error[${code}] ${file}:${line}:${column}: ${what}${inside}${hint === '' ? '' : `; ${hint}`}`;
}

/** Thrown for bad input and for nothing else: exit code 2, nothing written. */
export class ScenarioErrors extends Error {
  override readonly name = 'ScenarioErrors';
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const sorted = [...problems].sort(
      (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code),
    );
    const lines = sorted.slice(0, PROBLEMS_SHOWN).map(formatProblem);
    if (sorted.length > PROBLEMS_SHOWN) lines.push(`and ${sorted.length - PROBLEMS_SHOWN} more`);
    super(lines.join('\n'));
    this.problems = sorted;
  }
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
