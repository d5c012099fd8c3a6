/**
 * The packet machine: send, receive, acknowledge, time out. Three provable keys carry the whole life of a packet:
 * commitment at the source, receipt and acknowledgement at the destination.
 * @source IBC v2, ICS 4, PACKET_HANDLER.md; cosmos/ibc-go@ee35255c modules/core/04-channel/v2/keeper/packet.go.
 */
import { present } from '../../sim/base/assert.ts';
import { bytesEqual } from '../../sim/base/bytes.ts';
import type { Limiter } from '../controls/limiters.ts';
import type { Pause } from '../controls/pauses.ts';
import type { CallHandler, CallOutcome, Execution } from '../chains/execution.ts';
import { acknowledgementCommitment, packetCommitment } from './commitments.ts';
import {
  acknowledgementWritten,
  messageRejected,
  packetAcknowledged,
  packetCommitted,
  packetReceived,
  packetRefused,
  packetRepeated,
  packetTimedOut,
} from '../records.ts';
import { type Claim, clientOf, type VerifierTable } from '../verifiers/verifier.ts';
import type { ApplicationTable } from './application.ts';
import { type Lane, laneKey, laneOf, type Packet } from './lane.ts';
import type { Ordering } from './orderings.ts';

/** Gas of the packet handlers beside verification. @source cosmos/solidity-ibc-eureka@cae7e128 README, benchmarks. */
export const PACKET_GAS = { send: 60_000, receive: 170_000, acknowledge: 90_000, 'time-out': 100_000, noop: 30_000 };

/** The parts that lanes are put together from, by the names that their settings carry. */
export interface LaneParts {
  readonly verifiers: VerifierTable;
  readonly applications: ApplicationTable;
  readonly limiters: Readonly<Record<string, Limiter>>;
  readonly pauses: Readonly<Record<string, Pause>>;
  readonly orderings: Readonly<Record<string, Ordering>>;
}

export type RelayAction = 'receive' | 'acknowledge' | 'time-out';

/** Arguments of the three relayed calls. `evidence` is what the client of that side asks for. */
export interface RelayArguments {
  readonly packet: Packet;
  /** Only for acknowledge: whether the acknowledgement is the success one. */
  readonly isSuccess?: boolean;
  readonly evidence: unknown;
}

export function commitmentClaim(lane: Lane, packet: Packet, value: Uint8Array): Claim {
  const { sequence } = packet;
  return { kind: 'commitment', lane: lane.id, sequence, key: laneKey.commitment(lane.id, sequence), value, packet };
}

export function acknowledgementClaim(lane: Lane, packet: Packet, value: Uint8Array): Claim {
  const { sequence } = packet;
  const key = laneKey.acknowledgement(lane.id, sequence);
  return { kind: 'acknowledgement', lane: lane.id, sequence, key, value, packet };
}

export function absenceClaim(lane: Lane, packet: Packet): Claim {
  const { sequence } = packet;
  const key = laneKey.receipt(lane.id, sequence);
  return { kind: 'absence', lane: lane.id, sequence, key, value: new Uint8Array(0), packet };
}

/** What an application hands to the machine. */
export interface Sent {
  readonly application: string;
  readonly value: Uint8Array;
  /** Ghost: no protocol reads it. */
  readonly message: number;
  readonly payer: number;
  readonly asset: string;
  readonly amount: bigint;
}

/** Sends one packet for an application, whose own effects (escrow, burn) are done already. */
export type SendPacket = (execution: Execution, lane: Lane, sent: Sent) => CallOutcome;

