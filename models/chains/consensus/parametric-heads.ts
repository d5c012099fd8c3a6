/**
 * Named heads of a chain without votes: each follows the blocks by a law of time, block by block, or in steps as where
 * blocks become final with those of a chain below.
 * MODEL: what a head has not passed yet is never undone: waiting for less than finality shows its speed, not its danger.
 */
import { after, type Duration, roundDuration } from '../../../sim/base/units.ts';
import { type Law, sample } from '../../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Context } from '../../../sim/kernel/simulation.ts';
import { type Block, type BlockId, blockOf, type Chain, isOnBranch } from '../chain.ts';
import { announceTags, type MovedTag, moveTag } from '../finality.ts';

export interface NamedHead {
  readonly tag: MovedTag;
  /** Time from a block to the head. */
  readonly after: Law;
  /** The head moves at multiples of it only; undefined where it follows each block by itself. */
  readonly every: Duration | undefined;
}

export interface Heads {
  readonly named: readonly NamedHead[];
  readonly stream: StreamId;
  /** Steps that each head has been through. */
  readonly steps: number[];
}

/** The kinds of the events that move heads: `a` is the block, or -1 of a step; `b` is the index of the head. */
const STEP = -1;

/** Schedules the first step of each head that moves in steps. */
export function startHeads(context: Context, entity: number, kind: number, { named }: Heads): void {
  named.forEach(({ every }, index) => {
    if (every !== undefined) context.schedule('block', entity, kind, after(context.now, every), STEP, index);
  });
}

/** A new block: heads that follow each block by itself will be there after their time. */
export function followBlock(context: Context, entity: number, kind: number, heads: Heads, block: Block): void {
  heads.named.forEach(({ after: law, every }, index) => {
    if (every !== undefined) return;
    const delay = roundDuration(sample(law, context.keyed(heads.stream, block.height, index)));
    context.schedule('block', entity, kind, after(context.now, delay), block.id, index);
  });
}

/** Moves a head: to the block whose time has come, or in a step to the newest that is old enough. It never goes back. */
export function moveHead(
  context: Context,
  place: { readonly entity: number; readonly kind: number; readonly chain: Chain; readonly tip: BlockId },
  heads: Heads,
  id: BlockId,
  index: number,
): void {
  const { chain } = place;
  const head = heads.named[index];
  if (head === undefined) return;
  const block = head.every === undefined ? chain.blocks.get(id) : step(context, place, heads, index, head);
  if (block !== undefined && isOnBranch(chain, place.tip, block.id) && moveTag(context, chain, head.tag, block))
    announceTags(context, chain);
}

function step(
  context: Context,
  { entity, kind, chain, tip }: Parameters<typeof moveHead>[1],
  heads: Heads,
  index: number,
  { tag, after: law, every }: NamedHead,
): Block | undefined {
  const turn = (heads.steps[index] ?? 0) + 1;
  heads.steps[index] = turn;
  if (every !== undefined) context.schedule('block', entity, kind, after(context.now, every), STEP, index);
  const age = roundDuration(sample(law, context.keyed(heads.stream, turn, index)));
  const named = chain.blocks.get(chain.tags[tag]);
  let block: Block | undefined = blockOf(chain, tip);
  while (block !== undefined && context.now - block.madeAt < age) {
    if (named !== undefined && block.height <= named.height) return undefined;
    block = chain.blocks.get(block.parent);
  }
  return block;
}
