/** Points anywhere, each without regard to the others. */
import type { DesignDraws } from './draws.ts';

/**
 * `n` points, uniform in [0, 1) in every dimension. A shorter design is the beginning of a longer one, and further
 * dimensions change none of those before.
 */
export function randomPoints(dimensions: number, n: number, draws: DesignDraws): number[][] {
  const sources = Array.from({ length: dimensions }, (_, dimension) => draws(dimension));
  return Array.from({ length: n }, () => sources.map((source) => source.uniform()));
}
