/** Random scenarios under fast-check, with the smallest failing one left as a file. */
import fc from 'fast-check';
import { simulate } from '../../run/run.ts';
import { type FailedSubject, FAILURES_FOLDER, keepScenario, replayLines, rows, ScenarioFailure } from './failure.ts';
import type { ScenarioPlan } from './scenario-plan.ts';
import { loadSubject, type SubjectOptions } from './subject.ts';

export interface ReportOptions extends SubjectOptions {
  /** Where the smallest failing scenario is left: `l0sim-failures` unless given, nowhere where false. */
  readonly folder?: string | false;
}

export type CheckParameters = Omit<fc.Parameters<[ScenarioPlan]>, 'reporter' | 'asyncReporter'> & ReportOptions;

/**
 * Draws scenarios and checks each; `check` throws, or returns false, where one fails. The smallest failing one is left as
 * a file, and the error says what failed, how to replay it, and fast-check's seed and path.
 */
export function checkScenarios(
  arbitrary: fc.Arbitrary<ScenarioPlan>,
  check: (plan: ScenarioPlan) => unknown,
  parameters: CheckParameters = {},
): void {
  const { folder, load, run, ...rest } = parameters;
  const report = scenarioReporter({
    ...(folder === undefined ? {} : { folder }),
    ...(load === undefined ? {} : { load }),
    ...(run === undefined ? {} : { run }),
  });
  const claim = fc.property(arbitrary, (plan) => check(plan) !== false);
  fc.assert(claim, { ...rest, reporter: report });
}

/** What fast-check tells a reporter, as far as it is used here: so that any version of it fits. */
interface Details {
  readonly failed: boolean;
  readonly counterexample: readonly unknown[] | null;
  readonly counterexamplePath: string | null;
  readonly errorInstance: unknown;
  readonly seed: number;
  readonly numRuns: number;
  readonly numShrinks: number;
}

/** For `fc.assert(..., { reporter: scenarioReporter() })`, where the first value of the property is a plan. */
export function scenarioReporter(options: ReportOptions = {}): (details: fc.RunDetails<[ScenarioPlan]>) => void {
  return (details) => {
    if (!details.failed) return;
    const told: Details = details;
    const plan = told.counterexample?.[0];
    if (plan === undefined) throw new Error(fc.defaultReportMessage(details) ?? 'the check did not come to an end');
    throw failureOf(told, plan as ScenarioPlan, options);
  };
}

/** Of a long way of shrinking a message would hold little else. */
const PATH_SHOWN = 80;

function failureOf(details: Details, plan: ScenarioPlan, options: ReportOptions): ScenarioFailure {
  const { errorInstance: error } = details;
  const finding = error instanceof ScenarioFailure ? error.finding : wordsOf(error);
  const property = error instanceof ScenarioFailure ? error.property : 'check';
  const failed: FailedSubject = error instanceof ScenarioFailure ? error : failedPlan(plan, options);
  const folder = options.folder ?? FAILURES_FOLDER;
  const file = folder === false ? undefined : keepScenario(folder, failed, finding);
  const path = details.counterexamplePath ?? '';
  const again =
    path.length <= PATH_SHOWN
      ? `{ seed: ${details.seed}, path: ${JSON.stringify(path)} }, with endOnFailure: true to shrink no more`
      : `{ seed: ${details.seed} }; with endOnFailure: true, and path: the path of this error, nothing is shrunk again`;
  const head = `a scenario failed after ${details.numRuns} runs, and was shrunk ${details.numShrinks} times\n${finding}`;
  const tail = rows([['size', sizeOf(plan)] as const, ['again', again] as const]);
  const failure = new ScenarioFailure(finding, property, failed, file);
  failure.path = path;
  failure.message = [head, ...replayLines(failed, file), tail].join('\n');
  return failure;
}

function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return error === undefined || error === null ? 'the check failed and said nothing' : JSON.stringify(error);
}

/** Runs it once more for its digest. A run that ends in an error has none. */
function failedPlan(plan: ScenarioPlan, options: ReportOptions): FailedSubject {
  const { scenario, yaml, hash } = loadSubject(plan, options);
  const digest = options.run?.parts === undefined ? digestOf(scenario) : undefined;
  return { scenario: scenario.name, yaml, hash, digest };
}

function digestOf(scenario: Parameters<typeof simulate>[0]): string | undefined {
  try {
    return simulate(scenario, { keepsRows: false }).digest;
  } catch {
    return undefined;
  }
}

/** How large a plan is, in words. */
export function sizeOf({ world, messages, faults }: ScenarioPlan): string {
  const counts: readonly (readonly [number, string])[] = [
    ...(world === undefined
      ? []
      : ([
          [world.chains.length, 'chain'],
          [world.lanes.length, 'lane'],
          [world.relayers.length, 'relayer'],
        ] as const)),
    [messages.length, 'message'],
    [faults.length, 'fault'],
  ];
  return counts.map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`).join(', ');
}
