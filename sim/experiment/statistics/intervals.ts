/** Intervals of means, rates and quantiles over independent replications. */
import { lnFactorial, exp, ln } from '../../base/portable-math.ts';
import type { Distributions } from './distributions.ts';

export interface Interval {
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
}

/** Student-t interval of a mean. `values` has two or more. */
export function meanInterval(values: readonly number[], level: number, dist: Distributions): Interval {
  const n = values.length;
  const estimate = values.reduce((sum, value) => sum + value, 0) / n;
  const square = values.reduce((sum, value) => sum + (value - estimate) * (value - estimate), 0);
  const half = dist.tQuantile((1 + level) / 2, n - 1) * Math.sqrt(square / (n - 1) / n);
  return { estimate, lo: estimate - half, hi: estimate + half, n };
}

/** Clopper-Pearson. */
export function rateInterval(hits: number, trials: number, level: number, dist: Distributions): Interval {
  const tail = (1 - level) / 2;
  const estimate = hits / trials;
  const lo = hits === 0 ? 0 : dist.betaQuantile(hits === trials ? 1 - level : tail, hits, trials - hits + 1);
  const hi = hits === trials ? 1 : dist.betaQuantile(hits === 0 ? level : 1 - tail, hits + 1, trials - hits);
  return { estimate, lo, hi, n: trials };
}

export interface QuantileInterval {
  readonly estimate: number;
  readonly lo: number | undefined;
  readonly hi: number | undefined;
  readonly n: number;
}

export function quantileInterval(values: readonly number[], p: number, level: number): QuantileInterval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const estimate = sorted[Math.max(0, Math.ceil(p * n) - 1)] as number;
  let below = 0;
  let lo = -1;
  let hi = -1;
  for (let k = 0; k <= n; k++) {
    const term = exp(lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k) + k * ln(p) + (n - k) * ln(1 - p));
    if (below + term <= (1 - level) / 2) lo = k;
    below += term;
    if (hi < 0 && below >= 1 - (1 - level) / 2) hi = k;
  }
  return { estimate, lo: sorted[lo], hi: hi < 0 ? undefined : sorted[hi], n };
}

export function bonferroni(level: number, k: number): number {
  return 1 - (1 - level) / k;
}
