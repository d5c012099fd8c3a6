/**
 * Token transfer: escrow and voucher, both directions, refund on failure.
 * @source ICS 20: the source zone escrows, the sink zone mints a voucher under the path, a voucher sent back is burnt.
 */
import { present } from '../../sim/base/assert.ts';
import { encodePlain, tryDecodePlain } from '../../sim/kernel/plain-data.ts';
import { accountId } from '../chains/chain.ts';
import type { CallHandler, CallOutcome, Execution } from '../chains/execution.ts';
import { balanceOf, moveAsset } from '../economy/ledger.ts';
import { type ApplicationContract, PAYLOAD_MALFORMED } from '../lanes/application.ts';
import { chargeDelivery } from '../lanes/fee-schemes.ts';
import type { Lane, Packet } from '../lanes/lane.ts';
import { laneToSendOn, refuseCall, rejectMessage, type SendPacket, type Sent } from '../lanes/packet-calls.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';

export interface TransferArguments {
  readonly lane: number;
  readonly asset: string;
  readonly amount: bigint;
  /** Account name at the destination. */
  readonly receiver: string;
  readonly message: number;
}

interface TransferValue {
  readonly asset: string;
  readonly amount: bigint;
  readonly sender: number;
  readonly receiver: string;
}

export const TRANSFER_GAS = 60_000;

export function escrowAccount(path: string): string {
  return `escrow/${path}`;
}

/** Denomination of an asset after it has crossed the path. */
export function voucherOf(path: string, asset: string): string {
  return `${path}/${asset}`;
}

/** A call of a user: takes the tokens and sends the packet, or neither. */
export function createTransfer(send: SendPacket): CallHandler {
  return (execution, callArguments) => {
    if (!isTransfer(callArguments)) return refuseCall('call-malformed');
    const lane = laneToSendOn(execution, callArguments.lane);
    if (typeof lane === 'string') return refuseCall(lane);
    const sent = takeTransfer(execution, lane, callArguments);
    return 'kind' in sent ? sent : send(execution, lane, sent);
  };
}

/** Takes the tokens of a transfer; what is to be sent for them, or why nothing is. */
export function takeTransfer(
  execution: Execution,
  lane: Lane,
  { asset, amount, receiver, message }: TransferArguments,
): Sent | CallOutcome {
  const sender = execution.account;
  if (balanceOf(execution, sender, asset) < amount) return rejectMessage(execution, lane, message, 'balance-too-low');
  take(execution, lane, asset, sender, amount);
  const value: TransferValue = { asset, amount, sender, receiver };
  return { application: 'token-transfer', value: encodePlain(value), message, payer: sender, asset, amount };
}

export function isTransfer(given: unknown): given is TransferArguments {
  return isRecord(given) && isMove(given) && Number.isSafeInteger(given['message']);
}

function isMove(given: Readonly<Record<string, unknown>>): boolean {
  const { asset, amount, receiver } = given;
  return typeof asset === 'string' && typeof amount === 'bigint' && amount >= 0n && typeof receiver === 'string';
}

/** Whether the asset came over this path, and goes home by it. */
function isVoucher(lane: Lane, asset: string): boolean {
  return asset.startsWith(`${lane.path}/`);
}

/** Escrows, or burns what came by this path. */
export function take(execution: Execution, lane: Lane, asset: string, from: number, amount: bigint): void {
  if (isVoucher(lane, asset)) {
    moveAsset(execution, { asset, from, to: -1, amount, why: 'burn', lane: lane.id });
  } else {
    const to = accountId(execution.chain, escrowAccount(lane.path));
    moveAsset(execution, { asset, from, to, amount, why: 'escrow', lane: lane.id });
  }
}

/**
 * Mints, or takes out of escrow, what arrives at the destination. `asset` is as the source names it; the result is its
 * name here, undefined where the escrow cannot bear it.
 */
export function give(
  execution: Execution,
  lane: Lane,
  sequence: number,
  { asset, amount, to }: { readonly asset: string; readonly amount: bigint; readonly to: number },
): string | undefined {
  if (!isVoucher(lane, asset)) {
    const voucher = voucherOf(lane.path, asset);
    moveAsset(execution, { asset: voucher, from: -1, to, amount, why: 'mint', lane: lane.id, sequence });
    return voucher;
  }
  const home = asset.slice(lane.path.length + 1);
  const escrow = accountId(execution.chain, escrowAccount(lane.path));
  if (balanceOf(execution, escrow, home) < amount) return undefined;
  moveAsset(execution, { asset: home, from: escrow, to, amount, why: 'unescrow', lane: lane.id, sequence });
  return home;
}

/** Undoes `give`, from whoever holds it now: the source will refund. */
export function takeBack(
  execution: Execution,
  lane: Lane,
  sequence: number,
  { asset, amount, from }: { readonly asset: string; readonly amount: bigint; readonly from: number },
): void {
  if (isVoucher(lane, asset)) {
    const to = accountId(execution.chain, escrowAccount(lane.path));
    const home = asset.slice(lane.path.length + 1);
    moveAsset(execution, { asset: home, from, to, amount, why: 'escrow', lane: lane.id, sequence });
  } else {
    const voucher = voucherOf(lane.path, asset);
    moveAsset(execution, { asset: voucher, from, to: -1, amount, why: 'burn', lane: lane.id, sequence });
  }
}

/** Gives back what `take` took, when a packet comes to nothing. */
export function giveBack(
  execution: Execution,
  lane: Lane,
  sequence: number,
  { asset, amount, to }: { readonly asset: string; readonly amount: bigint; readonly to: number },
): void {
  const from = isVoucher(lane, asset) ? -1 : accountId(execution.chain, escrowAccount(lane.path));
  moveAsset(execution, { asset, from, to, amount, why: 'refund', lane: lane.id, sequence });
}

export const tokenTransfer: ApplicationContract = {
  onReceive(execution, lane, packet) {
    const value = read(packet);
    if (value === undefined) return PAYLOAD_MALFORMED;
    const { asset, amount, receiver } = value;
    const to = accountId(execution.chain, receiver);
    const given = give(execution, lane, packet.sequence, { asset, amount, to });
    if (given === undefined) return { kind: 'failure', gas: TRANSFER_GAS, reason: 'escrow-too-low' };
    chargeDelivery(execution, lane, packet.sequence, { asset: given, amount, to });
    return { kind: 'success', gas: TRANSFER_GAS };
  },
  onAcknowledge(execution, lane, packet, isSuccess) {
    if (!isSuccess) refund(execution, lane, packet);
  },
  onTimeout: refund,
  moved(packet) {
    const value = read(packet);
    return value && { payer: value.sender, asset: value.asset, amount: value.amount };
  },
};

function refund(execution: Execution, lane: Lane, packet: Packet): void {
  const { asset, amount, sender } = present(read(packet), 'the source reads what it wrote and committed to');
  giveBack(execution, lane, packet.sequence, { asset, amount, to: sender });
}

function read(packet: Packet): TransferValue | undefined {
  const value = tryDecodePlain(packet.value);
  return isRecord(value) && isMove(value) && isWhole(value['sender']) ? (value as unknown as TransferValue) : undefined;
}
