/** Chains from their text: defaults by consensus. */
import { MOVED_TAGS } from '../../models/chains/finality.ts';
import { resolveParachain, resolveRollup } from './resolve-layered.ts';
import type { ChainEntry, ConsensusEntry, HeadsEntry, NetworkEntry, StakeChange } from './scenario.ts';
import { CHAIN_DEFAULTS, type ChainText, type HeadsText } from './schema-chains.ts';
import type { Duration } from '../base/units.ts';
import {
  CORRELATION_MULTIPLIER,
  LEAK_QUOTIENT,
  MAX_EFFECTIVE_GWEI,
  STEP_GWEI,
} from '../../models/chains/consensus/slots-stake.ts';
import { FEE_MARKET } from '../../models/chains/fee-market.ts';
import { weakSubjectivityEpochs } from '../../models/chains/consensus/weak-subjectivity.ts';
import { duration, END_OF_TIME, instant } from '../base/units.ts';
import { lawMean, type Law } from '../kernel/random/laws.ts';

const WIRE: Law = { kind: 'constant', value: 50_000 };

const NETWORK = { latency: WIRE, loss: 0, duplicate: 0, reorder: 0, bandwidth: 0 };

export function resolveChain(text: ChainText, regions: NetworkEntry['regions']): ChainEntry {
  const consensus = resolveConsensus(text);
  const settleDepth = text['settle-depth'] ?? settleDepthOf(consensus);
  const keepBlocks = text['keep-blocks'] ?? Math.max(keepDefault(consensus), 2 * settleDepth);
  return {
    consensus,
    validators: validatorsOf(text),
    asset: text.asset ?? { name: 'GAS', decimals: CHAIN_DEFAULTS.decimals },
    clock: { skewUs: text.clock?.skew ?? 0, driftPpm: text.clock?.drift ?? 0 },
    gas: resolveGas(text.gas),
    network: { ...NETWORK, ...text.network, regions },
    settleDepth,
    keepBlocks,
    unbonding: text.unbonding ?? unbondingOf(consensus),
    ...(text.upgrades === undefined
      ? {}
      : { upgrades: text.upgrades.map(({ height, path }) => ({ height, hasPath: path ?? true })) }),
    ...(text.staking === undefined ? {} : { staking: stakingOf(text.staking) }),
  };
}

/** By instant; of one instant in the order of the text, so that the last word on a validator stands. */
function stakingOf({ changes }: NonNullable<ChainText['staking']>): readonly StakeChange[] {
  return changes.map(({ at, ...change }) => ({ at: instant(at), ...change })).sort((a, b) => a.at - b.at);
}

function resolveGas(gas: ChainText['gas']): ChainEntry['gas'] {
  const fee = gas?.['base-fee'];
  const market = {
    initial: BigInt(fee?.initial ?? 0),
    floor: BigInt(fee?.floor ?? 0),
    elasticity: fee?.elasticity ?? FEE_MARKET.elasticity,
    denominator: fee?.change ?? FEE_MARKET.denominator,
  };
  const others = gas?.others;
  return {
    price: BigInt(gas?.price ?? 0),
    limit: gas?.limit ?? CHAIN_DEFAULTS.gasLimit,
    ...(fee === undefined ? {} : { market }),
    ...(others === undefined ? {} : { others: { gas: others.gas, price: BigInt(others.price ?? 0) } }),
  };
}

function settleDepthOf(consensus: ConsensusEntry): number {
  if (consensus.kind === 'proof-of-work') return CHAIN_DEFAULTS.settleDepthProbable;
  // Late blocks are left behind by the next one; two epochs are far beyond.
  return consensus.kind === 'slots' ? 2 * consensus.slotsPerEpoch : 0;
}

/** What has not become final must be kept: for slots, a day without finality. */
function keepDefault(consensus: ConsensusEntry): number {
  if (consensus.kind === 'slots') return 225 * consensus.slotsPerEpoch;
  if (consensus.kind !== 'parametric' || consensus.heads === undefined) return CHAIN_DEFAULTS.keepBlocks;
  const farthest = Math.max(0, ...Object.values(consensus.heads).map(({ after, every = 0 }) => lawMean(after) + every));
  const blocks = Math.ceil((4 * farthest) / Math.max(1, lawMean(consensus.block)));
  return Math.max(CHAIN_DEFAULTS.keepBlocks, Math.min(blocks, KEEP_MAX));
}

/** Blocks that are kept at most unless it is said: four times the way to the farthest head is more than enough. */
const KEEP_MAX = 100_000;

const FULL_ETH = MAX_EFFECTIVE_GWEI / 1_000_000_000;

