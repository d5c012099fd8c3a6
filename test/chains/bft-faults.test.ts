import { describe, expect, it } from 'vitest';
import { crashBftNode, restartBftNode, setSilent } from '../../models/chains/consensus/bft-faults.ts';
import { bftNodeOf } from '../../models/chains/consensus/bft-state.ts';
import { evidenceKey } from '../../models/chains/evidence.ts';
import { inFlight } from '../../models/network/network.ts';
import { readState } from '../../models/chains/views.ts';
import {
  addVotingChain,
  forkedHeights,
  partition,
  recordsOf,
  runUntil,
  type SmallWorld,
  smallWorld,
} from '../support/small-world.ts';

const SECOND = 1_000_000;

function heightsOf(small: SmallWorld, node: number): number[] {
  return recordsOf(small, 'block-decided')
    .filter((record) => record.node === node)
    .map(({ height }) => height as number);
}

describe('bft: twins', () => {
  /** Two groups of honest nodes, with one copy of each twin on either side. */
  function forkWorld(powers: readonly number[], twins: readonly number[], left: readonly number[]): SmallWorld {
    const small = smallWorld();
    const { chain, network } = addVotingChain(small, { powers, twins });
    for (const node of chain.nodes) node.isUp = true;
    const copies = twins.map((_, index) => powers.length + index);
    const leftSide = new Set([...left, ...twins]);
    partition(
      network,
      chain.nodes.map(({ index }) => (leftSide.has(index) && !copies.includes(index) ? 1 : 2)),
    );
    runUntil(small, 60 * SECOND);
    partition(network);
    runUntil(small, 90 * SECOND);
    return small;
  }

  it('of more than a third fork the chain when each copy speaks to one half -> evidence against each of them', () => {
    const small = forkWorld([1, 1, 1, 1], [0, 1], [2]);
    expect(forkedHeights(small).length).toBeGreaterThan(10);
    const accused = recordsOf(small, 'evidence-found').filter(({ height }) => height === 1);
    expect([...new Set(accused.map(({ key }) => key))].sort()).toEqual([0, 1]);
  });

  it('of exactly a third cannot fork it', () => {
    const small = forkWorld([1, 1, 1, 1, 1, 1], [0, 1], [2, 3]);
    expect(forkedHeights(small)).toEqual([]);
    expect(heightsOf(small, 2).length).toBeGreaterThan(0);
  });

  it('of just more than a third by weight fork it', () => {
    const small = forkWorld([334, 333, 333], [0], [1]);
    expect(forkedHeights(small).length).toBeGreaterThan(0);
  });

  it('that everyone hears are found out, and the evidence stands in contract state', () => {
    const small = smallWorld();
    const latency = { kind: 'uniform', min: 20_000, max: 400_000 } as const;
    const { chain } = addVotingChain(small, { powers: [1, 1, 1, 1], twins: [3], latency });
    for (const node of chain.nodes) node.isUp = true;
    runUntil(small, 300 * SECOND);
    expect(forkedHeights(small)).toEqual([]);
    const found = recordsOf(small, 'evidence-found');
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set([3]));
    const { height, round, step } = found[0] as unknown as { height: number; round: number; step: 'prevote' };
    expect(readState(chain, chain.head, evidenceKey({ validator: 3, height, round, step }))).toBe(3);
  });

  it('are down until a fault starts them', () => {
    const small = smallWorld();
    addVotingChain(small, { twins: [0] });
    runUntil(small, 20 * SECOND);
    expect(heightsOf(small, 4)).toEqual([]);
  });
});

describe('bft: partitions', () => {
  it('stop both halves, and all decide the same blocks once healed', () => {
    const small = smallWorld();
    const { chain, network } = addVotingChain(small, { latency: { kind: 'uniform', min: 50_000, max: 250_000 } });
    runUntil(small, 20 * SECOND);
    partition(network, [1, 1, 2, 2]);
    runUntil(small, 30 * SECOND);
    const before = Math.max(...heightsOf(small, 0));
    runUntil(small, 120 * SECOND);
    expect(Math.max(...heightsOf(small, 0))).toBe(before);
    partition(network);
    runUntil(small, 180 * SECOND);
    expect(forkedHeights(small)).toEqual([]);
    for (const { index } of chain.nodes) expect(Math.max(...heightsOf(small, index))).toBeGreaterThan(before + 10);
  });

  it('leave the larger side running, and the cut-off node catches up', () => {
    const small = smallWorld();
    const { network } = addVotingChain(small);
    runUntil(small, 10 * SECOND);
    partition(network, [1, 1, 1, 2]);
    runUntil(small, 70 * SECOND);
    expect(Math.max(...heightsOf(small, 3))).toBeLessThan(10);
    partition(network);
    runUntil(small, 80 * SECOND);
    expect(Math.max(...heightsOf(small, 3))).toBeGreaterThan(25);
    expect(heightsOf(small, 3)).toEqual(heightsOf(small, 0));
    expect(forkedHeights(small)).toEqual([]);
  });

  it('never fork honest validators, wherever the cuts fall', () => {
    // Cuts that change faster than a round: some nodes lock, others do not hear of it.
    for (let seed = 1; seed <= 12; seed++) {
      const small = smallWorld({ seed: String(seed) });
      const latency = { kind: 'exponential', mean: 400_000 } as const;
      const { network, chain } = addVotingChain(small, { powers: [1, 1, 1, 1, 1], latency, loss: 0.05 });
      const stream = small.simulation.stream('test/cuts');
      for (let cut = 0; cut < 60; cut++) {
        const groups = chain.nodes.map(() => Math.floor(small.simulation.draw(stream) * 2));
        partition(network, cut % 3 === 2 ? undefined : groups);
        runUntil(small, (cut + 1) * 1_300_000);
      }
      partition(network);
      runUntil(small, 200 * SECOND);
      expect(forkedHeights(small)).toEqual([]);
      const reached = chain.nodes.map(({ index }) => heightsOf(small, index).length);
      expect(Math.min(...reached)).toBeGreaterThan(20);
      const rounds = recordsOf(small, 'block-decided').map(({ round }) => round as number);
      expect(Math.max(...rounds)).toBeGreaterThan(0);
    }
  });
});

