/** Figures of replications with their intervals. All of them stand on those of `statistics/`. */
import { assert } from '../../base/assert.ts';
import type { Distributions } from '../statistics/distributions.ts';
import { meanInterval, quantileInterval, rateInterval } from '../statistics/intervals.ts';
import type { Estimate, Sample } from './model.ts';

interface Numbers {
  readonly estimate: number;
  readonly lo: number | undefined;
  readonly hi: number | undefined;
}

function estimateOf({ estimate, lo, hi }: Numbers): Estimate {
  // An open bound says that nothing is known on that side.
  return { mean: estimate, lo: lo ?? -Infinity, hi: hi ?? Infinity };
}

export function exactly(value: number): Estimate {
  return { mean: value, lo: value, hi: value };
}

/** All values of one name, in the order of the replications. */
export function pooled(samples: readonly Sample[], name: string): number[] {
  const all: number[] = [];
  for (const sample of samples) for (const value of valuesOf(sample, name)) all.push(value);
  return all;
}

export function valuesOf(sample: Sample, name: string): ArrayLike<number> & Iterable<number> {
  const values = sample[name];
  assert(values !== undefined, 'a replication leaves what its case reads', { name });
  return values;
}

/** Mean of one number a replication: what happens within one may depend on each other. */
export function overReplications(
  samples: readonly Sample[],
  name: string,
  level: number,
  dist: Distributions,
): Estimate {
  return estimateOf(meanInterval(pooled(samples, name), level, dist));
}

/** Mean of values that are independent of each other. */
export function meanOfAll(values: readonly number[], level: number, dist: Distributions): Estimate {
  return estimateOf(meanInterval(values, level, dist));
}

/**
 * Standard deviation of independent values, by the interval of their squared distances from their mean.
 * @source delta method; Law, Simulation modeling and analysis (2015), 4.5
 */
export function deviationOf(values: readonly number[], level: number, dist: Distributions): Estimate {
  const { mean, lo, hi } = varianceOf(values, level, dist);
  return { mean: Math.sqrt(mean), lo: Math.sqrt(Math.max(0, lo)), hi: Math.sqrt(hi) };
}

/** Variance of independent values. */
export function varianceOf(values: readonly number[], level: number, dist: Distributions): Estimate {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const center = sum / n;
  // One degree of freedom went into the center.
  const squares = values.map((value) => ((value - center) * (value - center) * n) / (n - 1));
  return meanOfAll(squares, level, dist);
}

/** Share of independent trials. */
export function shareOf(hits: number, trials: number, level: number, dist: Distributions): Estimate {
  return estimateOf(rateInterval(hits, trials, level, dist));
}

/** Quantile of independent values. */
export function quantileOf(values: readonly number[], p: number, level: number): Estimate {
  return estimateOf(quantileInterval(values, p, level));
}

/**
 * Quantile of values that depend on each other within a replication. Its bounds are where the share of values below,
 * a mean over replications, can no longer be `p`: so no density is estimated, and the bias of a quantile of few values
 * does not come in.
 * @source inversion of the test on the distribution function; Law, Simulation modeling and analysis (2015), 9.5.3
 */
export function quantileOverReplications(
  samples: readonly Sample[],
  name: string,
  p: number,
  level: number,
  dist: Distributions,
): Estimate {
  const sorted = samples.map((sample) => Float64Array.from(valuesOf(sample, name)).sort(ascending));
  const all = Float64Array.from(sorted.flatMap((values) => [...values])).sort(ascending);
  const sharesAt = (x: number): number[] => sorted.map((values) => countUpTo(values, x) / values.length);
  const boundsAt = (rank: number): Estimate => meanOfAll(sharesAt(all[rank] as number), level, dist);
  // Shares rise with the rank, and so do their bounds, but for noise that does not matter at these sizes.
  const lowest = firstRank(all.length, (rank) => boundsAt(rank).hi >= p);
  const highest = firstRank(all.length, (rank) => boundsAt(rank).lo > p);
  return {
    mean: all[Math.min(all.length - 1, Math.ceil(p * all.length) - 1)] as number,
    lo: all[lowest] ?? -Infinity,
    hi: all[highest] ?? Infinity,
  };
}

function ascending(a: number, b: number): number {
  return a - b;
}

function countUpTo(sorted: Float64Array, x: number): number {
  return firstRank(sorted.length, (rank) => (sorted[rank] as number) > x);
}

/** First index for which it holds, for something that goes on holding; `length` where it never does. */
function firstRank(length: number, holds: (rank: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
