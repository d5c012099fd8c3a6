/** Forwarding over a hub. Expected: ibc-go's packet-forward middleware: late answers, refunds backwards, retries. */
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../models/lanes/lane.ts';
import { type LaneWorld, laneWorld, SECOND } from '../support/lanes-by-hand.ts';

const lanes = (second = ''): string => `
  a-b: { from: a, to: b, timeout: 10h, verifier: { kind: committee } }
  b-a: { from: b, to: a, timeout: 10h, verifier: { kind: committee } }
  b-c: { from: b, to: c, timeout: 60s, verifier: { kind: committee }${second} }
  c-b: { from: c, to: b, timeout: 10h, verifier: { kind: committee } }
  c-d: { from: c, to: d, timeout: 60s, verifier: { kind: committee } }`;
const LATE = { chainUs: 10_000_000 * SECOND };
const rest = `
traffic:
  t: { application: token-transfer, lane: a-b, route: [b-c], arrivals: { kind: periodic, every: 1h }, start: 9h, users: 1 }
  u: { application: token-transfer, lane: c-b, arrivals: { kind: periodic, every: 1h }, start: 9h, users: 1 }`;
const USER = 'user/t/0';
const FORTUNE = 1_000_000_000n;

function world(second = ''): LaneWorld {
  return laneWorld(lanes(second), { chains: 'a b c d', rest });
}

function start(test: LaneWorld, route: readonly number[] = [2], retries = 0): Packet {
  const given = { lane: 0, route, retries, asset: 'A', amount: 7n, receiver: 'them', message: -1 };
  expect(test.call('a', 'transfer-through', given, USER)).toBe('done');
  return test.sent()[0] as Packet;
}

const written = (test: LaneWorld): (readonly unknown[])[] =>
  test.seen
    .filter(({ name }) => name === 'acknowledgement-written')
    .map(({ fields }) => [fields['lane'], fields['isSuccess']]);

