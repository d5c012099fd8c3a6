/** How long a committee lasts whose members fail and are repaired, each for itself. */
import { z } from 'zod';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { deviationOf, meanOfAll, pooled } from './estimates.ts';
import { defineModel, type Reader } from './model.ts';
import { type Clock, clockOf, exponential, ON_DEMAND, unitFor } from './station.ts';

const positive = z.number().gt(0);

interface Committee {
  readonly n: number;
  readonly k: number;
  readonly fail: number;
  readonly repair: number;
}

/** Committees of one scenario. Each lasts for itself. */
const GROUPS_MOST = 100;
/** Mean lifetimes that a run lasts: of ten thousand near exponential ones one in a hundred would last longer. */
const LIFETIMES = 14;

/**
 * Mean time to the state in which one too few is up, from birth and death rates: what a run must be long enough for. It
 * goes into no figure.
 */
function expectedLifetime({ n, k, fail, repair }: Committee): number {
  let total = 0;
  let step = 0;
  for (let down = 0; down <= n - k; down++) {
    // From `down` to `down + 1` for the first time: at once, or by way of `down - 1` and back.
    step = (1 + down * repair * step) / ((n - down) * fail);
    total += step;
  }
  return total;
}

/** The first time at which a committee has too few members up. */
function readLifetimes(committee: Committee, clock: Clock): Reader {
  const down = new Map<number, number>();
  const ended = new Map<number, number>();
  return {
    onRecord: (time, kind, fields) => {
      if (kind !== 'layer-turned') return;
      const group = fields['committee'] as number;
      const count = (down.get(group) ?? 0) + (fields['isUp'] === true ? -1 : 1);
      down.set(group, count);
      if (count > committee.n - committee.k && !ended.has(group)) ended.set(group, clock.units(time));
    },
    sample: () => ({ times: [...ended.values()] }),
  };
}

export const kOfNMttf = defineModel({
  summary: 'members that fail and are repaired, each for itself: time until too few are up',
  params: z.object({ n: z.int().min(1).max(50), k: z.int().min(1).max(50), fail: positive, repair: positive }),
  single: 'mean',
  refuses: ({ n, k }) => (k > n ? `a threshold of ${k} of ${n}` : undefined),
  cases: (committee) => {
    const { n, k, fail, repair } = committee;
    const clock = clockOf(unitFor(Math.min(1 / (n * fail), 1 / repair) / 100));
    const of = (group: number): string => `g${group}`;
    return [
      {
        name: '',
        pilot: 20,
        least: 10,
        most: GROUPS_MOST,
        scenario: (seed, size) => {
          const groups = Array.from({ length: size }, (_, group) => group);
          const all = groups.flatMap((group) => Array.from({ length: n }, (_, member) => ({ group, member })));
          const name = ({ group, member }: (typeof all)[number]): string => `m${group}-${member}`;
          const fault = (each: (typeof all)[number]): PlainMap => ({
            kind: 'node.crash',
            target: { causes: [name(each)] },
            // Failures that would come during a repair are passed over: so the time from a repair on has the same law.
            when: { every: exponential(clock, 1 / fail), for: exponential(clock, 1 / repair) },
          });
          return toYaml({
            l0sim: 1,
            name: 'lifetimes',
            question: 'How long until too few of a committee are up?',
            ...{ seed, horizon: clock.time(LIFETIMES * expectedLifetime(committee)), drain: '0s', proofs: 'modelled' },
            chains: { a: ON_DEMAND, b: { ...ON_DEMAND, asset: { name: 'FAR', decimals: 6 } } },
            lanes: Object.fromEntries(
              groups.map((group) => [
                of(group),
                { from: 'a', to: 'b', verifier: { kind: 'committee', members: n, threshold: k }, acknowledge: false },
              ]),
            ),
            causes: Object.fromEntries(
              all.map((each) => [name(each), { kind: 'cloud', of: { [of(each.group)]: [each.member] } }]),
            ),
            faults: Object.fromEntries(all.map((each) => [`f${name(each)}`, fault(each)])),
          });
        },
        reader: () => readLifetimes(committee, clock),
        estimates: (samples, level, dist) => {
          const times = pooled(samples, 'times');
          return { mean: meanOfAll(times, level, dist), sd: deviationOf(times, level, dist) };
        },
      },
    ];
  },
});
