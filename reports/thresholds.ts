/** Bounds of a scenario against the figures that the run gave. */
import { formatMilliseconds } from './csv/cells.ts';
import type { JudgeState } from './observers/judge-state.ts';
import { type Scalar, scalarsOf, type ScalarUnit } from './scalars.ts';

/** A bound as the scenario gives it: times in microseconds, amounts in base units, shares from 0 to 1. */
export interface Threshold {
  readonly sense: '<' | '<=' | '>' | '>=' | '=';
  readonly limit: number;
  readonly asset?: string;
  readonly text: string;
}

export interface JudgedThreshold {
  readonly metric: string;
  /** The bound as it was written. */
  readonly text: string;
  readonly outcome: 'met' | 'broken' | 'unknown';
  /** Undefined where nothing was there to measure. */
  readonly value: number | undefined;
  /** One line for the verdict. */
  readonly line: string;
}

/** Judges every threshold, in the order of the scenario. The run has ended. */
export function judgeThresholds(
  state: JudgeState,
  thresholds: Readonly<Record<string, Threshold>>,
  assets: readonly string[],
): JudgedThreshold[] {
  const entries = Object.entries(thresholds);
  if (entries.length === 0) return [];
  const scalars = new Map(scalarsOf(assets).map((scalar) => [scalar.name, scalar]));
  return entries.map(([metric, threshold]) => judgeOne(state, metric, threshold, scalars.get(metric)));
}

function judgeOne(
  state: JudgeState,
  metric: string,
  threshold: Threshold,
  scalar: Scalar | undefined,
): JudgedThreshold {
  const { text } = threshold;
  const value = scalar?.measure(state);
  if (scalar === undefined || value === undefined) {
    const why = scalar === undefined ? 'no run has such a metric' : 'nothing was there to measure';
    return {
      metric,
      text,
      outcome: 'unknown',
      value: undefined,
      line: `INCONCLUSIVE ${metric}   limit ${text}: ${why}`,
    };
  }
  if (isMet(value, threshold)) return { metric, text, outcome: 'met', value, line: '' };
  const got = formatScalar(value, scalar.unit, scalar.asset);
  return { metric, text, outcome: 'broken', value, line: `THRESHOLD BROKEN ${metric}   limit ${text}, value ${got}` };
}

function isMet(value: number, { sense, limit }: Threshold): boolean {
  switch (sense) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '=':
      return value === limit;
  }
}

/** A figure for people: milliseconds, percent, base units. */
export function formatScalar(value: number, unit: ScalarUnit, asset = ''): string {
  switch (unit) {
    case 'us':
      return `${formatMilliseconds(Math.round(value))} ms`;
    case 'share':
      return `${Number((value * 100).toPrecision(6))}%`;
    case 'amount':
      return `${value} base units of ${asset}`;
    case 'count':
    case 'number':
      return `${value}`;
  }
}
