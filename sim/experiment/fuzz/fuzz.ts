/** Random scenarios until something fails, their number is reached, or time is up. */
import type { Fuzzers } from '../workers/fuzzers.ts';
import { addOutcome, type Coverage, createCoverage } from './coverage.ts';

/** Scenarios that a worker is given at once: enough that handing them over costs nothing, few enough to stop soon. */
const PORTION = 8;

export interface FuzzLimits {
  /** Number of the first scenario. */
  readonly from: number;
  /** Infinity where only time ends it. */
  readonly runs: number;
  /** Asked between portions. */
  readonly isTimeUp: () => boolean;
  /** Called with the scenarios that are done. May throw to stop. */
  readonly onProgress: (coverage: Coverage) => void;
}

export interface FuzzResult {
  readonly coverage: Coverage;
  /** Number of the first scenario that failed; undefined where none did. */
  readonly failed: number | undefined;
}

/**
 * Outcomes count in the order of their numbers, up to the first that failed: so with a number of runs the result is the
 * same for any number of workers.
 */
export async function fuzz(fuzzers: Fuzzers, limits: FuzzLimits): Promise<FuzzResult> {
  const coverage = createCoverage();
  const underWay: ReturnType<Fuzzers['run']>[] = [];
  let next = limits.from;
  const end = limits.from + limits.runs;
  const hand = (): void => {
    while (underWay.length < 2 * fuzzers.width && next < end && !limits.isTimeUp()) {
      const count = Math.min(PORTION, end - next);
      const numbers = Array.from({ length: count }, (_, i) => next + i);
      next += count;
      const portion = fuzzers.run(numbers);
      // Awaited in its turn: until then a failure of the pool is nobody's.
      portion.catch(() => undefined);
      underWay.push(portion);
    }
  };
  for (hand(); underWay.length > 0; hand()) {
    const outcomes = await (underWay.shift() as (typeof underWay)[number]);
    for (const outcome of outcomes) {
      if (outcome.failed) return { coverage, failed: outcome.number };
      addOutcome(coverage, outcome);
    }
    limits.onProgress(coverage);
  }
  return { coverage, failed: undefined };
}
