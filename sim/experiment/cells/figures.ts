/** The replications of one point as figures with intervals. */
import type { Distributions } from '../statistics/distributions.ts';
import { meanInterval, quantileInterval, rateInterval } from '../statistics/intervals.ts';
import type { Plan } from './plan.ts';
import type { CellOutcome } from './run-cell.ts';

/** One figure over replications, in the unit of its metric. Bounds are undefined where too few runs say anything. */
export interface Figure {
  readonly metric: string;
  readonly unit: string;
  /** `mean`: Student-t over replications; `rate`: share of runs, Clopper-Pearson. */
  readonly kind: 'mean' | 'rate';
  /** Replications that gave a value. */
  readonly n: number;
  readonly estimate: number | undefined;
  readonly lo: number | undefined;
  readonly hi: number | undefined;
  readonly sd: number | undefined;
  readonly median: number | undefined;
  readonly medianLo: number | undefined;
  readonly medianHi: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

const VERDICTS = ['as-expected', 'violation', 'unmet', 'threshold', 'inconclusive'] as const;

/** Figures of the cells of one point: every metric, then the share of runs by verdict and with violations. */
export function figuresOf(plan: Plan, cells: readonly CellOutcome[], dist: Distributions): Figure[] {
  const done = cells.filter((cell) => cell.status === 'done');
  const means = plan.metrics.map(({ name, unit }, i) => {
    const values = done.map((cell) => cell.values[i]).filter((value) => value !== null && value !== undefined);
    return meanFigure(name, unit, values, plan.level, dist);
  });
  const verdicts = VERDICTS.map((verdict) => {
    const hits = done.filter((cell) => cell.verdict === verdict).length;
    return rateFigure(`runs-${verdict}`, hits, done.length, plan.level, dist);
  });
  const violated = plan.metrics.flatMap(({ name }, i) => {
    if (!name.startsWith('violations')) return [];
    const hits = done.filter((cell) => (cell.values[i] ?? 0) > 0).length;
    return [rateFigure(`runs-with-${name}`, hits, done.length, plan.level, dist)];
  });
  const failed = rateFigure('runs-failed', cells.length - done.length, cells.length, plan.level, dist);
  return [...means, ...verdicts, failed, ...violated];
}

const NOTHING = { sd: undefined, median: undefined, medianLo: undefined, medianHi: undefined } as const;

function rateFigure(metric: string, hits: number, n: number, level: number, dist: Distributions): Figure {
  const ends = { min: undefined, max: undefined };
  if (n === 0) {
    const none = { estimate: undefined, lo: undefined, hi: undefined };
    return { metric, unit: 'share', kind: 'rate', n, ...none, ...NOTHING, ...ends };
  }
  const { estimate, lo, hi } = rateInterval(hits, n, level, dist);
  return { metric, unit: 'share', kind: 'rate', n, estimate, lo, hi, ...NOTHING, ...ends };
}

function meanFigure(
  metric: string,
  unit: string,
  values: readonly number[],
  level: number,
  dist: Distributions,
): Figure {
  const n = values.length;
  if (n === 0) {
    const none = { estimate: undefined, lo: undefined, hi: undefined, min: undefined, max: undefined };
    return { metric, unit, kind: 'mean', n, ...none, ...NOTHING };
  }
  const { estimate, lo, hi } = n < 2 ? alone(values[0] as number) : meanInterval(values, level, dist);
  const middle = quantileInterval(values, 0.5, level);
  return {
    metric,
    unit,
    kind: 'mean',
    n,
    estimate,
    lo,
    hi,
    sd: n < 2 ? undefined : standardDeviation(values, estimate),
    median: middle.estimate,
    medianLo: middle.lo,
    medianHi: middle.hi,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function alone(estimate: number): { estimate: number; lo: undefined; hi: undefined } {
  return { estimate, lo: undefined, hi: undefined };
}

function standardDeviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1));
}
