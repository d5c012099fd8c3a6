/** Who runs cells: this process, or worker threads. Both give the same outcomes; only the order of arrival differs. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../cells/plan.ts';
import { createCellRunner, type CellOutcome, failedCell } from '../cells/run-cell.ts';
import { shippedPresets } from './presets.ts';
import type { WorkerData } from './cell-worker.ts';

export interface Pool {
  /** Cells that may be under way at once. */
  readonly width: number;
  /** Outcomes in the order of the cells. Never rejects for what happens inside of a cell. */
  run(cells: readonly number[]): Promise<readonly CellOutcome[]>;
  close(): Promise<void>;
}

/** `jobs` 1 stays in this process: no thread to start, none to wait for. */
export async function openPool(plan: Plan, jobs: number, presets: string): Promise<Pool> {
  return jobs <= 1 ? inProcess(plan, presets) : await inThreads(plan, jobs, presets);
}

function inProcess(plan: Plan, presets: string): Pool {
  const runCell = createCellRunner(plan, shippedPresets(presets));
  return {
    width: 1,
    async run(cells) {
      const outcomes: CellOutcome[] = [];
      for (const cell of cells) {
        outcomes.push(runCell(cell));
        // Signals are delivered between turns of Node's loop.
        await new Promise((resume) => setImmediate(resume));
      }
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
}

async function inThreads(plan: Plan, jobs: number, presets: string): Promise<Pool> {
  const { Piscina } = await import('piscina');
  const built = fileURLToPath(new URL('./cell-worker.js', import.meta.url));
  const source = fileURLToPath(new URL('./cell-worker.ts', import.meta.url));
  const isBuilt = existsSync(built);
  const pool = new Piscina({
    filename: isBuilt ? built : source,
    // From the source tree a thread needs what turns TypeScript into JavaScript.
    ...(isBuilt ? {} : { execArgv: ['--import', 'tsx'] }),
    minThreads: jobs,
    maxThreads: jobs,
    workerData: { plan, presets } satisfies WorkerData,
  });
  const attempt = async (cells: readonly number[]): Promise<readonly CellOutcome[] | string> => {
    try {
      return (await pool.run(cells)) as CellOutcome[];
    } catch (error) {
      return (error as Error).message;
    }
  };
  const run = async (cells: readonly number[]): Promise<readonly CellOutcome[]> => {
    const outcomes = await attempt(cells);
    if (typeof outcomes !== 'string') return outcomes;
    // The thread died. Each cell is tried once more by itself, so that the one that kills it does not take others along.
    if (cells.length === 1) return [failedCell(cells[0] as number, 'crashed', 6, `its thread died: ${outcomes}`)];
    const alone: CellOutcome[] = [];
    for (const cell of cells) alone.push(...(await run([cell])));
    return alone;
  };
  return { width: jobs, run, close: () => pool.destroy() };
}
