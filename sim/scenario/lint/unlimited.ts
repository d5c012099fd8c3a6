import { carriesValue, isEachForItself } from './paths.ts';
import type { LintRule } from './rule.ts';

/** @source of 24 incidents, a cap on what leaves would have bounded almost all. */
export const unlimited: LintRule = {
  summary: 'value crosses a lane that nothing limits',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => {
      const carries = carriesValue(scenario, name) && !isEachForItself(scenario, name);
      if (!carries || lane.limiter !== 'unlimited') return [];
      return [
        {
          path: ['lanes', name, 'limiter'],
          what: `${name} moves any amount at once`,
          reason: 'one false message takes everything that is escrowed; a limit buys the time to notice',
        },
      ];
    }),
};
