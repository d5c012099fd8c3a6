/** Differences of pairs of runs that share their seeds. */
import type { Distributions } from './distributions.ts';
import { type Interval, meanInterval } from './intervals.ts';

export interface PairedDifference extends Interval {
  /** (Var a + Var b) / Var (a - b): what the pairs gained over independent runs. Undefined where the difference is constant. */
  readonly varianceReduction: number | undefined;
}

/** Student-t interval of the mean of `a[i] - b[i]`. Both have the same length, two or more. */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  level: number,
  dist: Distributions,
): PairedDifference {
  const differences = a.map((value, i) => value - (b[i] as number));
  const spread = variance(differences);
  const varianceReduction = spread === 0 ? undefined : (variance(a) + variance(b)) / spread;
  return { ...meanInterval(differences, level, dist), varianceReduction };
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1);
}
