import { describe, expect, it } from 'vitest';
import { chainOf } from '../../models/chains/chain.ts';
import { faultWorld, type FaultWorld, HUB, lasting, POW, recordsOf, runTo, SECOND } from '../support/fault-world.ts';

function of(kind: string, at: number, seconds: number, validators: readonly number[] = [1], chain = 'hub') {
  return { kind, target: { chain, validators }, when: { at: at * SECOND, for: lasting(seconds) } };
}

function votersIn(world: FaultWorld, from: number, to: number): number[] {
  const votes = recordsOf(world, 'vote-cast').filter(({ chain, at }) => chain === HUB && at > from && at < to);
  return [...new Set(votes.map(({ node }) => node as number))].sort((a, b) => a - b);
}

describe('faults: node.crash', () => {
  it('stops a validator and lets it run again -> no votes inside, votes afterwards', () => {
    const world = faultWorld({ f: of('node.crash', 20, 40) });
    runTo(world, 120);
    expect(votersIn(world, 20, 60)).toEqual([0, 2, 3]);
    expect(votersIn(world, 70, 120)).toEqual([0, 1, 2, 3]);
    const facts = { chain: HUB, node: 1, fault: 0 };
    expect(recordsOf(world, 'node-crashed')).toEqual([{ ...facts, at: 20 }]);
    expect(recordsOf(world, 'node-restarted')).toEqual([{ ...facts, at: 60 }]);
    expect(recordsOf(world, 'validator-turned')).toEqual([]);
  });

  it('of two faults that overlap -> down once, up when the last one ends', () => {
    const world = faultWorld({ f: of('node.crash', 20, 40), g: of('node.crash', 30, 60), h: of('node.crash', 25, 10) });
    runTo(world, 70);
    expect(chainOf(world.simulation.world, HUB).nodes[1]?.isUp).toBe(false);
    runTo(world, 120);
    expect(chainOf(world.simulation.world, HUB).nodes[1]?.isUp).toBe(true);
    expect(recordsOf(world, 'node-crashed').map(({ at, fault }) => [at, fault])).toEqual([[20, 0]]);
    expect(recordsOf(world, 'node-restarted').map(({ at, fault }) => [at, fault])).toEqual([[90, 1]]);
    expect(recordsOf(world, 'fault-ended').map(({ at, fault }) => [at, fault])).toEqual([
      [35, 2],
      [60, 0],
      [90, 1],
    ]);
  });

  it('stops miners too', () => {
    const world = faultWorld({ f: of('node.crash', 20, 300, [0, 1, 2], 'pow') });
    runTo(world, 320);
    const inside = recordsOf(world, 'block-produced').filter(({ chain, at }) => chain === POW && at > 20 && at < 320);
    expect(inside.length).toBeGreaterThan(0);
    expect(new Set(inside.map(({ proposer }) => proposer))).toEqual(new Set([3]));
  });
});

describe('faults: node.restart', () => {
  it('comes back after the time it draws, again and again', () => {
    const when = { at: 10 * SECOND, every: lasting(50), count: 3 };
    const target = { chain: 'hub', validators: [2] };
    const down = { kind: 'uniform', min: '5s', max: '20s' };
    const world = faultWorld({ f: { kind: 'node.restart', target, when, with: { down } } });
    runTo(world, 300);
    expect(recordsOf(world, 'node-crashed').map(({ at }) => at)).toEqual([10, 60, 110]);
    const ups = recordsOf(world, 'node-restarted').map(({ at }, i) => at - (10 + 50 * i));
    expect(ups).toHaveLength(3);
    for (const up of ups) expect(up >= 5 && up <= 20).toBe(true);
    expect(new Set(ups).size).toBe(3);
  });

  it('passes over a start that comes while it is down', () => {
    const when = { at: 10 * SECOND, every: lasting(20) };
    const target = { chain: 'hub', validators: [2] };
    const world = faultWorld({ f: { kind: 'node.restart', target, when, with: { down: '30s' } } });
    runTo(world, 100);
    expect(recordsOf(world, 'fault-started').map(({ at }) => at)).toEqual([10, 50, 90]);
  });
});

describe('faults: bft.silent and bft.twin', () => {
  it('silence -> no votes inside, Byzantine by its power, honest again', () => {
    const world = faultWorld({ f: of('bft.silent', 20, 40) });
    runTo(world, 120);
    expect(votersIn(world, 20, 60)).toEqual([0, 2, 3]);
    expect(votersIn(world, 60, 120)).toEqual([0, 1, 2, 3]);
    const facts = { chain: HUB, node: 1, power: 1, fault: 0 };
    expect(recordsOf(world, 'validator-turned')).toEqual([
      { ...facts, isByzantine: true, at: 20 },
      { ...facts, isByzantine: false, at: 60 },
    ]);
  });

  it('a twin votes beside its double for as long as it acts', () => {
    const world = faultWorld({ f: of('bft.twin', 20, 40) });
    runTo(world, 120);
    // Node 4 is the copy of validator 1.
    expect(votersIn(world, 0, 20)).toEqual([0, 1, 2, 3]);
    expect(votersIn(world, 25, 60)).toEqual([0, 1, 2, 3, 4]);
    expect(votersIn(world, 60, 120)).toEqual([0, 1, 2, 3]);
  });

  it('both at once make one Byzantine validator, until the last one ends', () => {
    const world = faultWorld({ f: of('bft.silent', 20, 40), g: of('bft.twin', 30, 60) });
    runTo(world, 120);
    const turned = recordsOf(world, 'validator-turned').map(({ at, isByzantine, fault }) => [at, isByzantine, fault]);
    expect(turned).toEqual([
      [20, true, 0],
      [90, false, 1],
    ]);
  });

  it('until GST ends at GST', () => {
    const target = { chain: 'hub', validators: [1] };
    const world = faultWorld({ f: { kind: 'bft.silent', target, when: { at: 0, until: 'gst' } } });
    runTo(world, 310);
    expect(recordsOf(world, 'fault-ended').map(({ at }) => at)).toEqual([300]);
  });
});
