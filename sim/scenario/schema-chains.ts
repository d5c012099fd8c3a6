/** Grammar of `chains:`. Keys are kebab-case in the text; the output is that of `scenario.ts`. */
import { z } from 'zod';
import {
  bandwidthText,
  byteSizeText,
  count,
  durationText,
  idText,
  positiveCount,
  probability,
  signedDurationText,
} from '../grammar/quantities.ts';
import { lawOf } from '../grammar/law.ts';
import { POWER_MAX } from '../../models/chains/consensus/bft-sets.ts';
import type { Law } from '../kernel/random/laws.ts';
import { parachainSchema, rollupSchema } from './schema-layered.ts';
import { DAY, duration, MILLISECOND, SECOND } from '../base/units.ts';

const delay = lawOf(durationText);
/** Median half round trip between cloud regions of one continent. */
const WIRE_DEFAULT: Law = { kind: 'constant', value: 50 * MILLISECOND };

export const networkSchema = z
  .strictObject({
    latency: delay.optional().describe('one-way delay of an envelope between two nodes'),
    loss: probability.optional().describe('share of envelopes lost before GST'),
    duplicate: probability.optional().describe('share of envelopes that arrive twice'),
    reorder: probability.optional().describe('share of envelopes held back by a second delay'),
    bandwidth: bandwidthText.optional().describe('of one link; unlimited unless given'),
    regions: z
      .strictObject({
        matrix: z.string().describe('name of a region matrix among the presets'),
        of: z.array(z.string()).min(1).describe('region of each node in turn'),
      })
      .optional()
      .describe('delays between regions in place of latency'),
  })
  .transform((net) => ({
    latency: net.latency ?? WIRE_DEFAULT,
    loss: net.loss ?? 0,
    duplicate: net.duplicate ?? 0,
    reorder: net.reorder ?? 0,
    bandwidth: net.bandwidth ?? 0,
    regions: net.regions,
  }));

/** CometBFT's defaults. @source cometbft/cometbft@5bba72c1 config/config.go:1281-1287. */
const timeoutsSchema = z.strictObject({
  propose: durationText.optional().describe('wait for a proposal'),
  prevote: durationText.optional().describe('wait for more prevotes'),
  precommit: durationText.optional().describe('wait for more precommits'),
  step: durationText.optional().describe('added to the three with each round'),
  commit: durationText.optional().describe('pause after a decision'),
});

const headSchema = z.strictObject({
  after: delay.describe('time from a block to the head'),
  every: durationText.optional().describe('the head moves in steps of so much; with each block unless given'),
});

const consensusSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('parametric'),
    finality: delay.optional().describe('time from a block to its finality'),
    sealing: z
      .enum(['on-schedule', 'on-demand'])
      .optional()
      .describe('blocks by their law, or one at once when a transaction waits and none otherwise'),
    heads: z
      .strictObject({
        safe: headSchema.optional().describe('the safe head'),
        finalized: headSchema.optional().describe('the finalized head'),
        settled: headSchema.optional().describe('the head settled on a chain below'),
      })
      .optional()
      .describe('heads that it names, for lanes whose finality is a tag'),
  }),
  z.strictObject({ kind: z.literal('bft'), timeouts: timeoutsSchema.optional().describe('how long a round waits') }),
  z.strictObject({
    kind: z.literal('proof-of-work'),
    'block-size': byteSizeText.optional().describe('size of a block on the wire'),
  }),
  z.strictObject({
    kind: z.literal('slots'),
    'slots-per-epoch': positiveCount.min(4).max(1_024).optional().describe('slots of an epoch'),
    late: probability.optional().describe('share of blocks that come too late to be voted for'),
    'leak-quotient': positiveCount.optional().describe('how slowly stake leaks while nothing is final'),
    'balance-step': positiveCount.max(32_000_000_000).optional().describe('step of the effective balance, in Gwei'),
    'slashing-multiplier': count.max(1_000).optional().describe('penalty of being slashed in company, by the share'),
    stakers: positiveCount
      .max(100_000_000)
      .optional()
      .describe('validators that are active: stake is bound for as long as a state of so many may be trusted'),
    'average-balance': positiveCount
      .max(32)
      .optional()
      .describe('what they stake on average, in whole ETH; 32 unless given'),
  }),
  rollupSchema,
  parachainSchema,
]);

