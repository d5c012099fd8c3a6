import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { createDesignDraws } from '../../../sim/experiment/designs/draws.ts';
import { SOBOL_DIMENSIONS_MAX, sobolPoint, sobolPoints } from '../../../sim/experiment/designs/sobol.ts';

const drawsOf = (seed: string): ReturnType<typeof createDesignDraws> => createDesignDraws(seed, nobleHash);

// Constants: scipy 1.17, qmc.Sobol(d, scramble=False, bits=30).
describe('a Sobol sequence', () => {
  it('begins as published', () => {
    expect(sobolPoints(3, 8)).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ]);
  });

  it('has 64 dimensions, all as scipy has them over 1024 points', () => {
    expect(SOBOL_DIMENSIONS_MAX).toBe(64);
    let check = 0;
    sobolPoints(64, 1_024).forEach((point, i) =>
      point.forEach((x, j) => {
        check += x * 1_024 * (i + 1) * (j + 1);
      }),
    );
    // sum of x[i, j] * 1024 * (i + 1) * (j + 1), whole and below 2^53
    expect(check).toBe(558_830_313_472);
  });

  it.each([
    [
      123_456_789,
      [1_047_862_216, 850_867_304, 6_878_296, 743_323_784, 256_158_392, 520_510_088, 271_909_448],
      913_599_393_808,
    ],
    [
      1_000_000_007,
      [138_246_809, 996_400_043, 267_895_311, 303_729_185, 1_069_035_435, 466_380_747, 1_058_942_947],
      1_272_950_512_620,
    ],
  ])('at index %d is where scipy goes by fast_forward', (index, some, weighted) => {
    // In units of 2^-30: dimensions 0, 1, 2, 7, 20, 31 and 63, then sum of x[j] * (j + 1) over all.
    const point = sobolPoint(64, index).map((x) => x * 2 ** 30);
    expect([0, 1, 2, 7, 20, 31, 63].map((j) => point[j])).toEqual(some);
    expect(point.reduce((sum, x, j) => sum + x * (j + 1), 0)).toBe(weighted);
  });

  it('shifted stays even: each of 256 strata of every dimension has one of 256 points', () => {
    for (const points of [sobolPoints(64, 256), sobolPoints(64, 256, drawsOf('4'))]) {
      for (let j = 0; j < 64; j++) {
        expect(new Set(points.map((point) => Math.floor((point[j] as number) * 256))).size).toBe(256);
      }
    }
  });

  it('shifted is even in the plane too: each of 16 x 16 squares of the first two has one', () => {
    const square = ([x = 0, y = 0]: number[]): number => Math.floor(x * 16) * 16 + Math.floor(y * 16);
    expect(new Set(sobolPoints(2, 256, drawsOf('4')).map(square)).size).toBe(256);
  });

  it('shifted is another with another seed, the same with the same, and keeps its differences', () => {
    const [plain, one, same, other] = [
      sobolPoints(5, 4),
      sobolPoints(5, 4, drawsOf('1')),
      sobolPoints(5, 4, drawsOf('1')),
      sobolPoints(5, 4, drawsOf('2')),
    ];
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    const bits = (x: number | undefined): number => (x as number) * 2 ** 32;
    const shifts = one.map((point, i) => point.map((x, j) => (bits(x) ^ bits(plain[i]?.[j])) >>> 0));
    expect(shifts[0]?.some((shift) => shift !== 0)).toBe(true);
    expect(shifts.every((row) => row.every((shift, j) => shift === shifts[0]?.[j]))).toBe(true);
  });

  it('refuses a dimension without direction numbers', () => {
    expect(() => sobolPoints(65, 2)).toThrow('table of its dimensions');
  });
});
