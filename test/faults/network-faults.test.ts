import { describe, expect, it } from 'vitest';
import { networkOf } from '../../models/network/network.ts';
import { faultWorld, type FaultWorld, HUB, lasting, recordsOf, runTo, SECOND } from '../support/fault-world.ts';

const CUT = { target: { chain: 'hub', validators: [3] }, when: { at: 30 * SECOND, for: lasting(60) } };

function decisionsOf(world: FaultWorld, node: number): { height: number; at: number }[] {
  return recordsOf(world, 'block-decided')
    .filter((record) => record['chain'] === HUB && record['node'] === node)
    .map(({ height, at }) => ({ height: height as number, at }));
}

/** Delays of the votes that both worlds sent, where they differ. */
function differing(a: FaultWorld, b: FaultWorld): { key: string; by: number; sentAt: number }[] {
  const found = [];
  for (const [key, delay] of a.votes) {
    const other = b.votes.get(key);
    if (other !== undefined && other !== delay) found.push({ key, by: other - delay, sentAt: b.sentAt.get(key) ?? -1 });
  }
  return found;
}

describe('faults: net.partition', () => {
  it('cuts a validator off and heals -> it decides nothing inside, and all heights afterwards', () => {
    const world = faultWorld({ f: { kind: 'net.partition', ...CUT } });
    runTo(world, 130);
    // One interval of envelopes already under way: none is longer than a few seconds.
    expect(decisionsOf(world, 3).filter(({ at }) => at > 35 && at < 90)).toEqual([]);
    expect(decisionsOf(world, 0).filter(({ at }) => at > 35 && at < 90).length).toBeGreaterThan(5);
    expect(Math.max(...decisionsOf(world, 3).map(({ height }) => height))).toBeGreaterThanOrEqual(
      Math.max(...decisionsOf(world, 0).map(({ height }) => height)) - 1,
    );
    expect(networkOf(world.simulation.world, HUB).rules).toEqual([]);
    expect(recordsOf(world, 'fault-started').map(({ at }) => at)).toEqual([30]);
    expect(recordsOf(world, 'fault-ended').map(({ at }) => at)).toEqual([90]);
  });

  it('one way -> the validator hears and decides, and nobody gets a vote of its', () => {
    const world = faultWorld({ f: { kind: 'net.partition', ...CUT, with: { symmetric: false } } });
    runTo(world, 130);
    expect(decisionsOf(world, 3).filter(({ at }) => at > 35 && at < 90).length).toBeGreaterThan(5);
    const sent = [...world.sentAt].filter(([, at]) => at > 30 * SECOND && at < 90 * SECOND).map(([key]) => key);
    expect(sent.filter((key) => key.startsWith('3>'))).toEqual([]);
    expect(sent.filter((key) => key.includes('>hub/3 ')).length).toBeGreaterThan(10);
  });

  it('in groups -> only nodes of one group hear each other', () => {
    const when = { at: 30 * SECOND, for: lasting(30) };
    const groups = ['0..1', '2..3'];
    const world = faultWorld({ f: { kind: 'net.partition', target: { chain: 'hub' }, when, with: { groups } } });
    runTo(world, 61);
    const sent = [...world.sentAt].filter(([, at]) => at > 30 * SECOND && at < 60 * SECOND).map(([key]) => key);
    const links = new Set(sent.map((key) => key.split(' ')[0]));
    expect([...links].sort()).toEqual(['0>hub/1', '1>hub/0', '2>hub/3', '3>hub/2']);
  });

  it('puts the copy of a doubled validator on the other side', () => {
    const doubles = { kind: 'bft.twin', target: { chain: 'hub', validators: [0] }, when: { at: 0 } };
    const split = { kind: 'net.partition', target: { chain: 'hub', validators: [2] }, when: { at: 10 * SECOND } };
    const world = faultWorld({ doubles, split });
    runTo(world, 11);
    const [rule] = networkOf(world.simulation.world, HUB).rules;
    // Nodes 0..3, then the copy of 0.
    expect(rule).toMatchObject({ kind: 'partition', groupOf: [0, 0, 1, 0, 1], fault: 1 });
  });

  it('after GST -> each lost envelope is reported, and blamed on it', () => {
    const when = { at: 400 * SECOND, for: lasting(20) };
    const world = faultWorld({ f: { ...CUT, kind: 'net.partition', when } });
    runTo(world, 440);
    const late = recordsOf(world, 'envelope-late');
    expect(late.length).toBeGreaterThan(10);
    for (const { at, fault, delayUs, from, to } of late) {
      expect(at).toBeGreaterThanOrEqual(400);
      expect(at).toBeLessThan(420);
      expect({ fault, delayUs, isOfThree: from === 3 || to === 3 }).toEqual({ fault: 0, delayUs: -1, isOfThree: true });
    }
  });

  it('leaves the delay of every envelope that still flies as it was', () => {
    const clean = faultWorld();
    const cut = faultWorld({ f: { kind: 'net.partition', ...CUT } });
    for (const world of [clean, cut]) runTo(world, 100);
    const inside = [...cut.sentAt].filter(([key, at]) => clean.votes.has(key) && at > 30 * SECOND && at < 90 * SECOND);
    expect(inside.length).toBeGreaterThan(50);
    expect(differing(clean, cut)).toEqual([]);
  });
});

