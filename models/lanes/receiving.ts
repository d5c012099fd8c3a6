/** The destination's half: is it new, in time and in order; proof; call of the application; acknowledgement. */
import { present } from '../../sim/base/assert.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Moved } from '../controls/limiters.ts';
import { acknowledgementWritten, packetHeld, packetReceived, packetTried, packetVerified } from '../records.ts';
import { clientOf } from '../verifiers/verifier.ts';
import { acknowledgementCommitment, packetCommitment } from './commitments.ts';
import { deliverer } from './fee-schemes.ts';
import { failureOf } from './failures.ts';
import { isTimedOut, type Lane, laneKey, laneOf, type Packet, payloadsOf } from './lane.ts';
import { isOpenAt } from './opening.ts';
import { gapBefore } from './orderings.ts';
import {
  type AcknowledgeLater,
  applicationOf,
  commitmentClaim,
  type LaneParts,
  PACKET_GAS,
  part,
  refuse,
  type RelayAction,
  type RelayArguments,
  repeat,
} from './packet-calls.ts';
import { replayOf } from './replays.ts';
import { isTwoStep, isVerifiedIn, plainPacket, setVerified, verifiedIn, type VerifiedPacket } from './verified.ts';

/** What a proof of a packet spoke of: kept while its outcome is not known. */
interface ProvenAt {
  readonly height: number;
  readonly block: number;
  /** Who is paid for the delivery, on lanes that pay for it. */
  readonly payee?: string;
}

/** Why a packet can do nothing here now, whatever is proven: its time, a pause, or that it has been. */
function refuseEarly(
  execution: Execution,
  lane: Lane,
  packet: Packet,
  action: RelayAction,
  parts: LaneParts,
): CallOutcome | undefined {
  const { chain, block } = execution;
  if (lane.destination !== chain.id) return refuse(execution, packet, action, 'wrong-chain', 0);
  if (!isOpenAt(execution, lane, 'destination')) return refuse(execution, packet, action, 'lane-not-open', 0);
  const commitment = (): Uint8Array => packetCommitment(execution, lane, packet);
  // ORDER: the receipt is asked before the proof: a redundant delivery is a cheap no-op whatever it proves.
  if (replayOf(lane).isReceived(execution, lane, { sequence: packet.sequence, commitment })) {
    return repeat(execution, packet, action, 'already-received');
  }
  const isLate = isTimedOut(packet, block.chainUs, block.height);
  if (isLate && !part(parts.orderings, lane.ordering).receivesLate) {
    return refuse(execution, packet, action, 'timed-out', 0);
  }
  if (part(parts.pauses, lane.pause).isPaused(execution, lane.id)) {
    return refuse(execution, packet, action, 'lane-paused', 0);
  }
  return undefined;
}

export function receive(execution: Execution, { packet, evidence }: RelayArguments, parts: LaneParts): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const { block } = execution;
  const early = refuseEarly(execution, lane, packet, 'receive', parts);
  if (early !== undefined) return early;
  const ordering = part(parts.orderings, lane.ordering);
  const order = ordering.refuse(execution, lane.id, packet);
  if (order !== undefined) return refuse(execution, packet, 'receive', order, 0);
  const commitment = packetCommitment(execution, lane, packet);
  if (isVerifiedIn(execution, lane, packet.sequence, () => commitment)) {
    return repeat(execution, packet, 'receive', 'already-verified');
  }
  const client = clientOf(execution.context.world, lane.destinationClient);
  const claim = commitmentClaim(lane, packet, commitment);
  const verdict = part(parts.verifiers, client.kind).verify(execution, client, claim, evidence);
  if (verdict.kind === 'rejected') return refuse(execution, packet, 'receive', verdict.reason, verdict.gas);
  const proof = { height: verdict.height, block: verdict.block };
  if (isTwoStep(lane)) {
    const own = keepVerified(execution, lane, packet, commitment, proof);
    const gas =
      gapBefore(execution, lane.id, waitsFor(lane, packet)) === undefined ? run(execution, lane, own, parts) : 0;
    return { kind: 'done', gas: PACKET_GAS.receive + verdict.gas + gas };
  }
  const marking = replayOf(lane).mark(execution, lane, { sequence: packet.sequence, commitment: () => commitment });
  ordering.advance?.(execution, lane.id, packet);
  const isLate = isTimedOut(packet, block.chainUs, block.height);
  const ran = isLate ? LATE : runApplication(execution, lane, packet, parts);
  conclude(execution, lane, packet, ran, proof, commitment);
  return { kind: 'done', gas: PACKET_GAS.receive + verdict.gas + marking + ran.gas };
}

