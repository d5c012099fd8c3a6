/** Differences of pairs of runs that share their seeds. */
import { assert } from '../../base/assert.ts';
import type { Distributions } from './distributions.ts';
import { type Interval, meanInterval, meanOf, squaresAround } from './intervals.ts';

export interface PairedDifference extends Interval {
  /** (Var a + Var b) / Var (a - b): what the pairs gained over independent runs. Undefined where the difference is constant. */
  readonly varianceReduction: number | undefined;
  /** Of a and b, from -1 to 1. Undefined where one of them is constant. */
  readonly correlation: number | undefined;
}

/**
 * Student-t interval of the mean of `a[i] - b[i]`.
 *
 * Throws InvariantError unless both have the same length, two or more.
 * @source Law, Simulation modeling and analysis (2015), 10.2.1 (paired-t) and 11.2 (common random numbers)
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  level: number,
  dist: Distributions,
): PairedDifference {
  assert(a.length === b.length, 'pairs have two sides', { a: a.length, b: b.length });
  const differences = a.map((value, i) => value - (b[i] as number));
  const interval = meanInterval(differences, level, dist);
  const [centerA, centerB] = [meanOf(a), meanOf(b)];
  const [spreadA, spreadB] = [squaresAround(a, centerA), squaresAround(b, centerB)];
  const spread = squaresAround(differences, interval.estimate);
  const shared = a.reduce((sum, value, i) => sum + (value - centerA) * ((b[i] as number) - centerB), 0);
  return {
    ...interval,
    varianceReduction: spread === 0 ? undefined : (spreadA + spreadB) / spread,
    correlation: spreadA === 0 || spreadB === 0 ? undefined : shared / Math.sqrt(spreadA * spreadB),
  };
}
