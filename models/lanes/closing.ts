/** How the source forgets a packet: by its acknowledgement, or by proof that it was not received in time. */
import { bytesEqual } from '../../sim/base/bytes.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import { laneClosed, packetAcknowledged, packetTimedOut } from '../records.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { acknowledgementCommitment, packetCommitment } from './commitments.ts';
import { payAcknowledged, payTimedOut } from './fee-schemes.ts';
import { isTimedOut, type Lane, laneKey, laneOf, type Packet, payloadsOf } from './lane.ts';
import {
  absenceClaim,
  acknowledgementClaim,
  applicationOf,
  type LaneParts,
  PACKET_GAS,
  part,
  refuse,
  type RelayAction,
  type RelayArguments,
  repeat,
} from './packet-calls.ts';

export function acknowledge(
  execution: Execution,
  { packet, isSuccess, payee, evidence }: RelayArguments,
  parts: LaneParts,
): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const refusal = checkCommitment(execution, lane, packet, 'acknowledge');
  if (refusal !== undefined) return refusal;
  // @source ibc-go 04-channel, AcknowledgePacket: the channel must be open. What was received and not acknowledged stays so.
  if (execution.get(laneKey.closed(lane.id)) !== undefined) {
    return refuse(execution, packet, 'acknowledge', 'lane-closed', 0);
  }
  const value = acknowledgementCommitment(execution, isSuccess === true, packet, payee);
  const client = clientOf(execution.context.world, lane.sourceClient);
  const claim = acknowledgementClaim(lane, packet, value);
  const verdict = part(parts.verifiers, client.kind).verify(execution, client, claim, evidence);
  if (verdict.kind === 'rejected') return refuse(execution, packet, 'acknowledge', verdict.reason, verdict.gas);
  close(execution, lane, packet);
  for (const payload of payloadsOf(packet)) {
    applicationOf(parts.applications, payload.application)?.onAcknowledge(execution, lane, payload, isSuccess === true);
  }
  payAcknowledged(execution, lane, packet.sequence, payee ?? '');
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

export function timeOut(execution: Execution, { packet, evidence }: RelayArguments, parts: LaneParts): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const refusal = checkCommitment(execution, lane, packet, 'time-out');
  if (refusal !== undefined) return refusal;
  const { refundUs } = packet;
  const ordering = part(parts.orderings, lane.ordering);
  if (refundUs !== undefined) return takeBack(execution, lane, packet, refundUs, parts);
  if (ordering.receivesLate) return refuse(execution, packet, 'time-out', 'needs-timeout-receipt', 0);
  const client = clientOf(execution.context.world, lane.sourceClient);
  const claim = absenceClaim(lane, packet);
  const verdict = part(parts.verifiers, client.kind).verify(execution, client, claim, evidence);
  if (verdict.kind === 'rejected') return refuse(execution, packet, 'time-out', verdict.reason, verdict.gas);
  // The two boundaries part time: received iff destination now < timeout, timed out iff proof time >= timeout.
  if (!isTimedOut(packet, verdict.chainUs, verdict.height))
    return refuse(execution, packet, 'time-out', 'timeout-not-reached', verdict.gas);
  finishTimeout(execution, lane, packet, verdict, parts);
  return { kind: 'done', gas: PACKET_GAS['time-out'] + verdict.gas };
}

/**
 * The second of two locks: the source's own clock lets the sender have the value back, and asks the destination nothing.
 * Who set the locks has to leave time between them for the news of a delivery. @source decred/atomicswap: refund by lock time.
 */
function takeBack(execution: Execution, lane: Lane, packet: Packet, refundUs: number, parts: LaneParts): CallOutcome {
  const { chainUs, height } = execution.block;
  if (chainUs < refundUs) return refuse(execution, packet, 'time-out', 'timeout-not-reached', 0);
  finishTimeout(execution, lane, packet, { chainUs, height }, parts);
  return { kind: 'done', gas: PACKET_GAS['time-out'] };
}

function finishTimeout(
  execution: Execution,
  lane: Lane,
  packet: Packet,
  proof: { readonly chainUs: number; readonly height: number },
  parts: LaneParts,
): void {
  close(execution, lane, packet);
  if (part(parts.orderings, lane.ordering).closesOnTimeout) closeLane(execution, lane, packet.sequence);
  for (const payload of payloadsOf(packet)) {
    applicationOf(parts.applications, payload.application)?.onTimeout(execution, lane, payload);
  }
  payTimedOut(execution, lane, packet.sequence);
  execution.fact(packetTimedOut, {
    chain: execution.chain.id,
    block: execution.block.id,
    lane: lane.id,
    sequence: packet.sequence,
    proofChainUs: proof.chainUs,
    proofHeight: proof.height,
    account: execution.account,
    transaction: execution.transaction,
  });
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

/** What comes after a gap can never be received: nobody sends on. What was sent times out in its turn. */
function closeLane(execution: Execution, lane: Lane, sequence: number): void {
  const { chain, block } = execution;
  if (execution.get(laneKey.closed(lane.id)) !== undefined) return;
  execution.set(laneKey.closed(lane.id), 1);
  execution.fact(laneClosed, { chain: chain.id, block: block.id, lane: lane.id, sequence });
}

function close(execution: Execution, lane: Lane, packet: Packet): void {
  execution.remove(laneKey.commitment(lane.id, packet.sequence));
  const inFlight = execution.get(laneKey.inFlight(lane.id)) as number;
  execution.set(laneKey.inFlight(lane.id), inFlight - 1);
  execution.log({ kind: 'packet-closed', lane: lane.id, sequence: packet.sequence, packet, isSuccess: true });
}
