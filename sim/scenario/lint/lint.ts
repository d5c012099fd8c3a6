/** The linter: what a scenario may say and hardly means, each at its place, and what each lane really trusts. */
import type { LoadedScenario } from '../load.ts';
import type { Scenario } from '../scenario.ts';
import { compareText, type Place } from '../text/errors.ts';
import { type Path, pathText } from '../text/located.ts';
import { type LintCode, lintRules } from './rules.ts';
import type { LintRule, LintView } from './rule.ts';
import { trustOf, type Weakest } from './trust.ts';

export interface LintFinding extends Place {
  readonly code: LintCode;
  readonly path: string;
  readonly what: string;
  readonly reason: string;
}

function viewOf(scenario: Scenario): LintView {
  const trust = Object.entries(scenario.lanes).map(([name, lane]) => [name, trustOf(scenario, name, lane)] as const);
  return { scenario, trust: new Map(trust) };
}

/** Findings sorted by place, then code. A key that is left out stands where it is left out. */
export function lintScenario({ scenario, placeOf }: Pick<LoadedScenario, 'scenario' | 'placeOf'>): LintFinding[] {
  const view = viewOf(scenario);
  const at = (path: Path): Place => placeOf(path);
  const found = Object.entries(lintRules).flatMap(([code, rule]: [string, LintRule]) =>
    rule.check(view).map(({ path, what, reason }) => ({
      ...at(path),
      code: code as LintCode,
      path: pathText(path),
      what,
      reason,
    })),
  );
  return found.sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code),
  );
}

/** `warning[L103] file:3:4: what; reason`. */
export function formatFinding({ code, file, line, column, what, reason }: LintFinding): string {
  return `warning[${code}] ${file}:${line}:${column}: ${what}; ${reason}`;
}

/** A line for each lane: how few must fail for it to believe what never happened, and to believe nothing. */
export function trustLines(scenario: Scenario): string[] {
  return [...viewOf(scenario).trust].map(([lane, { real }]) => {
    const { keys, sources, either, halt } = real;
    return `trust ${lane}: fooled by ${told(keys, 'key')}, ${told(sources, 'data source')}, either way ${told(either, 'failure')}; stopped by ${told(halt, 'failure')}`;
  });
}

function told({ count, causes }: Weakest, noun: string): string {
  if (count === Infinity) return `no ${noun} that is counted`;
  const named = causes.length === 0 ? '' : ` (${causes.join(', ')})`;
  return `${count} ${noun}${count === 1 ? '' : 's'}${named}`;
}
