/** Seeded draws and quantiles that are asked for once, for tests of how often an interval holds the truth. */
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { type Distributions, loadDistributions } from '../../../sim/experiment/statistics/distributions.ts';
import type { UniformSource } from '../../../sim/kernel/random/samplers.ts';
import {
  createStreamRuntime,
  createStreams,
  openStream,
  sequentialSource,
} from '../../../sim/kernel/random/streams.ts';

export function sourceOf(seed: string): UniformSource {
  const table = createStreams(seed);
  return sequentialSource(createStreamRuntime(table), openStream(table, nobleHash, 'test/statistics'));
}

export function drawn(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

/** The same numbers; those asked for before are not worked out again. */
export async function cachedDistributions(): Promise<Distributions> {
  const { tQuantile, betaQuantile } = await loadDistributions();
  const known = new Map<string, number>();
  const once = (key: string, make: () => number): number => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
  return {
    tQuantile: (p, df) => once(`${p} ${df}`, () => tQuantile(p, df)),
    betaQuantile: (p, a, b) => once(`${p} ${a} ${b}`, () => betaQuantile(p, a, b)),
  };
}

/** Share of `trials` in which `holds`. */
export function shareOf(trials: number, holds: (trial: number) => boolean): number {
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) if (holds(trial)) hits++;
  return hits / trials;
}

/** How far a share of `trials` strays from its chance at 3.29 deviations: once in a thousand, by the normal law. */
export function stray(chance: number, trials: number): number {
  return 3.29 * Math.sqrt((chance * (1 - chance)) / trials);
}