function unbondingOf(consensus: ConsensusEntry): Duration {
  if (consensus.kind !== 'slots') return duration(CHAIN_DEFAULTS.unbondingUs);
  const { count, averageEth } = consensus.stakers ?? { count: CHAIN_DEFAULTS.stakersMany, averageEth: FULL_ETH };
  const epochs = weakSubjectivityEpochs(count, averageEth);
  return duration(epochs * consensus.slotsPerEpoch * consensus.slot);
}

/** Whether one process makes all blocks. */
function hasOneNode({ consensus }: ChainText): boolean {
  return consensus?.kind === 'parametric' || consensus?.kind === 'rollup' || consensus?.kind === 'parachain';
}

function validatorsOf(text: ChainText): readonly number[] {
  if (hasOneNode(text) && text.validators === undefined) return [1];
  const { validators = CHAIN_DEFAULTS.validators } = text;
  return typeof validators === 'number' ? Array.from({ length: validators }, () => 1) : validators;
}

function resolveConsensus(text: ChainText): ConsensusEntry {
  const consensus = text.consensus ?? { kind: 'parametric' };
  const block: Law = text.block ?? { kind: 'constant', value: CHAIN_DEFAULTS.blockUs };
  switch (consensus.kind) {
    case 'parametric': {
      const finality = consensus.finality ?? { kind: 'constant', value: 0 };
      const heads = consensus.heads === undefined ? {} : { heads: headsOf(consensus.heads) };
      if (consensus.sealing !== 'on-demand') return { kind: 'parametric', block, finality, ...heads };
      return { kind: 'parametric', block: { kind: 'constant', value: 0 }, finality, sealing: 'on-demand', ...heads };
    }
    case 'proof-of-work':
      return {
        kind: 'proof-of-work',
        block: duration(wholeMean(block)),
        blockBytes: consensus['block-size'] ?? CHAIN_DEFAULTS.blockBytes,
      };
    case 'slots':
      return {
        kind: 'slots',
        slot: duration(text.block === undefined ? CHAIN_DEFAULTS.slotUs : wholeMean(block)),
        slotsPerEpoch: consensus['slots-per-epoch'] ?? CHAIN_DEFAULTS.slotsPerEpoch,
        late: consensus.late ?? 0,
        leakQuotient: consensus['leak-quotient'] ?? LEAK_QUOTIENT,
        stepGwei: consensus['balance-step'] ?? STEP_GWEI,
        correlation: consensus['slashing-multiplier'] ?? CORRELATION_MULTIPLIER,
        ...stakersOf(consensus),
      };
    case 'rollup':
      return resolveRollup(consensus, block);
    case 'parachain':
      return resolveParachain(consensus, block);
    case 'bft': {
      const { timeouts } = consensus;
      return {
        kind: 'bft',
        fidelity: text.fidelity ?? 'votes',
        propose: timeouts?.propose ?? CHAIN_DEFAULTS.propose,
        prevote: timeouts?.prevote ?? CHAIN_DEFAULTS.prevote,
        precommit: timeouts?.precommit ?? CHAIN_DEFAULTS.precommit,
        step: timeouts?.step ?? CHAIN_DEFAULTS.step,
        commit: timeouts?.commit ?? commitPause(text, block),
      };
    }
  }
}

function stakersOf(text: { stakers?: number | undefined; 'average-balance'?: number | undefined }): {
  stakers?: { count: number; averageEth: number };
} {
  const { stakers, 'average-balance': average } = text;
  if (stakers === undefined && average === undefined) return {};
  return { stakers: { count: stakers ?? CHAIN_DEFAULTS.stakersMany, averageEth: average ?? FULL_ETH } };
}

/** Only those that are named, so that what is not said is not there. */
function headsOf(heads: HeadsText): HeadsEntry {
  const named = MOVED_TAGS.flatMap((tag) => {
    const head = heads[tag];
    return head === undefined ? [] : [[tag, { after: head.after, every: head.every }] as const];
  });
  return Object.fromEntries(named);
}

/** The pause after a decision that brings the time between blocks to `block`, three hops being the votes' own. */
function commitPause(text: ChainText, block: Law): Duration {
  if (text.block === undefined) return CHAIN_DEFAULTS.commit;
  const hop = wholeMean(text.network?.latency ?? WIRE);
  return duration(Math.max(0, wholeMean(block) - 3 * hop));
}

/** Whole microseconds. A law without a mean gives the end of time; for blocks, `checkMeaning` refuses it. */
function wholeMean(law: Law): number {
  const mean = lawMean(law);
  return mean < END_OF_TIME ? Math.round(mean) : END_OF_TIME;
}
