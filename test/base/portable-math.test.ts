import { describe, expect, it } from 'vitest';
import { exp, expm1, ln, ln1p, lnFactorial, lnGamma, normalQuantile, pow } from '../../sim/base/portable-math.ts';

// Expected values: mpmath 1.3 at 40 digits, rounded to the nearest float.
const LN = [
  [0.1, -2.3025850929940455],
  [0.5, -0.6931471805599453],
  [2, 0.6931471805599453],
  [10, 2.302585092994046],
  [1e-300, -690.7755278982137],
  [1e300, 690.7755278982137],
  [1.0000001, 9.999999505838704e-8],
];
const EXP = [
  [-700, 9.85967654375977e-305],
  [-1, 0.36787944117144233],
  [0.5, 1.6487212707001282],
  [10, 22026.465794806718],
  [700, 1.0142320547350045e304],
];
const POW = [
  [2, 0.5, 1.4142135623730951],
  [10, -5, 1e-5],
  [0.1, 7.3, 5.011872336272727e-8],
  [1.0000001, 1e7, 2.7182816941320818],
  [1234.5, -3.25, 8.967139863089362e-11],
];
const LN1P = [
  [1e-18, 1e-18],
  [-1e-18, -1e-18],
  [1e-9, 9.999999995e-10],
  [-0.5, -0.6931471805599453],
  [0.1, 0.09531017980432487],
  [3, 1.3862943611198906],
];
const EXPM1 = [
  [1e-18, 1e-18],
  [1e-9, 1.0000000005000001e-9],
  [-1e-9, -9.999999995e-10],
  [0.5, 0.6487212707001282],
  [-30, -0.9999999999999064],
];
const LN_GAMMA = [
  [1e-5, 11.512919692895826],
  [0.5, 0.5723649429247001],
  [1.5, -0.12078223763524522],
  [3, 0.6931471805599453],
  [11.9, 17.25847745059552],
  [12.1, 17.74700727079874],
  [100, 359.1342053695754],
  [1e6, 12815504.569147611],
  [1e10, 220258509288.81058],
];
const NORMAL_QUANTILE = [
  [1e-300, -37.0470962993612],
  [1e-17, -8.493793224109599],
  [1e-9, -5.9978070150076865],
  [0.001, -3.0902323061678136],
  [0.02425, -1.972961051311885],
  [0.3, -0.5244005127080408],
  [0.9, 1.2815515655446006],
  [0.999, 3.090232306167813],
  [0.9999999999999999, 8.209536151601387],
];

function expectNear(got: number, want: number, ulps: number): void {
  expect(Math.abs(got - want)).toBeLessThanOrEqual(Math.abs(want) * ulps * Number.EPSILON);
}

describe('portable math', () => {
  it.each(LN)('ln(%d) is within one unit in the last place', (x, want) =>
    expectNear(ln(x as number), want as number, 1),
  );
  it.each(EXP)('exp(%d) is within one unit in the last place', (x, want) =>
    expectNear(exp(x as number), want as number, 1),
  );
  it.each(POW)('pow(%d, %d) is within one unit in the last place', (x, y, want) =>
    expectNear(pow(x as number, y as number), want as number, 1),
  );
  it.each(LN1P)('ln1p(%d) is within two', (x, want) => expectNear(ln1p(x as number), want as number, 2));
  it.each(EXPM1)('expm1(%d) is within two', (x, want) => expectNear(expm1(x as number), want as number, 2));
  it.each(LN_GAMMA)('lnGamma(%d) is within 1e-14, or eight units where it is large', (x, want) =>
    expect(Math.abs(lnGamma(x as number) - (want as number))).toBeLessThanOrEqual(
      Math.max(1e-14, 8 * Number.EPSILON * (want as number)),
    ),
  );
  it.each(NORMAL_QUANTILE)('normalQuantile(%d) is within eight', (p, want) =>
    expectNear(normalQuantile(p as number), want as number, 8),
  );

  it('meets its edges -> infinities and NaN as IEEE 754 has them', () => {
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(ln(-1)).toBeNaN();
    expect(exp(1000)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-1000)).toBe(0);
    expect(pow(0, -1)).toBe(Number.POSITIVE_INFINITY);
    expect(ln1p(-1)).toBe(Number.NEGATIVE_INFINITY);
    expect(ln1p(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(expm1(1000)).toBe(Number.POSITIVE_INFINITY);
    expect(lnGamma(0)).toBeNaN();
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives ln(20!) of the exact factorial', () => {
    // 20! = 2432902008176640000.
    expectNear(lnFactorial(20), ln(2432902008176640000), 4);
    expect(lnFactorial(0)).toBeCloseTo(0, 13);
  });
});
