/** What is wrong with a fault of a scenario, for the scenario layer to put in its place. */
import { nearest } from '../../sim/grammar/nearest.ts';

export interface FaultProblem {
  /** Below the fault's entry: `['target', 'validators']`. */
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** Empty, or what to do: `did you mean hub?`. */
  readonly hint: string;
}

export function problem(
  path: readonly (string | number)[],
  what: string,
  details: { readonly expected?: string; readonly got?: string; readonly hint?: string } = {},
): FaultProblem {
  return { path, what, expected: details.expected ?? '', got: details.got ?? '', hint: details.hint ?? '' };
}

/** The name is none of those known. */
export function unknownName(
  path: readonly (string | number)[],
  what: string,
  got: string,
  known: readonly string[],
): FaultProblem {
  const near = nearest(got, known);
  return problem(path, `unknown ${what} ${got}`, {
    expected: known.length === 0 ? `a scenario with a ${what}` : `one of ${known.join(', ')}`,
    got,
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
}