/** Up to which sequence there must be no gap: on lanes that mind none, up to the first. */
function waitsFor(lane: Lane, packet: Packet): number {
  return lane.ordering === 'lazy-gap' ? packet.sequence : 0;
}

function keepVerified(
  execution: Execution,
  lane: Lane,
  packet: Packet,
  commitment: Uint8Array,
  proof: ProvenAt,
): VerifiedPacket {
  const { chain, block, account, transaction } = execution;
  const { sequence } = packet;
  const own: VerifiedPacket = {
    packet: plainPacket(packet),
    commitment,
    ...proof,
    verifiedUs: block.chainUs,
    tried: 0,
    isNilified: false,
  };
  setVerified(execution, lane, own);
  execution.log({ kind: 'packet-verified', lane: lane.id, sequence, packet, isSuccess: true });
  const of = { chain: chain.id, block: block.id, lane: lane.id, sequence };
  execution.fact(packetVerified, { ...of, commitment, account, transaction });
  return own;
}

/** Executes what was proven before: a call that anybody may make, and that brings no proof. */
export function execute(execution: Execution, { packet }: RelayArguments, parts: LaneParts): CallOutcome {
  const lane = laneOf(execution.context.world, packet.lane);
  const early = refuseEarly(execution, lane, packet, 'execute', parts);
  if (early !== undefined) return early;
  if (!isVerifiedIn(execution, lane, packet.sequence, () => packetCommitment(execution, lane, packet))) {
    return refuse(execution, packet, 'execute', 'not-verified', 0);
  }
  const own = present(verifiedIn(execution, lane, packet.sequence), 'it is verified');
  if (gapBefore(execution, lane.id, waitsFor(lane, packet)) !== undefined) {
    return refuse(execution, packet, 'execute', 'sequence-gap', 0);
  }
  const { account, block } = execution;
  const keyHolder = lane.keyHolders?.destination ?? -1;
  const refusal =
    own.tried === 0 ? undefined : failureOf(lane).refuse(lane, own, { account, keyHolder, nowUs: block.chainUs });
  if (refusal !== undefined) return refuse(execution, packet, 'execute', refusal, 0);
  return { kind: 'done', gas: PACKET_GAS.execute + run(execution, lane, own, parts) };
}

/** Runs the call of a verified packet: done with, or still there to be tried again. The result is gas. */
function run(execution: Execution, lane: Lane, own: VerifiedPacket, parts: LaneParts): number {
  const { packet, commitment } = own;
  const { sequence } = packet;
  const { chain, block, account, transaction } = execution;
  const ran = runApplication(execution, lane, packet, parts);
  if (ran.reason !== '' && !ran.isPending && failureOf(lane).keepsVerified) {
    setVerified(execution, lane, { ...own, tried: own.tried + 1 });
    const of = { chain: chain.id, block: block.id, lane: lane.id, sequence };
    execution.fact(packetTried, { ...of, account, transaction, reason: ran.reason });
    return ran.gas;
  }
  const marking = finishVerified(execution, lane, packet, commitment, parts);
  conclude(execution, lane, packet, ran, own, commitment);
  return ran.gas + marking;
}

