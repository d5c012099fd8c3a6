/**
 * Packets that a destination believes and has not executed: their proof stands for itself, and executing them is a call
 * of its own that anybody may make.
 * @source LayerZero v2, EndpointV2.sol: verify, lzReceive, inboundPayloadHash.
 */
import { bytesEqual } from '../../sim/base/bytes.ts';
import type { StateValue } from '../proofs/state-tree.ts';
import { failureOf } from './failures.ts';
import { type Lane, laneKey, type Packet } from './lane.ts';
import { orderingOf } from './orderings.ts';

/** Contract state of a packet between its proof and its execution. Frozen. */
// MODEL: a contract keeps the hash and whoever executes brings the packet; here the packet stands beside it, so that
// who acts by hand need not look for it. It costs no gas.
export interface VerifiedPacket {
  readonly packet: Packet;
  readonly commitment: Uint8Array;
  /** Source height and block that the proof spoke of. */
  readonly height: number;
  readonly block: number;
  /** Destination time at which it was verified, and how often its call has failed. */
  readonly verifiedUs: number;
  readonly tried: number;
  /** Someone with the key took the proof back: it has to be brought again. */
  readonly isNilified: boolean;
}

/** Whether proof and execution are two steps on a lane. */
export function isTwoStep(lane: Lane): boolean {
  return orderingOf(lane.ordering).waitsForGaps || failureOf(lane).keepsVerified;
}

export function verifiedIn(
  state: { get(key: string): StateValue | undefined },
  lane: Lane,
  sequence: number,
): VerifiedPacket | undefined {
  return state.get(laneKey.verified(lane.id, sequence)) as VerifiedPacket | undefined;
}

/** Whether a proof of this very packet would bring nothing new. */
export function isVerifiedIn(
  state: { get(key: string): StateValue | undefined },
  lane: Lane,
  sequence: number,
  commitment: () => Uint8Array,
): boolean {
  if (!isTwoStep(lane)) return false;
  const known = verifiedIn(state, lane, sequence);
  return known !== undefined && !known.isNilified && bytesEqual(known.commitment, commitment());
}

export function setVerified(
  state: { set(key: string, value: StateValue): void },
  lane: Lane,
  own: VerifiedPacket,
): void {
  state.set(laneKey.verified(lane.id, own.packet.sequence), Object.freeze({ ...own }) as unknown as StateValue);
}

/** A packet without what a caller may have put beside it. Frozen. */
export function plainPacket(packet: Packet): Packet {
  const { lane, sequence, timeoutUs, timeoutHeight, application, value, refundUs, more, openedAt } = packet;
  const payloads = more?.map((each) => Object.freeze({ application: each.application, value: each.value }));
  return Object.freeze({
    lane,
    sequence,
    timeoutUs,
    timeoutHeight,
    application,
    value,
    ...(refundUs === undefined ? {} : { refundUs }),
    ...(payloads === undefined ? {} : { more: Object.freeze(payloads) }),
    ...(openedAt === undefined ? {} : { openedAt }),
  });
}
