/** Properties of one's own, folded from the records of a run. */
import type * as definitions from '../../../models/records.ts';
import { formatSeconds } from '../../../reports/verdict.ts';
import type { AnyFields, RecordDefinition, RecordFields } from '../../kernel/record.ts';
import type { RecordPlace, Sink } from '../../kernel/simulation.ts';
import type { RunResult } from '../../run/run.ts';
import { type ExpectOptions, refuse } from './expectations.ts';
import { rows } from './failure.ts';
import { runSubject, type Subject } from './subject.ts';

type RecordOf<D> =
  D extends RecordDefinition<infer F, infer N> ? { readonly kind: N; readonly fields: RecordFields<F> } : never;
type AnyRecord = { [K in keyof typeof definitions]: RecordOf<(typeof definitions)[K]> }[keyof typeof definitions];

/** One record of the run, by its `kind`: `fields` are those of the kind. */
export type RunRecord = AnyRecord & {
  /** Place in the record stream, from 0. */
  readonly index: number;
  /** Simulated time in microseconds. */
  readonly timeUs: number;
  readonly event: number;
};

/** What was wrong, in words, and the message that it is about where there is one. */
export type PropertyViolation = string | { readonly what: string; readonly message?: string };

export interface PropertyRules<State> {
  /** State of one run; each run gets its own. */
  readonly initial: () => State;
  /** Sees each record in order. What it returns, or throws, is a violation; the first of a run is kept. */
  readonly on?: (record: RunRecord, state: State) => PropertyViolation | undefined | void;
  /** Is asked once after the run: what should have happened by then. */
  readonly end?: (state: State, result: RunResult) => PropertyViolation | undefined | void;
}

export interface ScenarioProperty {
  readonly name: string;
  /** A watch over one run. */
  readonly watch: () => PropertyWatch;
}

export interface PropertyWatch {
  readonly sink: Sink;
  /** The first violation, asked after the run. */
  judge(result: RunResult): FoundViolation | undefined;
}

export interface FoundViolation {
  readonly what: string;
  readonly message: string;
  /** Undefined where it was found at the end. */
  readonly at:
    { readonly kind: string; readonly index: number; readonly timeUs: number; readonly event: number } | undefined;
}

/** Declares a property over the record stream. The name opens the message of its failures. */
export function property<State>(name: string, rules: PropertyRules<State>): ScenarioProperty {
  return { name, watch: () => watchOf(rules) };
}

function watchOf<State>({ initial, on, end }: PropertyRules<State>): PropertyWatch {
  const state = initial();
  let found: FoundViolation | undefined;
  const onRecord = (place: RecordPlace, definition: RecordDefinition, fields: AnyFields): void => {
    if (found !== undefined || on === undefined) return;
    const { index, time: timeUs, event } = place;
    const record = { kind: definition.name, fields: { ...fields }, index, timeUs, event } as unknown as RunRecord;
    found = attempt(() => on(record, state), { kind: definition.name, index, timeUs, event });
  };
  return {
    sink: { onRecord },
    judge: (result) => found ?? (end === undefined ? undefined : attempt(() => end(state, result), undefined)),
  };
}

/** An assertion of a test library throws: that is a violation as well. */
function attempt(
  act: () => PropertyViolation | undefined | void,
  at: FoundViolation['at'],
): FoundViolation | undefined {
  let given: PropertyViolation | undefined | void;
  try {
    given = act();
  } catch (error) {
    given = error instanceof Error ? error.message : String(error);
  }
  if (given === undefined) return undefined;
  return typeof given === 'string' ? { what: given, message: '', at } : { message: '', ...given, at };
}

/** Runs a scenario and throws unless the properties hold of its records. */
export function expectProperty(
  subject: Subject,
  wanted: ScenarioProperty | readonly ScenarioProperty[],
  options: ExpectOptions = {},
): RunResult {
  const list = 'watch' in wanted ? [wanted] : wanted;
  const watches = list.map(({ name, watch }) => ({ name, ...watch() }));
  const sinks = [...(options.run?.sinks ?? []), ...watches.map(({ sink }) => sink)];
  const ran = runSubject(subject, { ...options, run: { ...options.run, sinks } });
  for (const { name, judge } of watches) {
    const found = judge(ran.result);
    if (found !== undefined) refuse(ran, inWords(name, found), name, options);
  }
  return ran.result;
}

function inWords(name: string, { what, message, at }: FoundViolation): string {
  const time = at === undefined ? 'the end of the run' : `${formatSeconds(at.timeUs)} (event ${at.event})`;
  return [
    `expected ${name}, and it was violated`,
    rows([
      ...(message === '' ? [] : [['message', message] as const]),
      ['time', time],
      ...(at === undefined ? [] : [['record', `${at.kind}, number ${at.index}`] as const]),
      ['what', what.split('\n').join('\n            ')],
    ]),
  ].join('\n');
}
