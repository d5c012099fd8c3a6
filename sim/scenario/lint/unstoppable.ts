import { carriesValue, isEachForItself } from './paths.ts';
import type { LintRule } from './rule.ts';

export const unstoppable: LintRule = {
  summary: 'value crosses a lane that nobody can stop',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => {
      const carries = carriesValue(scenario, name) && !isEachForItself(scenario, name);
      if (!carries || lane.pause !== 'never') return [];
      return [
        {
          path: ['lanes', name, 'pause'],
          what: `nobody can pause ${name}`,
          reason: 'once a theft is seen it can only be watched',
        },
      ];
    }),
};
