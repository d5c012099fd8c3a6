/**
 * Quantiles of the distributions that intervals are made of. Their packages take a fifth of a second to load, so only
 * what makes intervals waits for them, once, and hands them on: the functions of this room stay synchronous.
 */
export interface Distributions {
  /** Student's t with `df` degrees of freedom: the point below which it falls with chance `p`. */
  readonly tQuantile: (p: number, df: number) => number;
  readonly betaQuantile: (p: number, a: number, b: number) => number;
}

export async function loadDistributions(): Promise<Distributions> {
  const [t, beta] = await Promise.all([
    import('@stdlib/stats-base-dists-t-quantile'),
    import('@stdlib/stats-base-dists-beta-quantile'),
  ]);
  return { tQuantile: t.default, betaQuantile: beta.default };
}
