/** Blocks that miners find: how many of them go stale, and how long confirmations take. */
import { z } from 'zod';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { deviationOf, meanOfAll, overReplications, pooled, quantileOf } from './estimates.ts';
import { type Case, defineModel, type Reader } from './model.ts';
import { type Clock, clockOf, type LawText, mostOf, unitFor } from './station.ts';

const positive = z.number().gt(0);

interface Mine {
  readonly name: string;
  readonly seed: string;
  readonly question: string;
  readonly interval: string;
  readonly horizon: string;
  readonly validators: number | readonly number[];
  readonly latency: LawText;
}

function mineText({ name, seed, question, interval, horizon, validators, latency }: Mine): string {
  return toYaml({
    l0sim: 1,
    ...{ name, question, seed, horizon, drain: '0s', proofs: 'modelled' },
    chains: {
      mine: {
        consensus: { kind: 'proof-of-work' },
        validators: validators as PlainMap[string],
        block: interval,
        network: { latency },
      },
    },
  });
}

/** Blocks that were found, and the height that the chain came to with them. */
function readStale(): Reader {
  let found = 0;
  let height = 0;
  return {
    onRecord: (_time, kind, fields) => {
      if (kind === 'block-produced' && (fields['height'] as number) > 0) found++;
      else if (kind === 'head-moved') height = fields['height'] as number;
    },
    sample: () => ({ share: [1 - height / found] }),
  };
}

function staleCase(
  mine: Omit<Mine, 'seed' | 'horizon' | 'question' | 'interval'>,
  clock: Clock,
  interval: number,
): Case {
  return {
    name: '',
    pilot: 500,
    least: 500,
    most: mostOf(clock, interval),
    scenario: (seed, size) =>
      mineText({
        ...mine,
        seed,
        question: 'How many blocks are found in vain?',
        interval: clock.time(interval),
        horizon: clock.time(size * interval),
      }),
    reader: readStale,
    estimates: (samples, level, dist) => ({ share: overReplications(samples, 'share', level, dist) }),
  };
}

/** `>=1000 equal`, or a number. */
const miners = z.union([
  z.int().min(2).max(10_000),
  z
    .string()
    .regex(/^>=\d{1,5} equal$/)
    .transform((text) => Number(text.slice(2, -' equal'.length)))
    .pipe(z.int().min(2).max(10_000)),
]);

export const staleManyMiners = defineModel({
  summary: 'very many equal miners who hear of a block after the same delay: share of stale blocks',
  params: z.object({ lambda_delta: positive, miners }),
  single: 'share',
  cases: ({ lambda_delta: load, miners: count }) => {
    const clock = clockOf(unitFor(Math.min(1, load)));
    const mine = { name: 'stale-many', validators: count, latency: clock.time(load) };
    return [staleCase(mine, clock, 1)];
  },
});

/** `U(0.5,1.5) s per receiver`, `Exp(2) s`, `0.8 s`, or seconds. */
const DELAY =
  /^(?:U\((?<min>[\d.]+), ?(?<max>[\d.]+)\)|Exp\((?<mean>[\d.]+)\)|(?<constant>[\d.]+)) s(?: per receiver)?$/;
const delay = z.union([positive, z.string().regex(DELAY)]);

function delayLaw(given: string | number): LawText {
  if (typeof given === 'number') return seconds(given);
  const { min, max, mean, constant } = DELAY.exec(given)?.groups ?? {};
  if (constant !== undefined) return seconds(Number(constant));
  if (mean !== undefined) return { kind: 'exponential', mean: seconds(Number(mean)) };
  return { kind: 'uniform', min: seconds(Number(min)), max: seconds(Number(max)) };
}

const WALL = clockOf(1_000_000);
function seconds(value: number): string {
  return WALL.time(value);
}

/** `1..10 normalised`, or the share of each miner. */
const RANGE = /^(?<first>\d{1,4})\.\.(?<last>\d{1,4}) normalised$/;
const shares = z.union([z.string().regex(RANGE), z.array(positive).min(2).max(10_000)]);
/** Shares become whole numbers: a millionth of all is the step. */
const SHARE_STEPS = 1_000_000;

function powersOf(given: string | readonly number[]): number[] {
  if (typeof given === 'string') {
    const { first, last } = RANGE.exec(given)?.groups ?? {};
    const from = Number(first);
    return Array.from({ length: Number(last) - from + 1 }, (_, i) => from + i);
  }
  const total = given.reduce((sum, share) => sum + share, 0);
  return given.map((share) => Math.max(1, Math.round((share / total) * SHARE_STEPS)));
}

export const staleFirstOrder = defineModel({
  summary: 'miners of unequal shares, each hearing of a block after a delay of its own: share of stale blocks',
  params: z.object({ shares, interval: positive, delay }),
  single: 'share',
  refuses: ({ shares: given }) => (powersOf(given).length < 2 ? 'one miner has no rival' : undefined),
  cases: ({ shares: given, interval, delay: law }) => {
    const mine = { name: 'stale-clique', validators: powersOf(given), latency: delayLaw(law) };
    return [staleCase(mine, WALL, interval)];
  },
});

/** Time of so many blocks after each other, again and again. */
function readConfirmations(blocks: number, wanted: number, clock: Clock): Reader {
  const times: number[] = [];
  let since = 0;
  return {
    onRecord: (time, kind, fields) => {
      if (kind !== 'block-produced' || times.length === wanted) return;
      const height = fields['height'] as number;
      if (height === 0 || height % blocks !== 0) return;
      times.push(clock.units(time - since));
      since = time;
    },
    sample: () => ({ times: Float64Array.from(times) }),
  };
}

export const erlangConf = defineModel({
  summary: 'time of so many confirmations where blocks come by chance',
  params: z.object({ z: z.int().min(1).max(10_000), interval: positive }),
  single: 'mean',
  cases: ({ z: blocks, interval }) => {
    const clock = clockOf(unitFor(interval));
    return [
      {
        name: '',
        pilot: 200,
        least: 100,
        most: mostOf(clock, 2 * blocks * interval),
        scenario: (seed, size) =>
          mineText({
            name: 'confirmations',
            seed,
            question: 'How long do confirmations take?',
            interval: clock.time(interval),
            // So long that all of them come: of the last ones only quick ones would be seen otherwise.
            horizon: clock.time(interval * (size * blocks + 10 * Math.sqrt(size * blocks) + 20)),
            validators: 1,
            latency: '1ms',
          }),
        reader: (size) => readConfirmations(blocks, size, clock),
        estimates: (samples, level, dist) => {
          const times = pooled(samples, 'times');
          return {
            mean: meanOfAll(times, level, dist),
            sd: deviationOf(times, level, dist),
            q50: quantileOf(times, 0.5, level),
            q90: quantileOf(times, 0.9, level),
            q99: quantileOf(times, 0.99, level),
          };
        },
      },
    ];
  },
});
