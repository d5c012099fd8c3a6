/** What the figures of a target come to beside what they must be. */
import { isMap } from '../../scenario/text/located.ts';
import type { Estimate, ValidationModel } from './model.ts';
import { type Answer, halfWidth } from './run-target.ts';
import type { Target } from './targets.ts';

export type Judgement = 'pass' | 'FAIL' | 'shown' | 'skipped';

export interface Row {
  readonly id: string;
  /** Empty for what the results hold; a law or another variant that must show the same. */
  readonly case: string;
  readonly figure: string;
  readonly target: number | undefined;
  readonly estimate: Estimate | undefined;
  /** Relative; undefined where there is none. */
  readonly tolerance: number | undefined;
  readonly judgement: Judgement;
  readonly reason: string;
}

export interface Judged {
  readonly rows: readonly Row[];
  /** What stands in the file of results under the id; undefined where nothing was tried. */
  readonly result: unknown;
}

/** Targets are printed with twelve digits. */
const LAST_DIGIT = 1e-11;

/** Figures of a target by name, as far as they are single numbers. */
export function figuresOf({ value }: Target, model: ValidationModel): Record<string, number> {
  if (typeof value === 'number') return { [model.single]: value };
  if (isList(value)) {
    if (model.listed?.length !== value.length) return {};
    return Object.fromEntries(model.listed.map((figure, i) => [figure, value[i] as number]));
  }
  const single = Object.entries(value).filter(([, each]) => typeof each === 'number');
  return Object.fromEntries(single) as Record<string, number>;
}

// `Array.isArray` does not narrow a list that is readonly.
function isList(value: Target['value']): value is readonly number[] {
  return Array.isArray(value);
}

/** Figures that a tolerance is for. */
export function judgedFigures(target: Target, model: ValidationModel): string[] {
  return Object.keys(figuresOf(target, model)).filter((figure) => model.shown?.[figure] === undefined);
}

export function skipped(target: Target, reason: string): Judged {
  const row: Row = {
    id: target.id,
    case: '',
    figure: '',
    target: typeof target.value === 'number' ? target.value : undefined,
    estimate: undefined,
    tolerance: target.tolerance,
    judgement: 'skipped',
    reason,
  };
  return { rows: [row], result: undefined };
}

/** A target inside of the interval, and half of the interval within the tolerance. */
export function judge(target: Target, model: ValidationModel, answers: readonly Answer[]): Judged {
  const wanted = figuresOf(target, model);
  const names = isMap(target.value) ? Object.keys(target.value) : Object.keys(wanted);
  if (names.length === 0) return skipped(target, 'its value is no number');
  const rows = answers.flatMap((answer) => names.map((name) => rowOf(target, model, answer, name, wanted[name])));
  const main = answers.find((answer) => answer.case === '');
  const written = (name: string): unknown => plain(main?.estimates[name]);
  const known = names.filter((name) => main?.estimates[name] !== undefined);
  if (typeof target.value === 'number') return { rows, result: written(model.single) };
  if (isList(target.value)) return { rows, result: names.map(written) };
  const result = Object.fromEntries(known.map((name) => [name, written(name)]));
  return { rows, result };
}

function rowOf(
  target: Target,
  model: ValidationModel,
  answer: Answer,
  figure: string,
  wanted: number | undefined,
): Row {
  const estimate = answer.estimates[figure];
  const row = { id: target.id, case: answer.case, figure, target: wanted, estimate, tolerance: target.tolerance };
  if (wanted === undefined) return { ...row, judgement: 'skipped', reason: 'no single number' };
  if (estimate === undefined) return { ...row, judgement: 'skipped', reason: `${target.model} has no such figure` };
  const why = model.shown?.[figure];
  if (why !== undefined) return { ...row, judgement: 'shown', reason: why };
  const reason = faultOf(estimate, wanted, target.tolerance);
  return { ...row, judgement: reason === '' ? 'pass' : 'FAIL', reason };
}

function faultOf(estimate: Estimate, wanted: number, tolerance: number | undefined): string {
  // An answer without chance has no width: what its closed form leaves out is within the tolerance, if it has one.
  const isExact = estimate.lo === estimate.hi;
  const slack = (isExact ? Math.max(LAST_DIGIT, tolerance ?? 0) : LAST_DIGIT) * Math.abs(wanted);
  if (wanted < estimate.lo - slack || wanted > estimate.hi + slack) return 'the target is outside of the interval';
  if (tolerance === undefined || halfWidth(estimate) <= tolerance) return '';
  return 'the interval is wider than the tolerance';
}

function plain(estimate: Estimate | undefined): unknown {
  if (estimate === undefined) return null;
  const { mean, lo, hi } = estimate;
  if (lo === hi) return mean;
  // An open bound has no number in JSON.
  return { mean, lo: Number.isFinite(lo) ? lo : null, hi: Number.isFinite(hi) ? hi : null };
}
