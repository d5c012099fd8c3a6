/** Points of which each has a row and a column of its own: every factor is tried at `n` places, evenly. */
import { type UniformSource, uniformInteger } from '../../kernel/random/samplers.ts';
import type { DesignDraws } from './draws.ts';

const PLACES = 4_294_967_296;

/**
 * `n` points in [0, 1): in every dimension one in each of the `n` strata from i / n to (i + 1) / n, at a random place of
 * it, and the strata of the dimensions paired at random. Another `n` is another design: strata are not nested.
 * Further dimensions change none of those before.
 * @source McKay, Beckman and Conover, Technometrics 21 (1979), 239-245
 */
export function latinHypercubePoints(dimensions: number, n: number, draws: DesignDraws): number[][] {
  const columns = Array.from({ length: dimensions }, (_, dimension) => columnOf(n, draws(dimension)));
  return Array.from({ length: n }, (_, i) => columns.map((column) => column[i] as number));
}

function columnOf(n: number, source: UniformSource): number[] {
  const strata = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const other = uniformInteger(source, 0, i);
    [strata[i], strata[other]] = [strata[other] as number, strata[i] as number];
  }
  // Of the place 32 bits are kept, so that no rounding lifts a point into the next stratum.
  return strata.map((stratum) => (stratum + Math.floor(source.uniform() * PLACES) / PLACES) / n);
}
