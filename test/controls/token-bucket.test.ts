/** Token buckets. Cases and figures: CCIP's RateLimiter tests, in the vectors; bounds: FAULTS 3.3, S16. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bucket,
  type BucketSetting,
  fullBucket,
  MILLIONTHS,
  reconfigured,
  refilled,
  take,
} from '../../models/controls/token-bucket.ts';
import { laneWorld } from '../support/lanes-by-hand.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const SECOND = 1_000_000;

interface Step {
  readonly t: number;
  readonly take?: number;
  readonly ok?: boolean;
  readonly left?: number;
  readonly reason?: string;
  readonly wait_s?: number;
  readonly tokens?: number;
}

interface RateLimits {
  readonly ccip_token_bucket: {
    readonly capacity: number;
    readonly rate_per_s: number;
    readonly cases: readonly {
      readonly name: string;
      readonly config2?: { readonly rate_per_s: number; readonly capacity: number };
      readonly steps: readonly Step[];
    }[];
  };
}

const setting = (capacity: number, perSecond: number): BucketSetting => ({
  capacity: BigInt(capacity),
  perSecond: BigInt(perSecond),
});

const tokens = ({ level }: Bucket): number => Number(level / MILLIONTHS);

describeWithVectors('token bucket, CCIP vectors', () => {
  const { capacity, rate_per_s: rate, cases } = vectors<RateLimits>('rate_limits.json').ccip_token_bucket;

  it('are there -> five cases', () => expect(cases.map(({ name }) => name)).toHaveLength(5));

  it.each(cases)('$name -> what is left, the reason and the wait of the vector', ({ steps, config2 }) => {
    let current = setting(capacity, rate);
    let bucket = fullBucket(current, 0);
    if (config2 !== undefined) {
      const next = setting(config2.capacity, config2.rate_per_s);
      bucket = reconfigured(bucket, current, next, 0);
      current = next;
    }
    for (const step of steps) {
      if (step.take === undefined) {
        expect(tokens(refilled(bucket, current, step.t * SECOND))).toBe(step.tokens);
        continue;
      }
      const taken = take(bucket, current, BigInt(step.take), step.t * SECOND);
      expect(taken.kind).toBe(step.ok === true ? 'taken' : 'refused');
      if (taken.kind === 'taken') bucket = taken.bucket;
      else expect(taken.reason).toBe(step.reason === 'max capacity' ? 'above-capacity' : 'limit-reached');
      if (step.wait_s !== undefined) expect(taken).toMatchObject({ waitUs: step.wait_s * SECOND });
      if (step.left !== undefined) expect(tokens(refilled(bucket, current, step.t * SECOND))).toBe(step.left);
    }
  });
});

describe('token bucket', () => {
  it('says to the microsecond when an amount passes', () => {
    const three = setting(10, 3);
    const empty = take(fullBucket(three, 0), three, 10n, 0);
    if (empty.kind !== 'taken') throw new Error('a full bucket bears its capacity');
    // One unit at three a second takes a third of a second: 333,334 us, not 333,333.
    expect(take(empty.bucket, three, 1n, 0)).toMatchObject({ reason: 'limit-reached', waitUs: 333_334 });
    expect(take(empty.bucket, three, 1n, 333_333).kind).toBe('refused');
    expect(take(empty.bucket, three, 1n, 333_334).kind).toBe('taken');
  });

  it('loses nothing by being asked often: every microsecond for a second brings the rate', () => {
    const one = setting(10, 7);
    let bucket: Bucket = { level: 0n, atUs: 0 };
    for (let us = 1; us <= 1_000; us++) bucket = refilled(bucket, one, us * 1_000);
    expect(bucket.level).toBe(7n * MILLIONTHS);
  });

  it('always: in every window no more passes than capacity + rate * window', () => {
    const request = fc.record({ gapUs: fc.integer({ min: 0, max: 5_000_000 }), amount: fc.bigInt(0n, 60n) });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), fc.integer({ min: 0, max: 20 }), (requests, rate) => {
        const given = setting(50, rate);
        let bucket = fullBucket(given, 0);
        let nowUs = 0;
        const passed: { us: number; amount: bigint }[] = [];
        for (const { gapUs, amount } of requests) {
          nowUs += gapUs;
          const taken = take(bucket, given, amount, nowUs);
          if (taken.kind !== 'taken') continue;
          bucket = taken.bucket;
          passed.push({ us: nowUs, amount });
        }
        passed.forEach(({ us: from }, i) => {
          let sum = 0n;
          for (const { us, amount } of passed.slice(i)) {
            sum += amount;
            expect(sum * MILLIONTHS <= given.capacity * MILLIONTHS + given.perSecond * BigInt(us - from)).toBe(true);
          }
        });
      }),
    );
  });
});

describe('limiter of a lane', () => {
  const limited = (at: string): string =>
    `  a-b: { from: a, to: b, timeout: 1h, verifier: { kind: committee }, limiter: { kind: token-bucket, capacity: 100 A, rate: 5 A, at: ${at} } }`;
  const rest = `
operators: { warden: { holds: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 1h }, start: 9h, users: 1 } }`;
  const transfer = (amount: bigint) => ({ lane: 0, asset: 'A', amount, receiver: 'them', message: -1 });
  const user = 'user/t/0';

  it('refuses at the source what is above the capacity -> above-capacity, and what comes too fast -> limit-reached', () => {
    const world = laneWorld(limited('source'), { rest });
    expect(world.call('a', 'transfer', transfer(101n), user)).toBe('above-capacity');
    expect(world.call('a', 'transfer', transfer(60n), user)).toBe('done');
    expect(world.call('a', 'transfer', transfer(60n), user)).toBe('limit-reached');
    expect(world.balance('a', 'escrow/a-b', 'A')).toBe(60n);
    world.until(60);
    expect(world.call('a', 'transfer', transfer(60n), user)).toBe('done');
    expect(world.found()).toEqual([]);
  });

  it('does not bound a packet that moves no asset of its own', () => {
    const world = laneWorld(limited('both'), { rest });
    expect(world.receive(world.send())).toBe('done');
    expect(world.state('a', 'limits/0/source')).toBeUndefined();
  });

  it('refuses at the destination with an error acknowledgement that returns the amount', () => {
    const world = laneWorld(limited('destination'), { rest });
    for (const amount of [70n, 70n]) world.call('a', 'transfer', transfer(amount), user);
    const packets = world.sent();
    const calls = packets.map((packet) => ({ action: 'receive', arguments: { packet, evidence: undefined } }));
    expect(world.callAll('b', calls)).toBe('done');
    const reasons = world.seen.filter(({ name }) => name === 'packet-received').map(({ fields }) => fields['reason']);
    expect(reasons).toEqual(['', 'limit-reached']);
    expect(world.acknowledge(packets[1] as never, false)).toBe('done');
    expect(world.balance('b', 'them', 'a-b/A')).toBe(70n);
    expect(world.balance('a', 'escrow/a-b', 'A')).toBe(70n);
    expect(world.found()).toEqual([]);
  });

  it('is set by who holds the key -> not-the-key-holder for others, and fills nothing', () => {
    const world = laneWorld(limited('source'), { rest });
    const set = { lane: 0, capacity: 800n, perSecond: 10n };
    expect(world.call('a', 'transfer', transfer(100n), user)).toBe('done');
    expect(world.call('a', 'set-limit', set)).toBe('not-the-key-holder');
    expect(world.call('a', 'set-limit', set, 'operator/warden')).toBe('done');
    expect(world.call('b', 'set-limit', set, 'operator/warden')).toBe('no-limit');
    expect(world.call('a', 'transfer', transfer(100n), user)).toBe('limit-reached');
    world.until(90);
    expect(world.call('a', 'transfer', transfer(700n), user)).toBe('done');
    expect(world.found()).toEqual([]);
  });

  it('finds a machine that never asks its bucket at the source', () => {
    const world = laneWorld(limited('both'), {
      rest,
      // The bug: the bucket is thrown away before each call.
      changes: {
        calls: (builtIn) => ({
          ...builtIn,
          transfer: (execution, given) => {
            execution.remove('limits/0/source');
            return builtIn['transfer']?.(execution, given) ?? { kind: 'noop', gas: 0, reason: '' };
          },
        }),
      },
    });
    expect(world.call('a', 'transfer', transfer(60n), user)).toBe('done');
    expect(world.call('a', 'transfer', transfer(60n), user)).toBe('done');
    expect(world.found()).toEqual(['rate-limit']);
  });
});
