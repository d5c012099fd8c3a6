import type * as records from '../../../models/records.ts';
import type { FieldsOf } from '../declarations.ts';
import { defineProperty, find, tallyOf } from './property.ts';

/** Decisions of one height. */
interface Height {
  /** Block and node of the first honest decision; -1 before. */
  block: number;
  node: number;
  round: number;
  decided: number;
}

interface Own {
  /** By chain: heights that not every node has decided yet. */
  readonly heights: Map<number, Height>[];
  /** By chain: highest height pruned. */
  readonly pruned: number[];
  /** By chain: whether a node is Byzantine now. */
  readonly byzantine: boolean[][];
}

/** MODEL: a node that lags more heights than this is no longer compared. Keeps memory bounded while nodes are down. */
const HEIGHTS_MAX = 20_000;

/** always: no two honest nodes finalise different blocks at one height. @source FAULTS 3.3, S9 */
export const agreement = defineProperty<Own>({
  slug: 'agreement',
  id: 'S9',
  group: 'safety',
  summary: 'no two honest nodes of a chain decide different blocks at one height',
  requires: ['byzantine'],
  applies: (declarations) => declarations.chains.some((chain) => chain.nodes > 1),
  create: () => ({ heights: [], pruned: [], byzantine: [] }),
  on: {
    'validator-turned': (p, _judge, f: FieldsOf<typeof records.validatorTurned>) => {
      const chain = p.own.byzantine[f.chain] ?? [];
      chain[f.node] = f.isByzantine;
      p.own.byzantine[f.chain] = chain;
    },
    'block-decided': (p, judge, f: FieldsOf<typeof records.blockDecided>) => {
      if (p.own.byzantine[f.chain]?.[f.node] === true) return;
      const heights = p.own.heights[f.chain] ?? new Map<number, Height>();
      p.own.heights[f.chain] = heights;
      if (f.height <= (p.own.pruned[f.chain] ?? -1)) return;
      const first = heights.get(f.height);
      if (first === undefined) {
        heights.set(f.height, { block: f.block, node: f.node, round: f.round, decided: 1 });
        if (heights.size > HEIGHTS_MAX) {
          const oldest = heights.keys().next().value as number;
          heights.delete(oldest);
          p.own.pruned[f.chain] = Math.max(p.own.pruned[f.chain] ?? -1, oldest);
        }
        return;
      }
      const chain = judge.declarations.chains[f.chain];
      const tally = tallyOf(p, f.chain, chain?.name ?? `chain-${f.chain}`);
      tally.checked++;
      first.decided++;
      if (first.block !== f.block) {
        const earlier = `node ${first.node} decided block ${first.block} in round ${first.round}`;
        const what = `height ${f.height}: ${earlier}, node ${f.node} block ${f.block} in round ${f.round}`;
        find(p, judge, { tally, what });
      } else if (first.decided === (chain?.nodes ?? 0)) heights.delete(f.height);
    },
  },
});
