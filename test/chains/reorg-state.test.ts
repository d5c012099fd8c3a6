import { describe, expect, it } from 'vitest';
import { accountId, blockOf, type Chain } from '../../models/chains/chain.ts';
import { type CallTable, createExecutor } from '../../models/chains/execution.ts';
import { foundChain, makeGenesis } from '../../models/chains/founding.ts';
import { makeBlock, moveReference, submit } from '../../models/chains/views.ts';
import { moveAsset } from '../../models/economy/ledger.ts';
import { iterate, rootOf } from '../../models/proofs/state-tree.ts';
import { records } from '../../models/records.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { toHex } from '../../sim/base/bytes.ts';
import { createWorld, Simulation } from '../../sim/kernel/simulation.ts';

/** A contract that adds to a counter and remembers who was last; the order of calls shows in its state. */
const calls: CallTable = {
  add: (execution, given) => {
    const { key, by } = given as { key: string; by: number };
    execution.set(key, ((execution.get(key) as number | undefined) ?? 0) * 3 + by);
    if (by % 2 === 0) execution.remove(`last/${key}`);
    else execution.set(`last/${key}`, execution.transaction);
    return { kind: 'done', gas: 10 };
  },
};

interface Small {
  readonly simulation: Simulation;
  readonly chain: Chain;
  build(parent: number, transactions: readonly number[]): number;
}

function small(mode: 'hashed' | 'modelled'): Small {
  const simulation = new Simulation(createWorld('1'), { hash: nobleHash, records, behaviours: [], observers: [] });
  const chain = foundChain(simulation.world, {
    name: 'a',
    consensus: 'proof-of-work',
    mode,
    network: 0,
    clock: { offsetUs: 0, driftPpm: 0 },
    settleDepth: 20,
    keepBlocks: 50,
    rootLag: 0,
    unbondingUs: 0,
    blockTimeUs: 1,
    feeAsset: 'A',
    gasPrice: 1n,
    gasLimit: 10_000_000,
  });
  const user = accountId(chain, 'user');
  makeGenesis(simulation, chain, (execution) => {
    moveAsset(execution, { asset: 'A', from: -1, to: user, amount: 10_000_000n, why: 'genesis' });
  });
  for (let i = 1; i <= 6; i++) {
    const call = { action: 'add', arguments: Object.freeze({ key: `k${i % 3}`, by: i }) };
    submit(simulation, chain, { account: user, calls: [call], gasLimit: 50_000 });
  }
  const executor = createExecutor(calls, []);
  return {
    simulation,
    chain,
    build(parent, transactions) {
      const made = { parent, proposer: 0, transactions: [...transactions], work: 1, chainUs: 1_000 };
      const block = makeBlock(simulation, chain, made);
      executor.execute(simulation, chain, block);
      return block.id;
    },
  };
}

function rootAt({ chain }: Small, block: number): string {
  return toHex(rootOf(chain.state, blockOf(chain, block).version, nobleHash));
}

describe('chains: state after a reorg', () => {
  it.each(['hashed', 'modelled'] as const)(
    '%s: equals that of a world which only ever built the winning branch',
    (mode) => {
      const forked = small(mode);
      const lost1 = forked.build(0, [0, 1, 2]);
      moveReference(forked.simulation, forked.chain, lost1);
      const lost2 = forked.build(lost1, [3]);
      moveReference(forked.simulation, forked.chain, lost2);
      const before = rootAt(forked, lost2);
      const won1 = forked.build(0, [2, 0]);
      const won2 = forked.build(won1, [4, 1]);
      const won3 = forked.build(won2, [5]);
      moveReference(forked.simulation, forked.chain, won3);

      const straight = small(mode);
      const only1 = straight.build(0, [2, 0]);
      const only2 = straight.build(only1, [4, 1]);
      const only3 = straight.build(only2, [5]);
      moveReference(straight.simulation, straight.chain, only3);

      expect(rootAt(forked, won3)).toBe(rootAt(straight, only3));
      expect(iterate(forked.chain.state, blockOf(forked.chain, won3).version)).toEqual(
        iterate(straight.chain.state, blockOf(straight.chain, only3).version),
      );
      expect(rootAt(forked, won3)).not.toBe(before);
      // The view moves back as exactly: nothing was written over.
      moveReference(forked.simulation, forked.chain, lost2);
      expect(rootAt(forked, lost2)).toBe(before);
    },
  );

  it('returns to the mempool what only the losing branch had', () => {
    const world = small('modelled');
    const lost = world.build(0, [0, 1, 2]);
    moveReference(world.simulation, world.chain, lost);
    expect(world.chain.mempool.waiting).toBe(3);
    const won1 = world.build(0, [0]);
    const won2 = world.build(won1, []);
    moveReference(world.simulation, world.chain, won2);
    expect(world.chain.mempool.waiting).toBe(5);
  });
});
