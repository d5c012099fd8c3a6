import { describe, expect, it } from 'vitest';
import type { EventHandle } from '../../sim/kernel/event-slots.ts';
import { after, duration, type Instant } from '../../sim/base/units.ts';
import { Simulation } from '../../sim/kernel/simulation.ts';
import { type EventClass } from '../../sim/kernel/world.ts';
import { BFT_EVENT } from '../../models/chains/consensus/bft-state.ts';
import { addVotingChain, forkedHeights, recordsOf, runUntil, smallWorld } from '../support/small-world.ts';

const SECOND = 1_000_000;

interface Hop {
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly round: number;
  readonly at: number;
}

/** Gives each envelope the delay that `delayOf` says, -1 for a loss. */
class Directed extends Simulation {
  delayOf: (hop: Hop) => number = () => 100_000;
  override schedule(
    cls: EventClass,
    target: number,
    kind: number,
    at: Instant,
    a = 0,
    b = 0,
    payload?: unknown,
  ): EventHandle {
    if (cls !== 'delivery') return super.schedule(cls, target, kind, at, a, b, payload);
    const from = kind >= BFT_EVENT.status ? b : Math.floor(b / 4_294_967_296);
    const round = kind === BFT_EVENT.proposal ? Math.floor(a / 4_096) % 4_096 : a % 4_096;
    const delay = this.delayOf({ kind, from, to: target, round, at: this.now });
    if (delay < 0) return -1;
    return super.schedule(cls, target, kind, after(this.now, duration(delay)), a, b, payload);
  }
}

describe('bft: a lock', () => {
  it('keeps a second block from being decided where one node has decided unseen', () => {
    const small = smallWorld({ construct: Directed });
    const simulation = small.simulation as Directed;
    addVotingChain(small);
    // Round 0: node 3 has the proposal after its timeout, node 1 misses the quorum of prevotes, and only node 0 hears the
    // quorum of precommits. Node 1, which is not locked and knows of no valid block, proposes another one in round 1.
    simulation.delayOf = ({ kind, from, to, round, at }) => {
      if (kind >= BFT_EVENT.status && at < 20 * SECOND) return -1;
      if (round > 0) return 100_000;
      if (kind === BFT_EVENT.proposal && to === 3) return 3_200_000;
      if (kind === BFT_EVENT.prevote && from === 2 && to === 1) return -1;
      if (kind === BFT_EVENT.precommit && from === 0) return -1;
      return 100_000;
    };
    runUntil(small, 4 * SECOND);
    const decided = recordsOf(small, 'block-decided');
    expect(decided.map(({ node }) => node)).toEqual([0]);
    runUntil(small, 10 * SECOND);
    const second = recordsOf(small, 'vote-cast').filter(({ height, round }) => height === 1 && round === 1);
    const inFavour = second.filter(({ block }) => block !== -1 && block !== decided[0]!.block);
    expect(inFavour.map(({ node }) => node)).toEqual([1]);
    runUntil(small, 60 * SECOND);
    expect(forkedHeights(small)).toEqual([]);
    const first = recordsOf(small, 'block-decided').filter(({ height }) => height === 1);
    expect(first.map(({ node, block }) => [node, block]).sort()).toEqual(
      [0, 1, 2, 3].map((n) => [n, decided[0]!.block]),
    );
  });

  it('makes its node prevote nil on another value, which the others decide all the same', () => {
    const small = smallWorld({ construct: Directed });
    const simulation = small.simulation as Directed;
    addVotingChain(small);
    // Only node 0 hears the quorum of prevotes of round 0 and locks; for the others the round has no value.
    simulation.delayOf = ({ kind, from, to, round, at }) => {
      if (kind >= BFT_EVENT.status && at < 30 * SECOND) return -1;
      if (round > 0) return 100_000;
      if (kind === BFT_EVENT.proposal && to === 3) return -1;
      if (kind === BFT_EVENT.prevote && from === 2 && to === 1) return -1;
      if (kind === BFT_EVENT.prevote && from === 1 && to === 2) return -1;
      return 100_000;
    };
    runUntil(small, 60 * SECOND);
    const votes = recordsOf(small, 'vote-cast').filter(({ height }) => height === 1);
    const locked = votes.find(
      ({ node, round, step, block }) => node === 0 && round === 0 && step === 'precommit' && block !== -1,
    );
    expect(locked).toBeDefined();
    const decisions = recordsOf(small, 'block-decided').filter(({ height }) => height === 1);
    expect(decisions.length).toBe(4);
    expect(new Set(decisions.map(({ block }) => block)).size).toBe(1);
    expect(decisions[0]!.block).not.toBe(locked!.block);
    expect(decisions[0]!.round).toBe(1);
    const after1 = votes.filter(({ node, round, step }) => node === 0 && round === 1 && step === 'prevote');
    expect(after1.map(({ block }) => block)).toEqual([-1]);
    expect(forkedHeights(small)).toEqual([]);
  });
});
