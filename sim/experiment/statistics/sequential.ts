/**
 * Replications until an interval is narrow enough. Who looks again and again at a plain 95 % interval, and stops when it
 * pleases, is right less often than 95 %. Here the looks are few and fixed beforehand, each is held to a higher level, and
 * the interval of the last one is honest.
 */
import { assert } from '../../base/assert.ts';
import type { Distributions } from './distributions.ts';
import { meanInterval } from './intervals.ts';

export interface Goal {
  readonly metric: string;
  /** Half-width over the mean. */
  readonly relative: number;
}

export interface Look {
  readonly n: number;
  /** Confidence of the interval of this look: that at which one stops keeps the level that was asked for. */
  readonly level: number;
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
  readonly isReached: boolean;
}

/** Each look takes half as many replications again: few looks, little waste. */
const GROWTH = 1.5;
/** Of the error that the level leaves, what each look may use: see `lookAt`. */
const SHARE_OF_ERROR = 0.5;

/** Replications of each look: the first, then half as many again, up to `most`. */
export function lookSizes(first: number, most: number): number[] {
  assert(first >= 2 && most >= 1, 'a look is at two replications or more', { first, most });
  const sizes: number[] = [];
  for (let n = Math.min(first, most); ; n = Math.min(most, Math.ceil(n * GROWTH))) {
    sizes.push(n);
    if (n >= most) return sizes;
  }
}

/**
 * One look at the values so far, of the sizes of `lookSizes` from ten on.
 *
 * Each look has half of the error, 97.5 % for 95 %. For normal values the interval at which one stops then holds the
 * mean at least as often as `level` says, at any spread and goal: stopping depends on the variance seen, of which the
 * mean is independent, so all that is lost is by stopping at a small variance, and with looks so few it is less than
 * the other half. Plain looks at these sizes come down to 93.5 % and 98.5 %, plain looks after every run further; a
 * share for each look (Bonferroni) would keep the level too, at two to three times the replications.
 *
 * Values that are all equal have no spread, which is luck where they could differ: their interval has the 1/n that
 * Chow and Robbins add to the variance, here relative to the squared mean. A mean of zero has no relative width, so no
 * goal is reached there.
 *
 * MODEL: the level is kept by simulation (the tests do it), not by a proof, and for normal values. Waits (exponential)
 * keep it for goals up to 30 %, lognormal of sigma 0.8 up to 10 %. A figure that is 0 or 1 in each run comes down to
 * 87 % at 95 % where nine of ten are alike: give such figures a number of runs, and read their rate.
 * @source Chow and Robbins, Annals of Mathematical Statistics 36 (1965), 457-462: the rule and its level in the limit;
 * Nadas, ibid. 40 (1969), 667-671: relative width; Law, Simulation modeling and analysis (2015), 9.4.1: ten at first
 */
export function lookAt(values: readonly number[], goal: Goal, level: number, dist: Distributions): Look {
  const error = (1 - level) * SHARE_OF_ERROR;
  const { estimate, lo, hi, n } = meanInterval(values, 1 - error, dist);
  const size = Math.abs(estimate);
  // Not by the width: the mean of ten times 0.1 is not 0.1.
  const isVaried = values.some((value) => value !== values[0]);
  const half = isVaried ? (hi - lo) / 2 : (dist.tQuantile(1 - error / 2, n - 1) * size) / n;
  const isReached = estimate !== 0 && half <= goal.relative * size;
  return { n, level: 1 - error, estimate, lo: estimate - half, hi: estimate + half, isReached };
}
