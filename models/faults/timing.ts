/** When a fault acts: once, again and again, or on a record. */
import { END_OF_TIME } from '../../sim/base/units.ts';
import { type Law, lawMean } from '../../sim/kernel/random/laws.ts';
import type { RecordDefinition } from '../../sim/kernel/record.ts';
import type { Directory } from './directory.ts';
import { type FaultProblem, problem } from './problems.ts';
import { type Pattern, type PatternText, resolvePattern } from './triggers.ts';

/** `when` as the grammar gives it: instants and durations in whole microseconds. */
export interface WhenText {
  readonly at?: number | undefined;
  readonly for?: Law | undefined;
  readonly until?: 'gst' | number | undefined;
  readonly every?: Law | undefined;
  readonly on?: PatternText | undefined;
  readonly after?: number | undefined;
  readonly count?: number | undefined;
}

export interface FaultTiming {
  readonly start:
    | { readonly kind: 'at'; readonly atUs: number }
    /** First at `fromUs`, or a gap after the beginning where that is -1; then a gap from start to start. */
    | { readonly kind: 'every'; readonly fromUs: number; readonly gap: Law; readonly count: number }
    | { readonly kind: 'on'; readonly pattern: Pattern; readonly afterUs: number; readonly count: number };
  /** How long it lasts each time; null where only `untilUs`, or the kind, ends it. */
  readonly lasting: Law | null;
  /** Instant at which it ends for good, -1 where none. */
  readonly untilUs: number;
}

export type ResolvedTiming =
  | { readonly ok: true; readonly value: FaultTiming }
  | { readonly ok: false; readonly problems: readonly FaultProblem[] };

/** `endsItself`: the kind says how long it lasts, so `for` would be a second answer. */
export function resolveTiming(
  when: WhenText,
  endsItself: boolean,
  directory: Directory,
  records: readonly RecordDefinition[],
): ResolvedTiming {
  const problems: FaultProblem[] = [];
  const untilUs = untilOf(when, directory, problems);
  const start = startOf(when, directory, records, problems);
  if (endsItself && when.for !== undefined) {
    const hint = 'leave for out: the parameters of this kind say how long it lasts';
    problems.push(problem(['when', 'for'], 'this kind ends by itself', { expected: 'no for', hint }));
  }
  if (start?.kind === 'every') {
    if (!endsItself && when.for === undefined) {
      const hint = 'add for: how long each time lasts';
      problems.push(problem(['when'], 'what comes again must end', { expected: 'for beside every', hint }));
    }
    if (!(lawMean(start.gap) >= 1)) {
      problems.push(
        problem(['when', 'every'], 'no time passes between two starts', { expected: 'a mean of 1us or more' }),
      );
    }
  }
  const from = start?.kind === 'at' ? start.atUs : (when.at ?? 0);
  if (untilUs !== -1 && untilUs <= from) {
    const details = { expected: `an instant after ${from}us`, got: `${untilUs}us` };
    problems.push(problem(['when', 'until'], 'the fault ends before it begins', details));
  }
  if (start === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { start, lasting: when.for ?? null, untilUs } };
}

function untilOf(when: WhenText, directory: Directory, problems: FaultProblem[]): number {
  if (when.until !== 'gst') return when.until ?? -1;
  if (directory.gstUs < 0) {
    const hint = 'add synchrony: { model: partial, gst, delta }';
    problems.push(
      problem(['when', 'until'], 'delays are never bounded here', { expected: 'an instant', got: 'gst', hint }),
    );
    return -1;
  }
  return directory.gstUs;
}

function startOf(
  when: WhenText,
  directory: Directory,
  records: readonly RecordDefinition[],
  problems: FaultProblem[],
): FaultTiming['start'] | undefined {
  if (when.on !== undefined) {
    refuse(when, ['at', 'every'], 'on', problems);
    if (when.count === 0) {
      problems.push(problem(['when', 'count'], 'the fault never acts', { expected: '1 or more', got: '0' }));
    }
    const pattern = resolvePattern(when.on, directory, records);
    if (!pattern.ok) problems.push(...pattern.problems);
    else return { kind: 'on', pattern: pattern.value, afterUs: when.after ?? 0, count: when.count ?? 1 };
    return undefined;
  }
  refuse(when, ['after'], when.every === undefined ? 'at' : 'every', problems);
  if (when.every !== undefined) {
    return { kind: 'every', fromUs: when.at ?? -1, gap: when.every, count: when.count ?? 0 };
  }
  refuse(when, ['count'], 'at', problems);
  if (when.at === undefined) {
    problems.push(problem(['when'], 'the fault never begins', { expected: 'at, every or on' }));
    return undefined;
  }
  if (when.at > END_OF_TIME)
    problems.push(problem(['when', 'at'], 'the run is over by then', { expected: 'at most 142 years' }));
  return { kind: 'at', atUs: when.at };
}

function refuse(when: WhenText, keys: readonly (keyof WhenText)[], beside: string, problems: FaultProblem[]): void {
  for (const key of keys) {
    if (when[key] === undefined) continue;
    problems.push(problem(['when', key], `${key} says nothing beside ${beside}`, { expected: `no ${key}`, got: key }));
  }
}
