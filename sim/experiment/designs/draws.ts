/** The chance of a design: a stream for each dimension, by the seed of the design. */
import type { HashBackend } from '../../base/bytes.ts';
import type { UniformSource } from '../../kernel/random/samplers.ts';
import { createStreamRuntime, createStreams, openStream, sequentialSource } from '../../kernel/random/streams.ts';

/** Numbers of one dimension, which go on where they were left. Another dimension shifts nothing. */
export type DesignDraws = (dimension: number) => UniformSource;

/** Fresh streams: two designs of one seed are the same only if each has its own. `seed` is text without a slash. */
export function createDesignDraws(seed: string, hash: HashBackend): DesignDraws {
  const table = createStreams(seed);
  const runtime = createStreamRuntime(table);
  return (dimension) => sequentialSource(runtime, openStream(table, hash, `design/dimension-${dimension}`));
}
