/**
 * Transfer over several lanes, one behind the other: each chain on the way receives, sends on, and answers the lane that
 * it came by when it knows how the rest went. What comes to nothing is refunded backwards, hop by hop.
 * @source cosmos/ibc-go@ee35255c modules/apps/packet-forward-middleware: ForwardTransferPacket, InFlightPacket,
 * WriteAcknowledgementForForwardedPacket.
 */
import { present } from '../../sim/base/assert.ts';
import { decodePlain, encodePlain, tryDecodePlain } from '../../sim/kernel/plain-data.ts';
import { accountId } from '../chains/chain.ts';
import type { CallHandler, CallOutcome, Execution } from '../chains/execution.ts';
import { balanceOf } from '../economy/ledger.ts';
import { type ApplicationContract, PAYLOAD_MALFORMED, type ReceiveOutcome } from '../lanes/application.ts';
import { type Lane, laneKey, laneOf, lanesOf, type Packet } from '../lanes/lane.ts';
import {
  type AcknowledgeLater,
  laneToSendOn,
  refuseCall,
  rejectMessage,
  type SendPacket,
} from '../lanes/packet-calls.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';
import { give, giveBack, take, takeBack, TRANSFER_GAS } from './token-transfer.ts';

export const FORWARDED = 'forwarded-transfer';

export interface ThroughArguments {
  readonly lane: number;
  /** Lanes that it goes on over, in order. */
  readonly route: readonly number[];
  /** How often a hop that times out is sent again. */
  readonly retries: number;
  readonly asset: string;
  readonly amount: bigint;
  /** Account name on the last chain. */
  readonly receiver: string;
  readonly message: number;
}

/** What a packet of such a transfer carries. */
interface Hop {
  readonly asset: string;
  readonly amount: bigint;
  /** Account at this packet's source that a refund goes to. */
  readonly sender: number;
  readonly receiver: string;
  /** Lanes behind this packet's own. */
  readonly route: readonly number[];
  readonly retries: number;
}

/** What the chain in the middle remembers while a packet is under way that it sent on. */
interface InFlight {
  /** The packet that it came by. */
  readonly before: Packet;
  readonly retriesLeft: number;
}

/** What forwarding needs of the packet machine that it is itself a part of. */
export interface ForwardingMachine {
  readonly send: SendPacket;
  readonly acknowledgeLater: AcknowledgeLater;
}

/** Account in the middle that holds what came by a lane for as long as it is on its way. */
export function forwardAccount(lane: Lane): string {
  return `forward/${lane.name}`;
}

function inFlightKey(lane: number, sequence: number): string {
  return `forwards/${lane}/${sequence}`;
}

function isHop(given: Readonly<Record<string, unknown>>): boolean {
  const { asset, amount, receiver, route, retries } = given;
  return (
    typeof asset === 'string' &&
    typeof amount === 'bigint' &&
    amount >= 0n &&
    typeof receiver === 'string' &&
    isWhole(retries) &&
    Array.isArray(route) &&
    route.every(isWhole)
  );
}

function read(packet: Packet): Hop | undefined {
  const value = tryDecodePlain(packet.value);
  return isRecord(value) && isHop(value) && isWhole(value['sender']) ? (value as unknown as Hop) : undefined;
}

/** A call of a user: takes the tokens and sends the first packet, or neither. */
export function createTransferThrough(send: SendPacket): CallHandler {
  return (execution, given) => {
    if (!isRecord(given) || !isHop(given) || !Number.isSafeInteger(given['message']))
      return refuseCall('call-malformed');
    const { lane: laneId, route, retries, asset, amount, receiver, message } = given as unknown as ThroughArguments;
    const lane = laneToSendOn(execution, laneId);
    if (typeof lane === 'string') return refuseCall(lane);
    const sender = execution.account;
    if (balanceOf(execution, sender, asset) < amount) return rejectMessage(execution, lane, message, 'balance-too-low');
    take(execution, lane, asset, sender, amount);
    const value = encodePlain({ asset, amount, sender, receiver, route: [...route], retries });
    return send(execution, lane, { application: FORWARDED, value, message, payer: sender, asset, amount });
  };
}

