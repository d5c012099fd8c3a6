/** Every level of each factor with every level of the others. */
import { assert } from '../../base/assert.ts';

/** Points of the grid: 1 without factors. Not capped, so that it can be judged before the grid is made. */
export function gridSize(levels: readonly number[]): number {
  return levels.reduce((product, count) => product * count, 1);
}

/**
 * Full factorial design with `levels[f]` levels of factor f: for each point the index of every factor's level. The last
 * factor changes fastest, as the digits of a counter do.
 *
 * Throws InvariantError where a factor has no level.
 */
export function gridPoints(levels: readonly number[]): number[][] {
  levels.forEach((count, factor) => {
    assert(Number.isSafeInteger(count) && count >= 1, 'a factor has one level or more', { factor, count });
  });
  return Array.from({ length: gridSize(levels) }, (_, index) => {
    const point = Array<number>(levels.length).fill(0);
    let left = index;
    for (let factor = levels.length - 1; factor >= 0; factor--) {
      const count = levels[factor] as number;
      point[factor] = left % count;
      left = Math.floor(left / count);
    }
    return point;
  });
}
