/** A sweep file and its base scenario to a plan: every problem of the file at once, each with its place. */
import type { HashBackend } from '../../base/bytes.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { ScenarioErrors } from '../../scenario/text/errors.ts';
import { readYaml } from '../../scenario/text/read.ts';
import { type ProblemList, problemList, validate } from '../../scenario/text/validate.ts';
import { assetsOf } from '../../scenario/thresholds.ts';
import { CELLS_MAX, createPlan, type Factor, type Metric, type Plan, type Point, type Setting } from '../cells/plan.ts';
import { chooseMetrics, metricsOf } from '../cells/run-cell.ts';
import { designWarning } from '../designs/unit-points.ts';
import { type Condition, ConditionError, parseCondition } from './conditions.ts';
import { resolveFactors, type SweptFactor } from './factors.ts';
import { pointsOf } from './points.ts';
import { readQuantity, writeQuantity } from '../cells/quantity.ts';
import { type SweepText, sweepSchema } from './schema.ts';
import { unitOf } from './spread.ts';

export interface SweepSource {
  readonly file: string;
  /** Loads the base scenario that the file names, with these values put at their paths. Throws ScenarioErrors. */
  readonly loadBase: (file: string, settings: readonly Setting[]) => LoadedScenario;
  /** Text of a file beside the sweep. Throws if absent. */
  readonly readText: (file: string) => string;
  readonly version: string;
  readonly hash: HashBackend;
  /** From the command line, in place of those of the file. */
  readonly seed?: string;
  readonly replications?: number;
  readonly settings?: readonly Setting[];
}

export interface LoadedSweep {
  readonly plan: Plan;
  /** Points that broke a condition. */
  readonly left: number;
  /** What is not wrong but not wise. */
  readonly warnings: readonly string[];
}

/** Loads a sweep. Throws ScenarioErrors with every problem found. */
export function loadSweep(text: string | Uint8Array, source: SweepSource): LoadedSweep {
  const located = readYaml(text, source.file);
  const validated = validate(located, sweepSchema);
  if (!validated.ok) throw new ScenarioErrors(validated.problems);
  const list = problemList(located);
  const sweep = validated.value;
  const fixed = Object.entries(sweep.set ?? {}).map(([path, value]) => ({ path, value: yamlOf(value) }));
  const base = source.loadBase(sweep.base, [...fixed, ...(source.settings ?? [])]);
  const factors = resolveFactors(sweep, base, list);
  const conditions = readConditions(sweep, factors, list);
  const metrics = readMetrics(sweep, metricsOf(assetsOf(base.scenario.chains)), list);
  throwIfAny(list);
  const seed = source.seed ?? sweep.seed ?? base.scenario.seed;
  const all = pointsOf(sweep, factors, { seed, hash: source.hash, readText: source.readText, list });
  throwIfAny(list);
  const linked = all.map((values) => follow(values, factors, list));
  throwIfAny(list);
  const kept = linked.filter((values) => keeps(values, conditions, list));
  throwIfAny(list);
  const replications = source.replications ?? sweep.replications ?? 1;
  checkSize(kept.length, replications, list);
  throwIfAny(list);
  const plan = createPlan(
    {
      version: source.version,
      kind: 'sweep',
      name: sweep.name,
      question: sweep.question ?? '',
      seed,
      replications,
      level: sweep.level ?? 0.95,
      metrics,
      factors: columnsOf(factors, kept),
      variants: [{ name: sweep.base, scenario: base.resolvedYaml }],
      points: kept.map((values) => pointOf(values, factors)),
      ...(sweep['event-budget'] === undefined ? {} : { eventBudget: sweep['event-budget'] }),
    },
    source.hash,
  );
  const { design } = sweep;
  const warning = design !== undefined && 'points' in design ? designWarning(design.kind, design.points) : undefined;
  return { plan, left: linked.length - kept.length, warnings: warning === undefined ? [] : [warning] };
}

function throwIfAny(list: ProblemList): void {
  if (list.problems.length > 0) throw new ScenarioErrors(list.problems);
}

/** Text as the scenario's YAML has it: words stay words, also those that look like a number. */
export function yamlOf(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const isOther = /^(?:[-+]?[\d.]+(?:[eE][-+]?\d+)?|true|false|null|~|)$/i.test(value.trim());
  return isOther ? JSON.stringify(value) : value;
}

function readConditions(sweep: SweepText, factors: readonly SweptFactor[], list: ProblemList): Condition[] {
  const ids = factors.map((factor) => factor.id);
  const conditions: Condition[] = [];
  (sweep.where ?? []).forEach((text, i) => {
    try {
      conditions.push(parseCondition(text, ids));
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      list.at(['where', i], 'E114', 'a condition cannot be read', {
        expected: 'such as poll * 2 <= timeout',
        got: error.message,
      });
    }
  });
  return conditions;
}

function keeps(values: ReadonlyMap<string, string>, conditions: readonly Condition[], list: ProblemList): boolean {
  return conditions.every((condition, i) => {
    try {
      return condition(values);
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      if (list.problems.length === 0)
        list.at(['where', i], 'E139', 'a condition compares what does not fit', { got: error.message });
      return false;
    }
  });
}

function readMetrics(sweep: SweepText, known: readonly Metric[], list: ProblemList): readonly Metric[] {
  return chooseMetrics(sweep.metrics, known, (name, i, hint) => {
    list.at(['metrics', i], 'E130', `unknown metric ${name}`, { expected: 'a name of l0sim list metrics', hint });
  });
}

/** Values of factors that follow another, put beside those of the design. */
function follow(
  values: ReadonlyMap<string, string>,
  factors: readonly SweptFactor[],
  list: ProblemList,
): ReadonlyMap<string, string> {
  const out = new Map(values);
  for (const { id, link } of factors) {
    if (link === undefined) continue;
    const followed = readQuantity(out.get(link.follows) ?? '');
    if (followed === undefined) {
      const details = { expected: 'a quantity', got: out.get(link.follows) ?? '' };
      if (list.problems.length === 0)
        list.at(['vary', id, 'follows'], 'E139', `${link.follows} cannot be followed`, details);
      continue;
    }
    out.set(id, writeQuantity({ ...followed, value: followed.value * link.times + link.plus }));
  }
  return out;
}

function pointOf(values: ReadonlyMap<string, string>, factors: readonly SweptFactor[]): Point {
  const settings = factors.flatMap((factor) => {
    const value = values.get(factor.id) ?? '';
    return factor.paths.map((path) => ({ path, value }));
  });
  return { variant: 0, settings, factors: factors.map((factor) => plainText(values.get(factor.id) ?? '')) };
}

/** As a cell shows it: without the quotes that keep a word a word. */
function plainText(value: string): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : value;
}

function columnsOf(factors: readonly SweptFactor[], points: readonly ReadonlyMap<string, string>[]): Factor[] {
  return factors.map(({ id, paths }) => {
    const unit = unitOf(points.map((values) => values.get(id) ?? ''));
    return { id, paths, unit };
  });
}

function checkSize(points: number, replications: number, list: ProblemList): void {
  if (points === 0) list.at(['where'], 'E139', 'every point breaks a condition', { expected: 'at least one point' });
  if (points * replications > CELLS_MAX) {
    const got = `${points} points x ${replications} replications`;
    list.at(['design'], 'E140', 'the sweep has too many cells', { expected: `at most ${CELLS_MAX}`, got });
  }
}
