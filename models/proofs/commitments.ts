/** What a lane stores on-chain in place of a packet and of its acknowledgements: one 32-byte digest each. */
import { be64, concatBytes, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixNumber, mixString, mixWord, resetMix } from '../../sim/base/mix.ts';
import { digestOfMix, type ProofMode } from './proof-mode.ts';

export interface PacketPayload {
  readonly sourcePort: string;
  readonly destinationPort: string;
  readonly version: string;
  readonly encoding: string;
  readonly value: Uint8Array;
}

/** What is known of a packet when it is sent. */
export interface PacketContent {
  /** Not hashed, as in IBC v2: the key that the commitment is stored under names the source client and the sequence. */
  readonly sequence: number;
  readonly sourceClient: string;
  readonly destinationClient: string;
  /** Whole number in the unit of the lane: seconds in IBC v2. */
  readonly timeoutTimestamp: number;
  /** Destination height, for lanes that time out by height; 0 or absent for none. */
  readonly timeoutHeight?: number;
  readonly payloads: readonly PacketPayload[];
}

const VERSION_BYTE = 2;
const PACKET_DOMAIN = 0x7061_636b; // "pack"
const ACKNOWLEDGEMENT_DOMAIN = 0x6163_6b6e; // "ackn"
// Reset before each use, so it carries nothing from one to the next.
const scratch = createMix();

/**
 * Commitment of a packet, 32 bytes.
 * @source IBC v2, ICS 4 packet commitment: sha256(0x02, H(destination client), H(be64(timeout)), H(payload hashes)).
 */
// MODEL: IBC v2 has no timeout by height. Where a lane has one, its hash follows that of the timestamp, so that nobody can
// change it on the way; without one the bytes are those of the standard.
export function commitPacket(mode: ProofMode, hash: HashBackend, packet: PacketContent): Uint8Array {
  const timeoutHeight = packet.timeoutHeight ?? 0;
  if (mode === 'modelled') return mixPacket(packet, timeoutHeight);
  const heights = timeoutHeight === 0 ? [] : [hash.sha256(be64(timeoutHeight))];
  const payloads = packet.payloads.map((payload) => payloadDigest(payload, hash));
  return hash.sha256(
    concatBytes(
      Uint8Array.of(VERSION_BYTE),
      hash.sha256(utf8(packet.destinationClient)),
      hash.sha256(be64(packet.timeoutTimestamp)),
      ...heights,
      hash.sha256(concatBytes(...payloads)),
    ),
  );
}

/** Commitment of the acknowledgements of all payloads, 32 bytes. @source IBC v2, ICS 4: sha256(0x02, H(ack) of each). */
export function commitAcknowledgement(
  mode: ProofMode,
  hash: HashBackend,
  acknowledgements: readonly Uint8Array[],
): Uint8Array {
  if (mode === 'modelled') {
    const m = scratch;
    resetMix(m, ACKNOWLEDGEMENT_DOMAIN);
    mixWord(m, acknowledgements.length);
    for (const acknowledgement of acknowledgements) mixBytes(m, acknowledgement);
    return digestOfMix(m);
  }
  return hash.sha256(concatBytes(Uint8Array.of(VERSION_BYTE), ...acknowledgements.map((bytes) => hash.sha256(bytes))));
}

function payloadDigest(payload: PacketPayload, hash: HashBackend): Uint8Array {
  const { sourcePort, destinationPort, version, encoding, value } = payload;
  const parts = [utf8(sourcePort), utf8(destinationPort), utf8(version), utf8(encoding), value];
  return hash.sha256(concatBytes(...parts.map((part) => hash.sha256(part))));
}

function mixPacket(packet: PacketContent, timeoutHeight: number): Uint8Array {
  const m = scratch;
  resetMix(m, PACKET_DOMAIN);
  mixString(m, packet.destinationClient);
  mixNumber(m, packet.timeoutTimestamp);
  mixNumber(m, timeoutHeight);
  mixWord(m, packet.payloads.length);
  for (const payload of packet.payloads) {
    mixString(m, payload.sourcePort);
    mixString(m, payload.destinationPort);
    mixString(m, payload.version);
    mixString(m, payload.encoding);
    mixBytes(m, payload.value);
  }
  return digestOfMix(m);
}
