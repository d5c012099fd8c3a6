/** Runs one cell. What goes wrong in it is its outcome: one bad point must not cost the others. */
import { InvariantError } from '../../base/assert.ts';
import { nobleHash } from '../../base/noble-hash.ts';
import { type PhaseName, phaseNames, type Scalar, scalarsOf } from '../../../reports/scalars.ts';
import { nearest } from '../../grammar/nearest.ts';
import { startRun } from '../../run/run.ts';
import { type LoadedScenario, loadScenario } from '../../scenario/load.ts';
import type { PresetSource } from '../../scenario/read-preset.ts';
import { ScenarioErrors } from '../../scenario/text/errors.ts';
import { assetsOf } from '../../scenario/thresholds.ts';
import { mser5 } from '../statistics/steady-state.ts';
import { type Metric, type Plan, placeOfCell, type Point } from './plan.ts';
import { replicationSeed } from './seeds.ts';

export type CellStatus = 'done' | 'invalid' | 'defect' | 'crashed';

export interface CellOutcome {
  readonly cell: number;
  /** `done`: it ran; `invalid`: its scenario is none; `defect`: the simulator failed; `crashed`: its process did. */
  readonly status: CellStatus;
  /** Why it is not done, in one line. */
  readonly reason: string;
  readonly verdict: string;
  readonly code: number;
  readonly digest: string;
  readonly events: number;
  /** Figures in the order of `Plan.metrics`; null where nothing was there to measure. */
  readonly values: readonly (number | null)[];
}

export type RunCell = (cell: number) => CellOutcome;

/** A cell that has no figures. */
export function failedCell(
  cell: number,
  status: Exclude<CellStatus, 'done'>,
  code: number,
  reason: string,
): CellOutcome {
  const line = reason.split('\n')[0] ?? '';
  return { cell, status, reason: line, verdict: '', code, digest: '', events: 0, values: [] };
}

const STEADY = '-steady-mean';

/** The phase of `latency-steady-mean` and its kind: the mean after warm-up, which no single-run figure gives. */
export function steadyPhase(metric: string): PhaseName | undefined {
  if (!metric.endsWith(STEADY)) return undefined;
  const phase = metric.slice(0, -STEADY.length);
  return Object.hasOwn(phaseNames, phase) ? (phase as PhaseName) : undefined;
}

/** The figures that a plan may keep, for chains with these assets. Those after warm-up are kept only where named. */
export function metricsOf(assets: readonly string[]): Metric[] {
  const steady = Object.keys(phaseNames).map((phase): Metric => ({ name: `${phase}${STEADY}`, unit: 'us' }));
  return [...scalarsOf(assets).map(({ name, unit }): Metric => ({ name, unit })), ...steady];
}

/** Those of `all` that are named, in that order, or all but the steady ones. `onUnknown` is told of any other name. */
export function chooseMetrics(
  named: readonly string[] | undefined,
  all: readonly Metric[],
  onUnknown: (name: string, index: number, hint: string) => void,
): Metric[] {
  if (named === undefined) return all.filter(({ name }) => steadyPhase(name) === undefined);
  return named.flatMap((name, index) => {
    const metric = all.find((each) => each.name === name);
    if (metric !== undefined) return [metric];
    const near = nearest(
      name,
      all.map((each) => each.name),
    );
    onUnknown(name, index, near === undefined ? '' : `did you mean ${near}?`);
    return [];
  });
}

/** Runs cells of a plan one after the other. The scenario of a point is loaded once for replications in a row. */
export function createCellRunner(plan: Plan, source: PresetSource): RunCell {
  let latest: { readonly point: number; readonly loaded: LoadedScenario | string } | undefined;
  return (cell) => {
    const { point, replication } = placeOfCell(plan, cell);
    if (latest?.point !== point) latest = { point, loaded: loadPoint(plan, plan.points[point] as Point, source) };
    const { loaded } = latest;
    if (typeof loaded === 'string') return failedCell(cell, 'invalid', 2, loaded);
    try {
      return runCell(plan, cell, { ...loaded, seed: replicationSeed(plan.seed, replication, nobleHash) });
    } catch (error) {
      const what = error instanceof InvariantError ? error.message : String(error);
      return failedCell(cell, 'defect', 5, what);
    }
  };
}

/** The scenario of a point, or what is wrong with it. */
function loadPoint(plan: Plan, point: Point, source: PresetSource): LoadedScenario | string {
  const variant = plan.variants[point.variant];
  try {
    return loadScenario(variant?.scenario ?? '', {
      ...source,
      file: variant?.name ?? '',
      overrides: point.settings.map(({ path, value }) => ({ path, value, flag: '--set' })),
      ...(plan.eventBudget === undefined ? {} : { eventBudget: plan.eventBudget }),
    });
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.message;
    throw error;
  }
}

function runCell(
  plan: Plan,
  cell: number,
  { scenario, seed }: LoadedScenario & { readonly seed: string },
): CellOutcome {
  const run = startRun({ ...scenario, seed }, { keepsRows: false });
  while (run.advance(Number.MAX_SAFE_INTEGER));
  const { summary, digest, events } = run.finish();
  const table = new Map(scalarsOf(assetsOf(scenario.chains)).map((scalar) => [scalar.name, scalar]));
  const values = plan.metrics.map(({ name: metric }) => {
    const phase = steadyPhase(metric);
    if (phase !== undefined) return mser5(run.series(phase)).mean ?? null;
    const scalar: Scalar | undefined = table.get(metric);
    return scalar === undefined ? null : (run.measure([scalar])[0] ?? null);
  });
  const { name: verdict, code } = summary.verdict;
  return { cell, status: 'done', reason: '', verdict, code, digest, events, values };
}
