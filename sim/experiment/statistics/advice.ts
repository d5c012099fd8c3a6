/** What must be said beside figures, as data: a program reads the code, people the text. */
import { quantileNeeds, unseenBound } from './intervals.ts';
import type { BatchMeans, WarmUp } from './steady-state.ts';

export interface Advice {
  readonly code:
    'few-runs' | 'wide-interval' | 'open-quantile' | 'none-seen' | 'short-warm-up' | 'short-run' | 'correlated-batches';
  readonly text: string;
}

/** A figure by its name; bounds are undefined where too few runs say anything. */
export interface NamedInterval {
  readonly metric: string;
  readonly estimate: number | undefined;
  readonly lo: number | undefined;
  readonly hi: number | undefined;
}

/** Half of an interval over its estimate from which a figure says little. */
export const WIDE = 0.5;
const FEW = 5;
/** Figures named in one advice. */
const NAMED = 4;

export function adviceOnRuns(runs: number): Advice[] {
  if (runs >= FEW) return [];
  const text = `${runs} runs are few: an interval of ${runs} says more of their number than of the scenario`;
  return [{ code: 'few-runs', text }];
}

/** Whether half of the interval is more than `limit` times the estimate. Without bounds nothing is known to be wide. */
export function isWide({ estimate, lo, hi }: Omit<NamedInterval, 'metric'>, limit: number = WIDE): boolean {
  if (estimate === undefined || lo === undefined || hi === undefined) return false;
  return (hi - lo) / 2 > limit * Math.abs(estimate);
}

/** One advice on all figures that are wider than `limit` times their estimate. */
export function adviceOnWidth(figures: readonly NamedInterval[], limit: number = WIDE): Advice[] {
  const wide = figures.filter((figure) => isWide(figure, limit)).map(({ metric }) => metric);
  if (wide.length === 0) return [];
  const more = wide.length > NAMED ? ` and ${wide.length - NAMED} more` : '';
  const share = limit === WIDE ? 'half' : `${Number((limit * 100).toPrecision(3))}%`;
  const named = `${wide.slice(0, NAMED).join(', ')}${more}`;
  const text = `intervals wider than ${share} of the mean: ${named}; take more replications or a longer horizon`;
  return [{ code: 'wide-interval', text }];
}

/** On a quantile over `n` runs of which a bound is open. */
export function adviceOnQuantile(metric: string, p: number, n: number, level: number): Advice[] {
  const needs = quantileNeeds(p, level);
  if (n >= needs) return [];
  const text = `the ${p}-quantile of ${metric} is open on one side at ${percent(level)}: ${n} runs, ${needs} needed`;
  return [{ code: 'open-quantile', text }];
}

/** On something that none of `n` runs showed. */
export function adviceOnUnseen(what: string, n: number, level: number): Advice[] {
  if (n === 0) return [];
  const bound = Number((unseenBound(n, level) * 100).toPrecision(3));
  const text = `no ${what} in ${n} runs: at most ${bound}% of runs have one, at ${percent(level)} confidence`;
  return [{ code: 'none-seen', text }];
}

/** On a run of `n` values whose warm-up `mser5` judged. */
export function adviceOnWarmUp(metric: string, { isLongEnough }: WarmUp, n: number): Advice[] {
  if (isLongEnough) return [];
  const text = `${metric}: ${n} values are too short to tell the warm-up from the rest; nothing was cut, take a longer horizon`;
  return [{ code: 'short-warm-up', text }];
}

/** On an interval from batches of one run; undefined where there were too few values for batches. */
export function adviceOnBatches(metric: string, batches: BatchMeans | undefined): Advice[] {
  if (batches === undefined) {
    const text = `${metric}: too few values for an interval of one run; take a longer horizon or replications`;
    return [{ code: 'short-run', text }];
  }
  if (!batches.isCorrelated) return [];
  const lag = batches.lag1.toFixed(2);
  const text = `${metric}: neighbouring batches are correlated (${lag}), so the interval is too narrow; take a longer horizon or replications`;
  return [{ code: 'correlated-batches', text }];
}

function percent(level: number): string {
  return `${Number((level * 100).toPrecision(6))}%`;
}