describe('bft: crashes', () => {
  it('of a third stop the chain, and a restart with locks and votes kept moves it again', () => {
    const small = smallWorld();
    const { simulation } = small;
    const { chain } = addVotingChain(small);
    runUntil(small, 10_050_000);
    crashBftNode(simulation.world, chain, 1);
    crashBftNode(simulation.world, chain, 2);
    runUntil(small, 60 * SECOND);
    const stopped = recordsOf(small, 'head-moved').length;
    restartBftNode(simulation, chain, 1);
    runUntil(small, 120 * SECOND);
    expect(recordsOf(small, 'head-moved').length).toBeGreaterThan(stopped + 15);
    expect(forkedHeights(small)).toEqual([]);
    const votes = recordsOf(small, 'vote-cast').map(({ node, height, round, step }) =>
      JSON.stringify([node, height, round, step]),
    );
    expect(new Set(votes).size).toBe(votes.length);
  });

  it('are noticed by the node itself where only `isUp` was set', () => {
    const small = smallWorld();
    const { chain } = addVotingChain(small);
    runUntil(small, 10_050_000);
    chain.nodes[3]!.isUp = false;
    runUntil(small, 60 * SECOND);
    chain.nodes[3]!.isUp = true;
    runUntil(small, 70 * SECOND);
    expect(heightsOf(small, 3)).toEqual(heightsOf(small, 0));
  });

  it('outlive the window of kept blocks', () => {
    const small = smallWorld();
    const { chain } = addVotingChain(small, { keepBlocks: 10 });
    runUntil(small, 10 * SECOND);
    chain.nodes[3]!.isUp = false;
    runUntil(small, 80 * SECOND);
    chain.nodes[3]!.isUp = true;
    runUntil(small, 100 * SECOND);
    expect(Math.max(...heightsOf(small, 3))).toBe(Math.max(...heightsOf(small, 0)));
    expect(chain.blocks.size).toBeLessThan(20);
  });
});

describe('bft: silence that ends', () => {
  it('lets the chain go on from where it stood', () => {
    const small = smallWorld();
    const { world } = small.simulation;
    const { chain } = addVotingChain(small);
    for (const node of [0, 1]) setSilent(world, chain, node, true);
    runUntil(small, 30 * SECOND);
    expect(recordsOf(small, 'head-moved').length).toBe(1);
    for (const node of [0, 1]) setSilent(world, chain, node, false);
    runUntil(small, 60 * SECOND);
    expect(recordsOf(small, 'head-moved').length).toBeGreaterThan(10);
    expect(bftNodeOf(world, chain.nodes[0]!).height).toBeGreaterThan(10);
  });
});

describe('bft: everything at once', () => {
  it('one twin below a third, losses, doubles, cuts, crashes: never a fork, and the chain goes on when it is over', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const size = 4 + (seed % 4);
      const small = smallWorld({ seed: String(seed) });
      const { simulation } = small;
      const { chain, network } = addVotingChain(small, {
        powers: Array.from({ length: size }, () => 1),
        twins: [seed % size],
        latency: { kind: 'exponential', mean: 200_000 },
        loss: 0.05,
        keepBlocks: 20,
      });
      const stream = simulation.stream('test/chaos');
      const drawn = (options: number) => Math.floor(simulation.draw(stream) * options);
      for (let step = 1; step <= 80; step++) {
        runUntil(small, step * 2 * SECOND);
        const node = drawn(chain.nodes.length);
        const choice = drawn(8);
        if (choice === 0) crashBftNode(simulation.world, chain, node);
        else if (choice <= 3) restartBftNode(simulation, chain, node);
        else if (choice === 4)
          partition(
            network,
            chain.nodes.map(() => drawn(2)),
          );
        else if (choice <= 6) partition(network);
        else setSilent(simulation.world, chain, node, drawn(2) === 0);
      }
      partition(network);
      for (const { index } of chain.nodes) {
        setSilent(simulation.world, chain, index, false);
        restartBftNode(simulation, chain, index);
      }
      runUntil(small, 200 * SECOND);
      const before = Math.min(...chain.nodes.map((node) => bftNodeOf(simulation.world, node).height));
      runUntil(small, 400 * SECOND);
      expect([seed, forkedHeights(small)]).toEqual([seed, []]);
      const reached = Math.min(...chain.nodes.map((node) => bftNodeOf(simulation.world, node).height));
      expect([seed, reached - before > 10]).toEqual([seed, true]);
      expect(inFlight(network)).toBeGreaterThanOrEqual(0);
    }
  });
});
