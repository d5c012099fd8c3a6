/**
 * Defects of the specifications, PROTOCOLS section 8: who follows their text literally does what these tests forbid.
 *
 * Numbers 1 to 4 and 7 are of packets and stand here; 6, 9 and 10 of limits, below; 8 of the two horizons of evidence: the
 * chain's below, the client's in test/proofs/light-client.test.ts; 5, of fees, in test/lanes/fees.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { EVIDENCE_AGE, evidenceKey, includeEvidence, reportEvidence } from '../../models/chains/evidence.ts';
import type { Chain } from '../../models/chains/chain.ts';
import type { Execution } from '../../models/chains/execution.ts';
import { type BucketSetting, fullBucket, MILLIONTHS, reconfigured, take } from '../../models/controls/token-bucket.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type LaneWorld, laneWorld, SECOND } from '../support/lanes-by-hand.ts';

const world = (rules: string): LaneWorld =>
  laneWorld(`  a-b: { from: a, to: b, ${rules}, verifier: { kind: committee } }`);
const outcomes = (test: LaneWorld): unknown[] =>
  test.seen.filter(({ name }) => name === 'packet-received').map(({ fields }) => fields['isExecuted']);

describe('defect 1: ICS 4, an ordered lane that allows timeouts returns before it executes', () => {
  it('executes what is in time, and receives what is late as late', () => {
    const test = world('timeout: 60s, ordering: ordered-allow-timeout');
    const [inTime, late] = [test.send(), test.send()] as const;
    expect(test.receive(inTime)).toBe('done');
    expect(outcomes(test)).toEqual([true]);
    test.until(100);
    expect(test.receive(late)).toBe('done');
    expect(outcomes(test)).toEqual([true, false]);
    expect(test.receive(test.send())).toBe('done');
    expect(outcomes(test)).toEqual([true, false, true]);
    expect(test.found()).toEqual([]);
  });
});

describe('defect 2: IBC v2, the error conditions of receiving are turned round', () => {
  it.each([
    ['before its timeout', 0, 'done'],
    ['at or behind its timeout', 100, 'timed-out'],
  ])('a packet %s that has no receipt', (_what, second, outcome) => {
    const test = world('timeout: 60s');
    const packet = test.send();
    test.until(second);
    expect(test.receive(packet)).toBe(outcome);
  });

  it('a receipt that is there makes it a no-op, not one that is missing', () => {
    const test = world('timeout: 60s');
    const packet = test.send();
    expect([test.receive(packet), test.receive(packet)]).toEqual(['done', 'noop already-received']);
  });
});

describe('defect 3: IBC v2, the list of errors of a timeout forgets that it is not reached', () => {
  it.each([
    ['a microsecond before', -1, 'timeout-not-reached'],
    ['at', 0, 'done'],
  ])('a proof from %s the timeout', (_what, offset, outcome) => {
    const test = world('timeout: 60s');
    const packet = test.send();
    expect(test.timeOut(packet, { chainUs: packet.timeoutUs + offset })).toBe(outcome);
  });
});

describe('defect 4: ICS 27, sendTx asserts a timeout in the past', () => {
  // Accounts that are driven over a lane are remote calls here.
  it('what is sent has its timeout ahead of it, and is sent', () => {
    const test = world('timeout: 60s, ordering: strict');
    test.until(30);
    const packet = test.send();
    const sentUs = test.seen.find(({ name }) => name === 'packet-committed')?.at ?? Infinity;
    expect(packet.timeoutUs).toBeGreaterThan(sentUs);
    expect(test.receive(packet)).toBe('done');
  });
});

describe('defect 7: ICS 4, "no more and no less than once, eventually" beside timeouts', () => {
  // The usable form: at most once, never both executed and unwound, and one of the two in the end.
  it('a packet that is received first never times out', () => {
    const test = world('timeout: 60s');
    const packet = test.send();
    expect([test.receive(packet), test.receive(packet)]).toEqual(['done', 'noop already-received']);
    expect(test.acknowledge(packet)).toBe('done');
    test.until(100);
    expect(test.timeOut(packet)).toBe('noop no-commitment');
    expect(outcomes(test)).toEqual([true]);
    expect(test.found()).toEqual([]);
  });

  it('a packet that times out first is never received', () => {
    const test = world('timeout: 60s');
    const packet = test.send();
    test.until(100);
    expect([test.timeOut(packet), test.timeOut(packet)]).toEqual(['done', 'noop no-commitment']);
    expect(test.receive(packet)).toBe('timed-out');
    expect(outcomes(test)).toEqual([]);
    expect(test.found()).toEqual([]);
  });
});

const setting = (capacity: bigint, perSecond: bigint): BucketSetting => ({ capacity, perSecond });

describe('defect 6: CCIP INV-RL-11 wants tokens both not to rise and to be full after an update', () => {
  it.each([
    [10n, 4n, 4n],
    [4n, 10n, 4n],
    [10n, 10n, 10n],
  ])('of %s tokens, a new capacity of %s leaves %s: the smaller of both, as version 1 does', (had, capacity, left) => {
    const changed = reconfigured(fullBucket(setting(had, 0n), 0), setting(had, 0n), setting(capacity, 0n), 0);
    expect(changed.level / MILLIONTHS).toBe(left);
  });
});

describe('defect 10: a fixed window lets twice its number through across its edge', () => {
  // No limiter here has windows. The bound that is asserted for a bucket is its true one: capacity + rate * W.
  it('a bucket bears its capacity and its rate over any window, whatever the edge', () => {
    const of = setting(100n, 1n);
    let bucket = fullBucket(of, 0);
    const passed: number[] = [];
    for (let second = 0; second < 300; second++) {
      let isTaken = true;
      while (isTaken) {
        const taken = take(bucket, of, 1n, second * SECOND);
        isTaken = taken.kind === 'taken';
        if (taken.kind === 'taken') {
          bucket = taken.bucket;
          passed.push(second);
        }
      }
    }
    for (let from = 0; from < 240; from++) {
      const inMinute = passed.filter((second) => second >= from && second <= from + 60).length;
      expect(inMinute).toBeLessThanOrEqual(100 + 60);
    }
    expect(passed.filter((second) => second <= 60)).toHaveLength(160);
  });
});

// Wormhole's text: above the limit a transfer waits for a day, then goes, and is not counted. No limiter here holds: what
// is refused is asked for again, and counts when it passes.
describe('defect 9: what a governor holds for a day and lets go then counts for nothing', () => {
  const DAY = 86_400;
  const of = setting(1_000n, 0n);

  /** Whoever asks for 1000 five times a day, and asks again for what was refused the day before. */
  function asked(days: number, limit: BucketSetting): bigint {
    let bucket = fullBucket(limit, 0);
    let passed = 0n;
    let waiting = 0;
    for (let day = 0; day < days; day++) {
      const now = day * DAY * SECOND;
      const tries = waiting + 5;
      waiting = 0;
      for (let n = 0; n < tries; n++) {
        const taken = take(bucket, limit, 1_000n, now);
        if (taken.kind === 'taken') {
          bucket = taken.bucket;
          passed += 1_000n;
        } else waiting++;
      }
    }
    return passed;
  }

  it('lets no more out for having waited: capacity and rate bound the sum, where the text has none', () => {
    expect(asked(10, of)).toBe(1_000n);
    // A thousand a day: the bound is capacity + rate x time, with every passage counted.
    const daily = setting(1_000n, 1n);
    expect(asked(3, daily)).toBeLessThanOrEqual(1_000n + BigInt(2 * DAY));
    expect(asked(10, setting(1_000n, 0n))).toBe(asked(1, of));
  });
});

