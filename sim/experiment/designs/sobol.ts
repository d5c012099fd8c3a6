/** Points of a Sobol sequence: each next one falls where those before have left most room, in all dimensions at once. */
import { assert } from '../../base/assert.ts';
import type { DesignDraws } from './draws.ts';
import { SOBOL_DIRECTIONS } from './sobol-directions.ts';

export const SOBOL_DIMENSIONS_MAX = SOBOL_DIRECTIONS.length + 1;
/** Points that the sequence has: an index has 32 bits, and a coordinate too. */
export const SOBOL_POINTS_MAX = 4_294_967_296;

const BITS = 32;

/**
 * The first `n` points, from the origin on, each coordinate a whole multiple of 2^-32 in [0, 1).
 *
 * With `draws`, every coordinate is shifted by random bits of its dimension (digital shift): each point is then uniform
 * by itself, and the sequence keeps its evenness. A shorter design is the beginning of a longer one, and further
 * dimensions change none of those before. Balance needs `n` to be a power of two.
 * Throws InvariantError for more dimensions than SOBOL_DIMENSIONS_MAX, or more points than there are.
 * @source Sobol (1967) in the Gray-code order of Antonov and Saleev (1979); L'Ecuyer and Lemieux (2002) for the shift
 */
export function sobolPoints(dimensions: number, n: number, draws?: DesignDraws): number[][] {
  const columns = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  const shifts = columns.map((_, dimension) => shiftOf(draws, dimension));
  return Array.from({ length: n }, (_, index) => pointAt(index, columns, shifts));
}

/** The point at `index`, from 0, without a shift: the same as of `sobolPoints`, without those before it. */
export function sobolPoint(dimensions: number, index: number): number[] {
  const columns = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  return pointAt(index, columns, Array<number>(dimensions).fill(0));
}

function pointAt(index: number, columns: readonly Uint32Array[], shifts: readonly number[]): number[] {
  assert(index >= 0 && index < SOBOL_POINTS_MAX, 'a Sobol sequence has 2^32 points', { index });
  const gray = (index ^ (index >>> 1)) >>> 0;
  return columns.map((directions, dimension) => {
    let bits = shifts[dimension] as number;
    for (let bit = 0, left = gray; left !== 0; bit++, left >>>= 1) {
      if ((left & 1) === 1) bits ^= directions[bit] as number;
    }
    return (bits >>> 0) / SOBOL_POINTS_MAX;
  });
}

function shiftOf(draws: DesignDraws | undefined, dimension: number): number {
  return draws === undefined ? 0 : Math.floor(draws(dimension).uniform() * SOBOL_POINTS_MAX);
}

/** Direction numbers of one dimension, from the most significant bit. @source Joe and Kuo (2008), equation 2 */
function directionsOf(dimension: number): Uint32Array {
  assert(dimension < SOBOL_DIMENSIONS_MAX, 'a Sobol sequence has a table of its dimensions', {
    dimensionsMax: SOBOL_DIMENSIONS_MAX,
  });
  const directions = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let i = 0; i < BITS; i++) directions[i] = 1 << (BITS - 1 - i);
    return directions;
  }
  const [degree, inner, first] = SOBOL_DIRECTIONS[dimension - 1] as (typeof SOBOL_DIRECTIONS)[number];
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = (first[i] as number) << (BITS - 1 - i);
      continue;
    }
    const far = directions[i - degree] as number;
    let next = far ^ (far >>> degree);
    for (let k = 1; k < degree; k++) {
      if (((inner >>> (degree - 1 - k)) & 1) === 1) next ^= directions[i - k] as number;
    }
    directions[i] = next;
  }
  return directions;
}
