/** Entries of a scenario to plans. Used twice: to refuse a bad file, and to build the world of a good one. */
import { freezeDeep } from '../../sim/base/freeze.ts';
import type { PartParameters } from '../../sim/grammar/part.ts';
import { records } from '../records.ts';
import type { Directory } from './directory.ts';
import type { FaultPart, FaultPlan, Resolved } from './fault.ts';
import { type FaultProblem, problem, unknownName } from './problems.ts';
import { resolveTarget, type TargetText } from './selectors.ts';
import { resolveTiming, type WhenText } from './timing.ts';

/** A fault as the grammar gives it. `with` is as it was written: the part's own schema reads it here. */
export interface FaultText {
  readonly kind: string;
  readonly target: TargetText;
  readonly when: WhenText;
  readonly with?: unknown;
}

export type FaultTable = Readonly<Record<string, FaultPart>>;

/** Plans one fault, or says everything that is wrong with it. */
export function planFault(
  table: FaultTable,
  entry: FaultText,
  directory: Directory,
  named: { readonly id: number; readonly name: string },
): Resolved<FaultPlan> {
  const part = Object.hasOwn(table, entry.kind) ? table[entry.kind] : undefined;
  if (part === undefined) {
    return { ok: false, problems: [unknownName(['kind'], 'fault', entry.kind, Object.keys(table))] };
  }
  const target = resolveTarget(part.target, entry.target, directory);
  const when = resolveTiming(entry.when, part.endsItself, directory, records);
  const read = readParameters(part, entry.with ?? {});
  if (!target.ok || !when.ok || !read.ok) {
    const problems = [target, when, read].flatMap((each) => (each.ok ? [] : each.problems));
    return { ok: false, problems };
  }
  const settled = part.resolve(read.value, target.value, directory);
  if (!settled.ok) return settled;
  const { id, name } = named;
  const { kind } = entry;
  const plan: FaultPlan = { id, name, kind, target: target.value, when: when.value, with: settled.value };
  // Frozen: its laws and lists stand in the rules of networks too.
  return { ok: true, value: freezeDeep(plan) };
}

/** Reads `with` by the schema of the part. */
export function readParameters(part: FaultPart, given: unknown): Resolved<PartParameters> {
  const result = part.parameters.safeParse(given);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue): FaultProblem => {
    const path = ['with', ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
    return problem(path, issue.message);
  });
  return { ok: false, problems };
}
