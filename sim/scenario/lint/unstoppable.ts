import type { LintRule } from './rule.ts';

export const unstoppable: LintRule = {
  summary: 'value crosses a lane that nobody can stop',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => {
      const carries = Object.values(scenario.traffic).some(
        (each) => each.lane === name && each.application === 'token-transfer',
      );
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