describe('faults: net.latency and net.loss', () => {
  const when = { at: 30 * SECOND, for: lasting(30) };

  it('adds just its delay, to just the links of the validator, for just its time', () => {
    const extra = { kind: 'constant', value: '70ms' };
    const clean = faultWorld();
    const slow = faultWorld({
      f: { kind: 'net.latency', target: { chain: 'hub', validators: [2] }, when, with: { extra } },
    });
    for (const world of [clean, slow]) runTo(world, 90);
    const changed = differing(clean, slow);
    expect(changed.length).toBeGreaterThan(20);
    for (const { key, by, sentAt } of changed) {
      expect(key).toMatch(/^2>|>hub\/2 /);
      expect(by).toBe(70_000);
      expect(sentAt).toBeGreaterThanOrEqual(30 * SECOND);
      expect(sentAt).toBeLessThan(60 * SECOND);
    }
    const inside = [...slow.sentAt].filter(
      ([key, at]) => at >= 30 * SECOND && at < 60 * SECOND && clean.votes.has(key) && /^2>|>hub\/2 /.test(key),
    );
    expect(inside.length).toBe(changed.length);
  });

  it('beyond delta after GST -> late, with its delay; within delta -> not', () => {
    const later = { at: 400 * SECOND, for: lasting(20) };
    const of = (value: string) =>
      faultWorld({ f: { kind: 'net.latency', target: { chain: 'hub' }, when: later, with: { extra: value } } });
    const beyond = of('3s');
    runTo(beyond, 430);
    const late = recordsOf(beyond, 'envelope-late');
    expect(late.length).toBeGreaterThan(10);
    for (const { delayUs, fault } of late) {
      expect(delayUs).toBeGreaterThanOrEqual(3 * SECOND);
      expect(fault).toBe(0);
    }
    const within = of('1ms');
    runTo(within, 430);
    // Exponential of mean 80 ms: the network itself keeps its promise, and a millisecond more breaks it next to never.
    expect(recordsOf(within, 'envelope-late').length).toBeLessThan(3);
  });

  it('two at once add up', () => {
    const fault = (value: string) => ({ kind: 'net.latency', target: { chain: 'hub' }, when, with: { extra: value } });
    const clean = faultWorld();
    const slow = faultWorld({ f: fault('20ms'), g: fault('50ms') });
    for (const world of [clean, slow]) runTo(world, 60);
    const by = new Set(differing(clean, slow).map((each) => each.by));
    expect([...by]).toEqual([70_000]);
  });

  it('loses the share that it says, within four standard errors, and draws from a stream of its own', () => {
    const target = { chain: 'hub' };
    const lossy = faultWorld(
      { f: { kind: 'net.loss', target, when: { at: 0, for: lasting(200) }, with: { probability: '20%' } } },
      (text) => text.replace(', loss: 1%', ''),
    );
    runTo(lossy, 199);
    const { sent, dropped } = networkOf(lossy.simulation.world, HUB);
    expect(sent).toBeGreaterThan(500);
    expect(Math.abs(dropped / sent - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / sent));
    const clean = faultWorld({}, (text) => text.replace(', loss: 1%', ''));
    runTo(clean, 199);
    expect(differing(clean, lossy)).toEqual([]);
  });
});
