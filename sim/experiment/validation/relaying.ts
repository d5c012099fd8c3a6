/** What relayers do beside waiting in line: batches, races, tries and deadlines. */
import { z } from 'zod';
import { overReplications, shareOf, pooled } from './estimates.ts';
import { defineModel, type Reader } from './model.ts';
import { type Clock, clockOf, exponential, type LawText, mostOf, stationText, unitFor } from './station.ts';

const positive = z.number().gt(0);

/** Follows batches by the transactions that they leave in. */
function readBatches(full: number, clock: Clock): Reader {
  const queuedAt = new Map<number, number>();
  const loads = new Map<number, number>();
  let waits = 0;
  let passengers = 0;
  let last = { transaction: -1, waits: 0, load: 0 };
  return {
    onRecord: (time, kind, fields) => {
      const sequence = fields['sequence'] as number;
      if (kind === 'relay-queued') queuedAt.set(sequence, time);
      else if (kind === 'relay-submitted' && fields['attempt'] === 1) {
        const transaction = fields['transaction'] as number;
        const wait = clock.units(time - (queuedAt.get(sequence) as number));
        queuedAt.delete(sequence);
        loads.set(transaction, (loads.get(transaction) ?? 0) + 1);
        waits += wait;
        passengers++;
        if (last.transaction !== transaction) last = { transaction, waits: 0, load: 0 };
        last.waits += wait;
        last.load++;
      }
    },
    sample: () => {
      // Nobody comes any more who could fill the last one.
      loads.delete(last.transaction);
      let filled = 0;
      for (const load of loads.values()) if (load >= full) filled++;
      const counted = passengers - last.load;
      return {
        mean_wait: [(waits - last.waits) / counted],
        mean_load: [counted / loads.size],
        P_full: [filled / loads.size],
      };
    },
  };
}

export const batchOrTimeout = defineModel({
  summary: 'a batch leaves when it is full, or when its first passenger has waited long enough',
  params: z.object({ k: z.int().min(1).max(1_000), T: positive, lam: positive }),
  single: 'mean_wait',
  cases: ({ k, T, lam }) => {
    const clock = clockOf(unitFor(Math.min(T, 1 / lam)));
    const least = 40 * Math.min(k, Math.ceil(lam * T) + 1) + 200;
    return [
      {
        name: '',
        pilot: 4 * least,
        least,
        most: mostOf(clock, 2 / lam),
        scenario: (seed, size) =>
          stationText({
            name: 'batch-or-timeout',
            seed,
            question: 'How long do packets wait for a batch, and how full are batches?',
            messages: size,
            arrivals: { kind: 'poisson', rate: clock.rate(lam) },
            horizon: clock.time((2 * size) / lam + 10 * T),
            destination: { gas: { limit: 1_000_000_000_000 } },
            relayers: { bus: { lanes: ['line'], batch: { size: k, wait: clock.time(T) }, submit: '0s' } },
          }),
        reader: () => readBatches(k, clock),
        estimates: (samples, level, dist) => ({
          mean_wait: overReplications(samples, 'mean_wait', level, dist),
          mean_load: overReplications(samples, 'mean_load', level, dist),
          P_full: overReplications(samples, 'P_full', level, dist),
        }),
      },
    ];
  },
});

/** First submissions, and deliveries that did nothing. */
function readRace(clock: Clock): Reader {
  const queuedAt = new Map<number, number>();
  let packets = 0;
  let first = 0;
  let repeated = 0;
  return {
    onRecord: (time, kind, fields) => {
      const sequence = fields['sequence'] as number;
      if (kind === 'packet-committed') queuedAt.set(sequence, time);
      else if (kind === 'packet-repeated') repeated++;
      else if (kind === 'relay-submitted') {
        const since = queuedAt.get(sequence);
        if (since === undefined) return;
        queuedAt.delete(sequence);
        packets++;
        first += clock.units(time - since);
      }
    },
    sample: () => ({ repeated: [repeated / packets], first: [first / packets] }),
  };
}

export const redundantExpected = defineModel({
  summary: 'relayers that race with exponential delays, and see each other only when a delivery is final',
  params: z.object({
    relayers: z.int().min(1).max(1_000),
    submit_rate: positive,
    visible_after: z.number().min(0),
  }),
  single: 'redundant_per_packet',
  cases: ({ relayers, submit_rate: rate, visible_after: visible }) => {
    const mean = 1 / rate;
    const clock = clockOf(unitFor(visible > 0 ? Math.min(mean / relayers, visible) : mean / relayers));
    return [
      {
        name: '',
        pilot: 200,
        least: 100,
        most: mostOf(clock, mean),
        scenario: (seed, size) =>
          stationText({
            name: 'redundant',
            seed,
            question: 'How many deliveries does a race pay for in vain?',
            messages: size,
            arrivals: { kind: 'periodic', every: clock.time(mean) },
            horizon: clock.time(size * mean + 100 * mean + 10 * visible),
            destination: { consensus: { kind: 'parametric', sealing: 'on-demand', finality: clock.time(visible) } },
            relayers: {
              racer: {
                lanes: ['line'],
                strategy: { kind: 'racing' },
                count: relayers,
                submit: exponential(clock, mean),
                // What a relayer has submitted it looks for when it must be final.
                retry: { patience: clock.time(2 * visible + mean) },
              },
            },
          }),
        reader: () => readRace(clock),
        estimates: (samples, level, dist) => ({
          redundant_per_packet: overReplications(samples, 'repeated', level, dist),
          mean_first_submit: overReplications(samples, 'first', level, dist),
        }),
      },
    ];
  },
});

