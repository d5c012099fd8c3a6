/** Quantiles of the distributions that intervals are made of. Loading them takes a third of a second: only on demand. */
export interface Distributions {
  /** Student's t with `df` degrees of freedom. */
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