describe('forwarding', () => {
  it('answers the first lane only when the last chain has answered', () => {
    const test = world();
    const first = start(test);
    expect(test.receive(first)).toBe('done');
    const [second] = test.sent() as [Packet];
    expect([second.lane, written(test)]).toEqual([2, []]);
    expect(test.receive(second)).toBe('done');
    expect(written(test)).toEqual([[2, true]]);
    expect(test.acknowledge(second)).toBe('done');
    expect(written(test)).toEqual([
      [2, true],
      [0, true],
    ]);
    expect(test.acknowledge(first)).toBe('done');
    expect(test.balance('c', 'them', 'b-c/a-b/A')).toBe(7n);
    expect(test.balance('b', 'escrow/b-c', 'a-b/A')).toBe(7n);
    expect(test.balance('a', 'escrow/a-b', 'A')).toBe(7n);
    expect(test.balance('b', 'forward/a-b', 'a-b/A')).toBe(0n);
    expect(test.state('b', 'forwards/2/1')).toBeUndefined();
    expect(test.found()).toEqual([]);
  });

  it('names hops after the message that they carry', () => {
    const test = world();
    test.receive(start(test, [2, 4]));
    test.receive(test.sent()[0] as Packet);
    expect(test.messages()).toEqual(['unrequested/1', 'unrequested/1/h2', 'unrequested/1/h3']);
  });

  it('refunds backwards over two hops when the third lane times out: nobody has lost or kept anything', () => {
    const test = world();
    const first = start(test, [2, 4]);
    test.receive(first);
    const [second] = test.sent() as [Packet];
    test.receive(second);
    const [third] = test.sent() as [Packet];
    test.until(200);
    expect(test.timeOut(third, LATE)).toBe('done');
    expect(test.acknowledge(second, false)).toBe('done');
    expect(test.acknowledge(first, false)).toBe('done');
    expect(written(test)).toEqual([
      [2, false],
      [0, false],
    ]);
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE);
    for (const [chain, account, asset] of [
      ['a', 'escrow/a-b', 'A'],
      ['b', 'escrow/b-c', 'a-b/A'],
      ['b', 'forward/a-b', 'a-b/A'],
      ['c', 'forward/b-c', 'b-c/a-b/A'],
      ['c', 'escrow/c-d', 'b-c/a-b/A'],
    ] as const) {
      expect([chain, account, test.balance(chain, account, asset)]).toEqual([chain, account, 0n]);
    }
    expect(test.found()).toEqual([]);
  });

  it('sends a hop again after a timeout, as often as it was told, and then gives up', () => {
    const test = world();
    const first = start(test, [2], 1);
    test.receive(first);
    const [second] = test.sent() as [Packet];
    test.until(200);
    expect(test.timeOut(second, LATE)).toBe('done');
    const [again] = test.sent() as [Packet];
    expect([again.lane, again.sequence, written(test)]).toEqual([2, 2, []]);
    test.until(400);
    expect(test.timeOut(again, LATE)).toBe('done');
    expect(test.sent()).toEqual([]);
    expect(written(test)).toEqual([[0, false]]);
    expect(test.acknowledge(first, false)).toBe('done');
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE);
    expect(test.found()).toEqual([]);
  });

  it('delivers by the second try, and answers with success', () => {
    const test = world();
    const first = start(test, [2], 1);
    test.receive(first);
    test.until(200);
    test.timeOut(test.sent()[0] as Packet, LATE);
    const [again] = test.sent() as [Packet];
    expect(test.receive(again)).toBe('done');
    expect(test.acknowledge(again)).toBe('done');
    expect(test.acknowledge(first)).toBe('done');
    expect(test.balance('c', 'them', 'b-c/a-b/A')).toBe(7n);
    expect(test.found()).toEqual([]);
  });

  it('takes a voucher home through the middle, and puts it back into escrow there when that fails', () => {
    const test = world();
    const out = { lane: 3, asset: 'C', amount: 7n, receiver: 'middle', message: -1 };
    test.call('c', 'transfer', out, 'user/u/0');
    test.receive(test.sent()[0] as Packet);
    // B's voucher of C's asset goes to A, and from there home through B.
    test.call('b', 'transfer', { lane: 1, asset: 'b-c/C', amount: 7n, receiver: 'far', message: -1 }, 'middle');
    test.receive(test.sent()[0] as Packet);
    const home = { lane: 0, route: [2], retries: 0, asset: 'a-b/b-c/C', amount: 7n, receiver: 'user/u/0', message: -1 };
    expect(test.call('a', 'transfer-through', home, 'far')).toBe('done');
    const [first] = test.sent() as [Packet];
    test.receive(first);
    const [second] = test.sent() as [Packet];
    expect(test.balance('b', 'escrow/a-b', 'b-c/C')).toBe(0n);
    test.until(300);
    test.timeOut(second, LATE);
    expect(test.balance('b', 'escrow/a-b', 'b-c/C')).toBe(7n);
    test.acknowledge(first, false);
    expect(test.balance('a', 'far', 'a-b/b-c/C')).toBe(7n);
    expect(test.found()).toEqual([]);
  });

  it.each([
    ['a lane that starts elsewhere', [4], 'no-such-hop'],
    ['a lane that is not there', [99], 'no-such-hop'],
  ])('answers at once with an error where it is to go on over %s', (_what, route, reason) => {
    const test = world();
    const first = start(test, route);
    expect(test.receive(first)).toBe('done');
    const received = test.seen.find(({ name }) => name === 'packet-received')?.fields;
    expect(received).toMatchObject({ isExecuted: false, reason });
    expect(test.acknowledge(first, false)).toBe('done');
    expect(test.balance('a', USER, 'A')).toBe(FORTUNE);
    expect(test.found()).toEqual([]);
  });

  it('answers at once with an error where the next lane is full -> lane-full', () => {
    const test = world(', in-flight-max: 1');
    const [first, other] = [start(test), start(test)];
    test.receive(first);
    expect(test.receive(other)).toBe('done');
    expect(test.seen.filter(({ name }) => name === 'packet-received').map(({ fields }) => fields['reason'])).toEqual([
      'lane-full',
    ]);
    expect(test.acknowledge(other, false)).toBe('done');
    expect(test.found()).toEqual([]);
  });

  it.each([
    ['no route', { route: undefined }],
    ['a route of names', { route: ['b-c'] }],
    ['an amount below zero', { amount: -1n }],
    ['half a retry', { retries: 0.5 }],
  ])('refuses a call with %s -> call-malformed', (_what, change) => {
    const test = world();
    const given = { lane: 0, route: [2], retries: 0, asset: 'A', amount: 7n, receiver: 'them', message: -1, ...change };
    expect(test.call('a', 'transfer-through', given, USER)).toBe('call-malformed');
  });
});
