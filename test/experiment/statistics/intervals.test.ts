import { describe, expect, it } from 'vitest';
import {
  bonferroni,
  meanInterval,
  quantileInterval,
  quantileNeeds,
  rateInterval,
  unseenBound,
} from '../../../sim/experiment/statistics/intervals.ts';
import { exponential, normal } from '../../../sim/kernel/random/samplers.ts';
import { cachedDistributions, drawn, shareOf, sourceOf, stray } from './draws.ts';

const dist = await cachedDistributions();
const VALUES = [12.1, 9.7, 11.4, 10.2, 13.3, 8.8, 10.9, 11.7];

// All constants below: scipy 1.17. t.ppf and beta.ppf.
describe('quantiles of distributions', () => {
  it.each([
    [0.975, 1, 12.706204736174694],
    [0.95, 4, 2.1318467863266495],
    [0.995, 9, 3.249835541592126],
    [0.9995, 29, 3.6594050194663748],
    [0.975, 999, 1.9623414611334493],
  ])('Student-t at %d with %d degrees of freedom -> %d', (p, df, expected) => {
    expect(dist.tQuantile(p, df)).toBeCloseTo(expected, 12);
  });

  it.each([
    [0.025, 3, 5, 0.09898827844250786],
    [0.975, 1, 30, 0.11570330822202778],
    [0.005, 2, 99, 0.0010396190059488272],
    [0.95, 501, 500, 0.5264822687643087],
    [0.9999, 51, 50, 0.6838146532131424],
  ])('beta at %d with %d and %d -> %d', (p, a, b, expected) => {
    expect(dist.betaQuantile(p, a, b)).toBeCloseTo(expected, 12);
  });
});

describe('interval of a mean', () => {
  // scipy.stats.t.interval(level, n - 1, mean, sem)
  it.each([
    [0.9, 10.054153043768864, 11.970846956231135],
    [0.95, 9.81638681258405, 12.20861318741595],
    [0.99, 9.24233371743596, 12.782666282564039],
  ])('at %d goes from %d to %d', (level, lo, hi) => {
    const interval = meanInterval(VALUES, level, dist);
    expect(interval.estimate).toBeCloseTo(11.0125, 12);
    expect(interval.lo).toBeCloseTo(lo, 12);
    expect(interval.hi).toBeCloseTo(hi, 12);
    expect(interval.n).toBe(8);
  });

  it('keeps its digits where values are large and close', () => {
    const far = meanInterval(
      VALUES.map((value) => value + 1e12),
      0.95,
      dist,
    );
    // A float near 1e12 has steps of 1.2e-4.
    expect((far.hi - far.lo) / 2).toBeCloseTo(12.20861318741595 - 11.0125, 3);
  });

  it('of one value is refused', () => {
    expect(() => meanInterval([1], 0.95, dist)).toThrow('two values or more');
  });

  it('refuses a level that is a percentage', () => {
    expect(() => meanInterval(VALUES, 95, dist)).toThrow('between 0 and 1');
  });

  it.each([0.9, 0.99])('holds the mean of normal values as often as %d says', (level) => {
    const source = sourceOf('mean');
    const share = shareOf(8_000, () => {
      const { lo, hi } = meanInterval(
        drawn(5, () => normal(source, 3, 2)),
        level,
        dist,
      );
      return lo <= 3 && 3 <= hi;
    });
    expect(Math.abs(share - level)).toBeLessThan(stray(level, 8_000));
  });
});

