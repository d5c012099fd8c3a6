/** Expectations of a scenario for tests: each runs it, and throws ScenarioFailure where it does not come out so. */
import { properties } from '../../../reports/observers/properties/table.ts';
import { formatSeconds } from '../../../reports/verdict.ts';
import type { RunResult } from '../../run/run.ts';
import { firstOf, groupOf, type PropertyGroup, unexplained, type Violation } from './explained.ts';
import { failedSubject, keepScenario, rows, ScenarioFailure } from './failure.ts';
import { type RanSubject, runSubject, type Subject, type SubjectOptions } from './subject.ts';

export interface ExpectOptions extends SubjectOptions {
  /** Leaves a failing scenario in this folder. `checkScenarios` does so by itself, once, for the smallest one. */
  readonly folder?: string;
  /** File that the scenario came from, for the line that replays it. */
  readonly file?: string;
  /**
   * `excuse`, unless given: a violation does not count where an assumption that its property needs was broken, and
   * without the faults that broke it the violation is gone. `count` takes every violation.
   */
  readonly explained?: 'excuse' | 'count';
}

/** Runs a scenario and throws unless every safety property held. */
export function expectSafe(subject: Subject, options: ExpectOptions = {}): RunResult {
  const ran = runSubject(subject, options);
  refuseViolations(ran, 'safety', options);
  return ran.result;
}

/** Runs a scenario and throws unless every obligation was met in time. One that the run was too short for counts too. */
export function expectLive(subject: Subject, options: ExpectOptions = {}): RunResult {
  const ran = runSubject(subject, options);
  refuseUnmet(ran, options);
  return ran.result;
}

/** Both with one run: throws unless every safety property held and every obligation was met in time. */
export function expectSafeAndLive(subject: Subject, options: ExpectOptions = {}): RunResult {
  const ran = runSubject(subject, options);
  refuseViolations(ran, 'safety', options);
  refuseUnmet(ran, options);
  return ran.result;
}

function refuseUnmet(ran: RanSubject, options: ExpectOptions): void {
  refuseViolations(ran, 'liveness', options);
  const open = ran.result.properties.find(({ property, notDue }) => notDue > 0 && groupOf(property) === 'liveness');
  if (open !== undefined) {
    const { property, component, notDue } = open;
    const finding = [
      `expected liveness, and ${titleOf(property)} is not decided`,
      rows([['what', `${notDue} obligations of ${component} were not due when the run ended: raise drain`]]),
    ].join('\n');
    refuse(ran, finding, property, options);
  }
}

/** Names that the summary of a run gives its verdict. */
export type VerdictName = RunResult['summary']['verdict']['name'];

/** Runs a scenario and throws unless its verdict is that, by its own `expect:`. */
export function expectVerdict(subject: Subject, verdict: VerdictName, options: ExpectOptions = {}): RunResult {
  const ran = runSubject(subject, options);
  const { name, lines } = ran.result.summary.verdict;
  if (name !== verdict) {
    const finding = [`expected the verdict ${verdict}, got ${name}`, ...lines.map((line) => `  ${line}`)].join('\n');
    refuse(ran, finding, 'verdict', options);
  }
  return ran.result;
}

function refuseViolations(ran: RanSubject, group: PropertyGroup, options: ExpectOptions): void {
  const { scenario, result } = ran;
  if (!result.violations.some(({ property }) => groupOf(property) === group)) return;
  const counted = options.explained === 'count' ? result.violations : unexplained(scenario, result, options.run);
  const found = counted.filter(({ property }) => groupOf(property) === group);
  const first = firstOf(found);
  if (first !== undefined) refuse(ran, describe(group, first, found, result), first.property, options);
}

/** Throws the failure of a scenario that has run, and leaves the scenario where that is asked. */
export function refuse(ran: RanSubject, finding: string, property: string, options: ExpectOptions): never {
  const failed = failedSubject(ran);
  const kept = options.folder === undefined ? undefined : keepScenario(options.folder, failed, finding);
  throw new ScenarioFailure(finding, property, failed, kept ?? options.file);
}

function titleOf(slug: string): string {
  const part = properties.find((property) => property.slug === slug);
  return part === undefined ? slug : `${part.id} ${slug}`;
}

/** The first violation in words; the others are counted. */
export function describe(
  group: PropertyGroup,
  first: Violation,
  found: readonly Violation[],
  result: RunResult,
): string {
  const more = found.length === 1 ? '' : `, the first of ${found.length}`;
  const broken = result.assumptions
    .filter(({ holds }) => !holds)
    .map(({ assumption, component }) => `${assumption}(${component})`);
  return [
    `expected ${group}, and ${titleOf(first.property)} was violated${more}`,
    rows([
      ['message', first.message === '' ? `none, at ${first.component}` : first.message],
      ['time', `${formatSeconds(first.timeUs)} (event ${first.event})`],
      ['what', first.what],
      ['assumed', broken.length === 0 ? 'nothing was broken' : `broken: ${[...new Set(broken)].join(', ')}`],
    ]),
  ].join('\n');
}
