import { assert } from './assert.ts';

/** An exact share: `numerator / denominator`, both whole, denominator above 0. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/** Throws InvariantError unless both are whole, `numerator >= 0` and `denominator > 0`. */
export function ratio(numerator: number, denominator: number): Ratio {
  assert(Number.isSafeInteger(numerator) && numerator >= 0, 'a numerator is whole and not negative', { numerator });
  assert(Number.isSafeInteger(denominator) && denominator > 0, 'a denominator is whole and positive', { denominator });
  return { numerator, denominator };
}

/** Whether part / whole > r, without division. Exact for any safe integers. */
export function exceeds(part: number, whole: number, r: Ratio): boolean {
  return compareShare(part, whole, r) > 0;
}

/** Whether part / whole < r, without division. */
export function fallsBelow(part: number, whole: number, r: Ratio): boolean {
  return compareShare(part, whole, r) < 0;
}

/** Sign of part / whole - r. Falls back to bigint where the products would pass 2^53. */
export function compareShare(part: number, whole: number, r: Ratio): number {
  const left = part * r.denominator;
  const right = whole * r.numerator;
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return Math.sign(left - right);
  const exact = BigInt(part) * BigInt(r.denominator) - BigInt(whole) * BigInt(r.numerator);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}
