/** Which violations of a run nothing excuses: the but-for replay of FAULTS 3.4, without the faults that broke what was assumed. */
import { properties } from '../../../reports/observers/properties/table.ts';
import { type RunOptions, type RunResult, simulate } from '../../run/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';

export type Violation = RunResult['violations'][number];
export type PropertyGroup = 'safety' | 'liveness';

export function groupOf(slug: string): PropertyGroup {
  return properties.find((property) => property.slug === slug)?.group ?? 'safety';
}

/** The first violation by time. */
export function firstOf(violations: readonly Violation[]): Violation | undefined {
  let first: Violation | undefined;
  for (const each of violations) if (first === undefined || each.timeUs < first.timeUs) first = each;
  return first;
}

/**
 * Violations of properties of which no required assumption was broken by then, or that are still violated when the run
 * is repeated without the faults that broke it, and nothing explains that either: of two thieves the second breaks nothing
 * that the first has not broken. What no fault broke, such as a deep natural reorg, excuses by itself.
 */
export function unexplained(scenario: Scenario, result: RunResult, run: RunOptions = {}): Violation[] {
  const bySlug = new Map<string, Violation[]>();
  for (const each of result.violations) bySlug.set(each.property, [...(bySlug.get(each.property) ?? []), each]);
  return [...bySlug].flatMap(([slug, found]) => (isExplained(slug, scenario, result, run) ? [] : found));
}

/** Ends, for each repetition has fewer faults. */
function isExplained(slug: string, scenario: Scenario, result: RunResult, run: RunOptions): boolean {
  const found = result.violations.filter(({ property }) => property === slug);
  if (found.length === 0) return true;
  const culprits = culpritsOf(slug, found, result);
  if (culprits === undefined) return false;
  if (culprits.size === 0) return true;
  const kept = Object.entries(scenario.faults).filter(([name]) => !culprits.has(name));
  if (kept.length === Object.keys(scenario.faults).length) return false;
  const without: Scenario = { ...scenario, faults: Object.fromEntries(kept) };
  const { parts } = run;
  const replayed = simulate(without, { keepsRows: false, ...(parts === undefined ? {} : { parts }) });
  return isExplained(slug, without, replayed, run);
}

/** Faults that broke an assumption which the property requires, before its first violation; undefined where all held. */
function culpritsOf(slug: string, found: readonly Violation[], result: RunResult): Set<string> | undefined {
  const requires: readonly string[] = properties.find((property) => property.slug === slug)?.requires ?? [];
  const byUs = firstOf(found)?.timeUs ?? 0;
  const broken = result.assumptions.filter(
    ({ assumption, holds, fromUs }) => !holds && requires.includes(assumption) && fromUs <= byUs,
  );
  if (broken.length === 0) return undefined;
  return new Set(broken.flatMap(({ faults }) => faults.split(' ')).filter((name) => name !== ''));
}
