/** The two hashes that a lane stores: of a packet at the source, of an acknowledgement at the destination. */
import { utf8 } from '../../sim/base/bytes.ts';
import type { HashBackend } from '../../sim/base/bytes.ts';
import type { Execution } from '../chains/execution.ts';
import { commitAcknowledgement, commitPacket } from '../proofs/commitments.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import { type Lane, type Packet, payloadsOf } from './lane.ts';

/** The bytes of a successful acknowledgement. @source ICS 20, result acknowledgement. */
const SUCCESS = utf8('{"result":"AQ=="}');
/** @source IBC v2, ICS 4: the sentinel error acknowledgement, sha256 of this text. */
const ERROR = utf8('UNIVERSAL_ERROR_ACKNOWLEDGEMENT');

/**
 * What was hashed before, by the frozen packet itself: a copy with another byte is another packet. Holds no state of a
 * world, only saves the eight hashes that sender, attesters, relayers and both contracts would each compute again.
 */
// eslint-disable-next-line no-restricted-syntax -- a memo of a pure function of frozen values is no state
const known = new WeakMap<Packet, KnownCommitment>();

interface KnownCommitment {
  readonly destinationClient: number;
  readonly mode: ProofMode;
  readonly commitment: Uint8Array;
}

/** Commitment of a packet by the rule of IBC v2. */
export function packetCommitmentOf(hash: HashBackend, mode: ProofMode, lane: Lane, packet: Packet): Uint8Array {
  if (!Object.isFrozen(packet)) return computeCommitment(hash, mode, lane, packet);
  const { destinationClient } = lane;
  const before = known.get(packet);
  if (before?.destinationClient === destinationClient && before.mode === mode) return before.commitment;
  const commitment = computeCommitment(hash, mode, lane, packet);
  known.set(packet, { destinationClient, mode, commitment });
  return commitment;
}

function computeCommitment(hash: HashBackend, mode: ProofMode, lane: Lane, packet: Packet): Uint8Array {
  return commitPacket(mode, hash, {
    sequence: packet.sequence,
    sourceClient: `client-${lane.sourceClient}`,
    destinationClient: `client-${lane.destinationClient}`,
    timeoutTimestamp: packet.timeoutUs,
    timeoutHeight: packet.timeoutHeight,
    payloads: payloadsOf(packet).map(({ application, value }) => ({
      sourcePort: application,
      destinationPort: application,
      version: versionOf(lane, packet),
      encoding: 'l0sim',
      value,
    })),
  });
}

/** What must not be changed on the way and has no field of its own in the standard. */
function versionOf(lane: Lane, { sequence, openedAt, refundUs }: Packet): string {
  const opened = openedAt === undefined ? '' : `-opened-${openedAt}`;
  return `lane-${lane.id}-${sequence}${opened}${refundUs === undefined ? '' : `-back-${refundUs}`}`;
}

type BothValues = Readonly<Record<'success' | 'error', Uint8Array>>;
/** By backend: one of two values in each mode, computed once. */
const values: Readonly<Record<ProofMode, WeakMap<HashBackend, BothValues>>> = {
  hashed: new WeakMap(),
  modelled: new WeakMap(),
};

/**
 * What stands for the answer to a packet: one for each payload where all are well, or one sentinel for them all; and who
 * is paid for the delivery, on lanes that pay for it.
 */
export function acknowledgementValue(
  hash: HashBackend,
  mode: ProofMode,
  isSuccess: boolean,
  { more }: Pick<Packet, 'more'>,
  payee?: string,
): Uint8Array {
  if (payee !== undefined) {
    const own = isSuccess ? [SUCCESS, ...(more ?? []).map(() => SUCCESS)] : [ERROR];
    return commitAcknowledgement(mode, hash, [...own, utf8(`payee ${payee}`)]);
  }
  if (isSuccess && more !== undefined) {
    return commitAcknowledgement(mode, hash, [SUCCESS, ...more.map(() => SUCCESS)]);
  }
  let both = values[mode].get(hash);
  if (both === undefined) {
    both = {
      success: commitAcknowledgement(mode, hash, [SUCCESS]),
      error: commitAcknowledgement(mode, hash, [ERROR]),
    };
    values[mode].set(hash, both);
  }
  return isSuccess ? both.success : both.error;
}

export function packetCommitment(execution: Execution, lane: Lane, packet: Packet): Uint8Array {
  return packetCommitmentOf(execution.context.hash, execution.chain.mode, lane, packet);
}

export function acknowledgementCommitment(
  execution: Execution,
  isSuccess: boolean,
  packet: Pick<Packet, 'more'>,
  payee?: string,
): Uint8Array {
  return acknowledgementValue(execution.context.hash, execution.chain.mode, isSuccess, packet, payee);
}
