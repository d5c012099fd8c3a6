/** How a node comes to hold a block as final: by the votes it heard, or because another shows it the commit. */
import { present } from '../../../sim/base/assert.ts';
import { roundDuration, ZERO } from '../../../sim/base/units.ts';
import { blockDecided } from '../../records.ts';
import type { Block, BlockId, Chain } from '../chain.ts';
import { slownessOf } from '../conditions.ts';
import { moveReference, moveView } from '../views.ts';
import { commitEvidenceOf, sealCommit } from './bft-sealing.ts';
import { startTimer } from './bft-sending.ts';
import { forgetPlans, planAfter } from './bft-sets.ts';
import { BFT_EVENT, type BftChain, type BftRun, STEP } from './bft-state.ts';
import { PRECOMMIT, voteOf } from './bft-tally.ts';

/** Line 49 to 54: the block has a quorum of precommits in `round` and extends the node's head. */
export function decide(run: BftRun, block: Block, round: number): void {
  const { context, chain, bft, node, state } = run;
  if (block.version === -1) {
    executeDecided(run, block, round);
    // A branch that others decided against can grow beside it, and is never the reference.
    if (block.parent === chain.head) moveReference(context, chain, block.id);
  }
  state.step = STEP.commit;
  record(run, block, round);
  moveView(context, chain, node, block.id);
  const late = (slownessOf(chain) - 1) * chain.blockTimeUs;
  startTimer(run, BFT_EVENT.newHeight, roundDuration(bft.timeouts.commit + late));
}

function record({ context, chain, state }: BftRun, block: Block, round: number): void {
  context.record(blockDecided, { chain: chain.id, node: state.index, height: block.height, round, block: block.id });
}

/** The first decision of a block is when it runs, once for all nodes. */
function executeDecided(run: BftRun, block: Block, round: number): void {
  const { context, chain, bft, state, executor, sealBlock } = run;
  // What was settled on another branch or could not pay there is forgotten: on a fork its transactions are gone.
  const kept = block.transactions.filter((id) => chain.mempool.transactions.has(id));
  block.transactions.length = 0;
  block.transactions.push(...kept);
  executor.execute(context, chain, block);
  planAfter(bft, chain, block);
  const signers: number[] = [];
  const { powers } = present(bft.sets[state.set], 'a power set exists', { set: state.set });
  powers.forEach((power, validator) => {
    if (power > 0 && voteOf(state.current, round, PRECOMMIT, validator) === block.id + 2) signers.push(validator);
  });
  const plan = present(bft.plans.get(block.id), 'a decided block is planned on', { block: block.id });
  sealCommit(context, chain, block, { set: state.set, nextSet: plan.set, round, signers });
  sealBlock?.(context, chain, block);
  forgetUndecided(bft, chain, block);
  forgetPlans(bft, chain);
}

/** Drops proposals of heights that every node has left. */
function forgetUndecided(bft: BftChain, chain: Chain, decided: Block): void {
  const standing = bft.undecided.get(decided.height);
  if (standing !== undefined) {
    const left = standing.filter((id) => id !== decided.id);
    if (left.length === 0) bft.undecided.delete(decided.height);
    else bft.undecided.set(decided.height, left);
  }
  if (bft.undecided.size === 0) return;
  let lowest = decided.height;
  for (const node of chain.nodes) lowest = Math.min(lowest, (bft.plans.get(node.head)?.height ?? -1) + 1);
  for (const [height, ids] of bft.undecided) {
    if (height >= lowest && height >= chain.keptFrom) continue;
    for (const id of ids) chain.blocks.delete(id);
    bft.undecided.delete(height);
  }
}

/**
 * Takes a decided block above the node's head, with all between, from whoever shows it. Returns false, and changes
 * nothing, when it is not above or not on the node's own branch.
 */
// MODEL: one envelope brings all blocks that are missing, checked and executed at once. Real catching up takes as long as
// the blocks take to download and run, so a node that was away for days is back too early here.
export function acceptDecision(run: BftRun, id: BlockId): boolean {
  const { context, chain, bft, node, state } = run;
  const block = chain.blocks.get(id);
  if (block === undefined || block.version === -1 || !bft.plans.has(id)) return false;
  const isAbove = state.step === STEP.commit ? block.height > state.height : block.height >= state.height;
  if (!isAbove) return false;
  const missing = blocksAbove(chain, node.head, id);
  if (missing === undefined) return false;
  for (const each of missing) record(run, each, commitEvidenceOf(each)?.commit.round ?? 0);
  state.height = block.height;
  state.round = 0;
  state.step = STEP.commit;
  moveView(context, chain, node, id);
  startTimer(run, BFT_EVENT.newHeight, ZERO);
  return true;
}

/** Blocks from above `head` up to `id`, oldest first; undefined where they are not on one branch. */
function blocksAbove(chain: Chain, head: BlockId, id: BlockId): Block[] | undefined {
  const base = chain.blocks.get(head);
  // A head that fell out of the kept window: the node starts anew from what is kept, as by state sync.
  if (base === undefined) return [present(chain.blocks.get(id), 'a shown block is kept', { id })];
  const missing: Block[] = [];
  let block = chain.blocks.get(id);
  while (block !== undefined && block.height > base.height) {
    missing.push(block);
    block = chain.blocks.get(block.parent);
  }
  return block?.id === head ? missing.reverse() : undefined;
}