const stakingSchema = z.strictObject({
  changes: z
    .array(
      z.strictObject({
        at: durationText.describe('when the transaction that changes it is sent'),
        validator: count.describe('whose power changes, from 0'),
        power: count.max(POWER_MAX).describe('voting power from then on; 0 leaves the set'),
      }),
    )
    .min(1)
    .max(100_000)
    .describe('what validators bond and withdraw, in any order'),
});

const validatorsSchema = z.union([
  positiveCount.max(10_000).describe('equal validators'),
  z.array(count).min(1).max(10_000).describe('voting power, or hash share units, of each'),
]);

export const chainSchema = z.strictObject({
  preset: z.string().optional().describe('chain that this entry starts from: a preset, or a file beside this one'),
  consensus: consensusSchema.optional().describe('how blocks are agreed on'),
  validators: validatorsSchema.optional().describe('how many, all equal, or the power of each'),
  upgrades: z
    .array(
      z.strictObject({
        height: positiveCount.min(2).describe('last height of the old revision'),
        path: z.boolean().optional().describe('whether the chain says what clients elsewhere are to become'),
      }),
    )
    .min(1)
    .optional()
    .describe('heights after which a chain that votes goes on under a new revision'),
  staking: stakingSchema
    .optional()
    .describe('voting power that changes: from the second block after the one with the change'),
  fidelity: z
    .enum(['votes', 'quorum'])
    .optional()
    .describe('each vote an envelope, or read only when a quorum of them has come: the same blocks, sooner; no twins'),
  block: delay.optional().describe('time between blocks'),
  asset: z
    .strictObject({
      name: idText.describe('name in amounts'),
      decimals: count.max(30).describe('decimals of a whole unit'),
    })
    .optional()
    .describe('native asset, in which gas is paid'),
  clock: z
    .strictObject({
      skew: signedDurationText.optional().describe('what the clock is ahead by at the start'),
      drift: z.number().min(-1000).max(1000).optional().describe('what it gains, in parts per million'),
    })
    .optional()
    .describe('how the clock of the chain differs from true time'),
  gas: z
    .strictObject({
      price: count.optional().describe('base units of the native asset for a unit of gas'),
      limit: positiveCount.optional().describe('gas that a block may use'),
      'base-fee': z
        .strictObject({
          initial: positiveCount.describe('base units for a unit of gas in the first block'),
          floor: count.optional().describe('base units that it never falls below'),
          elasticity: positiveCount.max(1_000).optional().describe('gas limit over the target of a block'),
          change: positiveCount.max(1_000_000).optional().describe('it moves by at most one over this a block'),
        })
        .optional()
        .describe('a price of gas that follows demand; the price above is then the tip'),
      others: z
        .strictObject({
          gas: positiveCount.describe('gas of each block that others want'),
          price: count.optional().describe('highest base fee that they pay; as much as it takes unless given'),
        })
        .optional()
        .describe('demand of all who are not in the scenario'),
    })
    .optional()
    .describe('what transactions cost'),
  network: networkSchema.optional().describe('links between the nodes of the chain'),
  'settle-depth': count.optional().describe('blocks above a block after which it is held to be never undone'),
  'keep-blocks': positiveCount.optional().describe('blocks whose state can still be proven'),
  unbonding: durationText.optional().describe('time that stake stays bound after it is withdrawn'),
});

export type HeadsText = Readonly<
  Partial<Record<'safe' | 'finalized' | 'settled', z.output<typeof headSchema> | undefined>>
>;
export type ChainText = z.output<typeof chainSchema>;

export const CHAIN_DEFAULTS = {
  validators: 4,
  blockUs: 6 * SECOND,
  decimals: 6,
  gasLimit: 60_000_000,
  settleDepthProbable: 100,
  keepBlocks: 1_000,
  unbondingUs: 21 * DAY,
  blockBytes: 1_000_000,
  /** @source ethereum/consensus-specs@a08d8a6e, configs/mainnet.yaml and presets/mainnet. */
  slotUs: 12 * SECOND,
  slotsPerEpoch: 32,
  /** Validators of the order that Ethereum has: how long a light client may trust. */
  stakersMany: 1_000_000,
  propose: duration(3 * SECOND),
  prevote: SECOND,
  precommit: SECOND,
  step: duration(SECOND / 2),
  commit: SECOND,
} as const;