function send(execution: Execution, lane: Lane, sent: Sent, parts: LaneParts): CallOutcome {
  const refusal = refuseSend(execution, lane, sent.amount, parts);
  if (refusal !== undefined) return rejectMessage(execution, lane, sent.message, refusal);
  const sequence = ((execution.get(laneKey.nextSequence(lane.id)) as number | undefined) ?? 1) as number;
  const inFlight = ((execution.get(laneKey.inFlight(lane.id)) as number | undefined) ?? 0) as number;
  const packet: Packet = Object.freeze({
    lane: lane.id,
    sequence,
    timeoutUs: lane.timeoutUs === 0 ? 0 : execution.block.chainUs + lane.timeoutUs,
    timeoutHeight: lane.timeoutBlocks === 0 ? 0 : destinationHeight(execution, lane) + lane.timeoutBlocks,
    application: sent.application,
    value: sent.value,
  });
  const commitment = packetCommitment(execution, lane, packet);
  execution.set(laneKey.commitment(lane.id, sequence), commitment);
  execution.set(laneKey.nextSequence(lane.id), sequence + 1);
  execution.set(laneKey.inFlight(lane.id), inFlight + 1);
  execution.log({ kind: 'packet-sent', lane: lane.id, sequence, packet, isSuccess: true });
  execution.fact(packetCommitted, {
    chain: execution.chain.id,
    block: execution.block.id,
    lane: lane.id,
    sequence,
    message: sent.message,
    commitment,
    timeoutChainUs: packet.timeoutUs,
    timeoutHeight: packet.timeoutHeight,
    payer: sent.payer,
    asset: sent.asset,
    amount: sent.amount,
  });
  return { kind: 'done', gas: PACKET_GAS.send };
}

export function rejectMessage(execution: Execution, lane: Lane, message: number, reason: string): CallOutcome {
  const { chain, block } = execution;
  execution.fact(messageRejected, { chain: chain.id, block: block.id, lane: lane.id, message, reason });
  return { kind: 'rejected', gas: PACKET_GAS.noop, reason };
}

function part<T>(table: Readonly<Record<string, T>>, kind: string): T {
  return present(table[kind], 'validation refuses unknown parts', { kind });
}

function refuseSend(execution: Execution, lane: Lane, amount: bigint, parts: LaneParts): string | undefined {
  if (part(parts.pauses, lane.pause).isPaused(execution, lane.id)) return 'lane-paused';
  const inFlight = ((execution.get(laneKey.inFlight(lane.id)) as number | undefined) ?? 0) as number;
  if (lane.inFlightMax > 0 && inFlight >= lane.inFlightMax) return 'lane-full';
  return part(parts.limiters, lane.limiter).refuse(execution, lane.id, () => amount);
}

/** Height of the destination as the source's client last saw it: what a sender can know. */
function destinationHeight(execution: Execution, lane: Lane): number {
  const client = clientOf(execution.context.world, lane.sourceClient);
  return ((execution.get(`clients/${client.id}/latest`) as number | undefined) ?? 0) as number;
}

/** The packet machine over the parts of this build: the calls that relayers make, and how applications send. */
export function createPacketMachine(parts: LaneParts): {
  readonly calls: Record<RelayAction, CallHandler>;
  readonly send: SendPacket;
} {
  return {
    calls: {
      receive: (execution, relayed) => receive(execution, relayed as RelayArguments, parts),
      acknowledge: (execution, relayed) => acknowledge(execution, relayed as RelayArguments, parts),
      'time-out': (execution, relayed) => timeOut(execution, relayed as RelayArguments, parts),
    },
    send: (execution, lane, sent) => send(execution, lane, sent, parts),
  };
}

function isReceived(execution: Execution, lane: Lane, sequence: number): boolean {
  if (execution.get(laneKey.receipt(lane.id, sequence)) !== undefined) return true;
  const upTo = ((execution.get(laneKey.forgottenUpTo(lane.id)) as number | undefined) ?? 0) as number;
  return sequence <= upTo || execution.get(laneKey.forgotten(lane.id, sequence)) !== undefined;
}

