import { describe, expect, it } from 'vitest';
import { gridPoints, gridSize } from '../../../sim/experiment/designs/grid.ts';
import { oneAtATimePoints } from '../../../sim/experiment/designs/one-at-a-time.ts';

describe('a grid', () => {
  it('counts as a counter does: the last factor fastest', () => {
    expect(gridPoints([2, 1, 3])).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [0, 0, 2],
      [1, 0, 0],
      [1, 0, 1],
      [1, 0, 2],
    ]);
  });

  it('has every combination once', () => {
    const points = gridPoints([3, 4, 2, 5]);
    expect(gridSize([3, 4, 2, 5])).toBe(120);
    expect(new Set(points.map((point) => point.join())).size).toBe(120);
    expect([0, 1, 2, 3].map((f) => Math.max(...points.map((point) => point[f] as number)))).toEqual([2, 3, 1, 4]);
  });

  it('of no factors is one point, and its size is known before it is made', () => {
    expect(gridPoints([])).toEqual([[]]);
    expect(gridSize(Array<number>(20).fill(10))).toBe(1e20);
  });

  it('refuses a factor without levels', () => {
    expect(() => gridPoints([2, 0])).toThrow('one level or more');
  });
});

describe('one at a time', () => {
  it("is the base, then each factor's levels but the base's with all others at the base", () => {
    const points = oneAtATimePoints([
      { levels: 2, base: 0 },
      { levels: 3, base: undefined },
    ]);
    expect(points).toEqual([
      [undefined, undefined],
      [1, undefined],
      [undefined, 0],
      [undefined, 1],
      [undefined, 2],
    ]);
  });

  it('of factors that stay at the base is the base alone', () => {
    expect(oneAtATimePoints([{ levels: 1, base: 0 }])).toEqual([[undefined]]);
  });
});
