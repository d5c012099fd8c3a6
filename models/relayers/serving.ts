/** The server of a relayer: a queue in front of it, a service time for each piece of work, evidence, and batches. */
import { after, roundDuration, duration } from '../../sim/base/units.ts';
import { sample } from '../../sim/kernel/random/laws.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { chainOf } from '../chains/chain.ts';
import { acknowledgementValue, packetCommitmentOf } from '../lanes/commitments.ts';
import { isTimedOut, laneKey, laneOf } from '../lanes/lane.ts';
import { failureOf } from '../lanes/failures.ts';
import { isOpenAt } from '../lanes/opening.ts';
import { gapBefore, orderingOf } from '../lanes/orderings.ts';
import { verifiedIn } from '../lanes/verified.ts';
import { readState } from '../chains/views.ts';
import { isPausedIn } from '../controls/pauses.ts';
import { absenceClaim, acknowledgementClaim, commitmentClaim } from '../lanes/packet-calls.ts';
import { relayDropped, relayQueued } from '../records.ts';
import { type Claim, type Client, clientOf, type Evidence, type VerifierTable } from '../verifiers/verifier.ts';
import {
  type FoundWork,
  itemOf,
  outpostOn,
  RELAYER_EVENT,
  type RelayerState,
  type WorkItem,
  workKey,
} from './relayer.ts';

export type DropReason = 'queue-full' | 'out-of-gas' | 'retries-spent' | 'done-by-another' | 'untrue' | 'too-late';

const QUEUE_CUT = 1_024;

/** Takes a piece of work on, unless it is known already or the queue is full: then it is passed over for now. */
export function enqueue(context: Context, state: RelayerState, found: FoundWork): void {
  const { lane, action, packet, isSuccess, payee } = found;
  const key = workKey(lane, packet.sequence, action);
  const known = state.items.get(key);
  if (known !== undefined) {
    // After a reorg the same sequence may carry another packet: the work is then about that one.
    known.packet = packet;
    return;
  }
  const { sequence } = packet;
  if (state.queueMax > 0 && inLine(state) >= state.queueMax) {
    if (state.clears) state.passedOver.set(key, found);
    context.record(relayDropped, { relayer: state.id, lane, sequence, action, reason: 'queue-full' });
    return;
  }
  state.items.set(key, {
    lane,
    action,
    packet,
    isSuccess,
    ...(payee === undefined ? {} : { payee }),
    stage: 'queued',
    waitingFor: '',
    attempt: 0,
    openAt: -1,
    firstAt: -1,
    transaction: -1,
  });
  context.record(relayQueued, { relayer: state.id, lane, sequence, action });
  line(context, state, key);
}

/** Puts known work in line for the server. */
export function line(context: Context, state: RelayerState, key: number): void {
  itemOf(state, key).stage = 'queued';
  state.queue.push(key);
  startService(context, state);
}

/**
 * Takes up what was passed over, as far as the queue has room, where the line is empty.
 * MODEL: a relayer learns what is still open by asking the chains for it, which takes no time and costs nothing here.
 * @source Hermes, packet clearing: `clear_interval` relays what events were missed for.
 */
export function takeUpPassedOver(context: Context, state: RelayerState, isDone: (found: FoundWork) => boolean): void {
  if (state.passedOver.size === 0 || inLine(state) > 0) return;
  for (const [key, found] of state.passedOver) {
    if (inLine(state) >= state.queueMax) return;
    state.passedOver.delete(key);
    if (!isDone(found)) enqueue(context, state, found);
  }
}

function inLine(state: RelayerState): number {
  return state.queue.length - state.queueFirst;
}

/** Taking from the front of an array moves all of it: the place of the first is kept, and the rest cut off by the thousand. */
function takeFirst(state: RelayerState): number {
  const key = state.queue[state.queueFirst++] as number;
  if (state.queueFirst === state.queue.length || state.queueFirst === QUEUE_CUT) {
    state.queue = state.queue.slice(state.queueFirst);
    state.queueFirst = 0;
  }
  return key;
}

