/** The source's half of a send: what is refused, the commitment, the log. */
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Moved } from '../controls/limiters.ts';
import { packetCommitted, packetForwarded } from '../records.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { packetCommitment } from './commitments.ts';
import { chargeSend } from './fee-schemes.ts';
import { type Lane, laneKey, type Packet } from './lane.ts';
import { isOpenAt } from './opening.ts';
import { type LaneParts, PACKET_GAS, part, rejectMessage, type Sent } from './packet-calls.ts';

export function send(execution: Execution, lane: Lane, sent: Sent, parts: LaneParts): CallOutcome {
  const refusal = refuseSend(execution, lane, sent, parts);
  if (refusal !== undefined) return rejectMessage(execution, lane, sent.message, refusal);
  const sequence = ((execution.get(laneKey.nextSequence(lane.id)) as number | undefined) ?? 1) as number;
  const unpaid = chargeSend(execution, lane, sequence, sent.goesOnFrom !== undefined);
  if (unpaid !== undefined) return rejectMessage(execution, lane, sent.message, unpaid);
  const inFlight = ((execution.get(laneKey.inFlight(lane.id)) as number | undefined) ?? 0) as number;
  const openedAt = execution.get(laneKey.openedAt(lane.id)) as number | undefined;
  const packet: Packet = Object.freeze({
    lane: lane.id,
    sequence,
    timeoutUs: lane.timeoutUs === 0 ? 0 : execution.block.chainUs + lane.timeoutUs,
    timeoutHeight: lane.timeoutBlocks === 0 ? 0 : destinationHeight(execution, lane) + lane.timeoutBlocks,
    application: sent.application,
    value: sent.value,
    ...(lane.refundAfterUs === undefined ? {} : { refundUs: execution.block.chainUs + lane.refundAfterUs }),
    ...(sent.more === undefined ? {} : { more: sent.more }),
    ...(openedAt === undefined ? {} : { openedAt }),
  });
  const commitment = packetCommitment(execution, lane, packet);
  execution.set(laneKey.commitment(lane.id, sequence), commitment);
  execution.set(laneKey.nextSequence(lane.id), sequence + 1);
  execution.set(laneKey.inFlight(lane.id), inFlight + 1);
  execution.log({ kind: 'packet-sent', lane: lane.id, sequence, packet, isSuccess: true });
  if (sent.goesOnFrom !== undefined) {
    const { lane: fromLane, sequence: fromSequence } = sent.goesOnFrom;
    execution.fact(packetForwarded, {
      chain: execution.chain.id,
      block: execution.block.id,
      fromLane,
      fromSequence,
      lane: lane.id,
      sequence,
    });
  }
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

function refuseSend(execution: Execution, lane: Lane, sent: Sent, parts: LaneParts): string | undefined {
  if (execution.get(laneKey.closed(lane.id)) !== undefined) return 'lane-closed';
  if (!isOpenAt(execution, lane, 'source')) return 'lane-not-open';
  if (part(parts.pauses, lane.pause).isPaused(execution, lane.id)) return 'lane-paused';
  const inFlight = ((execution.get(laneKey.inFlight(lane.id)) as number | undefined) ?? 0) as number;
  if (lane.inFlightMax > 0 && inFlight >= lane.inFlightMax) return 'lane-full';
  const moved = (): Moved => sent;
  return part(parts.limiters, lane.limiter).refuse(execution, {
    lane: lane.id,
    end: 'source',
    limit: lane.limit,
    moved,
  });
}

/** Height of the destination as the source's client last saw it: what a sender can know. */
function destinationHeight(execution: Execution, lane: Lane): number {
  const client = clientOf(execution.context.world, lane.sourceClient);
  return ((execution.get(`clients/${client.id}/latest`) as number | undefined) ?? 0) as number;
}
