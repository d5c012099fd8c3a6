/** Block times of small voting chains over many seeds. */
import { crashBftNode } from '../../models/chains/consensus/bft-faults.ts';
import { bftOf } from '../../models/chains/consensus/bft-state.ts';
import { addVotingChain, recordsOf, runUntil, type SmallChainOptions, smallWorld } from './small-world.ts';

export const SEEDS = 200;
export const LOGNORMAL = { kind: 'lognormal', median: 150_000, sigma: 0.3 } as const;

export interface Figures {
  readonly interval: number[];
  readonly deciding: number[];
  readonly view: number[];
}

export interface Setting {
  readonly n: number;
  readonly fidelity: 'votes' | 'quorum';
  readonly options?: SmallChainOptions;
  readonly crashed?: number;
  /** Added to the power that a quorum must exceed: 0 but for a mutant. */
  readonly off?: number;
}

/** Of each seed: from block 1 to block 2, from the first prevote for block 2 to its decision, and until the last node has it. */
export function figuresOf({ n, fidelity, options, crashed, off = 0 }: Setting, firstSeed: number): Figures {
  const figures: Figures = { interval: [], deciding: [], view: [] };
  for (let seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
    const small = smallWorld({ seed: String(seed) });
    const powers = Array.from({ length: n }, () => 1);
    const { chain } = addVotingChain(small, { powers, latency: LOGNORMAL, fidelity, ...options });
    const { sets } = bftOf(small.simulation.world, chain.id);
    const set = sets[0]!;
    sets[0] = { ...set, quorum: set.quorum + off };
    if (crashed !== undefined) crashBftNode(small.simulation.world, chain, crashed);
    for (let until = 3_500_000; until < 60_000_000; until += 1_000_000) {
      runUntil(small, until);
      const decided = recordsOf(small, 'block-decided');
      const second = decided.filter(({ height }) => height === 2);
      const mine = second.find(({ node }) => node === n - 1);
      if (mine === undefined) continue;
      const vote = recordsOf(small, 'vote-cast').find(({ height }) => height === 2)!;
      const first = decided.find(({ height }) => height === 1)!;
      figures.interval.push(second[0]!.at - first.at);
      figures.deciding.push(second[0]!.at - vote.at);
      figures.view.push(mine.at - vote.at);
      break;
    }
  }
  return figures;
}

export const WORLDS: readonly [string, Omit<Setting, 'n' | 'fidelity'>][] = [
  ['calm', {}],
  ['the proposer of block 2 down', { crashed: 1 }],
  ['one in twenty envelopes lost', { options: { loss: 0.05 } }],
];
