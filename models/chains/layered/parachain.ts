/**
 * A parachain: a collator makes its blocks on the newest relay block that it has seen; validators of the relay chain back
 * each, make it available, and check it again before it counts as final. A wrong one that checkers find takes the relay
 * chain back to before it was included, and with it all that was built on it, on every parachain.
 */
import { after, roundDuration } from '../../../sim/base/units.ts';
import { assert } from '../../../sim/base/assert.ts';
import { type Law, sample } from '../../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import { candidateApproved, candidateDisputed } from '../../records.ts';
import {
  type Block,
  type BlockId,
  blockAtHeight,
  blockOf,
  type Chain,
  chainOf,
  chainsOf,
  isOnBranch,
  nodeOf,
} from '../chain.ts';
import { slowed } from '../conditions.ts';
import { rollBack } from '../consensus/parametric.ts';
import type { Executor } from '../execution.ts';
import { announceTags, moveTag } from '../finality.ts';
import { finalBlock } from '../reading.ts';
import type { SealBlock } from '../sealing.ts';
import { readState } from '../views.ts';
import type { ReadState } from './anchors.ts';
import { type Errand, isFree, send } from './errand.ts';
import { buildLayered, headBelow, type OriginRule, unwindLost, unwindTo } from './layered-blocks.ts';
import { backedTip, includedTip, PARACHAIN_GAS } from './parachain-contract.ts';

export interface ParachainState {
  readonly chain: number;
  /** Its key, for light clients elsewhere. */
  readonly key: number;
  readonly interval: Law;
  readonly origin: OriginRule;
  /** When a block of the relay chain counts as final. */
  readonly finality: OriginRule;
  /** Time from a backed block to its being available everywhere, and from there to its being checked and approved. */
  readonly availability: Law;
  readonly approval: Law;
  /** Blocks that may be made and not yet included. */
  readonly ahead: number;
  readonly stream: StreamId;
  readonly backers: Errand;
  readonly includers: Errand;
  made: number;
  /** Block that is being made available, -1 for none. */
  pending: BlockId;
  /** Newest blocks whose check has begun, and that are approved. */
  checkedTo: BlockId;
  approvedTo: BlockId;
  /** Wrong blocks that nobody has found yet, by the ids of those that follow. Filled while a fault makes them. */
  readonly wrong: Set<BlockId>;
  wrongNow: boolean;
}

export const PARACHAIN_KIND = 'parachain';
export const PARACHAIN_EVENT = { makeBlock: 0, belowMoved: 1, available: 2, checked: 3 } as const;

export function startParachain(context: Context, entity: number, state: ParachainState): void {
  scheduleBlock(context, entity, state);
}

export function createParachain(executor: Executor, sealBlock: SealBlock): Behaviour<ParachainState> {
  return {
    kind: PARACHAIN_KIND,
    events: ['make-block', 'below-moved', 'available', 'checked'],
    handle(state, event, context) {
      const chain = chainOf(context.world, state.chain);
      switch (event.kind) {
        case PARACHAIN_EVENT.makeBlock:
          state.made++;
          scheduleBlock(context, event.target, state);
          return collate(context, state, chain, executor, sealBlock);
        case PARACHAIN_EVENT.belowMoved:
          unwindLost(context, chain);
          return follow(context, state, chain, event.target);
        case PARACHAIN_EVENT.available:
          return include(context, state, chain, event.a);
        default:
          return check(context, state, chain, event.a);
      }
    },
  };
}

function scheduleBlock(context: Context, entity: number, state: ParachainState): void {
  const interval = roundDuration(sample(state.interval, context.keyed(state.stream, state.made, 0)));
  const wait = roundDuration(slowed(chainOf(context.world, state.chain), interval));
  context.schedule('block', entity, PARACHAIN_EVENT.makeBlock, after(context.now, wait));
}

function collate(
  context: Context,
  state: ParachainState,
  chain: Chain,
  executor: Executor,
  sealBlock: SealBlock,
): void {
  const read = readerBelow(context, chain);
  const head = blockOf(chain, chain.head);
  if (!nodeOf(chain, 0).isUp || head.height - includedTip(read, chain.id).height >= state.ahead) return;
  const block = buildLayered(context, chain, state.origin, { executor, sealBlock });
  if (block !== undefined && state.wrongNow) state.wrong.add(block.id);
  back(context, state, chain, read);
}

function readerBelow(context: Context, chain: Chain): ReadState {
  const below = chainOf(context.world, chain.below);
  const head = headBelow(context, chain);
  return (key) => readState(below, head, key);
}

/** Asks for the next block to be backed, one after the other. */
function back(context: Context, state: ParachainState, chain: Chain, read: ReadState): void {
  const below = chainOf(context.world, chain.below);
  if (!isFree(below, headBelow(context, chain), state.backers)) return;
  const tip = backedTip(read, chain);
  const next = blockAtHeight(chain, chain.head, tip.height + 1);
  if (next === undefined || next.parent !== tip.block) return;
  const call = { action: 'back-candidate', arguments: Object.freeze({ chain: chain.id, block: next.id }) };
  send(context, below, state.backers, call, PARACHAIN_GAS.back);
}

function include(context: Context, state: ParachainState, chain: Chain, id: BlockId): void {
  state.pending = -1;
  const below = chainOf(context.world, chain.below);
  if (!isFree(below, headBelow(context, chain), state.includers)) return;
  const call = { action: 'include-candidate', arguments: Object.freeze({ chain: chain.id, block: id }) };
  send(context, below, state.includers, call, PARACHAIN_GAS.include);
}