/** Time from the first time that work is taken up until the packet is received. */
function readDeliveries(clock: Clock): Reader {
  const committed = new Map<number, number>();
  let sum = 0;
  let count = 0;
  return {
    onRecord: (time, kind, fields) => {
      const sequence = fields['sequence'] as number;
      if (kind === 'packet-committed') committed.set(sequence, time);
      else if (kind === 'packet-received') {
        sum += clock.units(time - (committed.get(sequence) as number));
        count++;
        committed.delete(sequence);
      }
    },
    sample: () => ({ mean: [sum / count] }),
  };
}

/** A relayer hears of a block in 50 ms: what it has sent it can look for a little later. */
const LOOK_S = 0.1;

export const retryMean = defineModel({
  summary: 'tries that fail by chance, with pauses that grow, until one succeeds',
  params: z.object({
    p_success: z.number().gt(0).max(1),
    attempt: positive,
    backoff0: z.number().min(0),
    factor: z.number().min(1).max(100),
  }),
  single: 'mean',
  refuses: ({ p_success: p, factor, backoff0 }) =>
    backoff0 > 0 && (1 - p) * factor >= 1 ? 'pauses that grow faster than tries succeed have no mean' : undefined,
  cases: ({ p_success: p, attempt, backoff0, factor }) => {
    const clock = clockOf(unitFor(attempt));
    const look = clock.units(LOOK_S * 1_000_000);
    return [
      {
        name: '',
        pilot: 800,
        least: 400,
        most: mostOf(clock, attempt),
        scenario: (seed, size) =>
          stationText({
            name: 'retry',
            seed,
            question: 'How long does a delivery take whose transactions get lost?',
            messages: size,
            arrivals: { kind: 'periodic', every: clock.time(attempt) },
            // Long enough for the longest row of failures that can be drawn.
            horizon: clock.time(size * attempt + 1_000 * (attempt + backoff0)),
            relayers: {
              carrier: {
                lanes: ['line'],
                submit: clock.time(attempt - look),
                loss: Number((1 - p).toPrecision(12)),
                retry: { patience: `${LOOK_S * 1_000}ms`, pause: clock.time(backoff0), factor, attempts: 0 },
              },
            },
          }),
        reader: () => readDeliveries(clock),
        estimates: (samples, level, dist) => ({ mean: overReplications(samples, 'mean', level, dist) }),
      },
    ];
  },
});

/** Packets that are committed, and packets that are received. */
function readLate(): Reader {
  let committed = 0;
  let received = 0;
  return {
    onRecord: (_time, kind) => {
      if (kind === 'packet-committed') committed++;
      else if (kind === 'packet-received') received++;
    },
    sample: () => ({ late: [committed - received], all: [committed] }),
  };
}

export const hypoexpSf = defineModel({
  summary: 'stages of exponential length after each other: share that is too late for the timeout',
  params: z.object({ stage_means: z.array(positive).min(1).max(50), timeout: positive }),
  single: 'share',
  cases: ({ stage_means: stages, timeout }) => {
    const clock = clockOf(unitFor(10 * Math.min(timeout, ...stages)));
    const [finality = 0, signing, ...rest] = stages;
    const zero: LawText = '0s';
    const total = stages.reduce((sum, mean) => sum + mean, 0);
    const apart = 20 * Math.max(...stages) + timeout;
    return [
      {
        name: '',
        pilot: 1_000,
        least: 500,
        most: mostOf(clock, apart),
        scenario: (seed, size) =>
          stationText({
            name: 'stages',
            seed,
            question: 'How many packets are too late, by finality, signatures and the way to the destination?',
            messages: size,
            // So far apart that no block is final before an older one: finality would come earlier than drawn.
            arrivals: { kind: 'periodic', every: clock.time(apart) },
            horizon: clock.time(size * apart + 100 * total),
            source: {
              consensus: { kind: 'parametric', sealing: 'on-demand', finality: exponential(clock, finality) },
            },
            lane: {
              verifier: {
                kind: 'committee',
                members: 1,
                signing: signing === undefined ? zero : exponential(clock, signing),
              },
              timeout: clock.time(timeout),
              'timeout-blocks': 0,
            },
            relayers: {
              carrier: {
                lanes: ['line'],
                submit:
                  rest.length === 0 ? zero : { kind: 'hypoexponential', means: rest.map((mean) => clock.time(mean)) },
              },
            },
          }),
        reader: readLate,
        estimates: (samples, level, dist) => {
          const sum = (name: string): number => pooled(samples, name).reduce((total, each) => total + each, 0);
          return { share: shareOf(sum('late'), sum('all'), level, dist) };
        },
      },
    ];
  },
});
