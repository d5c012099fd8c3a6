/** Runs the cells of a plan into its folder, with progress, on all cores, to be interrupted and taken up again. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../experiment/cells/figures.ts';
import { cellCount, type Plan } from '../experiment/cells/plan.ts';
import type { CellOutcome } from '../experiment/cells/run-cell.ts';
import { writeTables } from '../experiment/cells/tables.ts';
import type { Distributions } from '../experiment/statistics/distributions.ts';
import { executeCells } from '../experiment/workers/execute.ts';
import { type Journal, openJournal } from '../experiment/workers/journal.ts';
import { openPool, type Pool } from '../experiment/workers/pool.ts';
import { openCellProgress } from './cell-progress.ts';
import type { ExperimentFolder } from './experiment-folder.ts';
import { watchInterruption } from './interruption.ts';
import { packageRoot, packageVersion } from './package-facts.ts';

export interface CellFlags {
  readonly jobs?: number | undefined;
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** What a finished experiment came to, for its summary. */
export interface Tally {
  readonly done: number;
  readonly failed: number;
  /** Cells by verdict. */
  readonly verdicts: ReadonlyMap<string, number>;
  /** The first cell that failed. */
  readonly firstFailure: CellOutcome | undefined;
}

export const JOURNAL = 'journal';

export interface Driver {
  readonly journal: Journal;
  readonly pool: Pool;
  /** Runs those cells that the journal lacks. Throws Interrupted: the journal keeps what is finished. */
  run(cells: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens journal and workers. `journal` is its file in the folder. */
export async function openDriver(
  plan: Plan,
  folder: ExperimentFolder,
  given: CellFlags,
  file: string = JOURNAL,
): Promise<Driver> {
  const journal = openJournal(folder.file(file), plan);
  const jobs = Math.min(given.jobs ?? availableParallelism(), Math.max(1, cellCount(plan)));
  const pool = await openPool(plan, jobs, join(packageRoot(), 'scenarios'));
  const interruption = watchInterruption();
  let failed = 0;
  return {
    journal,
    pool,
    async run(cells) {
      const bar = openCellProgress(given.quiet === true || given.json === true);
      try {
        await executeCells(cells, journal, pool, {
          onCell(outcome, done, total) {
            if (outcome.status !== 'done') failed++;
            bar.update(done, total, failed);
            interruption.check(
              `${journal.count} cells are kept in ${folder.path}; the same command goes on from there`,
            );
          },
        });
      } finally {
        bar.stop();
      }
    },
    async close() {
      interruption.stop();
      journal.close();
      await pool.close();
    },
  };
}

/** Writes tables and manifest of a folder whose cells are in the journal, and removes the journal. */
export function finishExperiment(
  plan: Plan,
  folder: ExperimentFolder,
  journal: Journal,
  dist: Distributions,
  extra: { readonly onFigures?: (point: number, figures: readonly Figure[]) => void; readonly onEnd?: () => void } = {},
): Tally {
  const tally = {
    done: 0,
    failed: 0,
    verdicts: new Map<string, number>(),
    firstFailure: undefined as CellOutcome | undefined,
  };
  const read = (cell: number): CellOutcome | undefined => {
    if (!journal.has(cell)) return undefined;
    const outcome = journal.read(cell);
    count(tally, outcome);
    return outcome;
  };
  writeTables({ plan, read, open: (file) => folder.open(file), dist }, extra.onFigures ?? (() => undefined));
  extra.onEnd?.();
  const { kind, name, hash, seed, replications } = plan;
  folder.publish({
    tool: 'l0sim',
    version: packageVersion(),
    kind,
    name,
    plan: hash,
    seed,
    points: plan.points.length,
    replications,
    cells: { done: tally.done, failed: tally.failed },
    environment: { node: process.version, finished: new Date().toISOString() },
  });
  rmSync(folder.file(JOURNAL), { force: true });
  return tally;
}

function count(
  tally: { done: number; failed: number; verdicts: Map<string, number>; firstFailure: CellOutcome | undefined },
  outcome: CellOutcome,
): void {
  if (outcome.status === 'done') {
    tally.done++;
    tally.verdicts.set(outcome.verdict, (tally.verdicts.get(outcome.verdict) ?? 0) + 1);
  } else {
    tally.failed++;
    tally.firstFailure ??= outcome;
  }
}

/** `120 cells: 118 done (as-expected 110, violation 8), 2 failed`, and the first failure. */
export function tallyLines(tally: Tally, nameOf: (cell: number) => string): string[] {
  const verdicts = [...tally.verdicts].map(([verdict, n]) => `${verdict} ${n}`).join(', ');
  const done = `${tally.done} done${verdicts === '' ? '' : ` (${verdicts})`}`;
  const lines = [`${tally.done + tally.failed} cells: ${done}${tally.failed === 0 ? '' : `, ${tally.failed} failed`}`];
  const first = tally.firstFailure;
  if (first !== undefined) lines.push(`first failure, cell ${nameOf(first.cell)}: ${first.status}: ${first.reason}`);
  return lines;
}
