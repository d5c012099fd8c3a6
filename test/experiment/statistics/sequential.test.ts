import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../../sim/experiment/statistics/intervals.ts';
import { type Look, lookAt, lookSizes } from '../../../sim/experiment/statistics/sequential.ts';
import { exponential, normal } from '../../../sim/kernel/random/samplers.ts';
import { cachedDistributions, shareOf, sourceOf, stray } from './draws.ts';

const dist = await cachedDistributions();
const goalOf = (relative: number): { metric: string; relative: number } => ({ metric: 'm', relative });

/** The last look of a run of looks over numbers from `draw`. */
function stopped(draw: () => number, relative: number, level: number, most: number): Look {
  const values: number[] = [];
  let look: Look | undefined;
  for (const size of lookSizes(10, most)) {
    while (values.length < size) values.push(draw());
    look = lookAt(values, goalOf(relative), level, dist);
    if (look.isReached) return look;
  }
  return look as Look;
}

const holds = ({ lo, hi }: { lo: number; hi: number }, truth: number): boolean => lo <= truth && truth <= hi;

describe('looks', () => {
  it('grow by half, and end at the most', () => {
    expect(lookSizes(10, 60)).toEqual([10, 15, 23, 35, 53, 60]);
    expect(lookSizes(10, 8)).toEqual([8]);
  });

  it('have the Student-t interval of half the error', () => {
    const values = [12.1, 9.7, 11.4, 10.2];
    const look = lookAt(values, goalOf(0.1), 0.95, dist);
    expect(look.level).toBeCloseTo(0.975, 12);
    expect(look).toMatchObject(meanInterval(values, look.level, dist));
  });
});

describe('a goal', () => {
  it('is reached where half of the interval is that share of the mean, and not before', () => {
    const values = [12.1, 9.7, 11.4, 10.2, 11.1];
    const { lo, hi, estimate } = lookAt(values, goalOf(0.5), 0.95, dist);
    const relative = (hi - lo) / 2 / estimate;
    expect(lookAt(values, goalOf(relative * 1.001), 0.95, dist).isReached).toBe(true);
    expect(lookAt(values, goalOf(relative * 0.999), 0.95, dist).isReached).toBe(false);
  });

  it('is judged by the size of a negative mean', () => {
    expect(lookAt([-10.1, -9.9, -10, -10.05], goalOf(0.05), 0.95, dist).isReached).toBe(true);
  });

  it('is not reached at a mean of zero, which has no relative width', () => {
    expect(lookAt(Array<number>(500).fill(0), goalOf(0.05), 0.95, dist).isReached).toBe(false);
  });

  it('is not reached by ten equal values, whose interval is t / n of the mean, but by enough of them', () => {
    const ten = lookAt(Array<number>(10).fill(7), goalOf(0.05), 0.95, dist);
    // scipy: t.ppf(0.9875, 9) = 2.6850108468164575
    expect(ten.isReached).toBe(false);
    expect((ten.hi - 7) / 7).toBeCloseTo(0.26850108468164575, 12);
    expect(lookAt(Array<number>(10).fill(0.1), goalOf(0.05), 0.95, dist).isReached).toBe(false);
    expect(lookAt(Array<number>(53).fill(7), goalOf(0.05), 0.95, dist).isReached).toBe(true);
  });
});

describe('the interval at which one stops', () => {
  it.each([
    [0.95, 1, 0.05],
    [0.95, 4, 0.1],
    [0.95, 6, 0.2],
    [0.99, 1, 0.05],
    [0.99, 4, 0.2],
  ])('at %d, a deviation of %d around ten and a goal of %d holds the mean as often as that', (level, sd, goal) => {
    const source = sourceOf('until');
    const trials = 2_500;
    const share = shareOf(trials, () =>
      holds(
        stopped(() => normal(source, 10, sd), goal, level, 1_000),
        10,
      ),
    );
    expect(share).toBeGreaterThan(level - stray(level, trials));
  });

  it('holds it too where values are skewed as waits are', () => {
    const source = sourceOf('skewed');
    const trials = 1_000;
    const share = shareOf(trials, () =>
      holds(
        stopped(() => exponential(source, 10), 0.2, 0.95, 2_000),
        10,
      ),
    );
    expect(share).toBeGreaterThan(0.95 - stray(0.95, trials));
  });

  it('holds a share of which most runs see nothing but hits', () => {
    const source = sourceOf('share');
    const trials = 1_000;
    const share = shareOf(trials, () => {
      const look = stopped(() => (source.uniform() < 0.99 ? 1 : 0), 0.1, 0.95, 1_000);
      return holds(look, 0.99);
    });
    expect(share).toBeGreaterThan(0.95 - stray(0.95, trials));
  });

  it('holds it at the most too, where the goal is out of reach', () => {
    const source = sourceOf('most');
    const trials = 1_500;
    const looks = Array.from({ length: trials }, () => stopped(() => normal(source, 10, 9), 0.05, 0.95, 50));
    expect(looks.every(({ n, isReached }) => n === 50 && !isReached)).toBe(true);
    const share = shareOf(trials, (i) => holds(looks[i] as Look, 10));
    expect(share).toBeGreaterThan(0.95 - stray(0.95, trials));
  });

  it('does so oftener than the plain interval that is looked at after every run', () => {
    const source = sourceOf('until');
    const trials = 2_500;
    const share = shareOf(trials, () => {
      const values = [normal(source, 10, 4), normal(source, 10, 4)];
      for (;;) {
        const plain = meanInterval(values, 0.95, dist);
        if ((plain.hi - plain.lo) / 2 <= 0.1 * Math.abs(plain.estimate)) return holds(plain, 10);
        values.push(normal(source, 10, 4));
      }
    });
    expect(share).toBeLessThan(0.95 - stray(0.95, trials));
  });

  it('comes soon: not much after the runs that a known spread would need', () => {
    const source = sourceOf('soon');
    // (1.96 * 4 / 1)^2 = 61.5 runs; the higher level and the steps of the looks cost the rest.
    const sizes = Array.from({ length: 300 }, () => stopped(() => normal(source, 10, 4), 0.1, 0.95, 400).n);
    const mean = sizes.reduce((sum, n) => sum + n, 0) / sizes.length;
    expect(mean).toBeGreaterThan(61.5);
    expect(mean).toBeLessThan(2 * 61.5);
  });
});
