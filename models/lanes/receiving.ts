/** The destination's half: receipt, call of the application, acknowledgement. */
import { present } from '../../sim/base/assert.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Moved } from '../controls/limiters.ts';
import { acknowledgementWritten, packetHeld, packetReceived } from '../records.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { acknowledgementCommitment, packetCommitment } from './commitments.ts';
import { isTimedOut, type Lane, laneKey, laneOf, type Packet } from './lane.ts';
import {
  type AcknowledgeLater,
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
  const gas = PACKET_GAS.receive + verdict.gas + ran.gas;
  const proof = { height: verdict.height, block: verdict.block };
  if (!ran.isPending) {
    answer(execution, lane, packet, ran.reason, proof, execution);
    return { kind: 'done', gas };
  }
  execution.set(laneKey.held(lane.id, packet.sequence), { ...proof });
  execution.fact(packetHeld, {
    chain: chain.id,
    block: block.id,
    lane: lane.id,
    sequence: packet.sequence,
    commitment,
    account: execution.account,
    transaction: execution.transaction,
    reason: ran.reason,
  });
  return { kind: 'done', gas };
}

/** What a proof of a packet spoke of: kept while its outcome is not known. */
interface ProvenAt {
  readonly height: number;
  readonly block: number;
}

/** Who pays for an answer: nobody new where the packet was delivered before. */
type Delivery = Pick<Execution, 'account' | 'transaction'>;
const DELIVERED_BEFORE: Delivery = { account: -1, transaction: -1 };

/** Writes the acknowledgement. `reason` says why the call failed, and is empty where it did not. */
function answer(execution: Execution, lane: Lane, packet: Packet, reason: string, proof: ProvenAt, by: Delivery): void {
  const { chain, block } = execution;
  const { sequence } = packet;
  const isSuccess = reason === '';
  execution.set(laneKey.acknowledgement(lane.id, sequence), acknowledgementCommitment(execution, isSuccess));
  execution.log({ kind: 'acknowledgement-written', lane: lane.id, sequence, packet, isSuccess });
  execution.fact(packetReceived, {
    chain: chain.id,
    block: block.id,
    lane: lane.id,
    sequence,
    commitment: packetCommitment(execution, lane, packet),
    proofHeight: proof.height,
    proofBlock: proof.block,
    account: by.account,
    transaction: by.transaction,
    isExecuted: isSuccess,
    reason,
  });
  execution.fact(acknowledgementWritten, { chain: chain.id, block: block.id, lane: lane.id, sequence, isSuccess });
}

/** The acknowledgement of a packet that was held. @source ICS 4, writeAcknowledgement: once, and after the receipt. */
export const acknowledgeLater: AcknowledgeLater = (execution, lane, packet, reason) => {
  const key = laneKey.held(lane.id, packet.sequence);
  const proof = present(execution.get(key), 'a packet is answered late once, and only if it was held', { key });
  execution.remove(key);
  answer(execution, lane, packet, reason, proof as unknown as ProvenAt, DELIVERED_BEFORE);
};

interface Ran {
  readonly gas: number;
  /** Why the call failed, or is not done yet; empty where it is. */
  readonly reason: string;
  readonly isPending: boolean;
}

/** MODEL: a timeout receipt is an error acknowledgement under the same key: the source learns of both in one way. */
const LATE: Ran = { gas: 0, reason: 'timed-out', isPending: false };

function runApplication(execution: Execution, lane: Lane, packet: Packet, parts: LaneParts): Ran {
  const application = applicationOf(parts.applications, packet.application);
  if (application === undefined) return { gas: 0, reason: 'unknown-application', isPending: false };
  let gas = 0;
  let reason = '';
  let isPending = false;
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
    isPending = outcome.kind === 'pending';
    if (outcome.kind !== 'success') reason = outcome.reason;
    return outcome.kind !== 'failure';
  });
  return { gas, reason, isPending };
}