function receive(execution: Execution, { packet, evidence }: RelayArguments, parts: LaneParts): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const { chain, block } = execution;
  if (lane.destination !== chain.id) return refuse(execution, packet, 'receive', 'wrong-chain', 0);
  // ORDER: the receipt is asked before the proof: a redundant delivery is a cheap no-op whatever it proves.
  if (isReceived(execution, lane, packet.sequence)) return repeat(execution, packet, 'receive', 'already-received');
  if (packet.timeoutUs > 0 && block.chainUs >= packet.timeoutUs)
    return refuse(execution, packet, 'receive', 'timed-out', 0);
  if (packet.timeoutHeight > 0 && block.height >= packet.timeoutHeight) {
    return refuse(execution, packet, 'receive', 'timed-out', 0);
  }
  if (part(parts.pauses, lane.pause).isPaused(execution, lane.id)) {
    return refuse(execution, packet, 'receive', 'lane-paused', 0);
  }
  const order = part(parts.orderings, lane.ordering).refuse(execution, lane.id, packet.sequence);
  if (order !== undefined) return refuse(execution, packet, 'receive', order, 0);
  const commitment = packetCommitment(execution, lane, packet);
  const client = clientOf(execution.context.world, lane.destinationClient);
  const verdict = part(parts.verifiers, client.kind).verify(
    execution,
    client,
    commitmentClaim(lane, packet, commitment),
    evidence,
  );
  if (verdict.kind === 'rejected') return refuse(execution, packet, 'receive', verdict.reason, verdict.gas);
  execution.set(laneKey.receipt(lane.id, packet.sequence), 1);
  const ran = runApplication(execution, lane, packet, parts);
  execution.set(
    laneKey.acknowledgement(lane.id, packet.sequence),
    acknowledgementCommitment(execution, ran.reason === ''),
  );
  execution.log({
    kind: 'acknowledgement-written',
    lane: lane.id,
    sequence: packet.sequence,
    packet,
    isSuccess: ran.reason === '',
  });
  execution.fact(packetReceived, {
    chain: chain.id,
    block: block.id,
    lane: lane.id,
    sequence: packet.sequence,
    commitment,
    proofHeight: verdict.height,
    proofBlock: verdict.block,
    account: execution.account,
    transaction: execution.transaction,
    isExecuted: ran.reason === '',
    reason: ran.reason,
  });
  execution.fact(acknowledgementWritten, {
    chain: chain.id,
    block: block.id,
    lane: lane.id,
    sequence: packet.sequence,
    isSuccess: ran.reason === '',
  });
  return { kind: 'done', gas: PACKET_GAS.receive + verdict.gas + ran.gas };
}

function runApplication(
  execution: Execution,
  lane: Lane,
  packet: Packet,
  parts: LaneParts,
): { readonly gas: number; readonly reason: string } {
  const application = parts.applications[packet.application];
  if (application === undefined) return { gas: 0, reason: 'unknown-application' };
  let gas = 0;
  let reason = '';
  execution.attempt(() => {
    const limiter = part(parts.limiters, lane.limiter);
    const refused = limiter.refuse(execution, lane.id, () => application.moved(packet).amount);
    if (refused !== undefined) {
      reason = refused;
      return false;
    }
    const outcome = application.onReceive(execution, lane, packet);
    gas = outcome.gas;
    if (outcome.kind === 'failure') reason = outcome.reason;
    return outcome.kind === 'success';
  });
  return { gas, reason };
}

function acknowledge(
  execution: Execution,
  { packet, isSuccess, evidence }: RelayArguments,
  parts: LaneParts,
): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const refusal = checkCommitment(execution, lane, packet, 'acknowledge');
  if (refusal !== undefined) return refusal;
  const value = acknowledgementCommitment(execution, isSuccess === true);
  const client = clientOf(execution.context.world, lane.sourceClient);
  const claim = acknowledgementClaim(lane, packet, value);
  const verdict = part(parts.verifiers, client.kind).verify(execution, client, claim, evidence);
  if (verdict.kind === 'rejected') return refuse(execution, packet, 'acknowledge', verdict.reason, verdict.gas);
  close(execution, lane, packet);
  parts.applications[packet.application]?.onAcknowledge(execution, lane, packet, isSuccess === true);
  execution.fact(packetAcknowledged, {
    chain: execution.chain.id,
    block: execution.block.id,
    lane: lane.id,
    sequence: packet.sequence,
    isSuccess: isSuccess === true,
    account: execution.account,
    transaction: execution.transaction,
  });
  return { kind: 'done', gas: PACKET_GAS.acknowledge + verdict.gas };
}

