/**
 * Intervals of means, rates and quantiles over independent replications. A level is the chance, before the runs, that
 * an interval will hold the truth: 0.95 for 95 %.
 */
import { assert } from '../../base/assert.ts';
import { exp, expm1, ln, ln1p, lnFactorial } from '../../base/portable-math.ts';
import type { Distributions } from './distributions.ts';

export interface Interval {
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
  /** Values it was made of. */
  readonly n: number;
}

/**
 * Student-t interval of a mean, exact for normal values, asymptotic for others.
 *
 * Throws InvariantError for fewer than two values: one value has no spread.
 * @source Law, Simulation modeling and analysis (2015), 4.12
 */
export function meanInterval(values: readonly number[], level: number, dist: Distributions): Interval {
  checkLevel(level);
  const n = values.length;
  assert(n >= 2, 'an interval of a mean has two values or more', { n });
  const estimate = meanOf(values);
  const half = dist.tQuantile((1 + level) / 2, n - 1) * Math.sqrt(squaresAround(values, estimate) / (n - 1) / n);
  return { estimate, lo: estimate - half, hi: estimate + half, n };
}

/** A one-sided bound at the whole level. */
export interface OneSidedBound {
  readonly side: 'upper' | 'lower';
  readonly at: number;
}

export interface RateInterval extends Interval {
  /**
   * Where no trial was a hit the upper bound, where all were the lower one; undefined between. It spends the whole
   * error on its side and is a claim of its own: "at most 3 in a thousand". `lo` and `hi` stay two-sided there, since an
   * interval that is one-sided at the ends and two-sided between holds the truth less often than its level.
   */
  readonly bound: OneSidedBound | undefined;
}

/**
 * Interval of the share of hits, never less sure than its level whatever the share.
 *
 * Throws InvariantError unless 0 <= hits <= trials and trials >= 1.
 * @source Clopper and Pearson, Biometrika 26 (1934), 404-413, by quantiles of the beta distribution
 */
export function rateInterval(hits: number, trials: number, level: number, dist: Distributions): RateInterval {
  checkLevel(level);
  assert(trials >= 1 && hits >= 0 && hits <= trials, 'a rate is of one trial or more', { hits, trials });
  const tail = (1 - level) / 2;
  const lo = hits === 0 ? 0 : dist.betaQuantile(tail, hits, trials - hits + 1);
  const hi = hits === trials ? 1 : dist.betaQuantile(1 - tail, hits + 1, trials - hits);
  return { estimate: hits / trials, lo, hi, n: trials, bound: boundOf(hits, trials, level) };
}

function boundOf(hits: number, trials: number, level: number): OneSidedBound | undefined {
  if (hits === 0) return { side: 'upper', at: unseenBound(trials, level) };
  return hits === trials ? { side: 'lower', at: 1 - unseenBound(trials, level) } : undefined;
}

/**
 * The largest share that may go unseen in `trials` trials with a chance of 1 - level: about 3 / trials at 95 %.
 * @source Clopper and Pearson (1934), one-sided; Hanley and Lippman-Hand, JAMA 249 (1983), the rule of three
 */
export function unseenBound(trials: number, level: number): number {
  return 0 - expm1(ln(1 - level) / trials);
}

export interface QuantileInterval {
  readonly estimate: number;
  /** Undefined where there are too few values for a bound on that side at this level. */
  readonly lo: number | undefined;
  readonly hi: number | undefined;
  readonly n: number;
}

/**
 * Interval of the `p`-quantile between two of the values, for any continuous distribution; wider than need be where
 * values repeat. The estimate is the least value with a share of at least `p` at or below it.
 *
 * Throws InvariantError without values, or for `p` outside of 0 to 1 without its ends.
 * @source David and Nagaraja, Order statistics (2003), 7.1: the rank of the quantile is binomial
 */
export function quantileInterval(values: readonly number[], p: number, level: number): QuantileInterval {
  checkLevel(level);
  assert(values.length > 0 && p > 0 && p < 1, 'a quantile is of some values', { n: values.length, p });
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const tail = (1 - level) / 2;
  const [lnP, lnRest, lnAll] = [ln(p), ln1p(-p), lnFactorial(n)];
  let below = 0;
  let lo = -1;
  let hi = n;
  for (let k = 0; k < n; k++) {
    below += exp(lnAll - lnFactorial(k) - lnFactorial(n - k) + k * lnP + (n - k) * lnRest);
    if (below <= tail) lo = k;
    if (hi === n && below >= 1 - tail) hi = k;
  }
  // 0.55 * 100 is a little more than 55: a rank is not pushed up by rounding.
  const rank = Math.max(1, Math.ceil(p * n * (1 - 1e-12)));
  return { estimate: sorted[rank - 1] as number, lo: sorted[lo], hi: sorted[hi], n };
}

/** Fewest values of which the interval of the `p`-quantile has both bounds. @source as `quantileInterval`, ranks 1 and n */
export function quantileNeeds(p: number, level: number): number {
  return Math.ceil(ln((1 - level) / 2) / ln(Math.max(p, 1 - p)));
}

/** The level of each of `k` intervals that hold all together with chance `level` or more. @source Bonferroni (1936) */
export function bonferroni(level: number, k: number): number {
  checkLevel(level);
  assert(k >= 1, 'one interval or more share an error', { k });
  return 1 - (1 - level) / k;
}

export function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sum of squared distances: twice through the values, since one pass loses all digits of narrow latencies. */
export function squaresAround(values: readonly number[], center: number): number {
  let sum = 0;
  for (const value of values) sum += (value - center) * (value - center);
  return sum;
}

function checkLevel(level: number): void {
  assert(level > 0 && level < 1, 'a level is between 0 and 1', { level });
}