describe('defect 8: evidence is void for the chain after 48 hours and 100 000 blocks, and not for a client', () => {
  const found = { validator: 1, key: 1, height: 5, round: 0, step: 1 } as unknown as Parameters<
    typeof reportEvidence
  >[3];

  /** A chain of one block, in which somebody signed twice, and one that would hold the evidence. */
  function isHeld(ageUs: number, blocks: number): boolean {
    const tables = {};
    const chain = { id: 0, blocks: new Map([[0, { chainUs: 1_000 }]]), branch: new Map([[5, 0]]) } as unknown as Chain;
    const context = { world: { tables }, now: ageUs, record: () => undefined } as unknown as Context;
    reportEvidence(context, chain, 0, found);
    const state = new Map<string, unknown>();
    includeEvidence({
      chain,
      context,
      block: { chainUs: 1_000 + ageUs, height: 5 + blocks },
      get: (key: string) => state.get(key),
      set: (key: string, value: unknown) => state.set(key, value),
    } as unknown as Execution);
    return state.has(evidenceKey(found));
  }

  it.each([
    ['young', EVIDENCE_AGE.us, EVIDENCE_AGE.blocks, true],
    ['old in time alone', EVIDENCE_AGE.us + 1, EVIDENCE_AGE.blocks, true],
    ['old in blocks alone', EVIDENCE_AGE.us, EVIDENCE_AGE.blocks + 1, true],
    ['old in both, though found just now', EVIDENCE_AGE.us + 1, EVIDENCE_AGE.blocks + 1, false],
  ])('%s', (_what, ageUs, blocks, held) => {
    expect(isHeld(ageUs, blocks)).toBe(held);
  });
});
