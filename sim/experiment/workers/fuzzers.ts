/** Who runs random scenarios: this process, or worker threads. Outcomes come in the order of their numbers either way. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fuzzArbitrary, type FuzzOptions, fuzzOne, type FuzzOutcome } from '../fuzz/fuzz-one.ts';

export interface Fuzzers {
  /** Numbers that may be under way at once. */
  readonly width: number;
  run(numbers: readonly number[]): Promise<readonly FuzzOutcome[]>;
  close(): Promise<void>;
}

/** `jobs` 1 stays in this process. */
export async function openFuzzers(options: FuzzOptions, jobs: number): Promise<Fuzzers> {
  if (jobs <= 1) return inProcess(options);
  const { Piscina } = await import('piscina');
  const built = fileURLToPath(new URL('./fuzz-worker.js', import.meta.url));
  const source = fileURLToPath(new URL('./fuzz-worker.ts', import.meta.url));
  const isBuilt = existsSync(built);
  const pool = new Piscina({
    filename: isBuilt ? built : source,
    ...(isBuilt ? {} : { execArgv: ['--import', 'tsx'] }),
    minThreads: jobs,
    maxThreads: jobs,
    workerData: options,
  });
  return {
    width: jobs,
    run: async (numbers) => (await pool.run(numbers)) as FuzzOutcome[],
    close: () => pool.destroy(),
  };
}

function inProcess(options: FuzzOptions): Fuzzers {
  const arbitrary = fuzzArbitrary(options);
  return {
    width: 1,
    async run(numbers) {
      const outcomes: FuzzOutcome[] = [];
      for (const number of numbers) {
        outcomes.push(fuzzOne(arbitrary, options, number));
        // Signals are delivered between turns of Node's loop.
        await new Promise((resume) => setImmediate(resume));
      }
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
}
