/**
 * Lanes where proof and execution are two steps. Expected: LayerZero v2, MessagingChannel.sol and EndpointV2.sol (gaps,
 * skip, nilify, burn, clear); CCIP, OffRamp.sol (manual execution); XCM (traps).
 */
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../models/lanes/lane.ts';
import { type LaneWorld, laneWorld } from '../support/lanes-by-hand.ts';

const SILENT = 'timeout: 0s, acknowledge: false';
const GAPS = `ordering: lazy-gap, replay: nonce, ${SILENT}`;
const world = (rules: string): LaneWorld =>
  laneWorld(`  a-b: { from: a, to: b, ${rules}, verifier: { kind: committee } }`, {
    rest: 'operators: { o: { holds: [a-b], acts: [] } }',
  });
const executed = (test: LaneWorld): unknown[] =>
  test.seen
    .filter(({ name, fields }) => name === 'packet-received' && fields['isExecuted'] === true)
    .map(({ fields }) => fields['sequence']);
const send = (test: LaneWorld, times: number): Packet[] => Array.from({ length: times }, () => test.send());

/** A call that reverts until a second of the destination's clock. */
function sendFailing(test: LaneWorld, wellFromSeconds: number): Packet {
  const given = { lane: 0, bytes: new Uint8Array(0), gas: 1, fails: true, message: -1 };
  expect(test.call('a', 'call', { ...given, wellFromUs: wellFromSeconds * 1_000_000 })).toBe('done');
  return test.sent()[0] as Packet;
}

describe('lazy gaps', () => {
  it('proves in any order, and executes none before each earlier one is proven', () => {
    const test = world(GAPS);
    const [first, second, third] = send(test, 3) as [Packet, Packet, Packet];
    expect([test.receive(third), test.receive(second), executed(test)]).toEqual(['done', 'done', []]);
    expect(test.execute(third)).toBe('sequence-gap');
    expect(test.receive(first)).toBe('done');
    expect(executed(test)).toEqual([1]);
    // From here on any order will do: all three are proven.
    expect([test.execute(third), test.execute(second)]).toEqual(['done', 'done']);
    expect(executed(test)).toEqual([1, 3, 2]);
    expect(test.found()).toEqual([]);
  });

  it('executes each once, whoever calls again and however -> already-received', () => {
    const test = world(GAPS);
    const [first, second] = send(test, 2) as [Packet, Packet];
    test.receive(second);
    expect(test.receive(second)).toBe('noop already-verified');
    test.receive(first);
    test.execute(second);
    expect([first, second].map((packet) => test.receive(packet))).toEqual(Array(2).fill('noop already-received'));
    expect([first, second].map((packet) => test.execute(packet))).toEqual(Array(2).fill('noop already-received'));
    expect(executed(test)).toEqual([1, 2]);
  });

  it('skips the first gap, and no other; what is skipped can never be received', () => {
    const test = world(GAPS);
    const [first, second] = send(test, 3) as [Packet, Packet, Packet];
    test.receive(second);
    expect(test.dispose('skip', 0, 3)).toBe('not-the-first-gap');
    expect(test.dispose('skip', 0, 2)).toBe('not-the-first-gap');
    expect(test.dispose('skip', 0, 1, 'somebody')).toBe('not-the-key-holder');
    expect(test.dispose('skip', 0, 1)).toBe('done');
    expect(test.receive(first)).toBe('noop already-received');
    expect(test.execute(second)).toBe('done');
    expect(executed(test)).toEqual([2]);
    expect(test.found()).toEqual([]);
  });

  it('nilifies a proof: it must be brought again, and nothing behind it waits', () => {
    const test = world(GAPS);
    const [first, second, third] = send(test, 3) as [Packet, Packet, Packet];
    test.receive(second);
    test.receive(third);
    expect(test.dispose('nilify', 0, 2)).toBe('done');
    test.receive(first);
    expect(test.execute(second)).toBe('not-verified');
    expect(test.execute(third)).toBe('done');
    expect(test.receive(second)).toBe('done');
    expect(executed(test)).toEqual([1, 3, 2]);
    expect(test.found()).toEqual([]);
  });

  it('burns what others were executed past, for good, and nothing ahead', () => {
    const test = world(GAPS);
    const [first, second, third] = send(test, 3) as [Packet, Packet, Packet];
    test.receive(second);
    test.receive(third);
    expect(test.dispose('burn', 0, 2)).toBe('not-passed');
    test.receive(first);
    test.execute(third);
    expect(test.dispose('burn', 0, 2)).toBe('done');
    expect([test.execute(second), test.receive(second)]).toEqual(Array(2).fill('noop already-received'));
    expect(executed(test)).toEqual([1, 3]);
  });

  it('clears: as if it were executed, and nothing runs', () => {
    const test = world(GAPS);
    const [first, second] = send(test, 2) as [Packet, Packet];
    test.receive(second);
    expect(test.dispose('clear', 0, 2)).toBe('sequence-gap');
    test.receive(first);
    expect(test.dispose('clear', 0, 2)).toBe('done');
    expect(test.execute(second)).toBe('noop already-received');
    // Again it is a no-op: one act is on record.
    expect([test.dispose('clear', 0, 2), test.dispose('burn', 0, 2)]).toEqual(['done', 'done']);
    expect(test.seen.filter(({ name }) => name === 'packet-administered')).toHaveLength(1);
    expect(executed(test)).toEqual([1]);
    expect(test.found()).toEqual([]);
  });

  it.each(['receipt', 'nonce', 'bitmap'])('by %s no act lets a packet through twice', (replay) => {
    const test = world(GAPS.replace('nonce', replay));
    const packets = send(test, 4) as [Packet, Packet, Packet, Packet];
    test.receive(packets[1]);
    test.dispose('skip', 0, 1);
    test.execute(packets[1]);
    test.receive(packets[2]);
    test.receive(packets[3]);
    for (const packet of packets) expect(test.receive(packet)).toBe('noop already-received');
    expect(executed(test)).toEqual([2, 3, 4]);
  });

  it.each([
    ['of a lane that answers', 'failure: retry, timeout: 0s', 'clear', 'nothing-to-dispose-of'],
    ['where nothing waits for gaps', `failure: retry, ${SILENT}`, 'skip', 'nothing-waits-for-it'],
    ['where proof and execution are one', SILENT, 'clear', 'nothing-to-dispose-of'],
  ])('refuses to dispose %s', (_what, rules, act, reason) => {
    const test = world(rules);
    test.send();
    expect(test.dispose(act, 0, 1)).toBe(reason);
  });
});

