import { defineProperty, find, tallyOf } from './property.ts';

/**
 * always: a header that a client takes is one of a block that was made, and a head of a rollup that contracts believe is
 * what its posted data comes to. @source FAULTS 3.3, S10
 */
export const clientTruth = defineProperty<null>({
  slug: 'client-truth',
  id: 'S10',
  group: 'safety',
  summary: 'what a client takes for a head of another chain is one that this chain had',
  requires: ['byzantine', 'honest-committee', 'sound-circuit'],
  applies: (declarations) => declarations.takesHeads,
  create: () => null,
  onBelieved: (p, judge, { host, client, height, isTrue }) => {
    const name = judge.declarations.chains[host]?.name ?? String(host);
    // Clients and rollups are numbered apart.
    const id = client < 0 ? -1 - 2 * client : 2 * client;
    const tally = tallyOf(p, id, client < 0 ? `${name}/rollup-${-1 - client}` : `${name}/client-${client}`);
    tally.checked++;
    if (isTrue) return;
    find(p, judge, { tally, what: `believed at height ${height} what that chain does not have` });
  },
});
