/**
 * Blocks of a chain that stands on another: each names the newest block below that its builder had seen, its origin.
 * When the chain below undoes an origin, the blocks that were built on it are undone as well.
 */
import type { Context } from '../../../sim/kernel/simulation.ts';
import {
  type Block,
  type BlockId,
  blockOf,
  type Chain,
  type ChainNode,
  chainOf,
  isOnBranch,
  nodeOf,
} from '../chain.ts';
import type { Executor } from '../execution.ts';
import type { HeadTag } from '../finality.ts';
import { finalBlock } from '../reading.ts';
import type { SealBlock } from '../sealing.ts';
import { makeBlock, moveReference, moveView, selectTransactions } from '../views.ts';

/** How deep in the chain below a block must lie: under so many, or under a named head. */
export interface OriginRule {
  readonly depth: number;
  readonly tag?: HeadTag;
}

/** Head of the chain below, as its first node has it. */
export function headBelow(context: Context, chain: Chain): BlockId {
  return nodeOf(chainOf(context.world, chain.below), 0).head;
}

/** Newest block below that the next block may be built on; undefined while there is none that its parent allows. */
function originFor(context: Context, chain: Chain, rule: OriginRule): Block | undefined {
  const below = chainOf(context.world, chain.below);
  const origin = finalBlock(below, headBelow(context, chain), rule.depth, rule.tag) ?? below.blocks.get(0);
  const last = below.blocks.get(blockOf(chain, chain.head).origin);
  if (origin === undefined) return last;
  if (last === undefined) return origin;
  if (origin.height < last.height) return isOnBranch(below, headBelow(context, chain), last.id) ? last : undefined;
  return isOnBranch(below, origin.id, last.id) ? origin : undefined;
}

/** Makes, executes and seals the next block, and moves the head of its one node there. */
export function buildLayered(
  context: Context,
  chain: Chain,
  rule: OriginRule,
  work: { readonly executor: Executor; readonly sealBlock: SealBlock },
): Block | undefined {
  const node = nodeOf(chain, 0);
  const origin = originFor(context, chain, rule);
  if (origin === undefined) return undefined;
  const transactions = selectTransactions(context, chain, node, chain.head);
  const block = makeBlock(context, chain, {
    parent: chain.head,
    proposer: 0,
    transactions,
    work: 1,
    origin: origin.id,
  });
  work.executor.execute(context, chain, block);
  work.sealBlock(context, chain, block);
  moveReference(context, chain, block.id);
  moveView(context, chain, node, block.id);
  return block;
}

/** Undoes the blocks whose origin the chain below has undone. Returns whether there were any. */
export function unwindLost(context: Context, chain: Chain): boolean {
  const below = chainOf(context.world, chain.below);
  const head = headBelow(context, chain);
  let block = blockOf(chain, chain.head);
  while (block.height > 0 && isLost(below, head, block.origin)) block = blockOf(chain, block.parent);
  return unwindTo(context, chain, nodeOf(chain, 0), block.id);
}

function isLost(below: Chain, head: BlockId, origin: BlockId): boolean {
  const block = below.blocks.get(origin);
  // What is no longer kept has settled long ago.
  if (block === undefined) return false;
  return !isOnBranch(below, head, origin);
}

/** Takes the chain back to one of its blocks. What the undone ones held waits again. */
export function unwindTo(context: Context, chain: Chain, node: ChainNode, to: BlockId): boolean {
  if (to === chain.head) return false;
  moveReference(context, chain, to);
  moveView(context, chain, node, to);
  return true;
}
