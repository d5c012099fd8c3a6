/** What `vary:` means: each factor with its paths, and the values that it may take or the factor that it follows. */
import type { LoadedScenario } from '../../scenario/load.ts';
import type { PlainValue } from '../../scenario/text/located.ts';
import { readYaml } from '../../scenario/text/read.ts';
import { type ProblemList, valueAt } from '../../scenario/text/validate.ts';
import { areAlike, type Quantity, readQuantity } from '../cells/quantity.ts';
import type { FactorText, SweepText } from './schema.ts';
import type { FactorRange } from './spread.ts';

export interface Link {
  readonly follows: string;
  readonly times: number;
  /** In the unit of the followed factor: microseconds for times. */
  readonly plus: number;
}

export interface SweptFactor {
  readonly id: string;
  readonly paths: readonly string[];
  /** Undefined where it follows another, or takes its values from a CSV. */
  readonly range: FactorRange | undefined;
  readonly link: Link | undefined;
  /** The value of the base scenario; undefined where that has a default and no value. */
  readonly base: string | undefined;
}

/** Values of a range unless `steps` says how many. */
const STEPS = 5;

export function resolveFactors(sweep: SweepText, base: LoadedScenario, list: ProblemList): SweptFactor[] {
  const resolved = readYaml(base.resolvedYaml, 'scenario.resolved.yaml').value;
  const factors = Object.entries(sweep.vary).map(([id, text]) => resolveFactor(id, text, sweep, resolved, list));
  if (factors.length === 0) list.at(['vary'], 'E122', 'a sweep varies something', { expected: 'at least one factor' });
  const taken = new Map<string, string>();
  for (const { id, paths } of factors) {
    for (const path of paths) {
      const other = taken.get(path);
      if (other !== undefined) list.at(['vary', id], 'E139', `${path} is varied by ${other} already`);
      taken.set(path, id);
    }
  }
  return factors;
}

function resolveFactor(
  id: string,
  text: FactorText,
  sweep: SweepText,
  resolved: PlainValue,
  list: ProblemList,
): SweptFactor {
  const at = ['vary', id];
  const paths = text.paths ?? (text.path === undefined ? [] : [text.path]);
  if (paths.length === 0 || (text.path !== undefined && text.paths !== undefined)) {
    list.at(at, 'E139', `${id} goes somewhere`, { expected: 'either path or paths' });
  }
  const isCsv = sweep.design?.kind === 'csv';
  const given = [text.values, text.from, text.follows].filter((each) => each !== undefined).length;
  const expected = isCsv
    ? 'its values come from the CSV: path or paths alone'
    : 'one of values, from and to, or follows';
  if (given !== (isCsv ? 0 : 1) && !(isCsv && text.follows !== undefined)) {
    list.at(at, 'E139', `${id} has ${given === 0 ? 'no values' : 'values of several kinds'}`, { expected });
  }
  const held = valueAt(resolved, (paths[0] ?? '').split('.'));
  return {
    id,
    paths,
    range: rangeOf(id, text, list),
    link: text.follows === undefined ? undefined : linkOf(id, text, sweep, list),
    base: held === undefined || typeof held === 'object' ? undefined : String(held),
  };
}

function rangeOf(id: string, text: FactorText, list: ProblemList): FactorRange | undefined {
  const at = ['vary', id];
  if (text.values !== undefined) {
    const isBare = (value: string | number | boolean): boolean => typeof value !== 'string' || !/^[\d.]+$/.test(value);
    return {
      kind: 'values',
      values: text.values.map((value) => (isBare(value) ? String(value) : JSON.stringify(value))),
    };
  }
  if (text.from === undefined && text.to === undefined) return undefined;
  const [from, to] = [text.from, text.to].map((end) => (end === undefined ? undefined : readQuantity(end)));
  if (from === undefined || to === undefined) {
    list.at(at, 'E139', `${id} has no range`, { expected: 'from and to, each a number with its unit' });
    return undefined;
  }
  if (!areAlike(from, to)) {
    list.at([...at, 'to'], 'E139', 'the ends of a range have one unit', {
      expected: `the unit of ${String(text.from)}`,
    });
    return undefined;
  }
  if (text.scale === 'log' && Math.min(from.value, to.value) <= 0) {
    list.at([...at, 'scale'], 'E115', 'a logarithmic range starts above zero', { expected: 'from and to above 0' });
    return undefined;
  }
  const isWhole = text.whole === true;
  if (isWhole && !(Number.isInteger(from.value) && Number.isInteger(to.value))) {
    list.at([...at, 'whole'], 'E111', 'the ends are not whole', { expected: 'whole numbers for from and to' });
  }
  return { kind: 'range', from, to, scale: text.scale ?? 'linear', isWhole, steps: stepsOf(text, from, to) };
}

function stepsOf(text: FactorText, from: Quantity, to: Quantity): number {
  const steps = text.steps ?? STEPS;
  return text.whole === true ? Math.min(steps, Math.abs(to.value - from.value) + 1) : steps;
}

function linkOf(id: string, text: FactorText, sweep: SweepText, list: ProblemList): Link {
  const follows = text.follows ?? '';
  const followed = sweep.vary[follows];
  if (followed === undefined || followed.follows !== undefined) {
    const others = Object.entries(sweep.vary).filter(([other, each]) => other !== id && each.follows === undefined);
    const expected = `one of ${others.map(([other]) => other).join(', ')}`;
    list.at(['vary', id, 'follows'], 'E130', `nothing to follow: ${follows}`, { expected });
  }
  const plus = text.plus === undefined ? undefined : readQuantity(text.plus);
  if (text.plus !== undefined && plus === undefined) {
    list.at(['vary', id, 'plus'], 'E114', 'plus is no quantity', { expected: 'such as 1s or 2' });
  }
  return { follows, times: text.times ?? 1, plus: plus?.value ?? 0 };
}
