/**
 * How both chains forget a packet that has ended: without it state would grow with finished messages.
 * MODEL: a real IBC chain keeps receipts until a channel upgrade prunes them (ibc-go, PruneAcknowledgements). Here a packet
 * whose commitment was deleted in a settled source block is forgotten by the destination at its next block, behind a
 * watermark that still refuses a replay. It costs no gas, and no relayer has to carry the news.
 */
import type { Execution } from '../chains/execution.ts';
import { blockAtHeight } from '../chains/chain.ts';
import { packetSettled } from '../records.ts';
import { type Forgettable, forgettableOn, laneKey, laneOf, lanesOf, setForgettable } from './lane.ts';
import { replayOf } from './replays.ts';

/** End-of-block work of every chain. */
export function forgetSettled(execution: Execution): void {
  announceClosed(execution);
  removeReceipts(execution);
}

/** What this chain closed in the block that settles now may be forgotten by the destinations. */
function announceClosed(execution: Execution): void {
  const { chain, block, context } = execution;
  const settled = blockAtHeight(chain, block.parent, block.height - Math.max(1, chain.settleDepth));
  if (settled === undefined || (chain.settleDepth > 0 && chain.branch.get(settled.height) !== settled.id)) return;
  if (settled.closedAnnounced) return;
  settled.closedAnnounced = true;
  for (const entry of settled.logs) {
    if (entry.kind !== 'packet-closed') continue;
    const lane = lanesOf(context.world)[entry.lane];
    if (lane === undefined) continue;
    forgettableOn(context.world, lane.destination).push({ lane: lane.id, sequence: entry.sequence, removedAt: 0 });
  }
}

function removeReceipts(execution: Execution): void {
  const { chain, block, context } = execution;
  const list = forgettableOn(context.world, chain.id);
  if (list.length === 0) return;
  const left: Forgettable[] = [];
  for (const item of list) {
    const receipt = laneKey.receipt(item.lane, item.sequence);
    // What keeps no receipts forgets none.
    const keepsReceipts = replayOf(laneOf(context.world, item.lane)).showsAbsence;
    if (
      keepsReceipts &&
      execution.get(laneKey.forgotten(item.lane, item.sequence)) === undefined &&
      !isBehind(execution, item)
    ) {
      if (execution.get(receipt) !== undefined) {
        execution.remove(receipt);
        execution.remove(laneKey.acknowledgement(item.lane, item.sequence));
      }
      moveWatermark(execution, item);
    }
    if (item.removedAt === 0) {
      item.removedAt = block.height;
      execution.fact(packetSettled, { lane: item.lane, sequence: item.sequence });
    }
    // A reorg may undo the block that forgot: the work stays listed until that block has settled itself.
    if (chain.settleDepth > 0 && block.height - item.removedAt <= chain.settleDepth) left.push(item);
  }
  setForgettable(context.world, chain.id, left);
}

function isBehind(execution: Execution, item: Forgettable): boolean {
  return item.sequence <= (((execution.get(laneKey.forgottenUpTo(item.lane)) as number | undefined) ?? 0) as number);
}

function moveWatermark(execution: Execution, item: Forgettable): void {
  const watermark = laneKey.forgottenUpTo(item.lane);
  let upTo = ((execution.get(watermark) as number | undefined) ?? 0) as number;
  if (item.sequence !== upTo + 1) {
    execution.set(laneKey.forgotten(item.lane, item.sequence), 1);
    return;
  }
  upTo++;
  while (execution.get(laneKey.forgotten(item.lane, upTo + 1)) !== undefined) {
    upTo++;
    execution.remove(laneKey.forgotten(item.lane, upTo));
  }
  execution.set(watermark, upTo);
}
