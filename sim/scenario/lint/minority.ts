import { committeesOfLane, weightsOf } from '../verifier-tree.ts';
import { pathOf } from './paths.ts';
import type { LintRule } from './rule.ts';

export const minority: LintRule = {
  summary: 'two groups of a committee without a common member are each enough',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) =>
      committeesOfLane(name, lane).flatMap(({ name: committee, path, entry }) => {
        const total = weightsOf(entry).reduce((sum, weight) => sum + weight, 0);
        if (entry.members === 1 || entry.threshold * 2 > total) return [];
        return [
          {
            path: [...pathOf(name, committee, path), 'threshold'],
            what: `${entry.threshold} of ${total} is no majority of ${committee}`,
            reason: 'two halves may sign two histories, and both are believed',
          },
        ];
      }),
    ),
};
