/** What a relayer does when: view moved, polled, served, batch due, transaction due, check due. */
import { lookAgain, rememberDone } from './second-look.ts';
import { after, roundDuration, duration } from '../../sim/base/units.ts';
import { sample } from '../../sim/kernel/random/laws.ts';
import type { Behaviour, Context, CurrentEvent } from '../../sim/kernel/simulation.ts';
import { blockOf, chainOf, nodeOf } from '../chains/chain.ts';
import { gasOfOthers, nextBaseFee, offeredPrice } from '../chains/fee-market.ts';
import type { Call } from '../chains/mempool.ts';
import { readState, submit } from '../chains/views.ts';
import { balanceKey } from '../economy/ledger.ts';
import { laneOf } from '../lanes/lane.ts';
import { PACKET_GAS } from '../lanes/packet-calls.ts';
import { relayerTurned, relaySubmitted } from '../records.ts';
import { clientKey } from '../verifiers/client-store.ts';
import { ATTESTATIONS, clientOf, leavesOf, type VerifierTable } from '../verifiers/verifier.ts';
import {
  ACTIONS,
  itemOf,
  type Outpost,
  outpostOn,
  RELAYER_EVENT,
  RELAYER_EVENTS,
  type RelayerState,
  workKey,
} from './relayer.ts';
import { batch, clientFor, drop, gatherEvidence, line, park, startService, takeUpPassedOver } from './serving.ts';
import { isDone, isFoundDone, isTooLate, observe } from './watching.ts';

/** Gas that a relayer allows for a call above what the handlers use, and for one client update. */
const GAS_ALLOWANCE = 400_000;
const UPDATE_ALLOWANCE = 2_000_000;
/** Of a submission that will not reach the mempool. */
const LOST = 1;

export function createRelayer(verifiers: VerifierTable): Behaviour<RelayerState> {
  return {
    kind: 'relayer',
    events: RELAYER_EVENTS,
    handle(state, event, context) {
      handle(context, state, event, verifiers);
    },
  };
}

function handle(context: Context, state: RelayerState, event: CurrentEvent, verifiers: VerifierTable): void {
  switch (event.kind) {
    case RELAYER_EVENT.viewMoved:
      if (state.poll === undefined) look(context, state, outpostOn(state, event.a), event.b, verifiers);
      return;
    case RELAYER_EVENT.poll:
      return poll(context, state, event.target, verifiers);
    case RELAYER_EVENT.served:
      return served(context, state, event.a, verifiers);
    case RELAYER_EVENT.flush:
      return flush(context, state, event.a);
    case RELAYER_EVENT.submit:
      return send(context, state, event.a, event.payload as readonly number[], event.b === LOST, verifiers);
    case RELAYER_EVENT.check:
      return check(context, state, event.a, event.b);
    case RELAYER_EVENT.attested:
      return retryAttested(context, state, event.a, event.b, verifiers);
    case RELAYER_EVENT.resume:
      return resume(context, state, verifiers);
    case RELAYER_EVENT.rested:
      if (state.items.get(event.a)?.stage === 'resting') line(context, state, event.a);
      return;
  }
}

/** Goes on after a stop: what came meanwhile is read, what lay in the queue is served. */
function resume(context: Context, state: RelayerState, verifiers: VerifierTable): void {
  for (const outpost of state.outposts) {
    look(context, state, outpost, nodeOf(chainOf(context.world, outpost.chain), outpost.node).head, verifiers);
  }
  // Signatures that were announced during the stop are announced to nobody again.
  for (const key of [...state.waiting]) prepare(context, state, key, verifiers);
  startService(context, state);
}

function look(context: Context, state: RelayerState, outpost: Outpost, head: number, verifiers: VerifierTable): void {
  const chain = chainOf(context.world, outpost.chain);
  if (!chain.blocks.has(head)) return;
  const before = outpost.head;
  outpost.head = head;
  lookAgain(context, state, outpost, chain, before, ({ item }) => isFoundDone(context, state, item));
  if (!state.isServing) return;
  observe(context, state, outpost.chain);
  settleSubmitted(context, state, outpost.chain);
  retryWaiting(context, state, verifiers);
}

