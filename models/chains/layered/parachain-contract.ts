/**
 * The place of a parachain on its relay chain: a candidate block is backed, then, once it is available, included, and
 * counts for the parachains beside it.
 * @source polkadot-sdk@roadmap/implementers-guide, protocol overview: backing, availability, approval, dispute.
 */
import type { World } from '../../../sim/kernel/world.ts';
import { rootOf } from '../../proofs/state-tree.ts';
import { candidateBacked, candidateIncluded } from '../../records.ts';
import { type Block, type BlockId, type Chain, type ChainId, chainOf, isOnBranch } from '../chain.ts';
import type { CallHandler, CallOutcome, Execution } from '../execution.ts';
import { newestAnchor, type ReadState, setAnchor } from './anchors.ts';

/** Newest backed candidate. Frozen. */
export type Backed = { readonly height: number; readonly block: BlockId };

/**
 * MODEL: backing and inclusion go with each relay block and leave no room to others; here they are calls of an account,
 * which come into the next block like any. The gas is nobody's figure: small, since nobody pays for it.
 */
export const PARACHAIN_GAS = { back: 1_000, include: 1_000 };

const backedKey = (chain: ChainId): string => `parachains/${chain}/backed`;
const GENESIS_BACKED: Backed = Object.freeze({ height: 0, block: 0 });

/** Account of the relay chain that speaks for its backers. */
export function backersAccount(name: string): string {
  return `backers/${name}`;
}

/** Newest backed block that no dispute struck off; what is included where there is none above that. */
export function backedTip(read: ReadState, chain: Chain): Backed {
  const tip = (read(backedKey(chain.id)) ?? GENESIS_BACKED) as Backed;
  return isStanding(chain, tip.block) ? tip : includedTip(read, chain.id);
}

/** MODEL: a relay chain remembers the candidates that were found wrong; here the parachain has left them. */
function isStanding(chain: Chain, block: BlockId): boolean {
  return isOnBranch(chain, chain.head, block);
}

export function includedTip(read: ReadState, chain: ChainId): Backed {
  const anchor = newestAnchor(read, chain);
  return anchor === undefined ? GENESIS_BACKED : { height: anchor.height, block: anchor.block };
}

function siteOf(execution: Execution, given: unknown): { readonly chain: Chain; readonly block: Block } | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { chain: id, block: blockId } = given as { readonly chain?: unknown; readonly block?: unknown };
  const chain = parachainsOf(execution.context.world).includes(id as ChainId)
    ? chainOf(execution.context.world, id as ChainId)
    : undefined;
  if (chain?.below !== execution.chain.id) return undefined;
  if (execution.chain.accounts[execution.account] !== backersAccount(chain.name)) return undefined;
  const block = chain.blocks.get(blockId as BlockId);
  return block === undefined || !isStanding(chain, block.id) ? undefined : { chain, block };
}

export function parachainsOf(world: World): ChainId[] {
  return (world.tables['parachains'] ??= []) as ChainId[];
}

const rejected = (gas: number, reason: string): CallOutcome => ({ kind: 'rejected', gas, reason });

const back: CallHandler = (execution, given) => {
  const site = siteOf(execution, given);
  const gas = PARACHAIN_GAS.back;
  if (site === undefined) return rejected(gas, 'candidate-unknown');
  const { chain, block } = site;
  const tip = backedTip((k) => execution.get(k), chain);
  if (block.parent !== tip.block) return rejected(gas, 'candidate-not-next');
  if (!isOnBranch(execution.chain, execution.block.id, block.origin)) return rejected(gas, 'origin-unknown');
  execution.set(backedKey(chain.id), Object.freeze({ height: block.height, block: block.id }));
  const fields = { chain: execution.chain.id, block: execution.block.id, parachain: chain.id, height: block.height };
  execution.fact(candidateBacked, fields);
  return { kind: 'done', gas };
};

const include: CallHandler = (execution, given) => {
  const site = siteOf(execution, given);
  const gas = PARACHAIN_GAS.include;
  if (site === undefined) return rejected(gas, 'candidate-unknown');
  const { chain, block } = site;
  const read: ReadState = (k) => execution.get(k);
  if (block.height > backedTip(read, chain).height) return rejected(gas, 'candidate-not-backed');
  if (block.parent !== includedTip(read, chain.id).block) return rejected(gas, 'candidate-not-next');
  setAnchor(execution, chain.id, {
    height: block.height,
    chainUs: block.chainUs,
    headerHash: block.seal.headerHash,
    stateRoot: rootOf(chain.state, block.version, execution.context.hash),
    block: block.id,
  });
  const fields = { chain: execution.chain.id, block: execution.block.id, parachain: chain.id, height: block.height };
  execution.fact(candidateIncluded, fields);
  return { kind: 'done', gas };
};

export const parachainCalls = {
  'back-candidate': back,
  'include-candidate': include,
} as const satisfies Readonly<Record<string, CallHandler>>;
