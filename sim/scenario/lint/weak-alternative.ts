import type { LaneEntry, Scenario, VerifierEntry } from '../scenario.ts';
import type { Path } from '../text/located.ts';
import { partsOf } from '../verifier-tree.ts';
import type { Hit, LintRule } from './rule.ts';
import { weakestOfPart } from './trust.ts';

export const weakAlternative: LintRule = {
  summary: 'where any part is enough, one is easier to fool than the others',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) =>
      visit(scenario, name, lane, ['lanes', name, 'verifier'], lane.verifier),
    ),
};

function visit(scenario: Scenario, name: string, lane: LaneEntry, path: Path, entry: VerifierEntry): Hit[] {
  const parts = partsOf(entry).map((part) => ({
    ...part,
    name: `${name}.${part.name}`,
    path: [...path, ...part.path],
  }));
  const below = parts.flatMap((part) => visit(scenario, part.name, lane, part.path, part.entry));
  const isOne = entry.kind === 'any' || (entry.kind === 'threshold' && entry.atLeast === 1);
  if (!isOne || parts.length < 2) return below;
  const costs = parts.map((part) => weakestOfPart(scenario, part.name, lane, part.entry).count);
  const least = Math.min(...costs);
  const most = Math.max(...costs);
  const weak = parts[costs.indexOf(least)];
  if (least === most || weak === undefined) return below;
  const others = most === Infinity ? 'the strongest cannot be fooled so' : `the strongest takes ${most}`;
  return [
    {
      path: weak.path,
      what: `${weak.name} is fooled when ${least} fail, and ${others}`,
      reason: 'any part is enough, so the whole is as weak as this one',
    },
    ...below,
  ];
}
