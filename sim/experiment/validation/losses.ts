/** What is refused where there is no room, and what is under way where there is room for all. */
import { z } from 'zod';
import { exp } from '../../base/portable-math.ts';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { overReplications } from './estimates.ts';
import { type Case, defineModel, type Reader, type Sample } from './model.ts';
import {
  AT_ONCE,
  type Clock,
  clockOf,
  exponential,
  type LawText,
  mostOf,
  NEVER,
  stationText,
  unitFor,
} from './station.ts';

const positive = z.number().gt(0);

/** Counts of two kinds of records after a warm-up of so many of the first or the second kind. */
function readLosses(
  isLost: (kind: string, reason: unknown) => boolean,
  isOffered: (kind: string) => boolean,
  cut: number,
): Reader {
  let seen = 0;
  let lost = 0;
  return {
    onRecord: (_time, kind, fields) => {
      if (isOffered(kind)) seen++;
      if (isLost(kind, fields['reason']) && seen > cut) lost++;
    },
    sample: () => ({ share: [lost / (seen - cut)] }),
  };
}

/** One server with exponential service of mean 1, and room for `room` with the one that it works on. */
function boundedLine(name: string, load: number, room: number): Case {
  const clock = clockOf(unitFor(1));
  // A full line of K takes some K services to empty; an unbounded one would take its relaxation time.
  const gap = 1 - Math.sqrt(load);
  const cut = Math.ceil(10 * Math.min(room * room, gap === 0 ? Infinity : 1 / (gap * gap)) * Math.max(1, load)) + 10;
  return {
    name: '',
    pilot: 4 * cut + 2_000,
    least: 4 * cut + 2_000,
    most: mostOf(clock, 4 / load),
    scenario: (seed, size) =>
      stationText({
        name,
        seed,
        question: 'How often does a relayer with a bounded queue turn work away?',
        messages: size,
        arrivals: { kind: 'poisson', rate: clock.rate(load) },
        horizon: clock.time((2 * size) / load + 100 * room),
        relayers: {
          server: { lanes: ['line'], service: exponential(clock, 1), queue: room - 1, clear: false, submit: '0s' },
        },
      }),
    reader: () =>
      readLosses(
        (kind, reason) => kind === 'relay-dropped' && reason === 'queue-full',
        (kind) => kind === 'relay-queued' || kind === 'relay-dropped',
        cut,
      ),
    estimates: (samples, level, dist) => ({ share: overReplications(samples, 'share', level, dist) }),
  };
}

const roomForOne = (room: number): string | undefined =>
  room < 2 ? 'a bounded line has room for one at least beside the one that is served: from 2' : undefined;

export const mm1kBlock = defineModel({
  summary: 'one server and a bounded line: share of arrivals that find it full',
  params: z.object({ rho: positive, K: z.int().min(1).max(1_000_000) }),
  single: 'share',
  refuses: ({ K }) => roomForOne(K),
  cases: ({ rho, K }) => [boundedLine('mm1k', rho, K)],
});

/**
 * A bucket whose tokens come by chance is a bounded line seen from behind: room in the line is a token, a service brings
 * one, and none comes where the bucket is full.
 */
export const bucketPoisson = defineModel({
  summary: 'a bucket whose tokens come by chance, and demands of one token: share that finds it empty',
  params: z.object({ capacity: z.int().min(1).max(1_000_000), refill: positive, demand: positive }),
  single: 'share',
  refuses: ({ capacity }) => roomForOne(capacity),
  cases: ({ capacity, refill, demand }) => [boundedLine('bucket-by-chance', demand / refill, capacity)],
});

/** Transfers of one unit on a lane whose limiter gets one unit a block. */
export const bucketDeterministic = defineModel({
  summary: 'a bucket that gets a token at each tick of a clock, and demands of one token: share that finds it empty',
  params: z.object({ capacity: z.int().min(1).max(1_000_000), one_token_every: positive, demand: positive }),
  single: 'share',
  cases: ({ capacity, one_token_every: tick, demand }) => {
    const second = clockOf(1_000_000);
    const perTick = demand * tick;
    const drift = Math.abs(perTick - 1);
    const cut =
      Math.ceil(10 * Math.min(capacity * capacity, capacity / Math.max(drift, 1e-9)) * Math.max(1, perTick)) + 10;
    return [
      {
        name: '',
        pilot: 4 * cut + 2_000,
        least: 4 * cut + 2_000,
        scenario: (seed, size) =>
          toYaml({
            l0sim: 1,
            name: 'bucket-by-the-clock',
            question: 'How often does a token bucket refuse a transfer?',
            ...{ seed, horizon: second.time((2 * size) / perTick + 10), drain: '0s', proofs: 'modelled' },
            chains: {
              // A block is a tick: whatever came since the last one is executed in it, behind its one token.
              a: {
                consensus: { kind: 'parametric' },
                block: '1s',
                asset: { name: 'NATIVE', decimals: 0 },
                'keep-blocks': 16,
              },
              b: {
                consensus: { kind: 'parametric' },
                block: '1h',
                asset: { name: 'FAR', decimals: 0 },
                'keep-blocks': 16,
              },
            },
            lanes: {
              line: {
                ...{
                  from: 'a',
                  to: 'b',
                  verifier: AT_ONCE,
                  acknowledge: false,
                  timeout: '0s',
                  'timeout-blocks': NEVER,
                },
                limiter: { kind: 'token-bucket', capacity: `${capacity} NATIVE`, rate: '1 NATIVE', at: 'source' },
              },
            },
            traffic: {
              demands: {
                ...{ application: 'token-transfer', lane: 'line', amount: '1 NATIVE', users: 1, limit: size },
                arrivals: { kind: 'poisson', rate: second.rate(perTick) },
              },
            },
          }),
        reader: () =>
          readLosses(
            (kind, reason) => kind === 'message-rejected' && reason === 'limit-reached',
            (kind) => kind === 'packet-committed' || kind === 'message-rejected',
            cut,
          ),
        estimates: (samples, level, dist) => ({ share: overReplications(samples, 'share', level, dist) }),
      },
    ];
  },
});

