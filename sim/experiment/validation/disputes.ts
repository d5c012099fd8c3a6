/** Optimistic verifiers: false claims that nobody disputes in time, as watchers are down or left out of blocks. */
import { z } from 'zod';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { meanOfAll, pooled } from './estimates.ts';
import { defineModel, type Reader } from './model.ts';
import { clockOf, exponential, HORIZON_MOST_US, ON_DEMAND } from './station.ts';

const positive = z.number().gt(0);
const share = z.number().gt(0).lt(1);
const WALL = clockOf(1_000_000);

/** Lanes of one scenario: each has a thief and watchers of its own, and is one figure. */
const LANES = 20;
/** Blocks between the end of a window and the next claim: the one before is delivered meanwhile, or is not. */
const BLOCKS_APART = 3;
const WHOLE = 1e-9;

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < WHOLE * value;
}

/** What was claimed on each lane, and which of it was believed: nothing of it is true. */
function readFrauds(): Reader {
  const claimed = new Array<number>(LANES).fill(0);
  const believed = new Array<number>(LANES).fill(0);
  return {
    onRecord: (_time, kind, fields) => {
      if (kind !== 'claim-made' && kind !== 'packet-received') return;
      const of = kind === 'claim-made' ? claimed : believed;
      const lane = fields['lane'] as number;
      of[lane] = (of[lane] as number) + 1;
    },
    sample: () => ({ shares: claimed.map((claims, lane) => (believed[lane] as number) / claims) }),
  };
}

interface Watched {
  readonly watchers: number;
  readonly availability: number;
  readonly mttr: number;
  readonly window: number;
  readonly censor_prob_per_block: number;
  readonly block: number;
}

function fraudText(seed: string, claims: number, watched: Watched): string {
  const { watchers: count, availability, mttr, window, censor_prob_per_block: censored, block } = watched;
  const apart = window + BLOCKS_APART * block;
  const lanes = Array.from({ length: LANES }, (_, i) => `l${i}`);
  const verifier: PlainMap = {
    kind: 'optimistic',
    of: { kind: 'committee', members: 1, threshold: 1 },
    // The closed form counts the block at the very end of the window, which is too late by the rule of the contract.
    window: `${Math.round(window * 1_000_000) + 1}us`,
    watchers: { count, availability, repair: exponential(WALL, mttr), reaction: '0s' },
  };
  const theft = (lane: string, i: number): PlainMap => ({
    kind: 'keys.steal',
    target: { committee: `${lane}.claim` },
    when: {
      at: WALL.time(10 * block + (i * apart) / LANES),
      every: { kind: 'constant', value: WALL.time(apart) },
      for: WALL.time(block),
      count: claims,
    },
    with: { amount: '1 NATIVE' },
  });
  const censor = (lane: string): PlainMap => ({
    kind: 'mev.censor',
    target: { chain: 'b', watchers: lane },
    when: { at: '0s' },
    with: { share: censored },
  });
  const faults = lanes.flatMap((lane, i) => [
    [`theft-${lane}`, theft(lane, i)] as const,
    ...(censored === 0 ? [] : [[`censor-${lane}`, censor(lane)] as const]),
  ]);
  return toYaml({
    l0sim: 1,
    name: 'frauds',
    question: 'How many false claims does nobody dispute in time?',
    ...{ seed, horizon: WALL.time((claims + 2) * apart + 10 * block), drain: '0s', proofs: 'modelled' },
    chains: {
      a: { ...ON_DEMAND, asset: { name: 'NATIVE', decimals: 6 } },
      b: {
        ...{ consensus: { kind: 'parametric' }, block: WALL.time(block), asset: { name: 'FAR', decimals: 6 } },
        // A watcher that is down for long reads all that it missed: e^-40 of repairs take longer.
        'keep-blocks': Math.ceil((40 * mttr) / block) + 64,
      },
    },
    lanes: Object.fromEntries(
      lanes.map((lane) => [lane, { from: 'a', to: 'b', verifier, acknowledge: false, timeout: '0s', ...FOREVER }]),
    ),
    faults: Object.fromEntries(faults),
  });
}

const FOREVER = { 'timeout-blocks': 1_000_000_000 };
/** Claims that one thief can tell apart. */
const LIES_MOST = 65_000;

export const fraudAccept = defineModel({
  summary:
    'false claims that are believed: no watcher is up in the window, or every block of it leaves the disputes out',
  params: z.object({
    watchers: z.int().min(1).max(100),
    availability: share,
    mttr: positive.max(1e9),
    window: positive.max(1e9),
    censor_prob_per_block: z.number().min(0).lt(1),
    block: positive.max(1e6),
  }),
  single: 'share',
  refuses: ({ window, block }) => (isWhole(window / block) ? undefined : 'the window is no whole number of blocks'),
  cases: (watched) => {
    const apart = watched.window + BLOCKS_APART * watched.block;
    const most = Math.min(LIES_MOST, Math.floor(HORIZON_MOST_US / 1_000_000 / apart) - 4);
    return [
      {
        name: '',
        pilot: 4_000,
        least: 20 * LANES,
        most: most * LANES,
        scenario: (seed, size) => fraudText(seed, Math.ceil(size / LANES), watched),
        reader: readFrauds,
        estimates: (samples, level, dist) => ({ share: meanOfAll(pooled(samples, 'shares'), level, dist) }),
      },
    ];
  },
});
