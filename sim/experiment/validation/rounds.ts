/** Rounds of voting: exact where there is no chance in them, and beside another simulator where there is. */
import { z } from 'zod';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { deviationOf, exactly, meanOfAll, pooled, quantileOf, valuesOf } from './estimates.ts';
import { defineModel, type Reader } from './model.ts';
import { clockOf } from './station.ts';

const CYCLES = 4;
/** A validator proposes once a cycle; each height before the first whole one is left out. */
const WALL = clockOf(1_000_000);

function readRounds(validators: number): Reader {
  const times: number[] = [];
  let rounds = 0;
  let witness: number | undefined;
  const last = validators - 1 + CYCLES * validators;
  return {
    onRecord: (time, kind, fields) => {
      if (kind !== 'block-decided' || times.length > last) return;
      witness ??= fields['node'] as number;
      if (fields['node'] !== witness) return;
      times.push(time);
      if (times.length > validators) rounds += (fields['round'] as number) + 1;
    },
    sample: () => {
      const blocks = CYCLES * validators;
      const span = (times[last] as number) - (times[validators - 1] as number);
      return { mean_interval: [span / (blocks * 1_000_000)], mean_rounds: [rounds / blocks] };
    },
  };
}

export const tendermintInterval = defineModel({
  summary: 'time between blocks of voting validators of whom some are down, over whole proposer cycles',
  params: z.object({
    n: z.int().min(1).max(200),
    dead: z.array(z.int().min(0)),
    delta: z.number().min(0).max(60),
  }),
  single: 'mean_interval',
  refuses: ({ n, dead }) => {
    if (dead.some((node) => node >= n))
      return `there is no validator ${Math.max(...dead)}: they count from 0 to ${n - 1}`;
    return 3 * (n - new Set(dead).size) > 2 * n ? undefined : 'more than a third is down: no block comes';
  },
  cases: ({ n, dead, delta }) => [
    {
      name: '',
      pilot: 1,
      least: 1,
      exact: [1],
      scenario: (seed) => {
        const down = [...new Set(dead)].sort((a, b) => a - b);
        const faults = crashes(down);
        // In the worst case one proposer is alive, and a round of n is long.
        const longest = n * (5 + 3 * delta + 0.5 * down.length);
        return toYaml({
          l0sim: 1,
          name: 'rounds',
          question: 'How long is it between blocks while some proposers are down?',
          ...{ seed, horizon: WALL.time((CYCLES + 2) * longest), drain: '0s', proofs: 'modelled' },
          chains: {
            votes: {
              consensus: { kind: 'bft' },
              validators: n,
              network: { latency: WALL.time(delta) },
              'keep-blocks': 16,
            },
          },
          ...(down.length === 0 ? {} : { faults }),
        });
      },
      reader: () => readRounds(n),
      estimates: (samples) => {
        const only = samples.slice(0, 1);
        const value = (name: string): number => valuesOf(only[0] ?? {}, name)[0] as number;
        return { mean_interval: exactly(value('mean_interval')), mean_rounds: exactly(value('mean_rounds')) };
      },
    },
  ],
});

/** From each proposal, which is when its proposer votes, to the moment at which all but the tolerated faults have decided. */
function readDecisions(validators: number, wanted: number): Reader {
  const needed = validators - Math.floor((validators - 1) / 3);
  const times: number[] = [];
  let height = 0;
  let since = 0;
  let decided = 0;
  return {
    onRecord: (time, kind, fields) => {
      const at = fields['height'] as number;
      if (kind === 'vote-cast' && at > height && fields['round'] === 0) {
        height = at;
        since = time;
        decided = 0;
      } else if (kind === 'block-decided' && at === height && fields['round'] === 0) {
        decided++;
        if (decided === needed && times.length < wanted) times.push((time - since) / 1_000);
      }
    },
    sample: () => ({ times: Float64Array.from(times) }),
  };
}

/** `max(0,N(250,50)) ms`. */
const NORMAL_DELAY = /^max\(0, ?N\((?<mean>[\d.]+), ?(?<deviation>[\d.]+)\)\) ms$/;

export const pbftReference = defineModel({
  summary: 'one round of voting among all, beside a simulator of others: time until all but a third have decided',
  params: z.object({
    delay: z.string().regex(NORMAL_DELAY),
    n: z.int().min(1).max(128),
    crashed: z.int().min(0),
  }),
  single: 'mean',
  shown: {
    se: 'the standard error of the other simulator, and no figure of the protocol',
    sd: 'off by half a percent itself: it is that of 20,000 runs of the other simulator',
  },
  refuses: ({ n, crashed }) => (3 * (n - crashed) > 2 * n ? undefined : 'more than a third is down: no block comes'),
  cases: ({ delay, n, crashed }) => {
    const { mean = '', deviation = '' } = NORMAL_DELAY.exec(delay)?.groups ?? {};
    const spell = (ms: string): string => WALL.time(Number(ms) / 1_000);
    // One height: the commit pause of a second, three delays, and a wait for each proposer that is down.
    const height = 1 + (3 * (Number(mean) + 4 * Number(deviation))) / 1_000 + (crashed / n) * 8;
    return [
      {
        name: '',
        pilot: 50,
        least: 25,
        scenario: (seed, size) =>
          toYaml({
            l0sim: 1,
            name: 'voting',
            question: 'How long does a round of voting take?',
            ...{ seed, horizon: WALL.time((size + 5) * height * 1.5), drain: '0s', proofs: 'modelled' },
            chains: {
              votes: {
                consensus: { kind: 'bft' },
                validators: n,
                network: { latency: { kind: 'normal', mean: spell(mean), deviation: spell(deviation), floor: '0s' } },
                'keep-blocks': 16,
              },
            },
            ...(crashed === 0 ? {} : { faults: crashes(Array.from({ length: crashed }, (_, i) => n - 1 - i)) }),
          }),
        reader: (size) => readDecisions(n, size),
        estimates: (samples, level, dist) => {
          const times = pooled(samples, 'times');
          return {
            mean: meanOfAll(times, level, dist),
            sd: deviationOf(times, level, dist),
            median: quantileOf(times, 0.5, level),
          };
        },
      },
    ];
  },
});

/** Validators that are down from the start. */
function crashes(nodes: readonly number[]): PlainMap {
  return Object.fromEntries(
    nodes.map((node) => [
      `down-${node}`,
      { kind: 'node.crash', target: { chain: 'votes', validators: node }, when: { at: '0s' } },
    ]),
  );
}
