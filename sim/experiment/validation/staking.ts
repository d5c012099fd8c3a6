/** Stake on a chain of slots: what being slashed in company costs, and how long a state may be trusted. */
import { z } from 'zod';
import { toYaml } from '../../scenario/text/write.ts';
import { exactly, valuesOf } from './estimates.ts';
import { defineModel } from './model.ts';
import { clockOf } from './station.ts';

const WALL = clockOf(1_000_000);

/** Epochs from being slashed to the penalty for company, and some more. */
const EPOCHS = 4_096 + 16;
/** Slots of a second, four an epoch: only the number of epochs counts. */
const EPOCH_S = 4;
/** Steps of the effective balance, in Gwei: the closed form has none. A full stake is 32,000 of them. */
const STEP_GWEI = 1_000_000;
/** Validators in all that are tried, until two whole numbers of them have the share. */
const VALIDATORS_MOST = 10_000;

/** Powers of the slashed and of those who are left, whose ratio is nearest to the share: few where few are enough. */
function powersFor(fraction: number): readonly [number, number] {
  let best: readonly [number, number] = [1, 1];
  let bestOff = Infinity;
  for (let left = 1; left <= VALIDATORS_MOST; left++) {
    const slashed = Math.max(1, Math.round(fraction * left));
    const off = Math.abs(slashed / left - fraction);
    if (off < bestOff) [best, bestOff] = [[slashed, left], off];
    if (off < 1e-12) break;
  }
  return best;
}

export const slashCorrelation = defineModel({
  summary:
    'share of a stake that is lost for being slashed in company, by the slashed share of the stake that is active',
  // The specification counts what is slashed against what has duties when the penalty falls due: the slashed have left.
  params: z.object({ fraction: z.number().gt(0).max(1), multiplier: z.int().min(0).max(1_000) }),
  single: 'share',
  cases: ({ fraction, multiplier }) => [
    {
      name: '',
      pilot: 1,
      least: 1,
      exact: [1],
      scenario: (seed) =>
        toYaml({
          l0sim: 1,
          name: 'slashed-in-company',
          question: 'What is lost where so many are slashed together?',
          ...{ seed, horizon: WALL.time(EPOCHS * EPOCH_S), drain: '0s', proofs: 'modelled' },
          chains: {
            slots: {
              consensus: {
                ...{ kind: 'slots', 'slots-per-epoch': 4, 'balance-step': STEP_GWEI },
                'slashing-multiplier': multiplier,
              },
              validators: [...powersFor(fraction)],
              block: '1s',
            },
          },
          faults: {
            caught: { kind: 'slots.double-vote', target: { chain: 'slots', validators: 0 }, when: { at: '22s' } },
          },
        }),
      reader: () => {
        const shares: number[] = [];
        return {
          onRecord: (_time, kind, fields) => {
            if (kind !== 'company-penalised') return;
            shares.push(Number(fields['penalty'] as bigint) / Number(fields['effective'] as bigint));
          },
          sample: () => ({ shares }),
        };
      },
      estimates: (samples) => {
        const [share] = valuesOf(samples[0] ?? {}, 'shares');
        return share === undefined ? {} : { share: exactly(share) };
      },
    },
  ],
});

/** Active validators of the published table. @source ethereum/consensus-specs specs/phase0/weak-subjectivity.md */
const TABLE = [15, 16, 17, 18, 19, 20].map((bits) => 1 << bits);

export const wsPeriod = defineModel({
  summary: 'epochs for which a state of 2^15 to 2^20 validators may be trusted, by their average balance',
  params: z.object({ t: z.int().min(1).max(32) }),
  single: 'epochs',
  listed: TABLE.map(String),
  cases: ({ t }) => [
    {
      name: '',
      pilot: 1,
      least: 1,
      exact: TABLE,
      scenario: (seed, size) =>
        toYaml({
          l0sim: 1,
          name: 'weak-subjectivity',
          question: 'For how long may a state of so many validators be trusted?',
          ...{ seed, horizon: '12s', drain: '0s', proofs: 'modelled' },
          chains: { slots: { consensus: { kind: 'slots', stakers: size, 'average-balance': t } } },
        }),
      reader: () => {
        const epochs: number[] = [];
        return {
          onRecord: (_time, kind, fields) => {
            if (kind !== 'stakers-declared') return;
            epochs.push((fields['unbondingUs'] as number) / (fields['epochUs'] as number));
          },
          sample: () => ({ epochs }),
        };
      },
      estimates: (samples) =>
        Object.fromEntries(
          samples.flatMap((sample, i) => {
            const [epochs] = valuesOf(sample, 'epochs');
            return epochs === undefined ? [] : [[String(TABLE[i]), exactly(epochs)]];
          }),
        ),
    },
  ],
});
