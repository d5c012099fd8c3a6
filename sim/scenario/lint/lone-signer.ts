import type { LintRule } from './rule.ts';

/** @source chainbleed.com, incident of 2026-04-18: a set of one verifier network of which one was required. */
export const loneSigner: LintRule = {
  summary: 'one key or one data source alone makes a lane believe anything',
  check: ({ trust }) =>
    [...trust].flatMap(([lane, { nominal }]) =>
      nominal.either !== 1
        ? []
        : [
            {
              path: ['lanes', lane, 'verifier'],
              what: `${lane} believes what a single signer says`,
              reason: 'one stolen key, or one node that lies, is enough for a message that was never sent',
            },
          ],
    ),
};
