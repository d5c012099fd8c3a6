/**
 * A chain whose blocks come by a law, or one for each transaction, made by one node that never fails: cheap, for scale
 * and for queueing studies.
 * MODEL: there is no vote and no fork, so nothing that happens to validators can be seen on it. On demand, a chain that
 * nobody sends to has no new block, so neither its time nor proofs of what it lacks move on: timeouts wait for the next.
 */
import { assert, present } from '../../../sim/base/assert.ts';
import { after, roundDuration } from '../../../sim/base/units.ts';
import { type Law, sample } from '../../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import { type BlockId, blockOf, type Chain, chainOf, type ChainNode, isOnBranch, nodeOf } from '../chain.ts';
import { slowed } from '../conditions.ts';
import type { Executor } from '../execution.ts';
import type { SealBlock } from '../sealing.ts';
import { followBlock, type Heads, moveHead, startHeads } from './parametric-heads.ts';
import { demandBlock, makeBlock, moveReference, moveView, selectTransactions } from '../views.ts';

export interface ParametricState {
  readonly chain: number;
  /** Whether a block is made at once for what waits, and none otherwise; `interval` then says nothing. */
  readonly isOnDemand: boolean;
  readonly interval: Law;
  readonly finality: Law;
  readonly intervalStream: StreamId;
  readonly finalityStream: StreamId;
  /** Left out where the chain names no heads. */
  readonly heads?: Heads;
  /** Key of its one authority, for light clients elsewhere. */
  readonly key: number;
  /** Newest block made; the head of the node follows when its finality has passed. */
  tip: number;
}

export const PARAMETRIC_KIND = 'parametric-chain';
const EVENT = { makeBlock: 0, finalise: 1, moveHead: 2 } as const;

export function startParametric(context: Context, entity: number, state: ParametricState): void {
  if (state.heads !== undefined) startHeads(context, entity, EVENT.moveHead, state.heads);
  if (state.isOnDemand) {
    chainOf(context.world, state.chain).demand = { entity, kind: EVENT.makeBlock, isDue: false };
  } else scheduleBlock(context, entity, state, 1);
}

export function createParametric(executor: Executor, sealBlock: SealBlock): Behaviour<ParametricState> {
  return {
    kind: PARAMETRIC_KIND,
    events: ['make-block', 'finalise', 'move-head'],
    handle(state, event, context) {
      const chain = chainOf(context.world, state.chain);
      const node = nodeOf(chain, 0);
      if (event.kind === EVENT.finalise) {
        // What was undone since becomes final no more.
        if (isOnBranch(chain, state.tip, event.a)) finalise(context, chain, node, event.a);
        return;
      }
      const { heads } = state;
      if (event.kind === EVENT.moveHead) {
        const place = { entity: event.target, kind: EVENT.moveHead, chain, tip: state.tip };
        if (heads !== undefined) moveHead(context, place, heads, event.a, event.b);
        return;
      }
      if (chain.demand !== undefined) chain.demand.isDue = false;
      else scheduleBlock(context, event.target, state, blockOf(chain, state.tip).height + 2);
      if (!node.isUp) return;
      const transactions = selectTransactions(context, chain, node, state.tip);
      if (state.isOnDemand && transactions.length === 0) return;
      const taken = transactions.length;
      const block = makeBlock(context, chain, { parent: state.tip, proposer: 0, transactions, work: 1 });
      executor.execute(context, chain, block);
      sealBlock(context, chain, block);
      state.tip = block.id;
      // What did not fit into a full block is in the next one.
      if (chain.mempool.waiting > taken) demandBlock(context, chain);
      if (heads !== undefined) followBlock(context, event.target, EVENT.moveHead, heads, block);
      const law = state.finality;
      const delay = roundDuration(sample(law, context.keyed(state.finalityStream, block.height, 0)));
      if (delay === 0) finalise(context, chain, node, block.id);
      else context.schedule('block', event.target, EVENT.finalise, after(context.now, delay), block.id);
    },
  };
}

/**
 * Takes the chain back to one of its blocks, as its operators can by agreement outside of its rules. What the undone blocks
 * held waits again; named heads that were above are left without a block until they pass that height again.
 */
export function rollBack(context: Context, chain: Chain, to: BlockId): void {
  const node = nodeOf(chain, 0);
  const entity = present(context.world.entities[node.entity], 'a chain has its entity', { chain: chain.name });
  assert(entity.kind === PARAMETRIC_KIND, 'only a chain without votes can be taken back', { chain: chain.name });
  (entity.state as ParametricState).tip = to;
  moveReference(context, chain, to);
  moveView(context, chain, node, to);
}

/** A block is final with all those below it: one whose own time is longer than that of its child has nothing to wait for. */
function finalise(context: Context, chain: Chain, node: ChainNode, id: BlockId): void {
  const block = chain.blocks.get(id);
  if (block === undefined || block.height <= blockOf(chain, chain.head).height) return;
  moveReference(context, chain, id);
  moveView(context, chain, node, id);
}

function scheduleBlock(context: Context, entity: number, state: ParametricState, height: number): void {
  const interval = roundDuration(sample(state.interval, context.keyed(state.intervalStream, height, 0)));
  const wait = roundDuration(slowed(chainOf(context.world, state.chain), interval));
  context.schedule('block', entity, EVENT.makeBlock, after(context.now, wait));
}
