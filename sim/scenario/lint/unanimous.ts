import { committeesOfLane } from '../verifier-tree.ts';
import { pathOf } from './paths.ts';
import type { LintRule } from './rule.ts';

export const unanimous: LintRule = {
  summary: 'one silent member of a committee stops a lane',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) =>
      committeesOfLane(name, lane).flatMap(({ name: committee, path, entry }) =>
        entry.members === 1 || entry.threshold !== entry.members
          ? []
          : [
              {
                path: [...pathOf(name, committee, path), 'threshold'],
                what: `all ${entry.members} members of ${committee} must sign`,
                reason: 'a member that is down, or loses its key, stops everything',
              },
            ],
      ),
    ),
};