function poll(context: Context, state: RelayerState, entity: number, verifiers: VerifierTable): void {
  if (state.poll === undefined) return;
  state.polls++;
  const pause = roundDuration(sample(state.poll, context.keyed(state.streams.poll, state.polls, 0)));
  context.schedule('timer', entity, RELAYER_EVENT.poll, after(context.now, duration(Math.max(1, pause))));
  for (const outpost of state.outposts) {
    const node = nodeOf(chainOf(context.world, outpost.chain), outpost.node);
    if (node.head !== outpost.head) look(context, state, outpost, node.head, verifiers);
  }
}

function served(context: Context, state: RelayerState, key: number, verifiers: VerifierTable): void {
  state.busy--;
  if (state.items.has(key)) prepare(context, state, key, verifiers);
  startService(context, state);
  takeUpPassedOver(context, state, (found) => isFoundDone(context, state, found));
}

/** After service: drop what is done or hopeless, batch what can be proven, park the rest. */
function prepare(context: Context, state: RelayerState, key: number, verifiers: VerifierTable): void {
  const item = itemOf(state, key);
  if (isDone(context, state, key)) return leaveDone(context, state, key);
  const isForth = item.action === 'receive' || item.action === 'execute';
  if (isForth && isTooLate(context, state, item.packet)) return drop(context, state, key, 'too-late');
  const evidence = gatherEvidence(context, state, item, verifiers);
  switch (evidence.kind) {
    case 'untrue':
      return drop(context, state, key, 'untrue');
    case 'waiting':
      park(state, key, evidence.reason);
      return sendAhead(context, state, evidence.updates);
    case 'first':
      return submitFirst(context, state, key, evidence.calls);
    case 'ready':
      state.waiting.delete(key);
      batch(context, state, key, (chain) => flush(context, state, chain));
  }
}

/** Somebody has done it, or the relayer itself, before it was undone for a while. */
function leaveDone(context: Context, state: RelayerState, key: number): void {
  const item = itemOf(state, key);
  const { host } = clientFor(context, item);
  rememberDone(chainOf(context.world, host), outpostOn(state, host), key, item);
  drop(context, state, key, 'done-by-another');
}

/** Submits what must stand on the host before the delivery, and again when it has not shown in time. */
function submitFirst(context: Context, state: RelayerState, key: number, calls: readonly Call[]): void {
  const item = itemOf(state, key);
  park(state, key, 'first');
  if (item.firstAt !== -1 && context.now < item.firstAt + state.retry.patienceUs) return;
  const client = clientFor(context, item);
  const chain = chainOf(context.world, client.host);
  const outpost = outpostOn(state, chain.id);
  const gasLimit = UPDATE_ALLOWANCE * calls.length + GAS_ALLOWANCE * leavesOf(context.world, client).length;
  const wallet = (readState(chain, outpost.head, balanceKey(outpost.account, chain.feeAsset)) ?? 0n) as bigint;
  if (wallet < offeredPrice(chain) * BigInt(gasLimit)) return runDry(context, state);
  item.firstAt = context.now;
  submit(context, chain, { account: outpost.account, calls, gasLimit });
}

function retryWaiting(context: Context, state: RelayerState, verifiers: VerifierTable): void {
  if (!state.isServing) return;
  // Live: a key that is prepared leaves the set or stays in its place.
  for (const key of state.waiting) {
    // What waits for signatures is told of them: a moved view alone changes nothing for it.
    if (itemOf(state, key).waitingFor !== ATTESTATIONS) prepare(context, state, key, verifiers);
  }
}

function retryAttested(
  context: Context,
  state: RelayerState,
  lane: number,
  sequence: number,
  verifiers: VerifierTable,
): void {
  if (!state.isServing) return;
  for (const action of ACTIONS) {
    const key = workKey(lane, sequence, action);
    if (state.waiting.has(key)) prepare(context, state, key, verifiers);
  }
}

function flush(context: Context, state: RelayerState, chainId: number): void {
  const outpost = outpostOn(state, chainId);
  context.cancel(outpost.flushTimer);
  const keys = outpost.batch.splice(0);
  const [first] = keys;
  if (first === undefined) return;
  // The delay is that of the work which the batch began with: counted off, it would go to other work once one is left out.
  const source = context.keyed(state.streams.submit, first, state.items.get(first)?.attempt ?? 0);
  const at = after(context.now, roundDuration(sample(state.submitDelay, source)));
  // ORDER: the delay is drawn first, so that a relayer which loses something draws the delays of one which does not.
  const fate = state.submitLoss > 0 && source.uniform() < state.submitLoss ? LOST : 0;
  context.schedule('delivery', state.entity, RELAYER_EVENT.submit, at, chainId, fate, keys);
}

