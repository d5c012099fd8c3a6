/** One worker thread: takes numbers of cells, gives their outcomes. */
import { workerData } from 'node:worker_threads';
import { createCellRunner, type CellOutcome } from '../cells/run-cell.ts';
import type { Plan } from '../cells/plan.ts';
import { shippedPresets } from './presets.ts';

export interface WorkerData {
  readonly plan: Plan;
  readonly presets: string;
}

// piscina keeps its own data beside that of the pool's owner, in a pair.
const given = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerData;
const runCell = createCellRunner(given.plan, shippedPresets(given.presets));

// eslint-disable-next-line no-restricted-syntax -- the pool calls what a worker's file exports by default
export default function runCells(cells: readonly number[]): CellOutcome[] {
  return cells.map(runCell);
}
