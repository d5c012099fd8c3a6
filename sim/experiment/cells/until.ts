/**
 * Replications until an interval is narrow enough. Looking again and again at a plain 95 % interval and stopping when it
 * pleases covers less than 95 %; here every look has its own share of the error, and the interval of the last is honest.
 */
import type { Distributions } from '../statistics/distributions.ts';
import { meanInterval } from '../statistics/intervals.ts';

export interface Goal {
  readonly metric: string;
  /** Half-width over the mean. */
  readonly relative: number;
}

export interface Look {
  readonly n: number;
  /** Confidence of the interval of this look: all looks together keep the level that was asked for. */
  readonly level: number;
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
  readonly isReached: boolean;
}

/** Each look takes half as many replications again: few looks, little waste. */
const GROWTH = 1.5;
const PI_SQUARED_OVER_6 = 1.6449340668482264;

/** Replications of each look: the first, then half as many again, up to `most`. */
export function lookSizes(first: number, most: number): number[] {
  const sizes: number[] = [];
  for (let n = Math.min(first, most); ; n = Math.min(most, Math.ceil(n * GROWTH))) {
    sizes.push(n);
    if (n >= most) return sizes;
  }
}

/**
 * The interval at look `k`, from 1, with error (1 - level) * 6 / (pi k)^2: these add up to 1 - level over any number of
 * looks, so that the chance that the interval at which one stops misses the mean is at most 1 - level.
 * @source Bonferroni over looks with sum 1/k^2 = pi^2/6; Chow and Robbins 1965 for why plain looks under-cover
 */
export function lookAt(values: readonly number[], k: number, goal: Goal, level: number, dist: Distributions): Look {
  const error = (1 - level) / (PI_SQUARED_OVER_6 * k * k);
  const { estimate, lo, hi } = meanInterval(values, 1 - error, dist);
  const half = (hi - lo) / 2;
  return {
    n: values.length,
    level: 1 - error,
    estimate,
    lo,
    hi,
    isReached: half <= goal.relative * Math.abs(estimate),
  };
}