/**
 * A message is under way until it is acknowledged, so it is worked on twice: the two halves of its holding time. Two
 * gamma laws of shape one half make an exponential one.
 */
const HOLDING: Readonly<Record<string, (clock: Clock) => LawText>> = {
  '': (clock) => ({ kind: 'gamma', shape: 0.5, scale: clock.time(1) }),
  constant: (clock) => clock.time(0.5),
  // Of sigma 1 the mean is exp(1/2) medians.
  lognormal: (clock) => ({ kind: 'lognormal', median: clock.time(0.5 * exp(-0.5)), sigma: 1 }),
};

export const erlangB = defineModel({
  summary: 'a lane with room for so many messages: share that finds it full, for any law of holding times',
  params: z.object({ servers: z.int().min(1).max(100_000), offered: positive }),
  single: 'share',
  cases: ({ servers, offered }) => {
    // A hundredth: what those who watch the chains take is part of the holding time.
    const clock = clockOf(unitFor(0.01));
    const cut = Math.ceil(20 * offered) + 10;
    return Object.entries(HOLDING).map(([name, law]): Case => {
      const relayers: PlainMap = { server: { lanes: ['line'], service: law(clock), servers, submit: '0s' } };
      return {
        name,
        pilot: 4 * cut + 1_000,
        least: 4 * cut + 1_000,
        most: mostOf(clock, 4 / offered),
        scenario: (seed, size) =>
          stationText({
            name: name === '' ? 'erlang-b' : `erlang-b-${name}`,
            seed,
            question: 'How often is a lane full that takes so many messages at once?',
            messages: size,
            arrivals: { kind: 'poisson', rate: clock.rate(offered) },
            horizon: clock.time((2 * size) / offered + 200),
            lane: { acknowledge: true, 'in-flight-max': servers },
            relayers,
          }),
        reader: () =>
          readLosses(
            (kind, reason) => kind === 'message-rejected' && reason === 'lane-full',
            (kind) => kind === 'message-requested',
            cut,
          ),
        estimates: (samples, level, dist) => ({ share: overReplications(samples, 'share', level, dist) }),
      };
    });
  },
});

/** Integrals over time of the number under way, and of its square. */
function readUnderWay(cut: number): Reader {
  let present = 0;
  let arrived = 0;
  let since = 0;
  let start = -1;
  const sums = { first: 0, second: 0 };
  let frozen = { mean: 0, square: 0 };
  const pass = (time: number): void => {
    if (start >= 0) {
      sums.first += present * (time - since);
      sums.second += present * present * (time - since);
    }
    since = time;
  };
  return {
    onRecord: (time, kind) => {
      if (kind === 'message-requested') {
        pass(time);
        if (arrived === cut) start = time;
        arrived++;
        present++;
        const span = time - start;
        if (span > 0) frozen = { mean: sums.first / span, square: sums.second / span };
      } else if (kind === 'packet-received') {
        pass(time);
        present--;
      }
    },
    sample: () => ({ mean: [frozen.mean], square: [frozen.square] }),
  };
}

export const mginf = defineModel({
  summary: 'messages under way where nothing waits for anything: a Poisson number, for any law of latency',
  params: z.object({ lam: positive, mean_latency: positive }),
  single: 'mean_in_flight',
  cases: ({ lam, mean_latency: latency }) => {
    const clock = clockOf(unitFor(latency / 100));
    const cut = Math.ceil(15 * lam * latency) + 10;
    return [
      {
        name: '',
        pilot: 4 * cut + 1_000,
        least: 4 * cut + 1_000,
        most: mostOf(clock, 4 / lam),
        scenario: (seed, size) =>
          stationText({
            name: 'mginf',
            seed,
            question: 'How many messages are under way at once?',
            messages: size,
            arrivals: { kind: 'poisson', rate: clock.rate(lam) },
            horizon: clock.time((2 * size) / lam + 100 * latency),
            relayers: { carrier: { lanes: ['line'], submit: exponential(clock, latency) } },
          }),
        reader: () => readUnderWay(cut),
        estimates: (samples, level, dist) => {
          const mean = overReplications(samples, 'mean', level, dist);
          const around = samples.map((sample): Sample => {
            const [first = 0] = sample['mean'] ?? [];
            const [second = 0] = sample['square'] ?? [];
            return { variance: [second - 2 * mean.mean * first + mean.mean * mean.mean] };
          });
          return { mean_in_flight: mean, variance: overReplications(around, 'variance', level, dist) };
        },
      },
    ];
  },
});
