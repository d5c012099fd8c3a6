/** Rollups and parachains from their text: defaults that depend on the chain below. */
import { duration, HOUR, MINUTE, SECOND, ZERO } from '../base/units.ts';
import { lawMean, type Law } from '../kernel/random/laws.ts';
import type { ChainEntry, ConsensusEntry, FinalityEntry, ParachainEntry, RollupEntry } from './scenario.ts';
import type { ParachainText, RollupText } from './schema-layered.ts';

/** Blocks: operators of the OP Stack set sequencer.l1-confs from 0, on test nets, to 5, in its guide. */
const ORIGIN_DEPTH = 4;
const DEPTH_DEFAULT = 6;
/** Blocks that are kept at most unless it is said. */
const KEEP_MAX = 100_000;

export const LAYERED_DEFAULTS = {
  /** Minutes between batches: the order of a busy rollup. */
  batch: duration(2 * MINUTE),
  /** The order of what proposers do; nobody's figure. */
  output: duration(HOUR),
  /** @source deploy configurations of the OP Stack, finalizationPeriodSeconds: 604800. */
  window: duration(7 * 24 * HOUR),
  challengerReaction: { kind: 'constant', value: 10 * MINUTE },
  /** A Groth16 or Plonk proof on a pairing precompile. @source EIP-1108; eureka benchmarks in ibc_eureka_gas. */
  proofGas: 300_000,
  /** A relay block: bitfields of availability come with the next one. */
  availability: { kind: 'constant', value: 4 * SECOND },
  /** Nobody's figure: checkers come in tranches of half a second, and those who do not show are replaced after two slots. */
  approval: { kind: 'uniform', min: 3 * SECOND, max: 18 * SECOND },
  /** @source polkadot-sdk, AsyncBackingParams: max_candidate_depth 3. */
  ahead: 3,
} as const satisfies Record<string, unknown>;

/** When a chain's blocks count as final for whoever says nothing. */
export function finalityOf(chain: ChainEntry | undefined): FinalityEntry {
  switch (chain?.consensus.kind) {
    case 'proof-of-work':
      return { kind: 'depth', blocks: DEPTH_DEFAULT };
    case 'slots':
    case 'rollup':
    case 'parachain':
      return { kind: 'tag', tag: 'finalized' };
    case 'parametric':
      return chain.consensus.heads?.finalized === undefined ? { kind: 'instant' } : { kind: 'tag', tag: 'finalized' };
    default:
      return { kind: 'instant' };
  }
}

/** Which blocks below are built on: on chains that fork, a few deep. */
function originOf(chain: ChainEntry | undefined): FinalityEntry {
  const kind = chain?.consensus.kind;
  return kind === 'proof-of-work' || kind === 'slots' ? { kind: 'depth', blocks: ORIGIN_DEPTH } : { kind: 'instant' };
}

export function resolveRollup(text: RollupText, block: Law): RollupEntry {
  const { settlement } = text;
  const window = (given: typeof settlement.window, otherwise: RollupEntry['batch']) => given ?? otherwise;
  return {
    kind: 'rollup',
    on: text.on,
    block,
    origin: text.origin ?? { kind: 'instant' },
    finality: text.finality ?? { kind: 'instant' },
    batch: text.batch ?? LAYERED_DEFAULTS.batch,
    output: text.output ?? LAYERED_DEFAULTS.output,
    settlement:
      settlement.kind === 'challenge'
        ? {
            kind: 'challenge',
            window: window(settlement.window, LAYERED_DEFAULTS.window),
            bond: settlement.bond ?? '0',
            challengers: {
              count: settlement.challengers?.count ?? 1,
              availabilityPpm: settlement.challengers?.availability ?? 1_000_000,
              reaction: settlement.challengers?.reaction ?? LAYERED_DEFAULTS.challengerReaction,
            },
          }
        : {
            kind: 'validity',
            proving: settlement.proving,
            window: window(settlement.window, ZERO),
            gas: settlement.gas ?? LAYERED_DEFAULTS.proofGas,
          },
  };
}

