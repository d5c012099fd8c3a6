/** Means of a process that starts out of its balance: where to cut the warm-up, and an interval from one long run. */
import type { Distributions } from './distributions.ts';
import { meanInterval } from './intervals.ts';

export interface WarmUp {
  /** Mean of what is left; undefined of no values. */
  readonly mean: number | undefined;
  /** Values cut from the start; none where the run is too short. */
  readonly deleted: number;
  /** Whether the best cut lies in the first half: otherwise the run is too short to say where its warm-up ends. */
  readonly isLongEnough: boolean;
}

/** Observations a batch. @source White 1997: batches of five */
const BATCH = 5;
/** Batches at the end that no cut reaches: a handful always agree with each other. @source White, Cobb and Spratt 2000 */
const KEPT = 5;
/** With fewer batches no cut could lie in the second half, and every run would seem long enough. */
const BATCHES_MIN = 2 * KEPT;

/**
 * The cut that makes the standard error of the rest least, by batches of five; of equally good ones the earliest.
 * Fewer than fifty values are too short for an answer.
 * @source White, Simulation 69 (1997), 323-334; White, Cobb and Spratt, Winter Simulation Conference 2000, 755-761,
 * MSER-5: cuts in the second half are not believed
 */
export function mser5(values: ArrayLike<number>): WarmUp {
  const batches = Math.floor(values.length / BATCH);
  if (batches < BATCHES_MIN) return { mean: meanFrom(values, 0), deleted: 0, isLongEnough: false };
  const best = bestCut(batchesOf(values, 0, BATCH, batches));
  const isLongEnough = best * 2 <= batches;
  const deleted = isLongEnough ? best * BATCH : 0;
  return { mean: meanFrom(values, deleted), deleted, isLongEnough };
}

/** Index of the first batch that is kept. Sums from the end, by distances from a running mean: sums of squares of
 * microseconds would lose all digits of a narrow spread. @source Welford, Technometrics 4 (1962), 419-420 */
function bestCut(means: readonly number[]): number {
  let best = 0;
  let least = Infinity;
  let center = 0;
  let squares = 0;
  for (let d = means.length - 1; d >= 0; d--) {
    const left = means.length - d;
    const off = (means[d] as number) - center;
    center += off / left;
    squares += off * ((means[d] as number) - center);
    const error = squares / (left * left);
    if (left >= KEPT && error <= least) [best, least] = [d, error];
  }
  return best;
}

function batchesOf(values: ArrayLike<number>, start: number, size: number, batches: number): number[] {
  return Array.from({ length: batches }, (_, batch) => {
    let sum = 0;
    for (let i = start + batch * size; i < start + (batch + 1) * size; i++) sum += values[i] as number;
    return sum / size;
  });
}

function meanFrom(values: ArrayLike<number>, from: number): number | undefined {
  if (values.length <= from) return undefined;
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i] as number;
  return sum / (values.length - from);
}

export interface BatchMeans {
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
  readonly batches: number;
  /** Correlation of neighbouring batches; near zero where batches are long enough. */
  readonly lag1: number;
  /** Whether neighbours are so alike that the interval is too narrow. */
  readonly isCorrelated: boolean;
}

/**
 * Interval of a steady-state mean from one run, by means of `batches` equal stretches. Undefined where a batch would
 * have fewer than five values. Cut the warm-up first.
 *
 * Neighbours are judged correlated by a one-sided test that errs once in twenty on independent batches.
 * @source Law, Simulation modeling and analysis (2015), 9.5.3; Fishman, Management Science 24 (1978), 510-521: lag-1
 * correlation against 1.645 / sqrt(batches)
 */
export function batchMeans(
  values: ArrayLike<number>,
  level: number,
  dist: Distributions,
  batches = 30,
): BatchMeans | undefined {
  const size = Math.floor(values.length / batches);
  if (size < BATCH) return undefined;
  // What does not fill a batch is left out at the start, where the warm-up is.
  const means = batchesOf(values, values.length - size * batches, size, batches);
  const { estimate, lo, hi } = meanInterval(means, level, dist);
  const off = means.map((value) => value - estimate);
  const variance = off.reduce((sum, value) => sum + value * value, 0);
  const shared = off.slice(1).reduce((sum, value, i) => sum + value * (off[i] as number), 0);
  const lag1 = variance === 0 ? 0 : shared / variance;
  return { estimate, lo, hi, batches, lag1, isCorrelated: lag1 > 1.645 / Math.sqrt(batches) };
}
