/** The two hashes that a lane stores: of a packet at the source, of an acknowledgement at the destination. */
import { utf8 } from '../../sim/base/bytes.ts';
import type { HashBackend } from '../../sim/base/bytes.ts';
import type { Execution } from '../chains/execution.ts';
import { commitAcknowledgement, commitPacket } from '../proofs/commitments.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import type { Lane, Packet } from './lane.ts';

/** The bytes of a successful acknowledgement. @source ICS 20, result acknowledgement. */
const SUCCESS = utf8('{"result":"AQ=="}');
/** @source IBC v2, ICS 4: the sentinel error acknowledgement, sha256 of this text. */
const ERROR = utf8('UNIVERSAL_ERROR_ACKNOWLEDGEMENT');

/** Commitment of a packet by the rule of IBC v2. */
export function packetCommitmentOf(hash: HashBackend, mode: ProofMode, lane: Lane, packet: Packet): Uint8Array {
  return commitPacket(mode, hash, {
    sequence: packet.sequence,
    sourceClient: `client-${lane.sourceClient}`,
    destinationClient: `client-${lane.destinationClient}`,
    timeoutTimestamp: packet.timeoutUs,
    timeoutHeight: packet.timeoutHeight,
    payloads: [
      {
        sourcePort: packet.application,
        destinationPort: packet.application,
        version: `lane-${lane.id}-${packet.sequence}`,
        encoding: 'l0sim',
        value: packet.value,
      },
    ],
  });
}

export function acknowledgementValue(hash: HashBackend, mode: ProofMode, isSuccess: boolean): Uint8Array {
  return commitAcknowledgement(mode, hash, [isSuccess ? SUCCESS : ERROR]);
}

export function packetCommitment(execution: Execution, lane: Lane, packet: Packet): Uint8Array {
  return packetCommitmentOf(execution.context.hash, execution.chain.mode, lane, packet);
}

export function acknowledgementCommitment(execution: Execution, isSuccess: boolean): Uint8Array {
  return acknowledgementValue(execution.context.hash, execution.chain.mode, isSuccess);
}
