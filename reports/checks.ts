/** A run as a list of checks that passed or not: what a CI server shows. */
import type { PropertyRow } from './csv/columns.ts';
import type { RunResult } from './finish-run.ts';

export interface Check {
  readonly group: 'property' | 'threshold' | 'expectation';
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was counted, or why it failed. */
  readonly text: string;
}

/** One check a property, one a threshold, and the verdict itself, in that order. */
export function checksOf(result: RunResult): Check[] {
  const slugs = [...new Set(result.properties.map((row) => row.property))];
  const { verdict } = result.summary;
  const properties = slugs.map((slug) => propertyCheck(slug, result));
  const thresholds = result.thresholds.map((each): Check => {
    const outcome = each.outcome === 'met' ? 'passed' : each.outcome === 'broken' ? 'failed' : 'skipped';
    return {
      group: 'threshold',
      name: each.metric,
      outcome,
      text: each.line === '' ? `limit ${each.text}` : each.line,
    };
  });
  const outcome = verdict.code === 0 ? 'passed' : verdict.code === 4 ? 'skipped' : 'failed';
  return [
    ...properties,
    ...thresholds,
    { group: 'expectation', name: 'verdict', outcome, text: verdict.lines.join('\n') },
  ];
}

/** A property that the scenario expects to be violated passes when it is: the verdict names it where it should not. */
function propertyCheck(slug: string, result: RunResult): Check {
  const rows = result.properties.filter((row) => row.property === slug);
  const sum = (read: (row: PropertyRow) => number): number => rows.reduce((total, row) => total + read(row), 0);
  const lines = result.summary.verdict.lines.filter((line) => isAbout(line, slug));
  const checked = sum((row) => row.checked);
  const missed = sum((row) => row.missed);
  const counts = `checked ${checked}, violated ${missed}`;
  if (lines.some((line) => !line.startsWith('INCONCLUSIVE'))) {
    return { group: 'property', name: slug, outcome: 'failed', text: lines.join('\n') };
  }
  if (lines.length > 0) return { group: 'property', name: slug, outcome: 'skipped', text: lines.join('\n') };
  if (!rows.some((row) => row.applicable)) {
    return { group: 'property', name: slug, outcome: 'skipped', text: 'does not apply to this scenario' };
  }
  return { group: 'property', name: slug, outcome: checked > 0 ? 'passed' : 'skipped', text: counts };
}

/** Lines of a verdict on a property open with its outcome, its id and its slug. */
function isAbout(line: string, slug: string): boolean {
  return /^(?:UNEXPLAINED|EXPLAINED|UNMET EXPECTATION|INCONCLUSIVE) \S+ (\S+)/.exec(line)?.[1] === slug;
}
