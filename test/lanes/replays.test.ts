/** Replay keys. Expected: a packet that was received is, in each of them and by each route, never received again. */
import { describe, expect, it } from 'vitest';
import { laneKey, type Lane } from '../../models/lanes/lane.ts';
import { BITS_PER_WORD, replays, type ReplayKind } from '../../models/lanes/replays.ts';
import type { StateValue } from '../../models/proofs/state-tree.ts';
import { laneWorld } from '../support/lanes-by-hand.ts';

const lane = { id: 3, ordering: 'unordered' } as Lane;

function state(): {
  get(key: string): StateValue | undefined;
  set(key: string, value: StateValue): void;
  size(): number;
} {
  const map = new Map<string, StateValue>();
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      map.set(key, value);
    },
    size: () => map.size,
  };
}

const received = (sequence: number, byte = sequence): { sequence: number; commitment: () => Uint8Array } => ({
  sequence,
  commitment: () => Uint8Array.of(byte & 255, byte >> 8),
});

describe('replay keys', () => {
  it.each(['receipt', 'hash', 'bitmap'] as ReplayKind[])('%s knows what was marked, and nothing else', (kind) => {
    const store = state();
    const marked = new Set([1, 2, 7, BITS_PER_WORD - 1, BITS_PER_WORD, 3 * BITS_PER_WORD + 5]);
    for (const sequence of marked) replays[kind].mark(store, lane, received(sequence));
    for (let sequence = 1; sequence < 5 * BITS_PER_WORD; sequence++) {
      expect([sequence, replays[kind].isReceived(store, lane, received(sequence))]).toEqual([
        sequence,
        marked.has(sequence),
      ]);
    }
  });

  it('a bitmap takes a slot for each word, and a used slot is cheaper by 17 100 gas (EIP-2929)', () => {
    const store = state();
    const gas = Array.from({ length: 2 * BITS_PER_WORD }, (_, i) => replays.bitmap.mark(store, lane, received(i)));
    expect(store.size()).toBe(2);
    expect(gas.filter((each) => each === 0)).toHaveLength(2);
    expect(new Set(gas)).toEqual(new Set([0, -17_100]));
  });

  it('a nonce takes what is below it, but for what is proven and waits', () => {
    const store = state();
    store.set(laneKey.nextReceive(3), 5);
    store.set(laneKey.verified(3, 2), 1);
    expect([1, 2, 3, 4, 5, 6].map((each) => replays.nonce.isReceived(store, lane, received(each)))).toEqual([
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('only a hash lets two contents of one sequence through: they are two messages', () => {
    const again = (kind: ReplayKind): boolean => {
      const store = state();
      replays[kind].mark(store, lane, received(1, 10));
      return replays[kind].isReceived(store, lane, received(1, 11));
    };
    expect([again('receipt'), again('bitmap'), again('hash')]).toEqual([true, true, false]);
  });

  it.each([
    ['receipt', 'unordered'],
    ['hash', 'unordered'],
    ['bitmap', 'unordered'],
    ['nonce', 'strict'],
  ])('a lane by %s refuses a second delivery as a no-op -> already-received', (replay, ordering) => {
    const test = laneWorld(
      `  a-b: { from: a, to: b, replay: ${replay}, ordering: ${ordering}, ${replay === 'receipt' ? 'timeout: 10h, ' : ''}verifier: { kind: committee } }`,
    );
    const packet = test.send();
    expect([test.receive(packet), test.receive(packet)]).toEqual(['done', 'noop already-received']);
    expect(test.acknowledge(packet)).toBe('done');
    test.until(60);
    expect(test.receive(packet)).toBe('noop already-received');
    expect(test.receive(test.send())).toBe('done');
    expect(test.found()).toEqual([]);
  });
});
