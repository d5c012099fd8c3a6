/** How a relayer finds its work: reads the blocks that are final by the lane's rule, and minds what times out. */
import type { Context } from '../../sim/kernel/simulation.ts';
import { blockOf, type Chain, chainOf } from '../chains/chain.ts';
import { finalBlock, readForward } from '../chains/reading.ts';
import { readState } from '../chains/views.ts';
import { isTimedOut, laneKey, laneOf, type Lane, type Packet } from '../lanes/lane.ts';
import { packetCommitmentOf } from '../lanes/commitments.ts';
import { orderingOf } from '../lanes/orderings.ts';
import { replayOf } from '../lanes/replays.ts';
import { isVerifiedIn } from '../lanes/verified.ts';
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
      if (entry.lane !== lane.id || entry.kind !== 'packet-sent') continue;
      watch.open.delete(entry.sequence);
      withdraw(context, state, workKey(lane.id, entry.sequence, 'receive'));
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
  if (lane.refundAfterUs !== undefined) findRefunds(context, state, watch, lane, blockOf(chain, head).chainUs);
}

/** What the source's own clock gives back. MODEL: nobody takes back what he has seen received: carriers are honest here. */
function findRefunds(context: Context, state: RelayerState, watch: LaneWatch, lane: Lane, chainUs: number): void {
  for (const [sequence, packet] of watch.open) {
    if (packet.refundUs === undefined || chainUs < packet.refundUs) return;
    watch.open.delete(sequence);
    enqueue(context, state, { lane: lane.id, action: 'time-out', packet, isSuccess: false });
  }
}

function withdraw(context: Context, state: RelayerState, key: number): void {
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
  const { blocks, undone } = readForward(chain, watch.destination, head);
  // ORDER: newest first, as they were read the other way round.
  for (const block of undone) {
    for (const entry of block.logs) {
      if (entry.lane !== lane.id || entry.kind !== 'acknowledgement-written') continue;
      if (takes(state, lane, entry.sequence)) reopen(context, state, watch, lane, entry.packet as Packet);
    }
  }
  for (const block of blocks) {
    for (const entry of block.logs) {
      if (entry.lane !== lane.id) continue;
      if (entry.kind === 'packet-verified' || entry.kind === 'packet-nilified') {
        if (takes(state, lane, entry.sequence)) takeVerified(context, state, lane, entry.packet as Packet, entry.kind);
        continue;
      }
      if (entry.kind !== 'acknowledgement-written') continue;
      if (!takes(state, lane, entry.sequence)) continue;
      watch.open.delete(entry.sequence);
      if (!lane.acknowledges) continue;
      const packet = entry.packet as Packet;
      const { isSuccess, payee } = entry;
      const named = payee === undefined ? {} : { payee };
      enqueue(context, state, { lane: lane.id, action: 'acknowledge', packet, isSuccess, ...named });
    }
  }
  findTimeouts(context, state, watch, lane, chain, head);
}

/** What is proven is there to be executed; what was taken back is there to be proven again. */
function takeVerified(
  context: Context,
  state: RelayerState,
  lane: Lane,
  packet: Packet,
  kind: 'packet-verified' | 'packet-nilified',
): void {
  const action = kind === 'packet-verified' ? 'execute' : 'receive';
  const found = { lane: lane.id, action, packet, isSuccess: true } as const;
  if (!isFoundDone(context, state, found)) enqueue(context, state, found);
}

/** A reorg took the delivery back: the packet is to be delivered again, or to be timed out. */
function reopen(context: Context, state: RelayerState, watch: LaneWatch, lane: Lane, packet: Packet): void {
  const { sequence } = packet;
  withdraw(context, state, workKey(lane.id, sequence, 'acknowledge'));
  const open = [...watch.open].filter(([other]) => other !== sequence);
  const place = open.findIndex(([other]) => other > sequence);
  open.splice(place === -1 ? open.length : place, 0, [sequence, packet]);
  // ORDER: of sending, which the search for timeouts relies on.
  watch.open.clear();
  for (const [other, each] of open) watch.open.set(other, each);
  enqueue(context, state, { lane: lane.id, action: 'receive', packet, isSuccess: true });
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
  if (orderingOf(lane.ordering).receivesLate || lane.refundAfterUs !== undefined) return;
  const final = finalBlock(chain, head, watch.destination.depth, watch.destination.tag);
  if (final === undefined) return;
  for (const [sequence, packet] of watch.open) {
    // In order of sending, and so of timeout: the first that is early ends the search.
    if (!isTimedOut(packet, final.chainUs, final.height)) return;
    watch.open.delete(sequence);
    if (isReceivedAt(context, chain, final.id, lane, packet)) continue;
    enqueue(context, state, { lane: lane.id, action: 'time-out', packet, isSuccess: false });
  }
}

/** Whether the relayer's own view shows that the work needs no doing any more. */
export function isDone(context: Context, state: RelayerState, key: number): boolean {
  const item = state.items.get(key);
  if (item === undefined) return true;
  const { chain, head, lane } = placeOf(context, state, item);
  if (item.openAt === head) return false;
  if (isDoneAt(context, chain, head, lane, item)) return true;
  item.openAt = head;
  return false;
}

/** The same of work that was found and not taken up. */
export function isFoundDone(context: Context, state: RelayerState, found: FoundWork): boolean {
  const { chain, head, lane } = placeOf(context, state, found);
  return isDoneAt(context, chain, head, lane, found);
}

/** Where work is done, as far as the relayer has seen that chain. */
function placeOf(context: Context, state: RelayerState, work: FoundWork): { chain: Chain; head: number; lane: Lane } {
  const lane = laneOf(context.world, work.lane);
  const isForth = work.action === 'receive' || work.action === 'execute';
  const chain = chainOf(context.world, isForth ? lane.destination : lane.source);
  return { chain, head: outpostOn(state, chain.id).head, lane };
}

function isDoneAt(context: Context, chain: Chain, head: number, lane: Lane, { action, packet }: FoundWork): boolean {
  const { sequence } = packet;
  if (action === 'acknowledge' || action === 'time-out') {
    return readState(chain, head, laneKey.commitment(lane.id, sequence)) === undefined;
  }
  if (isReceivedAt(context, chain, head, lane, packet)) return true;
  const view = { get: (key: string) => readState(chain, head, key) };
  return action === 'receive' && isVerifiedIn(view, lane, sequence, () => commitmentAt(context, chain, lane, packet));
}

function commitmentAt(context: Context, chain: Chain, lane: Lane, packet: Packet): Uint8Array {
  return packetCommitmentOf(context.hash, chain.mode, lane, packet);
}

function isReceivedAt(context: Context, chain: Chain, block: number, lane: Lane, packet: Packet): boolean {
  const view = { get: (key: string) => readState(chain, block, key) };
  const commitment = (): Uint8Array => commitmentAt(context, chain, lane, packet);
  return replayOf(lane).isReceived(view, lane, { sequence: packet.sequence, commitment });
}

/** Whether a packet can no longer be received, by the newest block that the relayer has seen. */
export function isTooLate(context: Context, state: RelayerState, packet: Packet): boolean {
  const lane = laneOf(context.world, packet.lane);
  const chain = chainOf(context.world, lane.destination);
  if (orderingOf(lane.ordering).receivesLate) return false;
  const { chainUs, height } = blockOf(chain, outpostOn(state, chain.id).head);
  return isTimedOut(packet, chainUs, height);
}
