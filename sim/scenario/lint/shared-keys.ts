import type { LintRule } from './rule.ts';

export const sharedKeys: LintRule = {
  summary: 'keys that must all be had lie with fewer custodians than there are keys',
  check: ({ trust }) =>
    [...trust].flatMap(([lane, { real, nominal }]) =>
      real.keys.count >= nominal.keys
        ? []
        : [
            {
              path: ['lanes', lane, 'verifier'],
              what: `${lane} needs ${nominal.keys} keys in name and ${real.keys.count} in fact`,
              reason: `whoever breaks into ${real.keys.causes.join(' and ')} has several of them`,
            },
          ],
    ),
};
