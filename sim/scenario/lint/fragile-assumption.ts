import type { LintRule } from './rule.ts';

/** Kinds of causes that break each assumption about members. */
const BREAKERS = {
  'lying-sources': ['rpc-provider', 'client-software'],
  'honest-committee': ['custodian'],
} as const;

export const fragileAssumption: LintRule = {
  summary: 'one failure alone breaks an assumption about several members',
  check: ({ scenario }) =>
    scenario.assume.flatMap((entry, i) => {
      if (entry.kind !== 'lying-sources' && entry.kind !== 'honest-committee') return [];
      const kinds: readonly string[] = BREAKERS[entry.kind];
      return Object.entries(scenario.causes ?? {}).flatMap(([cause, { kind, of }]) => {
        const members = of.flatMap((each) => (each.committee === entry.subject ? each.members : []));
        const agree =
          kind === 'rpc-provider' && members.some((member) => providersOf(scenario, entry.subject, member) > 1);
        if (!kinds.includes(kind) || members.length < entry.below || agree || entry.below < 2) return [];
        return [
          {
            path: ['assume', i, entry.kind],
            what: `${cause} alone breaks it: ${members.length} members depend on it`,
            reason: `fewer than ${entry.below} were meant to fail, and these fail together`,
          },
        ];
      });
    }),
};

function providersOf(
  { causes }: Parameters<LintRule['check']>[0]['scenario'],
  committee: string,
  member: number,
): number {
  return Object.values(causes ?? {}).filter(
    ({ kind, of }) =>
      kind === 'rpc-provider' && of.some((each) => each.committee === committee && each.members.includes(member)),
  ).length;
}
