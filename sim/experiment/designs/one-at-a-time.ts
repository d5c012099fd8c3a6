/** The base, and each factor by itself. */

/** A factor of the design. */
export interface LonelyFactor {
  /** Levels that it takes. */
  readonly levels: number;
  /** Which of them is the base's; undefined where none is. */
  readonly base: number | undefined;
}

/**
 * The base point first, then for each factor each of its levels but the base's, in order, all others at the base.
 * A point has one entry a factor: the index of its level, or undefined for the base.
 *
 * MODEL: factors that only act together are not seen; a grid or a Sobol design sees them.
 */
export function oneAtATimePoints(factors: readonly LonelyFactor[]): (number | undefined)[][] {
  const base = factors.map(() => undefined);
  const points: (number | undefined)[][] = [base];
  factors.forEach(({ levels, base: own }, factor) => {
    for (let level = 0; level < levels; level++) {
      if (level === own) continue;
      points.push(factors.map((_, other) => (other === factor ? level : undefined)));
    }
  });
  return points;
}