/**
 * Builds the transaction as late as it can: evidence, then whether the wallet still bears it. What the gas of a block does
 * not hold goes in the next transaction.
 */
function send(
  context: Context,
  state: RelayerState,
  chainId: number,
  keys: readonly number[],
  isLost: boolean,
  verifiers: VerifierTable,
): void {
  if (!state.isServing) return keys.forEach((key) => rest(context, state, key));
  const chain = chainOf(context.world, chainId);
  const outpost = outpostOn(state, chainId);
  const room = chain.gasLimit - gasOfOthers(chain, nextBaseFee(chain, blockOf(chain, chain.head)));
  const load = pack(context, state, inOrder(context, state, keys), room, verifiers);
  if (load.carried.length === 0) return;
  const cost = offeredPrice(chain) * BigInt(load.gas);
  const wallet = (readState(chain, outpost.head, balanceKey(outpost.account, chain.feeAsset)) ?? 0n) as bigint;
  if (wallet < cost) return runDry(context, state);
  const calls = [...[...load.updates.values()].flat(), ...load.calls];
  // Whoever lost it does not know, and waits for it as for any other.
  const { id } = isLost ? NOWHERE : submit(context, chain, { account: outpost.account, calls, gasLimit: load.gas });
  for (const key of load.carried) noteSubmitted(context, state, key, chainId, id);
  if (load.left.length > 0) {
    const fate = isLost ? LOST : 0;
    context.schedule('delivery', state.entity, RELAYER_EVENT.submit, context.now, chainId, fate, load.left);
  }
}

/** What one transaction carries. */
interface Load {
  readonly updates: Map<number, readonly Call[]>;
  readonly calls: Call[];
  readonly carried: number[];
  /** Gas that it allows itself. */
  gas: number;
  /** What did not fit. */
  left: readonly number[];
}

function pack(
  context: Context,
  state: RelayerState,
  keys: readonly number[],
  gasMost: number,
  verifiers: VerifierTable,
): Load {
  const load: Load = { updates: new Map(), calls: [], carried: [], gas: 0, left: [] };
  for (const [i, key] of keys.entries()) {
    if (!state.items.has(key)) continue;
    if (isDone(context, state, key)) {
      drop(context, state, key, 'done-by-another');
      continue;
    }
    const item = itemOf(state, key);
    const evidence = gatherEvidence(context, state, item, verifiers);
    if (evidence.kind !== 'ready') {
      park(state, key, evidence.kind === 'waiting' ? evidence.reason : '');
      continue;
    }
    const updates = byClient(evidence.updates);
    const leaves = leavesOf(context.world, clientFor(context, item)).length;
    let gas = PACKET_GAS.receive + GAS_ALLOWANCE * leaves;
    for (const [client, own] of updates)
      gas += UPDATE_ALLOWANCE * (own.length - (load.updates.get(client)?.length ?? 0));
    if (load.carried.length > 0 && load.gas + gas > gasMost) {
      load.left = keys.slice(i);
      break;
    }
    load.gas += gas;
    for (const [client, own] of updates) load.updates.set(client, own);
    const { packet, isSuccess, payee, action } = item;
    const named = payee === undefined ? {} : { payee };
    const given = Object.freeze({ packet, isSuccess, ...named, evidence: evidence.evidence });
    load.calls.push({ action, arguments: given });
    load.carried.push(key);
  }
  return load;
}

const NOWHERE = { id: -1 };

/**
 * Headers that a client has to hear of some time before anything is proven under them, in a transaction of their own.
 * MODEL: they are sent at once and are never lost: the delay behind them is far longer than that of a submission.
 */
