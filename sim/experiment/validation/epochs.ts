/** Chains of slots and epochs: time to finality by the slot, and how long a leak takes. */
import { z } from 'zod';
import type { PlainMap } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import { exactly, valuesOf } from './estimates.ts';
import { defineModel, type Reader, type Sample } from './model.ts';
import { clockOf } from './station.ts';

const WALL = clockOf(1_000_000);
/** Of all validators together. */
const POWER = 10_000;
/** Epochs in which finality is watched, after those in which nothing can be final. */
const WATCHED = 24;
const FIRST = 3;

/** Blocks by their slot in the epoch, and how long each took to be final: the same each epoch. */
function readFinality(slotUs: number, slots: number): Reader {
  const open: { readonly slot: number; readonly height: number; readonly at: number }[] = [];
  const waits = new Map<number, number>();
  return {
    onRecord: (time, kind, fields) => {
      if (kind === 'block-produced') {
        const slot = Math.round(time / slotUs);
        if (slot >= FIRST * slots) open.push({ slot: slot % slots, height: fields['height'] as number, at: time });
      } else if (kind === 'tag-moved' && fields['tag'] === 'finalized') {
        while (open[0] !== undefined && open[0].height <= (fields['height'] as number)) {
          const { slot, at } = open.shift() as (typeof open)[number];
          waits.set(slot, (time - at) / 1_000_000);
        }
      }
    },
    sample: () => ({ waits: [...waits.values()].sort((a, b) => a - b) }),
  };
}

/** Between the two nearest, as spreadsheets have it. */
function quartile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

function only(samples: readonly Sample[], name: string): number[] {
  return [...valuesOf(samples[0] ?? {}, name)];
}

function validatorsOf(share: number): PlainMap[string] {
  const up = Math.round(share * POWER);
  return up === POWER ? 4 : [up, POWER - up];
}

/** From the start on: the second of two validators. */
const DOWN = { kind: 'node.crash', target: { chain: 'slots', validators: 1 }, when: { at: '0s' } };

export const ffgStats = defineModel({
  summary: 'seconds from the slot of a block to the end of the epoch that finalises it, over the slots of an epoch',
  params: z.object({
    slot: z.number().gt(0).max(3_600),
    slots_per_epoch: z.int().min(4).max(1_024),
    participation: z.number().gt(0).max(1),
  }),
  single: 'mean',
  refuses: ({ participation }) => (3 * participation >= 2 ? undefined : 'two thirds must vote, or nothing is final'),
  cases: ({ slot, slots_per_epoch: slots, participation }) => [
    {
      name: '',
      pilot: 1,
      least: 1,
      exact: [1],
      scenario: (seed) =>
        toYaml({
          l0sim: 1,
          name: 'finality-by-slot',
          question: 'How long does a block wait to be final, by its slot?',
          ...{ seed, horizon: WALL.time((WATCHED + FIRST) * slots * slot), drain: '0s', proofs: 'modelled' },
          chains: {
            slots: {
              consensus: { kind: 'slots', 'slots-per-epoch': slots },
              validators: validatorsOf(participation),
              block: WALL.time(slot),
            },
          },
          ...(participation === 1 ? {} : { faults: { down: DOWN } }),
        }),
      reader: () => readFinality(slot * 1_000_000, slots),
      estimates: (samples) => {
        const waits = only(samples, 'waits');
        const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
        const variance = waits.reduce((sum, wait) => sum + (wait - mean) * (wait - mean), 0) / waits.length;
        return {
          mean: exactly(mean),
          sd: exactly(Math.sqrt(variance)),
          min: exactly(waits[0] as number),
          max: exactly(waits.at(-1) as number),
          q1: exactly(quartile(waits, 0.25)),
          q2: exactly(quartile(waits, 0.5)),
          q3: exactly(quartile(waits, 0.75)),
        };
      },
    },
  ],
});

/** Epochs of the leak, until two thirds of what is left vote. */
function readLeak(): Reader {
  let leaking = 0;
  let isOver = false;
  return {
    onRecord: (_time, kind, fields) => {
      if (kind !== 'epoch-ended' || isOver) return;
      if (fields['isLeaking'] === true) leaking++;
      else if (leaking > 0) isOver = true;
    },
    sample: () => ({ epochs: isOver ? [leaking] : [] }),
  };
}

export const leakEpochs = defineModel({
  summary: 'epochs of a leak until those who vote hold two thirds again',
  params: z.object({
    offline: z
      .number()
      .gt(1 / 3)
      .lt(1),
    quotient: z.int().min(1).max(1_000_000_000_000),
  }),
  single: 'epochs',
  cases: ({ offline, quotient }) => [
    {
      name: '',
      pilot: 1,
      least: 1,
      exact: [1],
      scenario: (seed) => {
        // Slots are short and epochs of four: only their number counts. The logarithm is below 64 for any share that is one.
        const epochs = Math.ceil(2 * Math.sqrt(2 * quotient)) + 64;
        return toYaml({
          l0sim: 1,
          name: 'leak',
          question: 'How long does stake leak until a chain is final again?',
          ...{ seed, horizon: WALL.time(epochs * 4), drain: '0s', proofs: 'modelled' },
          chains: {
            slots: {
              // Effective balances in steps of a thousandth: the closed form has none.
              consensus: { kind: 'slots', 'slots-per-epoch': 4, 'leak-quotient': quotient, 'balance-step': 1_000_000 },
              validators: validatorsOf(1 - offline),
              block: '1s',
            },
          },
          faults: { down: DOWN },
        });
      },
      reader: readLeak,
      estimates: (samples) => {
        const [epochs] = only(samples, 'epochs');
        return epochs === undefined ? {} : { epochs: exactly(epochs) };
      },
    },
  ],
});
