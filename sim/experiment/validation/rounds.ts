/** Rounds of voting: exact, for there is no chance in them. */
import { z } from 'zod';
import { toYaml } from '../../scenario/text/write.ts';
import { exactly, valuesOf } from './estimates.ts';
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
      isExact: true,
      scenario: (seed) => {
        const down = [...new Set(dead)].sort((a, b) => a - b);
        const faults = Object.fromEntries(
          down.map((node) => [
            `down-${node}`,
            { kind: 'node.crash', target: { chain: 'votes', validators: node }, when: { at: '0s' } },
          ]),
        );
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
