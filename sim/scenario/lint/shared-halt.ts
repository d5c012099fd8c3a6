import type { LintRule } from './rule.ts';

export const sharedHalt: LintRule = {
  summary: 'the failure of one thing that several depend on stops a lane',
  check: ({ trust }) =>
    [...trust].flatMap(([lane, { real }]) => {
      const { count, causes } = real.halt;
      const [cause] = causes;
      if (count !== 1 || cause === undefined) return [];
      return [
        {
          path: ['causes', cause],
          what: `${lane} stands still while ${cause} does`,
          reason: 'too few of those who sign are left; spread them, or lower the number that must agree',
        },
      ];
    }),
};
