/** The destination's half: receipt, call of the application, acknowledgement. */
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Moved } from '../controls/limiters.ts';
import { acknowledgementWritten, packetReceived } from '../records.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { acknowledgementCommitment, packetCommitment } from './commitments.ts';
import { isTimedOut, type Lane, laneKey, laneOf, type Packet } from './lane.ts';
import {
  applicationOf,
  commitmentClaim,
  type LaneParts,
  PACKET_GAS,
  part,
  refuse,
  type RelayArguments,
  repeat,
} from './packet-calls.ts';

function isReceived(execution: Execution, lane: Lane, sequence: number): boolean {
  if (execution.get(laneKey.receipt(lane.id, sequence)) !== undefined) return true;
  const upTo = ((execution.get(laneKey.forgottenUpTo(lane.id)) as number | undefined) ?? 0) as number;
  return sequence <= upTo || execution.get(laneKey.forgotten(lane.id, sequence)) !== undefined;
}

export function receive(execution: Execution, { packet, evidence }: RelayArguments, parts: LaneParts): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const { chain, block } = execution;
  if (lane.destination !== chain.id) return refuse(execution, packet, 'receive', 'wrong-chain', 0);
  // ORDER: the receipt is asked before the proof: a redundant delivery is a cheap no-op whatever it proves.
  if (isReceived(execution, lane, packet.sequence)) return repeat(execution, packet, 'receive', 'already-received');
  const ordering = part(parts.orderings, lane.ordering);
  const isLate = isTimedOut(packet, block.chainUs, block.height);
  if (isLate && !ordering.receivesLate) return refuse(execution, packet, 'receive', 'timed-out', 0);
  if (part(parts.pauses, lane.pause).isPaused(execution, lane.id)) {
    return refuse(execution, packet, 'receive', 'lane-paused', 0);
  }
  const order = ordering.refuse(execution, lane.id, packet);
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
  ordering.advance?.(execution, lane.id, packet);
  const ran = isLate ? LATE : runApplication(execution, lane, packet, parts);
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

interface Ran {
  readonly gas: number;
  /** Why the call failed, empty where it did not. */
  readonly reason: string;
}

/** MODEL: a timeout receipt is an error acknowledgement under the same key: the source learns of both in one way. */
const LATE: Ran = { gas: 0, reason: 'timed-out' };

function runApplication(execution: Execution, lane: Lane, packet: Packet, parts: LaneParts): Ran {
  const application = applicationOf(parts.applications, packet.application);
  if (application === undefined) return { gas: 0, reason: 'unknown-application' };
  let gas = 0;
  let reason = '';
  execution.attempt(() => {
    const limiter = part(parts.limiters, lane.limiter);
    // What cannot be read moves nothing, and the application will say so.
    const moved = (): Moved => application.moved(packet) ?? { asset: '', amount: 0n };
    const refused = limiter.refuse(execution, { lane: lane.id, end: 'destination', limit: lane.limit, moved });
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