export function resolveParachain(text: ParachainText, block: Law): ParachainEntry {
  return {
    kind: 'parachain',
    on: text.on,
    block,
    origin: text.origin ?? { kind: 'instant' },
    finality: text.finality ?? { kind: 'instant' },
    availability: text.availability ?? LAYERED_DEFAULTS.availability,
    approval: text.approval ?? LAYERED_DEFAULTS.approval,
    ahead: text.ahead ?? LAYERED_DEFAULTS.ahead,
  };
}

export interface LayeredText {
  readonly consensus?: { readonly kind: string; readonly origin?: unknown; readonly finality?: unknown } | undefined;
  readonly 'settle-depth'?: number | undefined;
  readonly 'keep-blocks'?: number | undefined;
}

/**
 * Fills in what only the chain below tells: the origin, its finality, how many blocks may be undone, and how many are kept.
 * A relay chain may be taken back by a dispute, so that it keeps what is not approved yet.
 */
export function resolveLayers(
  chains: Readonly<Record<string, ChainEntry>>,
  texts: Readonly<Record<string, LayeredText>>,
): Record<string, ChainEntry> {
  const out: Record<string, ChainEntry> = { ...chains };
  for (const [id, chain] of Object.entries(chains)) {
    const { consensus } = chain;
    if (consensus.kind !== 'rollup' && consensus.kind !== 'parachain') continue;
    const text = texts[id];
    const below = chains[consensus.on];
    if (below === undefined) continue;
    const resolved = {
      ...consensus,
      origin: text?.consensus?.origin === undefined ? originOf(below) : consensus.origin,
      finality: text?.consensus?.finality === undefined ? finalityOf(below) : consensus.finality,
    };
    const block = Math.max(1, lawMean(consensus.block));
    const spanUs = undoableUs(resolved, below);
    const settleDepth = text?.['settle-depth'] ?? Math.ceil(spanUs / block) + 8;
    const keep = Math.max(1_000, 2 * settleDepth, Math.ceil((2 * (spanUs + settlingUs(resolved, below))) / block));
    const keepBlocks = text?.['keep-blocks'] ?? Math.max(settleDepth, Math.min(KEEP_MAX, keep));
    out[id] = { ...chain, consensus: resolved, settleDepth, keepBlocks };
    if (consensus.kind !== 'parachain' || texts[consensus.on]?.['settle-depth'] !== undefined) continue;
    const relay = out[consensus.on] as ChainEntry;
    const disputed = Math.ceil(spanUs / Math.max(1, blockMeanUs(relay.consensus))) + 4;
    if (relay.consensus.kind !== 'parametric' || relay.settleDepth >= disputed) continue;
    out[consensus.on] = {
      ...relay,
      settleDepth: disputed,
      keepBlocks: Math.max(relay.keepBlocks, 2 * disputed),
    };
  }
  return out;
}

/** Mean time between blocks. */
export function blockMeanUs(consensus: ConsensusEntry): number {
  switch (consensus.kind) {
    case 'bft':
      return consensus.commit + SECOND;
    case 'slots':
      return consensus.slot;
    case 'proof-of-work':
      return consensus.block;
    default:
      return lawMean(consensus.block);
  }
}

/** How far back blocks can be undone: to origins that the chain below may undo, or to candidates that may be disputed. */
function undoableUs(consensus: RollupEntry | ParachainEntry, below: ChainEntry): number {
  const blockBelow = blockMeanUs(below.consensus);
  const forks = (below.settleDepth + ORIGIN_DEPTH + 4) * blockBelow;
  if (consensus.kind === 'rollup') return forks + 2 * consensus.batch;
  const checked = lawMean(consensus.availability) + 3 * lawMean(consensus.approval);
  return forks + checked + (consensus.ahead + 4) * (blockBelow + lawMean(consensus.block));
}

/** Mean time from a block to its being believed below. */
function settlingUs(consensus: RollupEntry | ParachainEntry, below: ChainEntry): number {
  const finality = 64 * blockMeanUs(below.consensus);
  if (consensus.kind === 'parachain') return finality;
  const { settlement, batch, output } = consensus;
  const proving = settlement.kind === 'validity' ? 2 * lawMean(settlement.proving) : 0;
  return finality + batch + 2 * output + proving + settlement.window;
}