export function startService(context: Context, state: RelayerState): void {
  while (state.isServing && state.busy < state.servers && inLine(state) > 0) {
    const key = takeFirst(state);
    const item = state.items.get(key);
    if (item === undefined || item.stage !== 'queued') continue;
    item.stage = 'serving';
    state.busy++;
    const time = roundDuration(sample(state.service, context.keyed(state.streams.service, key, item.attempt)));
    state.served++;
    context.schedule('timer', state.entity, RELAYER_EVENT.served, after(context.now, time), key);
  }
}

export function drop(context: Context, state: RelayerState, key: number, reason: DropReason): void {
  const item = itemOf(state, key);
  if (item.stage === 'submitted') outpostOn(state, clientFor(context, item).host).submitted.delete(key);
  state.items.delete(key);
  state.waiting.delete(key);
  const { lane, action, packet } = item;
  context.record(relayDropped, { relayer: state.id, lane, sequence: packet.sequence, action, reason });
}

/** Parks work whose evidence is not there yet. */
export function park(state: RelayerState, key: number, reason: string): void {
  const item = itemOf(state, key);
  item.stage = 'waiting';
  item.waitingFor = reason;
  state.waiting.add(key);
}

/** The client that must believe a piece of work, and the chain that it is submitted to. */
export function clientFor(context: Context, item: WorkItem): Client {
  const lane = laneOf(context.world, item.lane);
  const isForth = item.action === 'receive' || item.action === 'execute';
  return clientOf(context.world, isForth ? lane.destinationClient : lane.sourceClient);
}

/** What has to be proven for a piece of work; nothing for what was proven before. */
export function claimOf(context: Context, item: WorkItem): Claim | undefined {
  const lane = laneOf(context.world, item.lane);
  const client = clientFor(context, item);
  const mode = chainOf(context.world, client.counterparty).mode;
  switch (item.action) {
    case 'receive':
      return commitmentClaim(lane, item.packet, packetCommitmentOf(context.hash, mode, lane, item.packet));
    case 'acknowledge':
      return acknowledgementClaim(
        lane,
        item.packet,
        acknowledgementValue(context.hash, mode, item.isSuccess, item.packet, item.payee),
      );
    case 'time-out':
      return absenceClaim(lane, item.packet);
    case 'execute':
      return undefined;
  }
}

export function gatherEvidence(
  context: Context,
  state: RelayerState,
  item: WorkItem,
  verifiers: VerifierTable,
): Evidence {
  const order = item.action === 'receive' ? awaitOrder(context, state, item) : undefined;
  if (order !== undefined) return order;
  if (item.action === 'acknowledge' && isClosed(context, state, item))
    return { kind: 'waiting', reason: 'lane-closed' };
  const isForth = item.action === 'receive' || item.action === 'execute';
  if (isForth && isPaused(context, state, item)) return { kind: 'waiting', reason: 'lane-paused' };
  if (isForth && !isOpen(context, state, item)) return { kind: 'waiting', reason: 'lane-not-open' };
  const claim = claimOf(context, item);
  if (claim === undefined) return mayExecute(context, state, item);
  if (item.action === 'time-out' && item.packet.refundUs !== undefined) {
    return { kind: 'ready', evidence: undefined, updates: [], point: { height: 0, chainUs: 0, block: -1 } };
  }
  const client = clientFor(context, item);
  const rule = verifiers[client.kind];
  if (rule === undefined) return { kind: 'waiting', reason: 'unknown-verifier' };
  const view = {
    counterpartyHead: outpostOn(state, client.counterparty).head,
    hostHead: outpostOn(state, client.host).head,
  };
  const evidence = rule.gather(context, client, claim, view);
  if (item.action !== 'time-out' || evidence.kind !== 'ready') return evidence;
  // Proof of absence is only worth its gas from the timeout on.
  const { chainUs, height } = evidence.point;
  return isTimedOut(item.packet, chainUs, height) ? evidence : { kind: 'waiting', reason: 'timeout' };
}

