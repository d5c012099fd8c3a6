/**
 * Packets of several payloads. Expected: IBC v2, ICS 4: all or none; any failure gives one sentinel error
 * acknowledgement, success one acknowledgement for each payload.
 */
import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { acknowledgementValue } from '../../models/lanes/commitments.ts';
import { type Packet, payloadsOf } from '../../models/lanes/lane.ts';
import { commitAcknowledgement } from '../../models/proofs/commitments.ts';
import { utf8 } from '../../sim/base/bytes.ts';
import { type LaneWorld, laneWorld } from '../support/lanes-by-hand.ts';

const world = (rules = ''): LaneWorld =>
  laneWorld(`  a-b: { from: a, to: b, timeout: 60s, verifier: { kind: committee }${rules} }`, {
    rest: 'traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 1h }, start: 9h, users: 1 } }',
  });
const USER = 'user/t/0';
const FORTUNE = 1_000_000_000n;

function start(test: LaneWorld, fails: boolean): Packet {
  const transfer = { lane: 0, asset: 'A', amount: 7n, receiver: 'them', message: -1 };
  const call = { lane: 0, bytes: Uint8Array.of(1), gas: 1, fails, message: -1 };
  expect(test.call('a', 'transfer-and-call', { transfer, call }, USER)).toBe('done');
  return test.sent()[0] as Packet;
}

const balances = (test: LaneWorld): bigint[] => [
  test.balance('a', USER, 'A'),
  test.balance('a', 'escrow/a-b', 'A'),
  test.balance('b', 'them', 'a-b/A'),
];

describe('several payloads', () => {
  it('are all done, and acknowledged each', () => {
    const test = world();
    const packet = start(test, false);
    expect(payloadsOf(packet).map(({ application }) => application)).toEqual(['token-transfer', 'remote-call']);
    expect(test.receive(packet)).toBe('done');
    expect(test.state('b', 'calls/0')).toBe(1);
    expect(test.state('b', 'lanes/0/acks/1')).toEqual(acknowledgementValue(nobleHash, 'hashed', true, packet));
    expect(test.acknowledge(packet)).toBe('done');
    expect(balances(test)).toEqual([FORTUNE - 7n, 7n, 7n]);
    expect(test.found()).toEqual([]);
  });

  it('are none done where one fails: no tokens arrive, one sentinel comes back, and the refund is whole', () => {
    const test = world();
    const packet = start(test, true);
    expect(test.receive(packet)).toBe('done');
    expect(balances(test)).toEqual([FORTUNE - 7n, 7n, 0n]);
    expect(test.state('b', 'calls/0')).toBeUndefined();
    const sentinel = acknowledgementValue(nobleHash, 'hashed', false, {});
    expect(test.state('b', 'lanes/0/acks/1')).toEqual(sentinel);
    expect(test.acknowledge(packet, false)).toBe('done');
    expect(balances(test)).toEqual([FORTUNE, 0n, 0n]);
    expect(test.found()).toEqual([]);
  });

  it('come back together when their time is over', () => {
    const test = world();
    const packet = start(test, false);
    test.until(100);
    expect([test.receive(packet), test.timeOut(packet)]).toEqual(['timed-out', 'done']);
    expect(balances(test)).toEqual([FORTUNE, 0n, 0n]);
    expect(test.found()).toEqual([]);
  });

  it.each([
    ['without its second payload', (packet: Packet) => payloadsOf(packet)[0] as Packet],
    ['with the second alone', (packet: Packet) => payloadsOf({ ...packet })[1] as Packet],
    ['with one twice', (packet: Packet) => ({ ...packet, more: [...(packet.more ?? []), ...(packet.more ?? [])] })],
  ])('are no other packet: %s -> no such commitment at the source', (_what, change) => {
    const test = world();
    const packet = start(test, true);
    test.receive(packet);
    const { more: _more, ...bare } = change(packet);
    const other = _what.includes('twice') ? change(packet) : (bare as Packet);
    expect(test.acknowledge(other, false)).toBe('commitment-mismatch');
  });

  it('hash as the standard says: the acknowledgements of two payloads are two hashes in one', () => {
    const own = acknowledgementValue(nobleHash, 'hashed', true, {
      more: [{ application: 'x', value: new Uint8Array(0) }],
    });
    const one = utf8('{"result":"AQ=="}');
    const digest = nobleHash.sha256(one);
    const expected = nobleHash.sha256(Uint8Array.of(2, ...digest, ...digest));
    expect(own).toEqual(expected);
    expect(own).toEqual(commitAcknowledgement('hashed', nobleHash, [one, one]));
  });

  it.each([
    [
      'a transfer that is none',
      { transfer: {}, call: { lane: 0, bytes: new Uint8Array(0), gas: 1, fails: false, message: -1 } },
    ],
    ['a call that is none', { transfer: { lane: 0, asset: 'A', amount: 7n, receiver: 'x', message: -1 }, call: 3 }],
    ['nothing', undefined],
  ])('refuse %s -> call-malformed', (_what, given) => {
    expect(world().call('a', 'transfer-and-call', given, USER)).toBe('call-malformed');
  });
});

describe('two locks', () => {
  const locks = ', refund-after: 120s';

  it('the source gives back by its own clock, and not before', () => {
    const test = world(locks);
    const packet = start(test, false);
    test.until(100);
    expect(test.timeOut(packet)).toBe('timeout-not-reached');
    test.until(130);
    expect([test.receive(packet), test.timeOut(packet)]).toEqual(['timed-out', 'done']);
    expect(balances(test)).toEqual([FORTUNE, 0n, 0n]);
    expect(test.found()).toEqual([]);
  });

  it('a delivery that is told in time ends it', () => {
    const test = world(locks);
    const packet = start(test, false);
    test.receive(packet);
    expect(test.acknowledge(packet)).toBe('done');
    test.until(130);
    expect(test.timeOut(packet)).toBe('noop no-commitment');
    expect(balances(test)).toEqual([FORTUNE - 7n, 7n, 7n]);
    expect(test.found()).toEqual([]);
  });

  it('a delivery that is told too late is paid twice: the lock asks the destination nothing', () => {
    const test = world(locks);
    const packet = start(test, false);
    test.receive(packet);
    test.until(130);
    expect(test.timeOut(packet)).toBe('done');
    expect(balances(test)).toEqual([FORTUNE, 0n, 7n]);
    expect(test.found().sort()).toEqual(['conservation', 'receive-xor-unwind']);
  });
});
