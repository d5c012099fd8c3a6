/** Who makes the replications of a validation: this process, or worker threads. Samples do not depend on it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Sample } from '../validation/model.ts';
import { type Execute, replicate } from '../validation/run-target.ts';
import { modelNamed } from '../validation/table.ts';

export interface Replicators {
  readonly execute: Execute;
  close(): Promise<void>;
}

/** `jobs` 1 stays in this process. `check` is called after each replication, and may throw to stop. */
export async function openReplicators(jobs: number, check: () => void = () => undefined): Promise<Replicators> {
  if (jobs <= 1) return inProcess(check);
  const { Piscina } = await import('piscina');
  const built = fileURLToPath(new URL('./validation-worker.js', import.meta.url));
  const source = fileURLToPath(new URL('./validation-worker.ts', import.meta.url));
  const isBuilt = existsSync(built);
  const pool = new Piscina({
    filename: isBuilt ? built : source,
    ...(isBuilt ? {} : { execArgv: ['--import', 'tsx'] }),
    minThreads: jobs,
    maxThreads: jobs,
  });
  return {
    execute: (tasks) =>
      Promise.all(
        tasks.map(async (task) => {
          const sample = (await pool.run(task)) as Sample;
          check();
          return sample;
        }),
      ),
    close: () => pool.destroy(),
  };
}

function inProcess(check: () => void): Replicators {
  return {
    async execute(tasks) {
      const samples: Sample[] = [];
      for (const task of tasks) {
        samples.push(replicate(task, modelNamed));
        // Signals are delivered between turns of Node's loop.
        await new Promise((resume) => setImmediate(resume));
        check();
      }
      return samples;
    },
    close: () => Promise.resolve(),
  };
}
