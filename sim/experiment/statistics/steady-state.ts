/** Means of a process that starts out of its balance: where to cut the warm-up, and an interval from one long run. */
import type { Distributions } from './distributions.ts';
import { meanInterval } from './intervals.ts';

export interface WarmUp {
  /** Mean of what is left; undefined of no values. */
  readonly mean: number | undefined;
  /** Values cut from the start. */
  readonly deleted: number;
  /** Whether the best cut lies in the first half: otherwise the run is too short to say where its warm-up ends. */
  readonly isLongEnough: boolean;
}

/** Observations a batch. @source White 1997: batches of five */
const BATCH = 5;

/**
 * The cut that makes the standard error of the rest least, by batches of five.
 * @source White, Cobb and Spratt 2000, MSER-5; cuts in the second half are not believed
 */
export function mser5(values: ArrayLike<number>): WarmUp {
  const batches = Math.floor(values.length / BATCH);
  if (batches < 2) return { mean: meanOf(values, 0), deleted: 0, isLongEnough: false };
  const means = Array.from({ length: batches }, (_, i) => meanOf(slice(values, i * BATCH, BATCH), 0) as number);
  let best = 0;
  let least = Infinity;
  let sum = 0;
  let squares = 0;
  for (let d = batches - 1; d >= 0; d--) {
    const value = means[d] as number;
    sum += value;
    squares += value * value;
    const left = batches - d;
    const error = (squares - (sum * sum) / left) / (left * left);
    // A handful at the end always agree with each other.
    if (left >= BATCH && error <= least) [best, least] = [d, error];
  }
  const isLongEnough = best * 2 <= batches;
  const deleted = isLongEnough ? best * BATCH : 0;
  return { mean: meanOf(values, deleted), deleted, isLongEnough };
}

function slice(values: ArrayLike<number>, start: number, length: number): number[] {
  return Array.from({ length }, (_, i) => values[start + i] as number);
}

function meanOf(values: ArrayLike<number>, from: number): number | undefined {
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
 * have fewer than five values.
 * @source Law 2015, section 9.5.3; lag-1 correlation against 1.645 / sqrt(batches)
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
  const start = values.length - size * batches;
  const means = Array.from({ length: batches }, (_, i) => meanOf(slice(values, start + i * size, size), 0) as number);
  const { estimate, lo, hi } = meanInterval(means, level, dist);
  const off = means.map((value) => value - estimate);
  const variance = off.reduce((sum, value) => sum + value * value, 0);
  const shared = off.slice(1).reduce((sum, value, i) => sum + value * (off[i] as number), 0);
  const lag1 = variance === 0 ? 0 : shared / variance;
  return { estimate, lo, hi, batches, lag1, isCorrelated: lag1 > 1.645 / Math.sqrt(batches) };
}
