import { describe, expect, it } from 'vitest';
import { restoreWorld, Simulation } from '../../sim/kernel/simulation.ts';
import { createRunParts } from '../../sim/run/parts.ts';
import { faultWorld, type FaultWorld, HUB, lasting, recordsOf, runTo, SECOND } from '../support/fault-world.ts';

const TARGET = { chain: 'hub', validators: [1] };

/** Whole microseconds, which sums of seconds are not. */
function us(seconds: number): number {
  return Math.round(seconds * SECOND);
}

function started(world: FaultWorld): number[] {
  return recordsOf(world, 'fault-started').map(({ at }) => at);
}

describe('faults: triggers', () => {
  it('act in the instant of the record, once the event that published it is over', () => {
    const on = { record: 'block-decided', chain: 'hub', node: 0, height: 5 };
    const world = faultWorld({ f: { kind: 'node.crash', target: TARGET, when: { on, for: lasting(10) } } });
    runTo(world, 100);
    const decided = recordsOf(world, 'block-decided').find(
      (r) => r['chain'] === HUB && r['node'] === 0 && r['height'] === 5,
    );
    expect(started(world)).toEqual([decided?.at]);
    expect(recordsOf(world, 'node-restarted').map(({ at }) => us(at))).toEqual([us((decided?.at ?? 0) + 10)]);
  });

  it('act so long after it, on so many matches', () => {
    const on = { record: 'packet-committed', lane: 'hub-far' };
    const when = { on, after: 3 * SECOND, count: 2, for: lasting(1) };
    const world = faultWorld({ f: { kind: 'bft.silent', target: TARGET, when } });
    runTo(world, 60);
    const [first, second] = recordsOf(world, 'packet-committed').filter((r) => r['lane'] === 0);
    // The first block takes the packets of both instants in one go, or two blocks do: a start while it acts is passed over.
    const expected = new Set([first?.at ?? 0, second?.at ?? 0].map((at) => us(at + 3)));
    expect(started(world).map(us)).toEqual([...expected]);
  });

  it('match names, numbers, texts, flags and amounts', () => {
    const on = { record: 'message-requested', traffic: 't', number: 3, amount: '1000000', asset: 'ATOM' };
    const world = faultWorld({ f: { kind: 'bft.silent', target: TARGET, when: { on, for: lasting(1) } } });
    runTo(world, 60);
    // Every five seconds from 0 on: the third at 10.
    expect(started(world)).toEqual([10]);
    const never = faultWorld({
      f: { kind: 'bft.silent', target: TARGET, when: { on: { ...on, amount: '1000001' }, for: lasting(1) } },
    });
    runTo(never, 60);
    expect(started(never)).toEqual([]);
  });

  it('of one fault can be another', () => {
    const first = { kind: 'bft.silent', target: TARGET, when: { at: 10 * SECOND, for: lasting(5) } };
    const second = {
      kind: 'node.crash',
      target: TARGET,
      when: { on: { record: 'fault-ended', fault: 0 }, for: lasting(5) },
    };
    const world = faultWorld({ first, second });
    runTo(world, 60);
    expect(recordsOf(world, 'node-crashed').map(({ at }) => at)).toEqual([15]);
  });
});

describe('faults: repetition', () => {
  const when = { every: { kind: 'exponential', mean: 30 * SECOND }, for: lasting(1) };

  it('draws gaps from its own stream: another fault moves none of them', () => {
    const alone = faultWorld({ f: { kind: 'bft.silent', target: TARGET, when } });
    const beside = faultWorld({
      f: { kind: 'bft.silent', target: TARGET, when },
      g: { kind: 'net.loss', target: { chain: 'hub' }, when, with: { probability: 0.5 } },
    });
    for (const world of [alone, beside]) runTo(world, 600);
    const own = recordsOf(beside, 'fault-started')
      .filter((r) => r['fault'] === 0)
      .map(({ at }) => at);
    expect(own.length).toBeGreaterThan(8);
    expect(own).toEqual(started(alone));
  });

  it('ends for good at until, and a time that is longer ends with it', () => {
    const world = faultWorld({
      f: {
        kind: 'bft.silent',
        target: TARGET,
        when: { at: 0, every: lasting(20), for: lasting(15), until: 50 * SECOND },
      },
    });
    runTo(world, 200);
    expect(started(world)).toEqual([0, 20, 40]);
    expect(recordsOf(world, 'fault-ended').map(({ at }) => at)).toEqual([15, 35, 50]);
  });
});

describe('faults: snapshots', () => {
  it('taken while faults act and triggers wait -> the restored world ends in the same digest', () => {
    const lie = { amount: '5 POW', receiver: 'thief' };
    const at = 40 * SECOND;
    const world = faultWorld({
      a: { kind: 'net.partition', target: TARGET, when: { at, for: lasting(30) } },
      b: {
        kind: 'node.restart',
        target: { chain: 'pow' },
        when: { at },
        with: { down: { kind: 'exponential', mean: '20s' } },
      },
      c: { kind: 'net.latency', target: { chain: 'hub' }, when: { at, for: lasting(30) }, with: { extra: '50ms' } },
      d: { kind: 'data.lie', target: { committee: 'pow-far' }, when: { at, for: lasting(200) }, with: lie },
      e: { kind: 'bft.twin', target: TARGET, when: { on: { record: 'packet-received' }, count: 3, for: lasting(20) } },
      f: { kind: 'mev.censor', target: { chain: 'hub', relayer: 'r2' }, when: { at, for: lasting(60) } },
      g: { kind: 'rel.stop', target: { relayer: 'r1' }, when: { at, for: lasting(40) } },
    });
    runTo(world, 45);
    const restored = { simulation: new Simulation(restoreWorld(world.simulation.snapshot()), createRunParts([])) };
    for (const each of [world, restored]) runTo(each, 300);
    expect(restored.simulation.checkpoint()).toEqual(world.simulation.checkpoint());
  });
});
