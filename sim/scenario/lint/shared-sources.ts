import type { LintRule } from './rule.ts';

/** @source the largest loss by an honest quorum so far: the signers read the chain through sources that lied. */
export const sharedSources: LintRule = {
  summary: 'members who must all be deceived read through fewer sources than there are members',
  check: ({ trust }) =>
    [...trust].flatMap(([lane, { real, nominal }]) => {
      const { count, causes } = real.sources;
      if (count >= nominal.sources) return [];
      const reason =
        causes.length > 0
          ? `several of those who sign believe what ${causes.join(' and ')} tells`
          : 'some sign on the word of delegates, who are fewer';
      return [
        {
          path: ['lanes', lane, 'verifier'],
          what: `${lane} has ${nominal.sources} views of its source in name and ${count} in fact`,
          reason,
        },
      ];
    }),
};