function timeOut(execution: Execution, { packet, evidence }: RelayArguments, parts: LaneParts): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const refusal = checkCommitment(execution, lane, packet, 'time-out');
  if (refusal !== undefined) return refusal;
  const client = clientOf(execution.context.world, lane.sourceClient);
  const claim = absenceClaim(lane, packet);
  const verdict = part(parts.verifiers, client.kind).verify(execution, client, claim, evidence);
  if (verdict.kind === 'rejected') return refuse(execution, packet, 'time-out', verdict.reason, verdict.gas);
  // The two boundaries part time: received iff destination now < timeout, timed out iff proof time >= timeout.
  const isLate =
    (packet.timeoutUs > 0 && verdict.chainUs >= packet.timeoutUs) ||
    (packet.timeoutHeight > 0 && verdict.height >= packet.timeoutHeight);
  if (!isLate) return refuse(execution, packet, 'time-out', 'timeout-not-reached', verdict.gas);
  close(execution, lane, packet);
  parts.applications[packet.application]?.onTimeout(execution, lane, packet);
  execution.fact(packetTimedOut, {
    chain: execution.chain.id,
    block: execution.block.id,
    lane: lane.id,
    sequence: packet.sequence,
    proofChainUs: verdict.chainUs,
    proofHeight: verdict.height,
    account: execution.account,
    transaction: execution.transaction,
  });
  return { kind: 'done', gas: PACKET_GAS['time-out'] + verdict.gas };
}

/** The commitment must stand and be that of this very packet: its bytes are all that the source remembers of it. */
function checkCommitment(
  execution: Execution,
  lane: Lane,
  packet: Packet,
  action: RelayAction,
): CallOutcome | undefined {
  if (lane.source !== execution.chain.id) return refuse(execution, packet, action, 'wrong-chain', 0);
  const stored = execution.get(laneKey.commitment(lane.id, packet.sequence));
  if (stored === undefined) return repeat(execution, packet, action, 'no-commitment');
  const own = packetCommitment(execution, lane, packet);
  if (!bytesEqual(stored as Uint8Array, own)) return refuse(execution, packet, action, 'commitment-mismatch', 0);
  return undefined;
}

function close(execution: Execution, lane: Lane, packet: Packet): void {
  execution.remove(laneKey.commitment(lane.id, packet.sequence));
  const inFlight = execution.get(laneKey.inFlight(lane.id)) as number;
  execution.set(laneKey.inFlight(lane.id), inFlight - 1);
  execution.log({ kind: 'packet-closed', lane: lane.id, sequence: packet.sequence, packet, isSuccess: true });
}

function refuse(execution: Execution, packet: Packet, action: RelayAction, reason: string, gas: number): CallOutcome {
  const { chain, block, account } = execution;
  const { lane, sequence } = packet;
  execution.fact(packetRefused, { chain: chain.id, block: block.id, lane, sequence, action, account, reason });
  return { kind: 'rejected', gas: PACKET_GAS.noop + gas, reason };
}

function repeat(execution: Execution, packet: Packet, action: RelayAction, reason: string): CallOutcome {
  const { chain, block, account } = execution;
  const { lane, sequence } = packet;
  execution.fact(packetRepeated, { chain: chain.id, block: block.id, lane, sequence, action, account, reason });
  return { kind: 'noop', gas: PACKET_GAS.noop, reason };
}
