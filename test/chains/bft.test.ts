import { describe, expect, it } from 'vitest';
import { setSilent } from '../../models/chains/consensus/bft-faults.ts';
import { addVotingChain, forkedHeights, recordsOf, runUntil, smallWorld } from '../support/small-world.ts';
import { shippedVectors } from '../support/vectors.ts';

interface IntervalTarget {
  readonly model: string;
  readonly id: string;
  readonly params: { readonly n: number; readonly dead: readonly number[]; readonly delta: number };
  readonly value: { readonly mean_interval: number; readonly mean_rounds: number };
}

const targets = shippedVectors<readonly IntervalTarget[]>('closed_form_targets.json').filter(
  ({ model }) => model === 'tendermint_interval',
);

describe('bft: time between blocks', () => {
  it('has the published targets of C8', () => expect(targets.length).toBe(2));

  it.each(targets)('is that of the closed form over whole proposer cycles: $id', ({ params, value }) => {
    const small = smallWorld();
    const { n, dead, delta } = params;
    const { chain } = addVotingChain(small, {
      powers: Array.from({ length: n }, () => 1),
      latency: { kind: 'constant', value: delta * 1_000_000 },
    });
    for (const node of dead) chain.nodes[node]!.isUp = false;
    const cycles = 4;
    runUntil(small, (cycles + 2) * n * value.mean_interval * 1_000_000);
    const first = recordsOf(small, 'block-decided').filter(({ node }) => node === 0);
    const from = first[n - 1]!;
    const to = first[n - 1 + cycles * n]!;
    expect((to.at - from.at) / (cycles * n * 1_000_000)).toBeCloseTo(value.mean_interval, 9);
    const rounds = first.slice(n, n + cycles * n).reduce((sum, { round }) => sum + (round as number) + 1, 0);
    expect(rounds / (cycles * n)).toBeCloseTo(value.mean_rounds, 9);
  });

  it.each([1, 4, 7, 16])('is three delays and the commit pause when %i validators are honest', (n) => {
    const small = smallWorld();
    addVotingChain(small, { powers: Array.from({ length: n }, () => 1), latency: { kind: 'constant', value: 70_000 } });
    runUntil(small, 60_000_000);
    const times = recordsOf(small, 'head-moved').map(({ at }) => at);
    const gaps = times.slice(2).map((at, index) => at - times[index + 1]!);
    expect(new Set(gaps)).toEqual(new Set([n === 1 ? 1_000_000 : 3 * 70_000 + 1_000_000]));
    expect(forkedHeights(small)).toEqual([]);
  });
});

describe('bft: silent validators', () => {
  it.each([
    ['one of four', [1, 1, 1, 1], [0], true],
    ['two of four', [1, 1, 1, 1], [0, 1], false],
    ['exactly a third of the power', [2, 2, 1, 1], [0], false],
    ['just below a third', [333, 333, 334], [0], true],
    ['a third and a bit', [334, 333, 333], [0], false],
  ] as const)('%s: goes on %s', (_name, powers, silent, isLive) => {
    const small = smallWorld();
    const { chain } = addVotingChain(small, { powers });
    for (const node of silent) setSilent(small.simulation.world, chain, node, true);
    runUntil(small, 120_000_000);
    const blocks = recordsOf(small, 'block-produced').length - 1;
    if (isLive) expect(blocks).toBeGreaterThan(15);
    else expect(blocks).toBe(0);
    expect(
      recordsOf(small, 'vote-cast').some(({ node }) => (silent as readonly number[]).includes(node as number)),
    ).toBe(false);
  });
});

describe('bft: proposers', () => {
  it('take turns by power: 4, 5 and 3 of 12 blocks', () => {
    const small = smallWorld();
    addVotingChain(small, { powers: [4, 5, 3] });
    runUntil(small, 121 * 1_300_000);
    const blocks = recordsOf(small, 'block-produced').slice(1, 121);
    const counts = [0, 1, 2].map((node) => blocks.filter(({ proposer }) => proposer === node).length);
    // @source cometbft TestProposerSelection3 / vectors/tendermint_proposer_sequence.json
    expect(counts).toEqual([40, 50, 30]);
  });
});
