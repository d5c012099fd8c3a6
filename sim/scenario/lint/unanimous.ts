import type { CommitteeEntry } from '../scenario.ts';
import { committeesOfLane, weightsOf } from '../verifier-tree.ts';
import { pathOf } from './paths.ts';
import type { LintRule } from './rule.ts';

function isStoppedByOne(entry: CommitteeEntry): boolean {
  const weights = weightsOf(entry);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total - Math.max(...weights) < entry.threshold;
}

export const unanimous: LintRule = {
  summary: 'one silent member of a committee stops a lane',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) =>
      committeesOfLane(name, lane).flatMap(({ name: committee, path, entry }) =>
        entry.members === 1 || !isStoppedByOne(entry)
          ? []
          : [
              {
                path: [...pathOf(name, committee, path), 'threshold'],
                what: `one member of ${committee} can stop it by silence`,
                reason: 'a member that is down, or loses its key, stops everything',
              },
            ],
      ),
    ),
};