function sendAhead(context: Context, state: RelayerState, updates: readonly Call[] = []): void {
  for (const [id, calls] of byClient(updates)) {
    const { host } = clientOf(context.world, id);
    const chain = chainOf(context.world, host);
    const outpost = outpostOn(state, host);
    const latest = (readState(chain, outpost.head, clientKey.latest(id)) ?? 0) as number;
    const before = state.updating.get(id);
    if (before !== undefined && before.latest === latest && context.now < before.untilUs) continue;
    const gasLimit = UPDATE_ALLOWANCE * calls.length;
    const wallet = (readState(chain, outpost.head, balanceKey(outpost.account, chain.feeAsset)) ?? 0n) as bigint;
    if (wallet < offeredPrice(chain) * BigInt(gasLimit)) return runDry(context, state);
    state.updating.set(id, { latest, untilUs: context.now + state.retry.patienceUs });
    submit(context, chain, { account: outpost.account, calls, gasLimit });
  }
}

/** Updates by the client that they are for: packets of one batch may bring some for different leaves of one tree. */
function byClient(updates: readonly Call[]): Map<number, Call[]> {
  const all = new Map<number, Call[]>();
  for (const call of updates) {
    const { client } = call.arguments as { readonly client: number };
    all.set(client, [...(all.get(client) ?? []), call]);
  }
  return all;
}

/** Packets of a lane that keeps an order go in that order: keys rise with sequences. */
function inOrder(context: Context, state: RelayerState, keys: readonly number[]): readonly number[] {
  const isOrdered = keys.some((key) => {
    const item = state.items.get(key);
    return item !== undefined && laneOf(context.world, item.lane).ordering !== 'unordered';
  });
  return isOrdered ? [...keys].sort((a, b) => a - b) : keys;
}

function noteSubmitted(context: Context, state: RelayerState, key: number, chain: number, transaction: number): void {
  const item = itemOf(state, key);
  outpostOn(state, chain).submitted.add(key);
  item.stage = 'submitted';
  item.attempt++;
  item.transaction = transaction;
  context.record(relaySubmitted, {
    relayer: state.id,
    lane: item.lane,
    sequence: item.packet.sequence,
    action: item.action,
    chain,
    transaction,
    attempt: item.attempt,
  });
  const at = after(context.now, duration(state.retry.patienceUs));
  context.schedule('timer', state.entity, RELAYER_EVENT.check, at, key, item.attempt);
}

/**
 * Gives up all work but what is in a mempool already.
 * MODEL: one empty wallet stops the whole relayer, on chains where it could pay as well, until whoever runs it comes. It
 * costs acknowledgements and refunds which a relayer that funds each chain apart would still bring.
 */
function runDry(context: Context, state: RelayerState): void {
  for (const [key, { stage }] of state.items) if (stage !== 'submitted') drop(context, state, key, 'out-of-gas');
  context.record(relayerTurned, { relayer: state.id, isServing: false, fault: -1 });
  state.isServing = false;
}

/** What the view shows as done is forgotten. */
function settleSubmitted(context: Context, state: RelayerState, chainId: number): void {
  const { submitted } = outpostOn(state, chainId);
  for (const key of submitted) if (isDone(context, state, key)) settle(context, state, chainId, key);
}

function settle(context: Context, state: RelayerState, chainId: number, key: number): void {
  const outpost = outpostOn(state, chainId);
  rememberDone(chainOf(context.world, chainId), outpost, key, itemOf(state, key));
  outpost.submitted.delete(key);
  state.items.delete(key);
}

/** A submission that has not shown in time is tried again after a pause that grows. */
function check(context: Context, state: RelayerState, key: number, attempt: number): void {
  const item = state.items.get(key);
  if (item === undefined || item.stage !== 'submitted' || item.attempt !== attempt) return;
  if (isDone(context, state, key)) {
    return settle(context, state, clientFor(context, item).host, key);
  }
  if (state.retry.attemptsMax > 0 && item.attempt >= state.retry.attemptsMax) {
    return drop(context, state, key, 'retries-spent');
  }
  rest(context, state, key);
}

function rest(context: Context, state: RelayerState, key: number): void {
  const item = state.items.get(key);
  if (item === undefined) return;
  if (item.stage === 'submitted') outpostOn(state, clientFor(context, item).host).submitted.delete(key);
  item.stage = 'resting';
  let pause = state.retry.pauseUs;
  for (let i = 1; i < item.attempt; i++) pause *= state.retry.factor;
  context.schedule('timer', state.entity, RELAYER_EVENT.rested, after(context.now, roundDuration(pause)), key);
}
