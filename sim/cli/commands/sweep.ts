/** `l0sim sweep FILE`: every cell of a design on all cores, one tidy table, the same bytes however it was run. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { nobleHash } from '../../base/noble-hash.ts';
import type { Figure } from '../../experiment/cells/figures.ts';
import { cellCount, cellId, cellOfId, cellsOfShard, type Plan } from '../../experiment/cells/plan.ts';
import { replayOf } from '../../experiment/cells/replay-cell.ts';
import { loadDistributions } from '../../experiment/statistics/distributions.ts';
import { type LoadedSweep, loadSweep } from '../../experiment/sweep/load-sweep.ts';
import { type CellFlags, finishExperiment, openDriver, type Tally, tallyLines } from '../drive-cells.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { type ExperimentFolder, openExperimentFolder } from '../experiment-folder.ts';
import { formatValue, plainTable } from '../figure-table.ts';
import { loadFile, parseOverride, readInput } from '../files.ts';
import { packageVersion } from '../package-facts.ts';
import { openTerminal } from '../terminal.ts';

export interface SweepArguments extends CellFlags {
  readonly file: string;
  readonly seed?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly n?: number | undefined;
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
  readonly shard?: string | undefined;
  readonly cell?: string | undefined;
}

export async function sweepCommand(given: SweepArguments): Promise<number> {
  const shard = shardOf(given.shard);
  const { plan, left, warnings } = loadSweepFile(given);
  const terminal = openTerminal(given.quiet === true);
  for (const warning of warnings) terminal.say(`warning: ${warning}`);
  if (left > 0) terminal.say(`${left} points break a condition and are left out`);
  if (given.cell !== undefined) return showCell(plan, given.cell, given);
  const path = given.out ?? join('out', `${plan.name}-${plan.hash.slice(0, 8)}`);
  const folder = openExperimentFolder(path, plan, given.force === true);
  try {
    if (folder.isFinished) {
      terminal.say(`${path} is finished already; --force runs it again`);
      return EXIT.asExpected;
    }
    return shard === undefined ? await sweepAll(plan, folder, given) : await sweepShard(plan, folder, given, shard);
  } finally {
    folder.close();
  }
}

export function loadSweepFile(given: SweepArguments): LoadedSweep {
  if (given.file === '-')
    throw new UsageError('a sweep names its base scenario beside it: give its file, not standard input');
  const beside = dirname(resolve(given.file));
  return loadSweep(readInput(given.file), {
    file: given.file,
    loadBase: (file, settings) =>
      loadFile(join(dirname(given.file), file), { overrides: settings.map((each) => ({ ...each, flag: 'set' })) }),
    readText: (file) => readFileSync(join(beside, file), 'utf8'),
    version: packageVersion(),
    hash: nobleHash,
    settings: (given.set ?? []).map(parseOverride),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.n === undefined ? {} : { replications: given.n }),
  });
}

async function sweepAll(plan: Plan, folder: ExperimentFolder, given: SweepArguments): Promise<number> {
  const driver = await openDriver(plan, folder, given);
  try {
    await driver.run(Array.from({ length: cellCount(plan) }, (_, cell) => cell));
    return await finishSweep(plan, folder, driver.journal, given);
  } finally {
    await driver.close();
  }
}

/** Writes the tables and says what came out. A finished sweep is a success whatever its cells found. */
export async function finishSweep(
  plan: Plan,
  folder: ExperimentFolder,
  journal: Parameters<typeof finishExperiment>[2],
  given: Pick<SweepArguments, 'json' | 'quiet'>,
): Promise<number> {
  const shown: (readonly Figure[])[] = [];
  const tally = finishExperiment(plan, folder, journal, await loadDistributions(), {
    onFigures: (point, figures) => {
      if (point < POINTS_SHOWN) shown.push(figures);
    },
  });
  report(plan, folder.path, tally, shown, given);
  return EXIT.asExpected;
}

