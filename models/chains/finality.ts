/** Heads by name: how far a chain holds its own blocks for safe, for final, and for settled on the chain below it. */
import { after, duration } from '../../sim/base/units.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { tagMoved } from '../records.ts';
import { type Block, type BlockId, type Chain, isOnBranch } from './chain.ts';

/**
 * `latest` is the head of a view. `safe` would take a fault to undo, `finalized` more than the chain's rule allows for;
 * `settled` is what the contracts of a parent chain believe, the same as finalized where there is none.
 */
export type HeadTag = 'latest' | 'safe' | 'finalized' | 'settled';
export type MovedTag = Exclude<HeadTag, 'latest'>;
export const MOVED_TAGS: readonly MovedTag[] = ['safe', 'finalized', 'settled'];
export const HEAD_TAGS: readonly HeadTag[] = ['latest', ...MOVED_TAGS];

/** The newest block that carries a tag in the view of `head`; undefined where that view is on another branch. */
export function taggedBlock(chain: Chain, head: BlockId, tag: HeadTag): Block | undefined {
  const top = chain.blocks.get(head);
  if (tag === 'latest' || top === undefined) return top;
  const tagged = chain.blocks.get(chain.tags[tag]);
  if (tagged === undefined) return undefined;
  // A view that lags behind the tag has all of its own blocks tagged.
  if (tagged.height >= top.height) return isOnBranch(chain, tagged.id, head) ? top : undefined;
  return isOnBranch(chain, head, tagged.id) ? tagged : undefined;
}

/** Moves a tag on to a block above, and says so. Nothing happens where it stands there or higher. */
export function moveTag(context: Context, chain: Chain, tag: MovedTag, block: Block): boolean {
  const before = chain.blocks.get(chain.tags[tag]);
  if (chain.tags[tag] === block.id) return false;
  // What left the branch carries nothing any more.
  if (before !== undefined && before.height >= block.height && isOnBranch(chain, chain.head, before.id)) return false;
  chain.tags[tag] = block.id;
  context.record(tagMoved, { chain: chain.id, tag, block: block.id, height: block.height });
  return true;
}

/**
 * Lets those who read the chain look again, since what counts as final in their view has changed. `byOthers`: they learn
 * it from the chain below, whether or not the nodes of this one are up.
 */
export function announceTags(context: Context, chain: Chain, byOthers = false): void {
  for (const node of chain.nodes) {
    if (!node.isUp && !byOthers) continue;
    for (const { entity, kind, delayUs } of node.subscribers) {
      context.schedule('delivery', entity, kind, after(context.now, duration(delayUs)), chain.id, node.head);
    }
  }
}
