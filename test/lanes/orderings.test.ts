/** Orders of receiving. Expected outcomes: ICS 4, recvPacket and timeoutPacket by channel order; XCM's HRMP watermark. */
import { describe, expect, it } from 'vitest';
import { laneWorld, SECOND } from '../support/lanes-by-hand.ts';

const lane = (ordering: string): string =>
  `  a-b: { from: a, to: b, timeout: 60s, ordering: ${ordering}, verifier: { kind: committee } }`;
const LATE = { chainUs: 10_000 * SECOND };

describe('lane, strict order', () => {
  it('receives the next packet only -> sequence-gap, then done', () => {
    const world = laneWorld(lane('strict'));
    const [first, second] = [world.send(), world.send()];
    expect(world.receive(second)).toBe('sequence-gap');
    expect(world.receive(first)).toBe('done');
    expect(world.receive(second)).toBe('done');
    expect(world.receive(first)).toBe('noop already-received');
    expect(world.found()).toEqual([]);
  });

  it('receives two in one transaction in their order -> done', () => {
    const world = laneWorld(lane('strict'));
    const packets = [world.send(), world.send()];
    const calls = packets.map((packet) => ({ action: 'receive', arguments: { packet, evidence: undefined } }));
    expect(world.callAll('b', [...calls].reverse())).toBe('sequence-gap');
    expect(world.callAll('b', calls)).toBe('done');
  });

  it('is closed by a timeout: what is sent and acknowledged after it -> lane-closed, what is open times out', () => {
    const world = laneWorld(lane('strict'));
    const [first, second, third] = [world.send(), world.send(), world.send()];
    expect(world.receive(first)).toBe('done');
    world.until(100);
    expect(world.timeOut(second, LATE)).toBe('done');
    expect(() => world.send()).toThrow('lane-closed');
    expect(world.acknowledge(first)).toBe('lane-closed');
    expect(world.timeOut(third, LATE)).toBe('done');
    expect(world.seen.filter(({ name }) => name === 'lane-closed').map(({ fields }) => fields['sequence'])).toEqual([
      2,
    ]);
  });

  it('goes on behind the gap once it is opened again, under new sequences', () => {
    const world = laneWorld(lane('strict'));
    const [first, second] = [world.send(), world.send()];
    expect(world.receive(first)).toBe('done');
    world.until(100);
    world.timeOut(second, LATE);
    expect(world.call('a', 'reopen-lane', { lane: 0 })).toBe('done');
    const [third, fourth] = [world.send(), world.send()];
    expect([third.sequence, third.openedAt, fourth.sequence]).toEqual([3, 3, 4]);
    expect(world.receive(fourth)).toBe('sequence-gap');
    expect(world.receive(third)).toBe('done');
    expect(world.receive(fourth)).toBe('done');
    expect(world.found()).toEqual([]);
  });

  it('is opened again on its source only, and only where it is closed', () => {
    const world = laneWorld(lane('strict'));
    expect(world.call('b', 'reopen-lane', { lane: 0 })).toBe('wrong-chain');
    world.call('a', 'reopen-lane', { lane: 0 });
    expect(world.seen.filter(({ name }) => name === 'lane-reopened')).toEqual([]);
  });

  it('does not take the start of an opening from a carrier -> commitment-mismatch at the source', () => {
    const world = laneWorld(lane('strict'));
    const packet = world.send();
    world.receive(packet);
    expect(world.acknowledge(Object.freeze({ ...packet, openedAt: 1 }))).toBe('commitment-mismatch');
  });
});

describe('lane, ordered-allow-timeout', () => {
  it('marks a late packet before it receives the next, and returns it by an error acknowledgement', () => {
    const world = laneWorld(lane('ordered-allow-timeout'));
    const late = world.send();
    world.until(100);
    const next = world.send();
    expect(world.receive(next)).toBe('sequence-gap');
    expect(world.timeOut(late, LATE)).toBe('needs-timeout-receipt');
    expect(world.receive(late)).toBe('done');
    expect(world.seen.find(({ name }) => name === 'packet-received')?.fields).toMatchObject({
      isExecuted: false,
      reason: 'timed-out',
    });
    expect(world.receive(next)).toBe('done');
    expect(world.acknowledge(late, false)).toBe('done');
    expect(world.acknowledge(next)).toBe('done');
    expect(world.found()).toEqual([]);
  });

  it('executes a packet that is in time: the branch that the printed spec never reaches', () => {
    const world = laneWorld(lane('ordered-allow-timeout'));
    world.receive(world.send());
    expect(world.seen.find(({ name }) => name === 'packet-received')?.fields).toMatchObject({ isExecuted: true });
  });
});

describe('lane, watermark', () => {
  it('passes over what was not there and never takes it back -> sequence-passed', () => {
    const world = laneWorld(lane('watermark'));
    const [first, second] = [world.send(), world.send()];
    expect(world.receive(second)).toBe('done');
    expect(world.receive(first)).toBe('sequence-passed');
    expect(world.receive(second)).toBe('noop already-received');
    world.until(100);
    expect(world.timeOut(first, LATE)).toBe('done');
    expect(world.found()).toEqual([]);
  });
});

describe('property order', () => {
  it.each(['strict', 'ordered-allow-timeout', 'watermark'])('finds a machine that keeps no order (%s)', (ordering) => {
    const world = laneWorld(lane(ordering), {
      changes: {
        // The bug: whatever comes is taken for the next.
        calls: (builtIn) => ({
          ...builtIn,
          receive: (execution, given) => {
            const { packet } = given as { packet: { sequence: number } };
            execution.set('lanes/0/next-receive', packet.sequence);
            return builtIn['receive']?.(execution, given) ?? { kind: 'noop', gas: 0, reason: '' };
          },
        }),
      },
    });
    const [first, second] = [world.send(), world.send()];
    expect(world.receive(second)).toBe('done');
    expect(world.receive(first)).toBe('done');
    expect(world.found()).toEqual(['order']);
  });
});
