import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { commitAcknowledgement, commitPacket, type PacketContent } from '../../models/proofs/commitments.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

interface Vector {
  packet: {
    sequence: number;
    source_client: string;
    destination_client: string;
    timeout_timestamp: number;
    payloads: {
      source_port: string;
      destination_port: string;
      version: string;
      encoding: string;
      value_utf8: string;
    }[];
  };
  packet_commitment: string;
  ack: { app_acks_utf8: string[] };
  ack_commitment: string;
}

// cosmos/ibc-go modules/core/04-channel/v2/types/commitment_test.go.
describeWithVectors('ibc v2 commitments, published values', () => {
  const vector = vectors<Vector>('ibc_v2_commitments.json');

  it('commits to the packet -> a096722a..6505', () => {
    const { packet } = vector;
    const content: PacketContent = {
      sequence: packet.sequence,
      sourceClient: packet.source_client,
      destinationClient: packet.destination_client,
      timeoutTimestamp: packet.timeout_timestamp,
      payloads: packet.payloads.map((payload) => ({
        sourcePort: payload.source_port,
        destinationPort: payload.destination_port,
        version: payload.version,
        encoding: payload.encoding,
        value: utf8(payload.value_utf8),
      })),
    };
    expect(toHex(commitPacket('hashed', nobleHash, content))).toBe(vector.packet_commitment);
    const noHeight = { ...content, timeoutHeight: 0 };
    expect(toHex(commitPacket('hashed', nobleHash, noHeight))).toBe(vector.packet_commitment);
  });

  it('commits to the acknowledgement -> f03b4667..4c5b', () => {
    const acknowledgements = vector.ack.app_acks_utf8.map(utf8);
    expect(toHex(commitAcknowledgement('hashed', nobleHash, acknowledgements))).toBe(vector.ack_commitment);
  });
});

describe.each(['hashed', 'modelled'] as const satisfies readonly ProofMode[])('commitments, %s', (mode) => {
  const payload = { sourcePort: 'a', destinationPort: 'b', version: 'c', encoding: 'd', value: utf8('e') };
  const packet: PacketContent = {
    sequence: 1,
    sourceClient: 's',
    destinationClient: 't',
    timeoutTimestamp: 100,
    timeoutHeight: 5,
    payloads: [payload],
  };

  it('differs for packets that differ in any committed field, and has 32 bytes', () => {
    const changed: PacketContent[] = [
      packet,
      { ...packet, destinationClient: 'u' },
      { ...packet, timeoutTimestamp: 101 },
      { ...packet, timeoutHeight: 6 },
      { ...packet, timeoutHeight: 0 },
      { ...packet, payloads: [] },
      { ...packet, payloads: [payload, payload] },
      { ...packet, payloads: [{ ...payload, sourcePort: 'ab', destinationPort: '' }] },
      { ...packet, payloads: [{ ...payload, destinationPort: 'x' }] },
      { ...packet, payloads: [{ ...payload, version: 'x' }] },
      { ...packet, payloads: [{ ...payload, encoding: 'x' }] },
      { ...packet, payloads: [{ ...payload, value: utf8('x') }] },
    ];
    const digests = changed.map((content) => toHex(commitPacket(mode, nobleHash, content)));
    expect(new Set(digests).size).toBe(changed.length);
    expect(digests.every((digest) => digest.length === 64)).toBe(true);
  });

  it('differs for other acknowledgements and for other divisions of the same bytes', () => {
    const lists = [[], [utf8('')], [utf8('ab')], [utf8('a'), utf8('b')], [utf8('b'), utf8('a')]];
    const digests = lists.map((list) => toHex(commitAcknowledgement(mode, nobleHash, list)));
    expect(new Set(digests).size).toBe(lists.length);
  });
});