/** The relay chain moved: what is backed becomes available, what is included is checked, heads follow. */
function follow(context: Context, state: ParachainState, chain: Chain, entity: number): void {
  const below = chainOf(context.world, chain.below);
  const read = readerBelow(context, chain);
  back(context, state, chain, read);
  const included = includedTip(read, chain.id);
  const next = blockAtHeight(chain, chain.head, included.height + 1);
  const isBacked = next !== undefined && next.height <= backedTip(read, chain).height;
  if (isBacked && state.pending === -1 && isFree(below, headBelow(context, chain), state.includers)) {
    state.pending = next.id;
    const time = roundDuration(sample(state.availability, context.keyed(state.stream, next.id, 1)));
    context.schedule('timer', entity, PARACHAIN_EVENT.available, after(context.now, time), next.id);
  }
  for (const block of newlyIncluded(chain, state.checkedTo, included.block)) {
    const time = roundDuration(sample(state.approval, context.keyed(state.stream, block.id, 2)));
    context.schedule('timer', entity, PARACHAIN_EVENT.checked, after(context.now, time), block.id);
    state.checkedTo = block.id;
  }
  moveTags(context, state, chain);
}

/** Oldest first: included, and not above a block whose check has begun. */
function newlyIncluded(chain: Chain, checkedTo: BlockId, included: BlockId): Block[] {
  const blocks: Block[] = [];
  let block = chain.blocks.get(included);
  while (block !== undefined && block.height > 0 && !isOnBranch(chain, checkedTo, block.id)) {
    blocks.push(block);
    block = chain.blocks.get(block.parent);
  }
  return blocks.reverse();
}

// MODEL: checkers are one law of time: enough of them always come, and none of them errs. What a relay block makes final
// does not wait for them, so an approval must be quicker than that; where it is not, the parachain's own head waits.
function check(context: Context, state: ParachainState, chain: Chain, id: BlockId): void {
  const block = chain.blocks.get(id);
  if (block === undefined || !isOnBranch(chain, chain.head, id)) return;
  const fields = { parachain: chain.id, block: id, height: block.height };
  if (state.wrong.has(id)) {
    context.record(candidateDisputed, fields);
    return revert(context, state, chain, block);
  }
  // In the order of inclusion: what stands on an unchecked block is not approved before it.
  const approved = chain.blocks.get(state.approvedTo);
  if (approved === undefined || block.height > approved.height) state.approvedTo = id;
  context.record(candidateApproved, fields);
  moveTags(context, state, chain);
}

/** Takes the relay chain back to before the block that included a wrong one, and the parachain to before that. */
function revert(context: Context, state: ParachainState, chain: Chain, wrong: Block): void {
  const below = chainOf(context.world, chain.below);
  let block = blockOf(below, below.head);
  while (block.height > 0 && includedTip((key) => readState(below, block.id, key), chain.id).height >= wrong.height) {
    block = blockOf(below, block.parent);
  }
  state.wrong.delete(wrong.id);
  undoTogether(context, below, block.id, { chain, to: wrong.parent });
}

/**
 * Takes a relay chain back to one of its blocks, and with it every block that stood on those undone, newest first: what was
 * received is undone before what was sent.
 */
function undoTogether(
  context: Context,
  below: Chain,
  to: BlockId,
  own: { readonly chain: Chain; readonly to: BlockId },
): void {
  const above = chainsOf(context.world).filter((each) => each.below === below.id);
  const isUndone = (chain: Chain): boolean => {
    const head = blockOf(chain, chain.head);
    if (chain.id === own.chain.id && !isOnBranch(chain, own.to, head.id)) return true;
    return head.height > 0 && !isOnBranch(below, to, head.origin);
  };
  for (;;) {
    // ORDER: by the instant at which a block was made; of one instant, the chain above first, in order of their ids.
    let newest: Chain | undefined;
    for (const chain of above) if (isUndone(chain)) newest = laterOf(newest, chain);
    if (below.head !== to) newest = laterOf(newest, below);
    if (newest === undefined) return;
    const parent = blockOf(newest, newest.head).parent;
    if (newest === below) rollBack(context, below, parent);
    else unwindTo(context, newest, nodeOf(newest, 0), parent);
  }
}

function laterOf(first: Chain | undefined, second: Chain): Chain {
  if (first === undefined) return second;
  return blockOf(second, second.head).madeAt > blockOf(first, first.head).madeAt ? second : first;
}

/** Safe: included. Finalized and settled: included in a relay block that is final, and approved. */
function moveTags(context: Context, state: ParachainState, chain: Chain): void {
  const below = chainOf(context.world, chain.below);
  const head = headBelow(context, chain);
  const at = (block: BlockId) => chain.blocks.get(includedTip((key) => readState(below, block, key), chain.id).block);
  let isMoved = moveTo(context, chain, 'safe', at(head));
  const final = finalBlock(below, head, state.finality.depth, state.finality.tag);
  const approved = chain.blocks.get(state.approvedTo);
  const included = final === undefined ? undefined : at(final.id);
  if (included !== undefined && approved !== undefined) {
    const lower = included.height < approved.height ? included : approved;
    isMoved = moveTo(context, chain, 'finalized', lower) || isMoved;
    isMoved = moveTo(context, chain, 'settled', lower) || isMoved;
  }
  if (isMoved) announceTags(context, chain, true);
}

function moveTo(
  context: Context,
  chain: Chain,
  tag: 'safe' | 'finalized' | 'settled',
  block: Block | undefined,
): boolean {
  return (
    block !== undefined &&
    block.height > 0 &&
    isOnBranch(chain, chain.head, block.id) &&
    moveTag(context, chain, tag, block)
  );
}

export function parachainOf(context: Context, chain: Chain): ParachainState {
  const entity = context.world.entities[nodeOf(chain, 0).entity];
  assert(entity?.kind === PARACHAIN_KIND, 'a parachain has its entity', { chain: chain.name });
  return entity.state as ParachainState;
}