async function sweepShard(plan: Plan, folder: ExperimentFolder, given: SweepArguments, shard: Shard): Promise<number> {
  const terminal = openTerminal(given.quiet === true);
  const name = `shard-${shard.index}-of-${shard.count}`;
  if (existsSync(folder.file(`${name}.cells`))) {
    terminal.say(`${name} is finished already`);
    return EXIT.asExpected;
  }
  const driver = await openDriver(plan, folder, given, `${name}.journal`);
  const cells = cellsOfShard(plan, shard.index, shard.count);
  try {
    await driver.run(cells);
  } finally {
    await driver.close();
  }
  renameSync(folder.file(`${name}.journal`), folder.file(`${name}.cells`));
  terminal.say(`${cells.length} of ${cellCount(plan)} cells: ${folder.file(`${name}.cells`)}`);
  terminal.say(`when all ${shard.count} shards are there: l0sim merge ${folder.path}`);
  return EXIT.asExpected;
}

/** Runs one cell in this process and prints it: what an engine that drives cells one by one needs. */
async function showCell(plan: Plan, id: string, given: SweepArguments): Promise<number> {
  const cell = cellOfId(plan, id);
  if (cell === undefined) {
    const last = cellId(plan, cellCount(plan) - 1);
    throw new UsageError(`--cell ${id} is no cell of this sweep: they are 0.0 to ${last}, <point>.<replication>`);
  }
  const { createCellRunner } = await import('../../experiment/cells/run-cell.ts');
  const { shippedPresets } = await import('../../experiment/workers/presets.ts');
  const { packageRoot } = await import('../package-facts.ts');
  const outcome = createCellRunner(plan, shippedPresets(join(packageRoot(), 'scenarios')))(cell);
  const values = Object.fromEntries(plan.metrics.map(({ name }, i) => [name, outcome.values[i] ?? null]));
  const terminal = openTerminal(given.quiet === true);
  terminal.out(JSON.stringify({ plan: plan.hash, ...outcome, cell: id, values, replay: replayOf(plan, cell) }));
  return EXIT.asExpected;
}

interface Shard {
  readonly index: number;
  readonly count: number;
}

function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && index >= 1 && index <= count) return { index, count };
  throw new UsageError(`--shard ${text} is not i/n with i from 1 to n, such as --shard 2/8`);
}

const POINTS_SHOWN = 24;
const METRICS_SHOWN = 4;
/** Shown where the sweep names no metrics. */
const USUAL = ['latency-p50', 'latency-p95', 'delivered-share', 'violations'];

function report(
  plan: Plan,
  path: string,
  tally: Tally,
  shown: readonly (readonly Figure[])[],
  given: Pick<SweepArguments, 'json' | 'quiet'>,
): void {
  const terminal = openTerminal(given.quiet === true);
  if (given.json === true) {
    const { kind, name, hash, seed, replications } = plan;
    const cells = { done: tally.done, failed: tally.failed, verdicts: Object.fromEntries(tally.verdicts) };
    terminal.out(
      JSON.stringify({ kind, name, plan: hash, seed, points: plan.points.length, replications, cells, out: path }),
    );
    return;
  }
  if (given.quiet === true) return;
  const usual = plan.metrics.filter(({ name }) => USUAL.includes(name)).map(({ name }) => name);
  const metrics = plan.metrics.length <= METRICS_SHOWN ? plan.metrics.map(({ name }) => name) : usual;
  const rows = shown.map((figures, point) => [
    ...(plan.points[point]?.factors ?? []),
    ...metrics.map((metric) => spell(figures.find((figure) => figure.metric === metric))),
  ]);
  terminal.out(plainTable([...plan.factors.map(({ id }) => id), ...metrics], rows, plan.factors.length));
  if (plan.points.length > shown.length) terminal.out(`and ${plan.points.length - shown.length} points more`);
  terminal.out(`\n${tallyLines(tally, (cell) => cellId(plan, cell)).join('\n')}`);
  if (tally.firstFailure !== undefined)
    terminal.out(`replay, in the folder: ${replayOf(plan, tally.firstFailure.cell)}`);
  terminal.out(`results: ${path} (cells.csv a row a run, points.csv a row a figure)`);
}

/** `12.5 ms +- 0.4`: the estimate and half of its interval. */
function spell(figure: Figure | undefined): string {
  if (figure === undefined) return '-';
  const { estimate, lo, hi, unit } = figure;
  const text = formatValue(estimate, unit);
  if (lo === undefined || hi === undefined) return text;
  return `${text} +- ${formatValue((hi - lo) / 2, unit).replace(/ ms$|%$/, '')}`;
}
