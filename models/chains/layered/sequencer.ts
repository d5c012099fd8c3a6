/**
 * The sequencer of a rollup: one process that makes its blocks on the newest block below that it has seen, and whose word
 * is all that stands behind them until their data is below.
 * MODEL: nobody else can put a transaction into a block: while the sequencer is away the rollup stands still, where real
 * ones let users force theirs in through the chain below after hours. It costs the end of very long outages.
 */
import { after, roundDuration } from '../../../sim/base/units.ts';
import { assert } from '../../../sim/base/assert.ts';
import { type Law, sample } from '../../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import { blockOf, type Chain, chainOf, nodeOf } from '../chain.ts';
import { slowed } from '../conditions.ts';
import type { Executor } from '../execution.ts';
import type { SealBlock } from '../sealing.ts';
import { buildLayered, type OriginRule, unwindLost, unwindTo } from './layered-blocks.ts';

export interface SequencerState {
  readonly chain: number;
  /** Its key, for light clients elsewhere. */
  readonly key: number;
  readonly interval: Law;
  readonly intervalStream: StreamId;
  readonly origin: OriginRule;
  /** Blocks made so far, on any branch. */
  made: number;
}

export const SEQUENCER_KIND = 'rollup-sequencer';
export const SEQUENCER_EVENT = { makeBlock: 0, belowMoved: 1 } as const;

export function startSequencer(context: Context, entity: number, state: SequencerState): void {
  scheduleBlock(context, entity, state);
}

export function createSequencer(executor: Executor, sealBlock: SealBlock): Behaviour<SequencerState> {
  return {
    kind: SEQUENCER_KIND,
    events: ['make-block', 'below-moved'],
    handle(state, event, context) {
      const chain = chainOf(context.world, state.chain);
      if (event.kind === SEQUENCER_EVENT.belowMoved) return void unwindLost(context, chain);
      state.made++;
      scheduleBlock(context, event.target, state);
      if (nodeOf(chain, 0).isUp) buildLayered(context, chain, state.origin, { executor, sealBlock });
    },
  };
}

function scheduleBlock(context: Context, entity: number, state: SequencerState): void {
  const interval = roundDuration(sample(state.interval, context.keyed(state.intervalStream, state.made, 0)));
  const wait = roundDuration(slowed(chainOf(context.world, state.chain), interval));
  context.schedule('block', entity, SEQUENCER_EVENT.makeBlock, after(context.now, wait));
}

/** Lets a dishonest sequencer drop its newest blocks, down to `lowest` at most. Returns how many it dropped. */
export function dropNewest(context: Context, chain: Chain, count: number, lowest: number): number {
  assert(chain.below !== -1, 'only a chain on another is taken back by its sequencer', { chain: chain.name });
  const top = blockOf(chain, chain.head);
  let block = top;
  while (block.height > Math.max(lowest, top.height - count, 0)) block = blockOf(chain, block.parent);
  unwindTo(context, chain, nodeOf(chain, 0), block.id);
  return top.height - block.height;
}