/** Takes a verified packet off, and marks it as one that has been. The result is gas. */
export function finishVerified(
  execution: Execution,
  lane: Lane,
  packet: Pick<Packet, 'sequence'>,
  commitment: Uint8Array,
  parts: Pick<LaneParts, 'orderings'>,
): number {
  const { sequence } = packet;
  execution.remove(laneKey.verified(lane.id, sequence));
  part(parts.orderings, lane.ordering).advance?.(execution, lane.id, packet as Packet);
  return replayOf(lane).mark(execution, lane, { sequence, commitment: () => commitment });
}

/** What became of a packet whose application ran: its answer, or that this is not known yet. */
function conclude(
  execution: Execution,
  lane: Lane,
  packet: Packet,
  ran: Ran,
  { height, block: proofBlock }: ProvenAt,
  commitment: Uint8Array,
): void {
  const { chain, block, account, transaction } = execution;
  const { sequence } = packet;
  const payee = deliverer(execution, lane);
  const proof: ProvenAt = { height, block: proofBlock, ...(payee === undefined ? {} : { payee }) };
  if (!ran.isPending) return answer(execution, lane, packet, ran.reason, proof, execution);
  execution.set(laneKey.held(lane.id, sequence), { ...proof });
  const of = { chain: chain.id, block: block.id, lane: lane.id, sequence };
  execution.fact(packetHeld, { ...of, commitment, account, transaction, reason: ran.reason });
}

/** Who pays for an answer: nobody new where the packet was delivered before. */
type Delivery = Pick<Execution, 'account' | 'transaction'>;
const DELIVERED_BEFORE: Delivery = { account: -1, transaction: -1 };

/** Writes the acknowledgement. `reason` says why the call failed, and is empty where it did not. */
function answer(execution: Execution, lane: Lane, packet: Packet, reason: string, proof: ProvenAt, by: Delivery): void {
  const { chain, block } = execution;
  const { sequence } = packet;
  const isSuccess = reason === '';
  const { payee } = proof;
  const value = acknowledgementCommitment(execution, isSuccess, packet, payee);
  execution.set(laneKey.acknowledgement(lane.id, sequence), value);
  const named = payee === undefined ? {} : { payee };
  execution.log({ kind: 'acknowledgement-written', lane: lane.id, sequence, packet, isSuccess, ...named });
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

/** Runs each payload, all or none. @source IBC v2, ICS 4: any error undoes the others and gives one sentinel. */
function runApplication(execution: Execution, lane: Lane, packet: Packet, parts: LaneParts): Ran {
  const payloads = payloadsOf(packet);
  let gas = 0;
  let reason = '';
  let isPending = false;
  execution.attempt(() =>
    payloads.every((payload) => {
      const ran = runPayload(execution, lane, payload, parts);
      gas += ran.gas;
      // One packet has one answer, and none of its payloads can wait for another's.
      // MODEL: ibc-go v2 reverts such a receive, so that the packet times out; here it fails at once, and its refund is sooner.
      // @source cosmos/ibc-go modules/core/04-channel/v2/keeper/msg_server.go, RecvPacket: several payloads, no async answer.
      isPending = ran.isPending;
      reason = isPending && payloads.length > 1 ? 'pending-among-several' : ran.reason;
      if (payloads.length > 1) isPending = false;
      return reason === '' || isPending;
    }),
  );
  return { gas, reason, isPending };
}

function runPayload(execution: Execution, lane: Lane, packet: Packet, parts: LaneParts): Ran {
  const application = applicationOf(parts.applications, packet.application);
  if (application === undefined) return { gas: 0, reason: 'unknown-application', isPending: false };
  const limiter = part(parts.limiters, lane.limiter);
  // What cannot be read moves nothing, and the application will say so.
  const moved = (): Moved => application.moved(packet) ?? { asset: '', amount: 0n };
  const refused = limiter.refuse(execution, { lane: lane.id, end: 'destination', limit: lane.limit, moved });
  if (refused !== undefined) return { gas: 0, reason: refused, isPending: false };
  const outcome = application.onReceive(execution, lane, packet);
  const reason = outcome.kind === 'success' ? '' : outcome.reason;
  return { gas: outcome.gas, reason, isPending: outcome.kind === 'pending' };
}
