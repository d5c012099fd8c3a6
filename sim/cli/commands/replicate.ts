/** `l0sim replicate FILE`: the same scenario under many seeds, and what can be said of its figures then. */
import { join } from 'node:path';
import { nobleHash } from '../../base/noble-hash.ts';
import type { Figure } from '../../experiment/cells/figures.ts';
import { cellId, createPlan, type Metric, type Plan } from '../../experiment/cells/plan.ts';
import { chooseMetrics, metricsOf } from '../../experiment/cells/run-cell.ts';
import { type Goal, type Look, lookAt, lookSizes } from '../../experiment/statistics/sequential.ts';
import { warningsOf } from '../../experiment/cells/warnings.ts';
import { type Distributions, loadDistributions } from '../../experiment/statistics/distributions.ts';
import { assetsOf } from '../../scenario/thresholds.ts';
import { type CellFlags, type Driver, finishExperiment, openDriver, type Tally, tallyLines } from '../drive-cells.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { openExperimentFolder } from '../experiment-folder.ts';
import { figureTable, tellingFigures } from '../figure-table.ts';
import { loadAsTold, type ScenarioFlags } from '../files.ts';
import { packageVersion } from '../package-facts.ts';
import { openTerminal } from '../terminal.ts';

export interface ReplicateArguments extends ScenarioFlags, CellFlags {
  readonly n?: number | undefined;
  readonly until?: string | undefined;
  readonly max?: number | undefined;
  readonly level?: string | undefined;
  readonly metrics?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
}

/** Replications unless `-n` says otherwise. */
export const REPLICATIONS = 30;
/** With `--until`: replications at the first look, and at the most. */
const FIRST_LOOK = 10;
const MOST = 1_000;

export async function replicateCommand(given: ReplicateArguments): Promise<number> {
  const plan = planOf(given);
  const goal = goalOf(given.until, plan);
  const path = given.out ?? join('out', `${plan.name}-${plan.hash.slice(0, 8)}`);
  const folder = openExperimentFolder(path, plan, given.force === true);
  try {
    if (folder.isFinished) {
      openTerminal(given.quiet === true).say(`${path} is finished already; --force runs it again`);
      return EXIT.asExpected;
    }
    const dist = await loadDistributions();
    const driver = await openDriver(plan, folder, given);
    try {
      const stop = goal === undefined ? undefined : await runUntil(plan, driver, goal, dist);
      if (goal === undefined) await driver.run(first(plan.replications));
      let figures: readonly Figure[] = [];
      const tally = finishExperiment(plan, folder, driver.journal, dist, { onFigures: (_, each) => (figures = each) });
      report({ plan, path, tally, figures, stop, given });
      return tally.failed > 0 && tally.done === 0 ? EXIT.defect : EXIT.asExpected;
    } finally {
      await driver.close();
    }
  } finally {
    folder.close();
  }
}

function planOf(given: ReplicateArguments): Plan {
  const loaded = loadAsTold(given);
  const { scenario, resolvedYaml } = loaded;
  const known = metricsOf(assetsOf(scenario.chains));
  const wanted = given.until?.split('=')[0];
  const chosen = chooseMetrics(given.metrics, known, unknownMetric);
  // A figure that is only there to stop by is kept too.
  const extra = wanted === undefined ? [] : chooseMetrics([wanted], known, unknownMetric);
  const metrics: Metric[] = [...chosen, ...extra.filter(({ name }) => !chosen.some((each) => each.name === name))];
  return createPlan(
    {
      version: packageVersion(),
      kind: 'replicate',
      name: scenario.name,
      question: scenario.question,
      seed: scenario.seed,
      replications: given.until === undefined ? (given.n ?? REPLICATIONS) : (given.max ?? MOST),
      level: levelOf(given.level),
      metrics,
      factors: [],
      variants: [{ name: scenario.name, scenario: resolvedYaml }],
      points: [{ variant: 0, settings: [], factors: [] }],
      ...(given['event-budget'] === undefined ? {} : { eventBudget: given['event-budget'] }),
    },
    nobleHash,
  );
}

/** Throws UsageError: a flag names a figure that no run has. */
export function unknownMetric(name: string, _index: number, hint: string): never {
  throw new UsageError(`unknown metric ${name}; ${hint === '' ? 'l0sim list metrics names them' : hint}`);
}

/** `0.95` or `95%`. Throws UsageError. */
export function levelOf(text: string | undefined): number {
  if (text === undefined) return 0.95;
  const level = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (level > 0.5 && level < 1) return level;
  throw new UsageError(`--level ${text} is no confidence: give one between 50% and 100%, such as 99%`);
}

/** `latency-p95=5%`. Throws UsageError. */
function goalOf(text: string | undefined, plan: Plan): (Goal & { readonly index: number }) | undefined {
  if (text === undefined) return undefined;
  const [metric = '', target = ''] = text.split('=');
  const relative = target.endsWith('%') ? Number(target.slice(0, -1)) / 100 : Number(target);
  if (!(relative > 0 && relative < 1)) {
    throw new UsageError(`--until ${text} is not metric=half-width, such as --until latency-p95=5%`);
  }
  return { metric, relative, index: plan.metrics.findIndex(({ name }) => name === metric) };
}

/** Runs look by look. Sizes do not depend on the number of jobs, so neither does where it stops. */
async function runUntil(
  plan: Plan,
  driver: Driver,
  goal: Goal & { readonly index: number },
  dist: Distributions,
): Promise<Look | undefined> {
  let look: Look | undefined;
  for (const size of lookSizes(FIRST_LOOK, plan.replications)) {
    await driver.run(first(size));
    const values = first(size)
      .map((cell) => driver.journal.read(cell).values[goal.index])
      .filter((value) => value !== null && value !== undefined);
    if (values.length < 2) continue;
    look = lookAt(values, goal, plan.level, dist);
    if (look.isReached) return look;
  }
  return look;
}

function first(count: number): number[] {
  return Array.from({ length: count }, (_, cell) => cell);
}

interface Report {
  readonly plan: Plan;
  readonly path: string;
  readonly tally: Tally;
  readonly figures: readonly Figure[];
  readonly stop: Look | undefined;
  readonly given: ReplicateArguments;
}

function report({ plan, path, tally, figures, stop, given }: Report): void {
  const terminal = openTerminal(given.quiet === true);
  const warnings = warningsOf(figures, plan);
  if (given.json === true) {
    terminal.out(JSON.stringify({ plan: plan.hash, out: path, until: stop ?? null, warnings, figures }));
    return;
  }
  if (given.quiet === true) return;
  terminal.out(figureTable(tellingFigures(figures, given.metrics !== undefined), plan.level));
  terminal.out(`\n${tallyLines(tally, (cell) => cellId(plan, cell)).join('\n')}`);
  if (stop !== undefined) terminal.out(stopLine(stop, given.until ?? ''));
  for (const warning of warnings) terminal.out(warning);
  terminal.out(`results: ${path} (points.csv has all ${figures.length} figures, cells.csv a row a run)`);
}

function stopLine(stop: Look, until: string): string {
  if (stop.estimate === 0)
    return `${until} NOT reached after ${stop.n} replications: no width is a share of a mean of 0`;
  const half = Math.abs((stop.hi - stop.lo) / 2 / stop.estimate) * 100;
  const interval = `+-${Number(half.toPrecision(3))}% at ${Number((stop.level * 100).toPrecision(5))}% confidence for this look`;
  return stop.isReached
    ? `${until} reached after ${stop.n} replications: ${interval}`
    : `${until} NOT reached after ${stop.n} replications: ${interval}; --max allows more`;
}