/** `machine` is asked only when a packet comes: it is put together over the applications, this one among them. */
export function createForwarding(machine: () => ForwardingMachine): ApplicationContract {
  return {
    onReceive(execution, lane, packet) {
      const hop = read(packet);
      if (hop === undefined) return PAYLOAD_MALFORMED;
      const { asset, amount, receiver, route } = hop;
      const [next] = route;
      const holder = next === undefined ? receiver : forwardAccount(lane);
      const to = accountId(execution.chain, holder);
      const here = give(execution, lane, packet.sequence, { asset, amount, to });
      if (here === undefined) return { kind: 'failure', gas: TRANSFER_GAS, reason: 'escrow-too-low' };
      if (next === undefined) return { kind: 'success', gas: TRANSFER_GAS };
      return goOn(machine(), execution, packet, { ...hop, asset: here, sender: to }, hop.retries);
    },
    onAcknowledge(execution, lane, packet, isSuccess) {
      finishHop(machine(), execution, lane, packet, isSuccess ? '' : 'next-hop-failed');
    },
    onTimeout(execution, lane, packet) {
      finishHop(machine(), execution, lane, packet, 'next-hop-timed-out');
    },
    moved(packet) {
      const hop = read(packet);
      return hop && { payer: hop.sender, asset: hop.asset, amount: hop.amount };
    },
  };
}

/** Sends on what has arrived in the middle. `hop` names the asset as it is here, and who holds it. */
function goOn(
  machine: ForwardingMachine,
  execution: Execution,
  packet: Packet,
  hop: Hop,
  retriesLeft: number,
): ReceiveOutcome {
  const [nextId, ...route] = hop.route;
  const next = isWhole(nextId) ? lanesOf(execution.context.world)[nextId] : undefined;
  if (next?.source !== execution.chain.id) return { kind: 'failure', gas: TRANSFER_GAS, reason: 'no-such-hop' };
  const sent = sendOn(machine, execution, next, packet, { ...hop, route }, retriesLeft);
  const gas = TRANSFER_GAS + sent.gas;
  return sent.kind === 'done'
    ? { kind: 'pending', gas, reason: 'forwarded' }
    : { kind: 'failure', gas, reason: sent.reason };
}

function sendOn(
  { send }: ForwardingMachine,
  execution: Execution,
  next: Lane,
  before: Packet,
  hop: Hop,
  retriesLeft: number,
): CallOutcome {
  const { asset, amount, sender } = hop;
  take(execution, next, asset, sender, amount);
  const sequence = (execution.get(laneKey.nextSequence(next.id)) ?? 1) as number;
  const outcome = send(execution, next, {
    application: FORWARDED,
    value: encodePlain({ ...hop, route: [...hop.route] }),
    message: -1,
    payer: sender,
    asset,
    amount,
    goesOnFrom: { lane: before.lane, sequence: before.sequence },
  });
  const inFlight: InFlight = { before, retriesLeft };
  if (outcome.kind === 'done') execution.set(inFlightKey(next.id, sequence), encodePlain(inFlight));
  return outcome;
}

/** The rest of the way is done, or has come to nothing: `failure` says how, and is empty where it is done. */
function finishHop(
  machine: ForwardingMachine,
  execution: Execution,
  lane: Lane,
  packet: Packet,
  failure: string,
): void {
  const hop = present(read(packet), 'the source reads what it wrote and committed to');
  const { asset, amount, sender } = hop;
  const key = inFlightKey(lane.id, packet.sequence);
  const stored = execution.get(key);
  if (failure !== '') giveBack(execution, lane, packet.sequence, { asset, amount, to: sender });
  if (stored === undefined) return;
  execution.remove(key);
  const { before: came, retriesLeft } = decodePlain(stored as Uint8Array) as InFlight;
  const before = Object.freeze(came);
  const beforeLane = laneOf(execution.context.world, before.lane);
  if (failure === 'next-hop-timed-out' && retriesLeft > 0) {
    const isSent = execution.attempt(
      () => sendOn(machine, execution, lane, before, hop, retriesLeft - 1).kind === 'done',
    );
    if (isSent) return;
  }
  if (failure !== '') {
    const first = present(read(before), 'what was sent on was read when it came');
    takeBack(execution, beforeLane, before.sequence, { asset: first.asset, amount, from: sender });
  }
  machine.acknowledgeLater(execution, beforeLane, before, failure);
}