describe('interval of a rate', () => {
  // scipy.stats.binomtest(hits, trials).proportion_ci(level, 'exact')
  it.each([
    [3, 20, 0.95, 0.03207093718554477, 0.37892682654529564],
    [0, 30, 0.95, 0, 0.11570330822202743],
    [30, 30, 0.95, 0.8842966917779725, 1],
    [1, 1000, 0.99, 5.0125292607668415e-6, 0.007406286938353162],
    [500, 1000, 0.9, 0.473517731235899, 0.5264822687641009],
    [1, 1, 0.95, 0.025, 1],
  ])('%d of %d at %d goes from %d to %d', (hits, trials, level, lo, hi) => {
    const interval = rateInterval(hits, trials, level, dist);
    expect(interval.estimate).toBe(hits / trials);
    expect(interval.lo).toBeCloseTo(lo, 12);
    expect(interval.hi).toBeCloseTo(hi, 11);
    expect(interval.n).toBe(trials);
  });

  // The same with alternative='less' and 'greater'.
  it.each([
    [0, 30, 0.95, 'upper', 0.09503385285530412],
    [0, 1000, 0.99, 'upper', 0.0045945826487510276],
    [30, 30, 0.95, 'lower', 0.9049661471446959],
    [1, 1, 0.95, 'lower', 0.05],
  ])('%d of %d at %d has a one-sided bound: %s %d', (hits, trials, level, side, at) => {
    const { bound } = rateInterval(hits, trials, level, dist);
    expect(bound?.side).toBe(side);
    expect(bound?.at).toBeCloseTo(at, 12);
  });

  it('between none and all has no one-sided bound', () => {
    expect(rateInterval(3, 20, 0.95, dist).bound).toBeUndefined();
  });

  it('after nothing seen is near three over the runs at 95 %', () => {
    expect(unseenBound(3_000, 0.95) * 3_000).toBeCloseTo(2.9957, 2);
  });

  it('is never less sure than its level, whatever the share', () => {
    const trials = 30;
    const intervals = Array.from({ length: trials + 1 }, (_, hits) => rateInterval(hits, trials, 0.95, dist));
    const coverage = Array.from({ length: 999 }, (_, i) => {
      const share = (i + 1) / 1_000;
      let mass = (1 - share) ** trials;
      let covered = 0;
      intervals.forEach(({ lo, hi }, hits) => {
        if (lo <= share && share <= hi) covered += mass;
        mass *= ((trials - hits) / (hits + 1)) * (share / (1 - share));
      });
      return covered;
    });
    // An interval one-sided at its ends falls to 0.930 near 0.095.
    expect(Math.min(...coverage)).toBeGreaterThanOrEqual(0.95);
    expect(Math.min(...coverage)).toBeLessThan(0.96);
  });

  it('of no trials is refused', () => {
    expect(() => rateInterval(0, 0, 0.95, dist)).toThrow('one trial or more');
  });
});

describe('interval of a quantile', () => {
  // scipy.stats.quantile_test(1..n, p=p).confidence_interval(level), by rank; its nan is undefined here.
  it.each([
    [30, 0.5, 0.95, 10, 21],
    [20, 0.5, 0.95, 6, 15],
    [6, 0.5, 0.95, 1, 6],
    [5, 0.5, 0.95, undefined, undefined],
    [100, 0.95, 0.95, 90, 100],
    [60, 0.95, 0.95, 53, undefined],
    [72, 0.95, 0.95, 64, 72],
    [200, 0.1, 0.99, 10, 33],
    [1000, 0.99, 0.95, 983, 997],
    [1000, 0.5, 0.95, 469, 532],
  ])('of %d values, quantile %d at %d -> ranks %s to %s', (n, p, level, lo, hi) => {
    const shuffled = Array.from({ length: n }, (_, i) => ((i * 7919) % n) + 1);
    expect(quantileInterval(shuffled, p, level)).toMatchObject({ lo, hi, n });
  });

  it('estimates by the rank that the share falls on', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    // 0.55 * 100 is 55.00000000000001 in floats, and its rank is 55 all the same.
    expect([0.001, 0.5, 0.55, 0.951].map((p) => quantileInterval(hundred, p, 0.9).estimate)).toEqual([1, 50, 55, 96]);
  });

  it.each([
    [0.5, 0.95, 6],
    [0.95, 0.95, 72],
    [0.05, 0.95, 72],
    [0.99, 0.99, 528],
  ])('needs for quantile %d at %d -> %d values, and one fewer leaves a bound open', (p, level, needs) => {
    expect(quantileNeeds(p, level)).toBe(needs);
    const bounds = (n: number): unknown[] => {
      const { lo, hi } = quantileInterval(
        Array.from({ length: n }).map((_, i) => i),
        p,
        level,
      );
      return [lo, hi];
    };
    expect(bounds(needs)).not.toContain(undefined);
    expect(bounds(needs - 1)).toContain(undefined);
  });

  it('holds the quantile at least as often as it says', () => {
    const source = sourceOf('quantile');
    const truth = -100 * Math.log(1 - 0.9);
    const share = shareOf(4_000, () => {
      const { lo, hi } = quantileInterval(
        drawn(60, () => exponential(source, 100)),
        0.9,
        0.9,
      );
      return lo !== undefined && hi !== undefined && lo <= truth && truth <= hi;
    });
    expect(share).toBeGreaterThan(0.9 - stray(0.9, 4_000));
    expect(share).toBeLessThan(0.97);
  });

  it('is one of the values', () => {
    expect(quantileInterval([4], 0.5, 0.95)).toEqual({ estimate: 4, lo: undefined, hi: undefined, n: 1 });
    expect(() => quantileInterval([], 0.5, 0.95)).toThrow('some values');
  });
});

describe('intervals together', () => {
  it('share the error', () => {
    expect(bonferroni(0.95, 10)).toBeCloseTo(0.995, 12);
    expect(bonferroni(0.9, 1)).toBeCloseTo(0.9, 12);
  });
});
