/** Runs the cells that a journal does not have yet. Whatever the pool and the order, the journal ends with the same. */
import type { Pool } from './pool.ts';
import type { Journal } from './journal.ts';
import type { CellOutcome } from '../cells/run-cell.ts';

export interface ExecuteOptions {
  /** After each cell. Throws to stop: what is finished stays in the journal. */
  readonly onCell?: (outcome: CellOutcome, done: number, total: number) => void;
}

/** Cells handed to a thread at once: few enough that all end together, many enough that the way there costs nothing. */
const BATCH_MAX = 16;
/** Milliseconds that a batch should take. */
const BATCH_MS = 200;

/** Runs `cells` in their order, but for those that are in the journal. Rejects with what `onCell` throws. */
export async function executeCells(
  cells: readonly number[],
  journal: Journal,
  pool: Pool,
  { onCell = () => undefined }: ExecuteOptions = {},
): Promise<void> {
  const open = cells.filter((cell) => !journal.has(cell));
  let next = 0;
  let batch = 1;
  const done = { count: cells.length - open.length };
  const work = async (): Promise<void> => {
    while (next < open.length) {
      const left = Math.ceil((open.length - next) / pool.width);
      const taken = open.slice(next, next + Math.min(batch, left));
      next += taken.length;
      const began = performance.now();
      const outcomes = await pool.run(taken);
      for (const outcome of outcomes) journal.add(outcome);
      for (const outcome of outcomes) onCell(outcome, ++done.count, cells.length);
      const each = (performance.now() - began) / taken.length;
      batch = Math.max(1, Math.min(BATCH_MAX, Math.floor(BATCH_MS / Math.max(each, 1))));
    }
  };
  const stopped = await Promise.allSettled(Array.from({ length: pool.width }, work));
  journal.sync();
  for (const each of stopped) if (each.status === 'rejected') throw each.reason;
}
