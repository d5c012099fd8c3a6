/** How a relayer finds its work: reads the blocks that are final by the lane's rule, and minds what times out. */
import type { Context } from '../../sim/kernel/simulation.ts';
import { blockOf, type Chain, chainOf } from '../chains/chain.ts';
import { finalBlock, readForward } from '../chains/reading.ts';
import { readState } from '../chains/views.ts';
import { isTimedOut, laneKey, laneOf, type Lane, type Packet } from '../lanes/lane.ts';
import { orderingOf } from '../lanes/orderings.ts';
import { drop, enqueue } from './serving.ts';
import { ACTIONS, type FoundWork, type LaneWatch, outpostOn, type RelayerState, workKey } from './relayer.ts';
import { strategies, type StrategyKind } from './strategies.ts';

/** Reads on after the view of `chainId` has moved. */
export function observe(context: Context, state: RelayerState, chainId: number): void {
  const chain = chainOf(context.world, chainId);
  const head = outpostOn(state, chainId).head;
  for (const watch of state.watches) {
    const lane = laneOf(context.world, watch.lane);
    if (lane.source === chainId) readSource(context, state, watch, lane, chain, head);
    if (lane.destination === chainId) readDestination(context, state, watch, lane, chain, head);
  }
}

function takes(state: RelayerState, lane: Lane, sequence: number): boolean {
  return strategies[state.strategy as StrategyKind].takes(state, lane.id, sequence);
}

function readSource(
  context: Context,
  state: RelayerState,
  watch: LaneWatch,
  lane: Lane,
  chain: Chain,
  head: number,
): void {
  const { blocks, undone } = readForward(chain, watch.source, head);
  for (const block of undone) {
    // What left the chain is no work any more, until it is included again.
    for (const entry of block.logs) {
      if (entry.lane === lane.id && entry.kind === 'packet-sent') withdraw(context, state, watch, entry.sequence);
    }
  }
  for (const block of blocks) {
    for (const entry of block.logs) {
      if (entry.lane !== lane.id || !takes(state, lane, entry.sequence)) continue;
      if (entry.kind === 'packet-sent') {
        watch.open.set(entry.sequence, entry.packet as Packet);
        enqueue(context, state, { lane: lane.id, action: 'receive', packet: entry.packet as Packet, isSuccess: true });
      } else if (entry.kind === 'packet-closed') {
        watch.open.delete(entry.sequence);
        for (const action of ACTIONS) state.passedOver.delete(workKey(lane.id, entry.sequence, action));
      }
    }
  }
}

function withdraw(context: Context, state: RelayerState, watch: LaneWatch, sequence: number): void {
  watch.open.delete(sequence);
  const key = workKey(watch.lane, sequence, 'receive');
  state.passedOver.delete(key);
  const item = state.items.get(key);
  if (item?.stage === 'waiting' || item?.stage === 'queued' || item?.stage === 'resting') {
    drop(context, state, key, 'untrue');
  }
}

function readDestination(
  context: Context,
  state: RelayerState,
  watch: LaneWatch,
  lane: Lane,
  chain: Chain,
  head: number,
): void {
  const { blocks } = readForward(chain, watch.destination, head);
  for (const block of blocks) {
    for (const entry of block.logs) {
      if (entry.lane !== lane.id || entry.kind !== 'acknowledgement-written') continue;
      if (!takes(state, lane, entry.sequence)) continue;
      watch.open.delete(entry.sequence);
      if (!lane.acknowledges) continue;
      const packet = entry.packet as Packet;
      enqueue(context, state, { lane: lane.id, action: 'acknowledge', packet, isSuccess: entry.isSuccess });
    }
  }
  findTimeouts(context, state, watch, lane, chain, head);
}

/** Packets whose time has passed in a final destination block that holds no receipt of theirs. */
function findTimeouts(
  context: Context,
  state: RelayerState,
  watch: LaneWatch,
  lane: Lane,
  chain: Chain,
  head: number,
): void {
  // Such a lane's lateness is carried forth, and back as an acknowledgement.
  if (orderingOf(lane.ordering).receivesLate) return;
  const final = finalBlock(chain, head, watch.destination.depth, watch.destination.tag);
  if (final === undefined) return;
  for (const [sequence, packet] of watch.open) {
    // In order of sending, and so of timeout: the first that is early ends the search.
    if (!isTimedOut(packet, final.chainUs, final.height)) return;
    watch.open.delete(sequence);
    if (readState(chain, final.id, laneKey.receipt(lane.id, sequence)) !== undefined) continue;
    enqueue(context, state, { lane: lane.id, action: 'time-out', packet, isSuccess: false });
  }
}

/** Whether the relayer's own view shows that the work needs no doing any more. */
export function isDone(context: Context, state: RelayerState, key: number): boolean {
  const item = state.items.get(key);
  if (item === undefined) return true;
  const { chain, head, lane } = placeOf(context, state, item);
  if (item.openAt === head) return false;
  if (isDoneAt(chain, head, lane, item)) return true;
  item.openAt = head;
  return false;
}

/** The same of work that was found and not taken up. */
export function isFoundDone(context: Context, state: RelayerState, found: FoundWork): boolean {
  const { chain, head, lane } = placeOf(context, state, found);
  return isDoneAt(chain, head, lane, found);
}

/** Where work is done, as far as the relayer has seen that chain. */
function placeOf(context: Context, state: RelayerState, work: FoundWork): { chain: Chain; head: number; lane: Lane } {
  const lane = laneOf(context.world, work.lane);
  const chain = chainOf(context.world, work.action === 'receive' ? lane.destination : lane.source);
  return { chain, head: outpostOn(state, chain.id).head, lane };
}

function isDoneAt(chain: Chain, head: number, lane: Lane, { action, packet: { sequence } }: FoundWork): boolean {
  if (action !== 'receive') return readState(chain, head, laneKey.commitment(lane.id, sequence)) === undefined;
  if (readState(chain, head, laneKey.receipt(lane.id, sequence)) !== undefined) return true;
  const upTo = (readState(chain, head, laneKey.forgottenUpTo(lane.id)) ?? 0) as number;
  return sequence <= upTo || readState(chain, head, laneKey.forgotten(lane.id, sequence)) !== undefined;
}

/** Whether a packet can no longer be received, by the newest block that the relayer has seen. */
export function isTooLate(context: Context, state: RelayerState, packet: Packet): boolean {
  const lane = laneOf(context.world, packet.lane);
  const chain = chainOf(context.world, lane.destination);
  if (orderingOf(lane.ordering).receivesLate) return false;
  const { chainUs, height } = blockOf(chain, outpostOn(state, chain.id).head);
  return isTimedOut(packet, chainUs, height);
}
