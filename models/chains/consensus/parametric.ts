/**
 * A chain whose blocks come by a law, made by one node that never fails: cheap, for scale and for queueing studies.
 * MODEL: there is no vote and no fork, so nothing that happens to validators can be seen on it.
 */
import { after, roundDuration } from '../../../sim/base/units.ts';
import { type Law, sample } from '../../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import { blockOf, chainOf, nodeOf } from '../chain.ts';
import type { Executor } from '../execution.ts';
import type { SealBlock } from '../sealing.ts';
import { makeBlock, moveReference, moveView, selectTransactions } from '../views.ts';

export interface ParametricState {
  readonly chain: number;
  readonly interval: Law;
  readonly finality: Law;
  readonly intervalStream: StreamId;
  readonly finalityStream: StreamId;
  /** Key of its one authority, for light clients elsewhere. */
  readonly key: number;
  /** Newest block made; the head of the node follows when its finality has passed. */
  tip: number;
}

const EVENT = { makeBlock: 0, finalise: 1 } as const;

export function startParametric(context: Context, entity: number, state: ParametricState): void {
  scheduleBlock(context, entity, state, 1);
}

export function createParametric(executor: Executor, sealBlock: SealBlock): Behaviour<ParametricState> {
  return {
    kind: 'parametric-chain',
    events: ['make-block', 'finalise'],
    handle(state, event, context) {
      const chain = chainOf(context.world, state.chain);
      const node = nodeOf(chain, 0);
      if (event.kind === EVENT.finalise) {
        moveReference(context, chain, event.a);
        moveView(context, chain, node, event.a);
        return;
      }
      const parent = blockOf(chain, state.tip);
      scheduleBlock(context, event.target, state, parent.height + 2);
      if (!node.isUp) return;
      const transactions = selectTransactions(chain, node, state.tip);
      const block = makeBlock(context, chain, { parent: state.tip, proposer: 0, transactions, work: 1 });
      executor.execute(context, chain, block);
      sealBlock(context, chain, block);
      state.tip = block.id;
      const law = state.finality;
      const delay = roundDuration(sample(law, context.keyed(state.finalityStream, block.height, 0)));
      if (delay === 0) {
        moveReference(context, chain, block.id);
        moveView(context, chain, node, block.id);
      } else context.schedule('block', event.target, EVENT.finalise, after(context.now, delay), block.id);
    },
  };
}

function scheduleBlock(context: Context, entity: number, state: ParametricState, height: number): void {
  const interval = roundDuration(sample(state.interval, context.keyed(state.intervalStream, height, 0)));
  context.schedule('block', entity, EVENT.makeBlock, after(context.now, interval));
}
