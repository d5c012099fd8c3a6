/** Designs that fill the unit cube, by name: a point has one coordinate in [0, 1) for each factor. */
import { assert } from '../../base/assert.ts';
import type { DesignDraws } from './draws.ts';
import { latinHypercubePoints } from './latin-hypercube.ts';
import { randomPoints } from './random.ts';
import { SOBOL_DIMENSIONS_MAX, sobolPoints } from './sobol.ts';

/** `sobol-unshifted` is the sequence as published: it begins at the origin and asks nothing of the seed. */
export type UnitDesign = 'random' | 'latin-hypercube' | 'sobol' | 'sobol-unshifted';

/** Points beyond which a design is a mistake: a cell of each would take days, and the table of points gigabytes. */
export const POINTS_MAX = 1_048_576;

/** What is wrong with a design, as a sentence; undefined of one that `unitPoints` makes. */
export function designProblem(design: UnitDesign, dimensions: number, n: number): string | undefined {
  if (!Number.isSafeInteger(n) || n < 1 || n > POINTS_MAX) {
    return `a design has 1 to ${POINTS_MAX} points, got ${n}`;
  }
  if (!Number.isSafeInteger(dimensions) || dimensions < 1) {
    return `a design has one factor or more, got ${dimensions}`;
  }
  if (design.startsWith('sobol') && dimensions > SOBOL_DIMENSIONS_MAX) {
    return `a Sobol sequence has at most ${SOBOL_DIMENSIONS_MAX} factors, got ${dimensions}; a latin-hypercube takes any`;
  }
  return undefined;
}

/** What is not wrong but not wise, as a sentence. */
export function designWarning(design: UnitDesign, n: number): string | undefined {
  if (!design.startsWith('sobol') || (n & (n - 1)) === 0) return undefined;
  let below = 1;
  while (below * 2 <= n) below *= 2;
  return `a Sobol sequence is even at powers of two: ${n} points are less so than ${below} or ${below * 2}`;
}

/**
 * `n` points of `dimensions` coordinates, in the order in which they are run. The same draws give the same points.
 *
 * Throws InvariantError where `designProblem` has something to say: ask it first.
 */
export function unitPoints(design: UnitDesign, dimensions: number, n: number, draws: DesignDraws): number[][] {
  const problem = designProblem(design, dimensions, n);
  assert(problem === undefined, problem ?? '', { design });
  switch (design) {
    case 'random':
      return randomPoints(dimensions, n, draws);
    case 'latin-hypercube':
      return latinHypercubePoints(dimensions, n, draws);
    case 'sobol':
      return sobolPoints(dimensions, n, draws);
    case 'sobol-unshifted':
      return sobolPoints(dimensions, n);
  }
}
