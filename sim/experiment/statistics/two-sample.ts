/** Whether two samples come from one law: the test of Kolmogorov and Smirnov. */
import { assert } from '../../base/assert.ts';
import { exp } from '../../base/portable-math.ts';

/** Terms of the series: below 0.3 it converges slowly, and the chance is 1 to six digits. */
const TERMS = 100;
const CERTAIN_BELOW = 0.3;

export interface Comparison {
  /** Greatest distance between the two empirical distribution functions. */
  readonly distance: number;
  /** Chance of at least this distance between samples of one continuous law. */
  readonly chance: number;
}

/**
 * Compares two samples, in any order. Assumes independent values; where values are tied the chance is too large.
 * Throws InvariantError on an empty sample.
 * @source Smirnov (1948); Stephens (1970), sqrt(n) + 0.12 + 0.11 / sqrt(n), for samples that are not large.
 */
export function compareSamples(a: readonly number[], b: readonly number[]): Comparison {
  assert(a.length > 0 && b.length > 0, 'two samples have values', { a: a.length, b: b.length });
  const left = [...a].sort((x, y) => x - y);
  const right = [...b].sort((x, y) => x - y);
  let distance = 0;
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const value = Math.min(left[i] as number, right[j] as number);
    while (i < left.length && left[i] === value) i++;
    while (j < right.length && right[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / left.length - j / right.length));
  }
  const size = Math.sqrt((left.length * right.length) / (left.length + right.length));
  return { distance, chance: kolmogorovTail((size + 0.12 + 0.11 / size) * distance) };
}

/** P(K > x) of Kolmogorov's law: 2 sum (-1)^(k-1) exp(-2 k^2 x^2). @source Kolmogorov (1933). */
export function kolmogorovTail(x: number): number {
  if (x < CERTAIN_BELOW) return 1;
  let sum = 0;
  for (let k = 1; k <= TERMS; k++) sum += (k % 2 === 1 ? 1 : -1) * exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, 2 * sum));
}
