import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { createDesignDraws } from '../../../sim/experiment/designs/draws.ts';
import {
  designProblem,
  designWarning,
  POINTS_MAX,
  type UnitDesign,
  unitPoints,
} from '../../../sim/experiment/designs/unit-points.ts';

const DESIGNS: readonly UnitDesign[] = ['random', 'latin-hypercube', 'sobol', 'sobol-unshifted'];

const made = (design: UnitDesign, dimensions: number, n: number, seed = '7'): number[][] =>
  unitPoints(design, dimensions, n, createDesignDraws(seed, nobleHash));

describe.each(DESIGNS)('design %s', (design) => {
  it('has as many points and coordinates as asked, all in [0, 1)', () => {
    const points = made(design, 6, 100);
    expect(points.map((point) => point.length)).toEqual(Array<number>(100).fill(6));
    expect(points.flat().every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('is the same by the same seed', () => {
    expect(made(design, 3, 20)).toEqual(made(design, 3, 20));
  });

  it('keeps its coordinates when a factor is added', () => {
    expect(made(design, 5, 20).map((point) => point.slice(0, 3))).toEqual(made(design, 3, 20));
  });

  it('has a mean of a half and a variance of a twelfth in each dimension', () => {
    const points = made(design, 4, 4_096);
    for (let j = 0; j < 4; j++) {
      const column = points.map((point) => point[j] as number);
      const mean = column.reduce((sum, x) => sum + x, 0) / 4_096;
      const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4_096;
      // 3.29 deviations of the mean and of the variance of 4096 independent numbers.
      expect(Math.abs(mean - 0.5)).toBeLessThan(3.29 * Math.sqrt(1 / 12 / 4_096));
      expect(Math.abs(variance - 1 / 12)).toBeLessThan(3.29 * Math.sqrt(1 / 180 / 4_096));
    }
  });

  it('pairs its dimensions without correlation', () => {
    const points = made(design, 5, 4_096);
    for (let j = 1; j < 5; j++) {
      const shared = points.reduce((sum, p) => sum + ((p[0] as number) - 0.5) * ((p[j] as number) - 0.5), 0);
      expect(Math.abs((shared / 4_096) * 12)).toBeLessThan(3.29 / Math.sqrt(4_096));
    }
  });
});

describe('designs by seed', () => {
  it.each(['random', 'latin-hypercube', 'sobol'] as const)('%s is another by another seed', (design) => {
    expect(made(design, 3, 20, '8')).not.toEqual(made(design, 3, 20));
  });

  it.each(['random', 'sobol', 'sobol-unshifted'] as const)('%s goes on where it stopped', (design) => {
    expect(made(design, 3, 50).slice(0, 20)).toEqual(made(design, 3, 20));
  });
});

describe('a Latin hypercube', () => {
  it.each([1, 2, 7, 100, 1_000])('of %d points has one in every stratum of each dimension', (n) => {
    const points = made('latin-hypercube', 4, n);
    for (let j = 0; j < 4; j++) {
      const strata = points.map((point) => Math.floor((point[j] as number) * n)).sort((a, b) => a - b);
      expect(strata).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  it('lies anywhere in its strata', () => {
    const places = made('latin-hypercube', 1, 2_000).map(([x = 0]) => (x * 2_000) % 1);
    const tenths = Array.from({ length: 10 }, (_, k) => places.filter((place) => Math.floor(place * 10) === k).length);
    // 200 of each, deviation 13.4.
    expect(tenths.every((count) => Math.abs(count - 200) < 3.5 * 13.4)).toBe(true);
  });

  it('estimates a sum of factors far better than random points do', () => {
    // Of an additive function McKay, Beckman and Conover's variance goes with n^-3 and not with n^-1.
    const spread = (design: UnitDesign): number => {
      const means = Array.from({ length: 50 }, (_, i) => {
        const points = made(design, 3, 32, `s${i}`);
        return points.reduce((sum, point) => sum + point.reduce((all, x) => all + x, 0), 0) / 32;
      });
      return means.reduce((sum, mean) => sum + (mean - 1.5) ** 2, 0) / 50;
    };
    expect(spread('latin-hypercube') * 200).toBeLessThan(spread('random'));
  });
});

describe('what is wrong with a design', () => {
  it.each([
    ['random', 2, 0, `a design has 1 to ${POINTS_MAX} points, got 0`],
    ['random', 2, 1.5, `a design has 1 to ${POINTS_MAX} points, got 1.5`],
    ['sobol', 2, POINTS_MAX + 1, `a design has 1 to ${POINTS_MAX} points, got ${POINTS_MAX + 1}`],
    ['latin-hypercube', 0, 5, 'a design has one factor or more, got 0'],
    ['sobol', 65, 8, 'a Sobol sequence has at most 64 factors, got 65; a latin-hypercube takes any'],
  ] as const)('%s in %d dimensions of %d points -> %s', (design, dimensions, n, problem) => {
    expect(designProblem(design, dimensions, n)).toBe(problem);
    expect(() => made(design, dimensions, n)).toThrow(problem);
  });

  it('is nothing of a Latin hypercube of 65 factors, nor of a Sobol sequence of 64', () => {
    expect(designProblem('latin-hypercube', 65, 8)).toBeUndefined();
    expect(designProblem('sobol', 64, 7)).toBeUndefined();
  });

  it('is a warning where a Sobol sequence stops between powers of two', () => {
    expect(designWarning('sobol', 100)).toBe(
      'a Sobol sequence is even at powers of two: 100 points are less so than 64 or 128',
    );
    expect(designWarning('sobol', 128)).toBeUndefined();
    expect(designWarning('sobol', 1)).toBeUndefined();
    expect(designWarning('random', 100)).toBeUndefined();
  });
});
