/**
 * What a relayer has seen done can be undone: it remembers that for as long as the chain may be taken back, and looks again
 * once the chain was. The transaction that did it waits for a block again by itself; what it proved then may no longer be
 * so, and then the work is to be done anew.
 */
import { after, duration } from '../../sim/base/units.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type BlockId, blockOf, type Chain, isOnBranch } from '../chains/chain.ts';
import { type Outpost, RELAYER_EVENT, type RelayerState, type WorkItem } from './relayer.ts';

/** Work that was seen done. */
export interface DoneWork {
  readonly key: number;
  readonly item: WorkItem;
  /** Height of the view in which it was seen. */
  readonly height: number;
}

/** On a chain that is never taken back there is nothing to remember. */
export function rememberDone(chain: Chain, outpost: Outpost, key: number, item: WorkItem): void {
  if (chain.settleDepth === 0 || !chain.blocks.has(outpost.head)) return;
  outpost.done.push({ key, item, height: blockOf(chain, outpost.head).height });
}

/** The view moved from `before`: where it left blocks, what is not done any more is taken up again after a while. */
export function lookAgain(
  context: Context,
  state: RelayerState,
  outpost: Outpost,
  chain: Chain,
  before: BlockId,
  isDone: (work: DoneWork) => boolean,
): void {
  if (outpost.done.length === 0) return;
  if (!isOnBranch(chain, outpost.head, before)) {
    const undone = outpost.done.filter((work) => !isDone(work));
    outpost.done = outpost.done.filter((work) => !undone.includes(work));
    for (const { key, item } of undone) {
      if (state.items.has(key)) continue;
      // The transaction that did it has as long to show again as any.
      state.items.set(key, { ...item, stage: 'resting', openAt: -1 });
      context.schedule(
        'timer',
        state.entity,
        RELAYER_EVENT.rested,
        after(context.now, duration(state.retry.patienceUs)),
        key,
      );
    }
  }
  const settled = blockOf(chain, outpost.head).height - chain.settleDepth;
  if ((outpost.done[0]?.height ?? settled) < settled) {
    outpost.done = outpost.done.filter(({ height }) => height >= settled);
  }
}