describe('a call that fails', () => {
  const tried = (test: LaneWorld): number => test.seen.filter(({ name }) => name === 'packet-tried').length;

  it('retry: stays verified, and anyone tries until it is well', () => {
    const test = world(`failure: retry, timeout: 0s`);
    const packet = sendFailing(test, 100);
    expect([test.receive(packet), executed(test), tried(test)]).toEqual(['done', [], 1]);
    expect([test.execute(packet), executed(test), tried(test)]).toEqual(['done', [], 2]);
    test.until(110);
    expect([test.execute(packet), executed(test)]).toEqual(['done', [1]]);
    expect(test.execute(packet)).toBe('noop already-received');
    expect(test.acknowledge(packet)).toBe('done');
    expect(test.found()).toEqual([]);
  });

  it('retry: its time may pass meanwhile, and then it is refunded and never executed', () => {
    const test = world(`failure: retry, timeout: 60s`);
    const packet = sendFailing(test, 1_000);
    test.receive(packet);
    test.until(100);
    expect(test.execute(packet)).toBe('timed-out');
    expect(test.timeOut(packet)).toBe('done');
    expect([test.execute(packet), executed(test)]).toEqual(['timed-out', []]);
    expect(test.found()).toEqual([]);
  });

  it('manual: nobody before its time, then anyone', () => {
    const test = world(`failure: manual, manual-after: 20min, timeout: 0s`);
    const packet = sendFailing(test, 100);
    test.receive(packet);
    test.until(110);
    expect(test.execute(packet)).toBe('manual-too-early');
    test.until(1_300);
    expect([test.execute(packet), executed(test)]).toEqual(['done', [1]]);
    expect(test.found()).toEqual([]);
  });

  it('trap: only who holds the key lets it go', () => {
    const test = world(`failure: trap, timeout: 0s`);
    const packet = sendFailing(test, 100);
    test.receive(packet);
    test.until(110);
    expect(test.execute(packet)).toBe('not-the-key-holder');
    expect([test.execute(packet, 'operator/o'), executed(test)]).toEqual(['done', [1]]);
    expect(test.found()).toEqual([]);
  });

  it('looks the packet up for who acts by hand', () => {
    const test = world(`failure: trap, timeout: 0s`);
    const packet = sendFailing(test, 100);
    test.receive(packet);
    test.until(110);
    expect(test.dispose('execute', 0, 2)).toBe('not-verified');
    expect([test.dispose('execute', 0, 1), executed(test)]).toEqual(['done', [1]]);
  });

  it.each(['retry', 'manual', 'trap'])('%s: nothing executes what nobody proved -> not-verified', (failure) => {
    const test = world(`failure: ${failure}, timeout: 0s`);
    expect(test.execute(test.send())).toBe('not-verified');
  });

  it('a packet with another byte is not the one that was proven', () => {
    const test = world(`failure: retry, timeout: 0s`);
    const packet = sendFailing(test, 100);
    test.receive(packet);
    test.until(110);
    expect(test.execute({ ...packet, value: Uint8Array.of(...packet.value, 0) })).toBe('not-verified');
    expect(executed(test)).toEqual([]);
  });
});
