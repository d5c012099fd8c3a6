import { describe, expect, it } from 'vitest';
import { type EventClass } from '../../sim/kernel/world.ts';
import { type Instant } from '../../sim/base/units.ts';
import type { EventHandle } from '../../sim/kernel/event-slots.ts';
import { restoreWorld, Simulation } from '../../sim/kernel/simulation.ts';
import { BFT_EVENT } from '../../models/chains/consensus/bft-state.ts';
import { setSilent } from '../../models/chains/consensus/bft-faults.ts';
import { envelopeKey } from '../../models/chains/consensus/bft-sending.ts';
import { addVotingChain, runUntil, smallWorld } from '../support/small-world.ts';

/** Delay of each vote envelope, by height, round, step, sender and receiver. */
class Listening extends Simulation {
  readonly delays = new Map<string, number>();
  override schedule(
    cls: EventClass,
    target: number,
    kind: number,
    at: Instant,
    a = 0,
    b = 0,
    payload?: unknown,
  ): EventHandle {
    if (cls === 'delivery' && (kind === BFT_EVENT.prevote || kind === BFT_EVENT.precommit)) {
      const from = Math.floor(b / 4_294_967_296);
      this.delays.set(`${a}/${kind}/${from}/${target}`, at - this.now);
    }
    return super.schedule(cls, target, kind, at, a, b, payload);
  }
}

function delaysWith(silent: number | undefined): ReadonlyMap<string, number> {
  const small = smallWorld({ construct: Listening });
  const latency = { kind: 'uniform', min: 50_000, max: 250_000 } as const;
  const { chain } = addVotingChain(small, { powers: [1, 1, 1, 1, 1, 1, 1], latency });
  if (silent !== undefined) setSilent(small.simulation.world, chain, silent, true);
  runUntil(small, 30_000_000);
  return (small.simulation as Listening).delays;
}

describe('bft: latency of a vote', () => {
  it('is that of its height, round, step and link, whoever else votes', () => {
    const all = delaysWith(undefined);
    const without = delaysWith(6);
    let compared = 0;
    for (const [key, delay] of without) {
      const other = all.get(key);
      if (other === undefined) continue; // a round that the other run did not need
      compared++;
      expect([key, delay]).toEqual([key, other]);
    }
    expect(compared).toBeGreaterThan(500);
    expect(new Set(all.values()).size).toBeGreaterThan(500);
  });

  it('draws from a key of its own for each height, round and purpose', () => {
    const keys = new Set<number>();
    for (let height = 1; height < 50; height++) {
      for (let round = 0; round < 8; round++) {
        for (let purpose = 0; purpose < 5; purpose++) keys.add(envelopeKey(height, round, purpose));
      }
    }
    expect(keys.size).toBe(49 * 8 * 5);
    expect(Math.max(...keys, envelopeKey(33_554_431, 4_095, 4))).toBeLessThan(4_294_967_295);
  });
});

describe('bft: a snapshot in the middle of a round', () => {
  it('goes on to the same digest', () => {
    const latency = { kind: 'exponential', mean: 300_000 } as const;
    const straight = smallWorld();
    addVotingChain(straight, { latency, loss: 0.05 });
    runUntil(straight, 17_000_000);
    const bytes = straight.simulation.snapshot();
    const resumed = smallWorld();
    const parts = (resumed.simulation as unknown as { parts: ConstructorParameters<typeof Simulation>[1] }).parts;
    const simulation = new Simulation(restoreWorld(bytes), parts);
    for (let round = 0; round < 2; round++) {
      // Twice: what a restored world shares must still be a tree.
      straight.simulation.run(2_000);
      simulation.run(2_000);
      expect(simulation.snapshot()).toEqual(straight.simulation.snapshot());
    }
    expect(simulation.checkpoint().digest).toBe(straight.simulation.checkpoint().digest);
  });
});