/** Whether what was proven before may be executed, by the relayer's own view. Needs no proof. */
function mayExecute(context: Context, state: RelayerState, item: WorkItem): Evidence {
  const lane = laneOf(context.world, item.lane);
  const chain = chainOf(context.world, lane.destination);
  const { head } = outpostOn(state, chain.id);
  const view = { get: (key: string) => readState(chain, head, key) };
  const own = verifiedIn(view, lane, item.packet.sequence);
  if (own === undefined || own.isNilified) return { kind: 'waiting', reason: 'not-verified' };
  // What failed is left to people where the lane says so.
  if (own.tried > 0 && !failureOf(lane).isRelayed) return { kind: 'untrue' };
  const isBehindGap = lane.ordering === 'lazy-gap' && gapBefore(view, lane.id, item.packet.sequence) !== undefined;
  if (isBehindGap) return { kind: 'waiting', reason: 'order' };
  return { kind: 'ready', evidence: undefined, updates: [], point: { height: 0, chainUs: 0, block: -1 } };
}

function isClosed(context: Context, state: RelayerState, item: WorkItem): boolean {
  const lane = laneOf(context.world, item.lane);
  if (!orderingOf(lane.ordering).closesOnTimeout) return false;
  const { head } = outpostOn(state, lane.source);
  return readState(chainOf(context.world, lane.source), head, laneKey.closed(lane.id)) !== undefined;
}

function isOpen(context: Context, state: RelayerState, item: WorkItem): boolean {
  const lane = laneOf(context.world, item.lane);
  const chain = chainOf(context.world, lane.destination);
  const { head } = outpostOn(state, lane.destination);
  return isOpenAt({ get: (key) => readState(chain, head, key) }, lane, 'destination');
}

/** MODEL: relayers read the pause of a lane, as they would by trying the call out on a node, and pay for no refusal. */
function isPaused(context: Context, state: RelayerState, item: WorkItem): boolean {
  const lane = laneOf(context.world, item.lane);
  if (lane.pause === 'never') return false;
  const { head } = outpostOn(state, lane.destination);
  const chain = chainOf(context.world, lane.destination);
  return isPausedIn({ get: (key) => readState(chain, head, key) }, lane.id);
}

/** Where the lane keeps an order, a packet is carried right behind the one before it, and not earlier. */
function awaitOrder(context: Context, state: RelayerState, item: WorkItem): Evidence | undefined {
  const lane = laneOf(context.world, item.lane);
  const ordering = orderingOf(lane.ordering);
  if (ordering.advance === undefined) return undefined;
  const chain = chainOf(context.world, lane.destination);
  const { head } = outpostOn(state, chain.id);
  const view = { get: (key: string) => readState(chain, head, key) };
  const refusal = ordering.refuse(view, lane.id, item.packet);
  if (refusal === 'sequence-passed') return { kind: 'untrue' };
  if (refusal === undefined) return undefined;
  const before = state.items.get(workKey(lane.id, item.packet.sequence - 1, 'receive'));
  const isUnderWay = before?.stage === 'batched' || before?.stage === 'submitted';
  return isUnderWay ? undefined : { kind: 'waiting', reason: 'order' };
}

/** Adds work to the next transaction for its chain, and sends that off when it is full. */
export function batch(context: Context, state: RelayerState, key: number, flush: (chain: number) => void): void {
  const item = itemOf(state, key);
  const outpost = outpostOn(state, clientFor(context, item).host);
  item.stage = 'batched';
  item.waitingFor = '';
  outpost.batch.push(key);
  if (outpost.batch.length >= state.batchSize) flush(outpost.chain);
  else if (outpost.batch.length === 1) {
    const at = after(context.now, duration(state.batchWaitUs));
    outpost.flushTimer = context.schedule('timer', state.entity, RELAYER_EVENT.flush, at, outpost.chain);
  }
}
