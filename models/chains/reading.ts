/** How those outside follow a chain: a cursor over the blocks that are final by their own rule, in one node's view. */
import { type HeadTag, taggedBlock } from './finality.ts';
import { type Block, type BlockId, blockAtHeight, blockOf, type Chain, isOnBranch } from './chain.ts';

/** Place of a reader on a chain. */
export interface Cursor {
  readonly chain: number;
  /** Blocks that must stand on top of one before it is read. */
  readonly depth: number;
  /** The named head up to which it reads in place of a depth; the view's own unless given. */
  readonly tag?: HeadTag;
  /** Last block read. */
  at: BlockId;
}

/**
 * Blocks that became readable with the view's head, oldest first, and moves the cursor past them. A reorg deeper than
 * `depth` takes the cursor back to where the branches part, so that what was included again is read again; `undone` are
 * the blocks that the reader had believed.
 */
export function readForward(chain: Chain, cursor: Cursor, head: BlockId): { blocks: Block[]; undone: Block[] } {
  const undone: Block[] = [];
  const target = readableBlock(chain, cursor, head);
  if (target === undefined) return { blocks: [], undone };
  let at: Block | undefined = chain.blocks.get(cursor.at);
  while (at !== undefined && !isOnBranch(chain, target.id, at.id) && !isOnBranch(chain, head, at.id)) {
    undone.push(at);
    at = chain.blocks.get(at.parent);
  }
  // MODEL: a cursor that fell out of the kept window starts again at its lowest block, and never reads what lay between:
  // nobody asks an archive. So `keep-blocks` must outlast the longest stop of whoever carries a lane alone.
  const from = at === undefined ? chain.keptFrom - 1 : at.height;
  const blocks: Block[] = [];
  let block: Block | undefined = target;
  while (block !== undefined && block.height > from) {
    blocks.push(block);
    block = chain.blocks.get(block.parent);
  }
  if (blocks.length > 0 || undone.length > 0) cursor.at = target.height > from ? target.id : (at?.id ?? target.id);
  return { blocks: blocks.reverse(), undone };
}

function readableBlock(chain: Chain, { depth, tag = 'latest' }: Cursor, head: BlockId): Block | undefined {
  if (tag !== 'latest') return taggedBlock(chain, head, tag);
  const top = chain.blocks.get(head);
  return top === undefined ? undefined : blockAtHeight(chain, head, top.height - depth);
}

/** The newest block that is final by `depth`, or by a tag, in the view of `head`; undefined while there is none. */
export function finalBlock(chain: Chain, head: BlockId, depth: number, tag: HeadTag = 'latest'): Block | undefined {
  if (tag !== 'latest') return taggedBlock(chain, head, tag);
  if (depth === 0) return blockOf(chain, head);
  return blockAtHeight(chain, head, blockOf(chain, head).height - depth);
}
