/**
 * Elementary functions with the same bits on every engine: ports of FreeBSD's msun by @stdlib, in place of `Math.log`,
 * `Math.exp` and `Math.pow`, whose last digit differs between engines and between versions of one engine.
 * What is built on them here uses only + - * / and sqrt besides.
 */
// The packages are CommonJS functions (`export =`), so the default import is the function itself.
import stdlibExp from '@stdlib/math-base-special-exp';
import stdlibLn from '@stdlib/math-base-special-ln';
import stdlibPow from '@stdlib/math-base-special-pow';

/** Natural logarithm. -Infinity at 0, NaN below. */
export const ln: (x: number) => number = stdlibLn;

/** e to the power `x`. */
export const exp: (x: number) => number = stdlibExp;

/** `base` to the power `exponent`, as IEEE 754 `pow` but for NaN ** 0, which is 1 in both. */
export const pow: (base: number, exponent: number) => number = stdlibPow;

/**
 * ln(1 + x), accurate near 0, where 1 + x would drop the digits of x.
 * @source Goldberg, What every computer scientist should know about floating-point arithmetic (1991), theorem 4.
 */
export function ln1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  return sum === Number.POSITIVE_INFINITY ? sum : (ln(sum) * x) / (sum - 1);
}

/**
 * exp(x) - 1, accurate near 0.
 * @source Kahan, by Higham, Accuracy and stability of numerical algorithms (2002), section 1.14.1.
 */
export function expm1(x: number): number {
  const grown = exp(x);
  if (grown === 1) return x;
  const difference = grown - 1;
  if (difference === -1 || grown === Number.POSITIVE_INFINITY) return difference;
  return (difference * x) / ln(grown);
}

const HALF_LN_TWO_PI = 0.918_938_533_204_672_74;
/** Below this the argument is shifted upwards, so that the series' first dropped term is under 1e-16. */
const STIRLING_FROM = 12;

/**
 * ln of the gamma function, for x > 0, within 1e-14 (not of itself: it is 0 at 1 and 2) or 8 units in the last place,
 * whichever is more. NaN elsewhere.
 * @source Abramowitz and Stegun, Handbook of mathematical functions, 6.1.15 (shift) and 6.1.41 (series).
 */
export function lnGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let shifted = x;
  let product = 1;
  while (shifted < STIRLING_FROM) {
    product *= shifted;
    shifted += 1;
  }
  const r = 1 / shifted;
  const r2 = r * r;
  const series =
    r *
    (1 / 12 - r2 * (1 / 360 - r2 * (1 / 1260 - r2 * (1 / 1680 - r2 * (1 / 1188 - r2 * (691 / 360_360 - r2 / 156))))));
  return (shifted - 0.5) * ln(shifted) - shifted + HALF_LN_TWO_PI + series - ln(product);
}

/** ln(n!), for whole n >= 0. */
export function lnFactorial(n: number): number {
  return lnGamma(n + 1);
}

/** a[0] + a[1] x + a[2] x^2 + ... */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + (coefficients[i] as number);
  return value;
}

// AS 241's coefficients, constant term first: a/b around the median, c/d in the shoulders, e/f in the tails.
const A = [
  3.387_132_872_796_366_608, 133.141_667_891_784_377_45, 1_971.590_950_306_551_442_7, 13_731.693_765_509_461_125,
  45_921.953_931_549_871_457, 67_265.770_927_008_700_853, 33_430.575_583_588_128_105, 2_509.080_928_730_122_672_7,
];
const B = [
  1, 42.313_330_701_600_911_252, 687.187_007_492_057_908_3, 5_394.196_021_424_751_107_7, 21_213.794_301_586_595_867,
  39_307.895_800_092_710_61, 28_729.085_735_721_942_674, 5_226.495_278_852_854_561,
];
const C = [
  1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_9, 5.769_497_221_460_691_405_5, 3.647_848_324_763_204_605_04,
  1.270_458_252_452_368_382_58, 0.241_780_725_177_450_611_77, 0.022_723_844_989_269_184_583_3,
  7.745_450_142_783_414_076_4e-4,
];
const D = [
  1, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_4, 0.689_767_334_985_100_004_55,
  0.148_103_976_427_480_074_59, 0.015_198_666_563_616_457_196_6, 5.475_938_084_995_344_946e-4,
  1.050_750_071_644_416_843_24e-9,
];
const E = [
  6.657_904_643_501_103_777_2, 5.463_784_911_164_114_369_9, 1.784_826_539_917_291_335_8, 0.296_560_571_828_504_891_23,
  0.026_532_189_526_576_123_093, 0.001_242_660_947_388_078_438_6, 2.711_555_568_743_487_578_15e-5,
  2.010_334_399_292_288_132_65e-7,
];
const F = [
  1, 0.599_832_206_555_887_937_69, 0.136_929_880_922_735_805_31, 0.014_875_361_290_850_614_852_5,
  7.868_691_311_456_132_591e-4, 1.846_318_317_510_054_681_8e-5, 1.421_511_758_316_445_888_7e-7,
  2.044_263_103_389_939_785_64e-15,
];

/**
 * The point below which a standard normal variable falls with probability `p`, to about 16 digits.
 * -Infinity at 0, Infinity at 1.
 * @source Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988), 477-484.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(A, r)) / polynomial(B, r);
  }
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-ln(tail));
  const x = r <= 5 ? polynomial(C, r - 1.6) / polynomial(D, r - 1.6) : polynomial(E, r - 5) / polynomial(F, r - 5);
  return q < 0 ? -x : x;
}
