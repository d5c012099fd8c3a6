import { describe, expect, it } from 'vitest';
import { batchMeans, mser5 } from '../../../sim/experiment/statistics/steady-state.ts';
import { standardNormal } from '../../../sim/kernel/random/samplers.ts';
import { cachedDistributions, shareOf, sourceOf, stray } from './draws.ts';

const dist = await cachedDistributions();

/** Numbers without order and without chance, 0 to 10. */
const scattered = (i: number): number => ((i * 7919) % 101) / 10;
const falling = Array.from({ length: 200 }, (_, i) => 100 * 0.9 ** i + scattered(i));

/** x' = phi x + e, from `start`, around 0; of variance 1 / (1 - phi^2) once settled. */
function autoregressive(seed: string, phi: number, start: number, count: number): number[] {
  const source = sourceOf(seed);
  let x = start;
  return Array.from({ length: count }, () => (x = phi * x + standardNormal(source)));
}

describe('the cut of the warm-up', () => {
  it('is where the definition puts it, tried cut by cut', () => {
    // numpy: argmin over d of var(means[d:]) / (k - d), k = 40 batches of five, and the mean of the rest.
    const { deleted, isLongEnough, mean } = mser5(falling);
    expect({ deleted, isLongEnough }).toEqual({ deleted: 40, isLongEnough: true });
    expect(mean).toBeCloseTo(falling.slice(40).reduce((sum, value) => sum + value, 0) / 160, 10);
  });

  it('is the same ten billion microseconds later', () => {
    expect(mser5(falling.map((value) => value + 1e10)).deleted).toBe(40);
  });

  it('is not believed in the second half: a ramp never settles', () => {
    const ramp = Array.from({ length: 200 }, (_, i) => i);
    expect(mser5(ramp)).toEqual({ mean: 99.5, deleted: 0, isLongEnough: false });
  });

  it('is not looked for in fewer than fifty values', () => {
    expect(mser5(falling.slice(0, 49))).toMatchObject({ deleted: 0, isLongEnough: false });
    expect(mser5([])).toEqual({ mean: undefined, deleted: 0, isLongEnough: false });
    expect(mser5(Array<number>(50).fill(3))).toEqual({ mean: 3, deleted: 0, isLongEnough: true });
  });

  it('leaves nothing of a start far from balance, and little bias', () => {
    const means = Array.from({ length: 200 }, (_, i) => {
      const values = autoregressive(`warm-up-${i}`, 0.8, 40, 500);
      return { cut: mser5(values), plain: values.reduce((sum, value) => sum + value, 0) / 500 };
    });
    const bias = (each: (mean: (typeof means)[number]) => number): number =>
      means.reduce((sum, mean) => sum + each(mean), 0) / means.length;
    // Sum of the start's decay: 40 * 0.8 / 0.2 / 500 = 0.32, closed form. One mean strays by 5 / sqrt(500) = 0.22.
    expect(bias(({ plain }) => plain)).toBeGreaterThan(0.32 - 0.06);
    expect(Math.abs(bias(({ cut }) => cut.mean as number))).toBeLessThan(0.06);
    // 40 * 0.8^t falls below the noise of 1.7 after 14 steps.
    expect(bias(({ cut }) => cut.deleted)).toBeGreaterThan(10);
    expect(bias(({ cut }) => cut.deleted)).toBeLessThan(60);
  });
});

describe('batch means', () => {
  it('have the interval and the correlation of the means', () => {
    // numpy and scipy.stats.t.interval over the last 310 of 313 values in 10 batches.
    const result = batchMeans(
      Array.from({ length: 313 }, (_, i) => scattered(i)),
      0.95,
      dist,
      10,
    );
    expect(result?.estimate).toBeCloseTo(4.986451612903226, 12);
    expect(result?.lo).toBeCloseTo(4.900391807374818, 10);
    expect(result?.hi).toBeCloseTo(5.072511418431634, 10);
    expect(result?.lag1).toBeCloseTo(-0.209819773758547, 10);
    expect(result).toMatchObject({ batches: 10, isCorrelated: false });
  });

  it('of fewer than five values each are none', () => {
    expect(batchMeans(Array<number>(149).fill(1), 0.95, dist)).toBeUndefined();
    expect(batchMeans(Array<number>(150).fill(1), 0.95, dist)).toMatchObject({ estimate: 1, lo: 1, hi: 1, lag1: 0 });
  });

  it('hold the mean as often as they say where batches are long', () => {
    const trials = 300;
    const share = shareOf(trials, (i) => {
      const result = batchMeans(autoregressive(`long-${i}`, 0.6, 0, 3_000), 0.9, dist);
      return result !== undefined && result.lo <= 0 && 0 <= result.hi;
    });
    expect(Math.abs(share - 0.9)).toBeLessThan(stray(0.9, trials));
  });

  it('are called correlated where they are short, as they hold the mean too seldom, and seldom where they are long', () => {
    const trials = 200;
    const flagged = (phi: number, count: number): number =>
      shareOf(trials, (i) => batchMeans(autoregressive(`s-${i}`, phi, 0, count), 0.9, dist)?.isCorrelated === true);
    const held = shareOf(trials, (i) => {
      const result = batchMeans(autoregressive(`s-${i}`, 0.95, 0, 300), 0.9, dist);
      return result !== undefined && result.lo <= 0 && 0 <= result.hi;
    });
    expect(held).toBeLessThan(0.9 - stray(0.9, trials));
    expect(flagged(0.95, 300)).toBeGreaterThan(0.9);
    // Once in twenty by the test's own error.
    expect(flagged(0, 3_000)).toBeLessThan(0.05 + stray(0.05, trials));
  });
});
