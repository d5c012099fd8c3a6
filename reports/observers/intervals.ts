/** When an assumption held and when it did not: intervals that begin and end with what was measured. */
import { compareShare } from '../../sim/base/ratio.ts';
import type { AssumptionKind } from './assumption-kinds.ts';
import { type Declarations, faultName } from './declarations.ts';

/** A stretch of time in which an assumption held, or did not. */
export interface Interval {
  readonly fromUs: number;
  untilUs: number;
  readonly holds: boolean;
  /** Worst value in it: `part` of `whole`; -1 stands for a lost envelope. */
  part: number;
  whole: number;
  /** Names of the faults that broke it, each once. */
  readonly faults: string[];
}

export interface AssumptionState {
  readonly kind: AssumptionKind;
  readonly subject: number;
  readonly subjectName: string;
  readonly limitNumerator: number;
  readonly limitDenominator: number;
  readonly intervals: Interval[];
  /** Intervals that were not kept. */
  dropped: number;
}

/** MODEL: flickering assumptions keep so many intervals and count the rest; the worst value stays in the last. */
const INTERVALS_MAX = 10_000;

export interface Measure {
  readonly part: number;
  readonly whole: number;
  readonly holds: boolean;
  readonly faults: readonly number[];
}

export function isFewerWorse(kind: AssumptionKind): boolean {
  return kind === 'honest-relayers' || kind === 'serving-provers';
}

/** Whether `part / whole` is worse than what the interval has seen. For relayers and provers fewer is worse. */
function isWorse(kind: AssumptionKind, interval: Interval, measure: Measure): boolean {
  if (interval.part < 0) return false;
  if (measure.part < 0) return true;
  const order = compareShare(measure.part, measure.whole, { numerator: interval.part, denominator: interval.whole });
  return isFewerWorse(kind) ? order < 0 : order > 0;
}

export function note(declarations: Declarations, assumption: AssumptionState, timeUs: number, measure: Measure): void {
  const last = assumption.intervals[assumption.intervals.length - 1];
  let current = last;
  if (last === undefined || last.holds !== measure.holds) {
    if (assumption.intervals.length >= INTERVALS_MAX) {
      assumption.dropped++;
      return;
    }
    if (last !== undefined) last.untilUs = timeUs;
    const { part, whole, holds } = measure;
    current = { fromUs: timeUs, untilUs: -1, holds, part, whole, faults: [] };
    assumption.intervals.push(current);
  } else if (isWorse(assumption.kind, last, measure)) {
    last.part = measure.part;
    last.whole = measure.whole;
  }
  if (current === undefined || measure.holds) return;
  for (const fault of measure.faults) {
    const name = faultName(declarations, fault);
    if (name !== '' && !current.faults.includes(name)) current.faults.push(name);
  }
}

/** Ends a breach at the instant it began, or at its last one, and lets the assumption hold again. */
export function close(assumption: AssumptionState, timeUs: number): void {
  const last = assumption.intervals[assumption.intervals.length - 1];
  if (last === undefined || last.holds || assumption.intervals.length >= INTERVALS_MAX) return;
  last.untilUs = timeUs;
  assumption.intervals.push({ fromUs: timeUs, untilUs: -1, holds: true, part: 0, whole: 1, faults: [] });
}
