/** Temporary. */
import type { HashBackend } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixFinish, mixNumber, mixString } from '../../sim/base/mix.ts';
import type { ProofMode } from './proof-mode.ts';
export interface PacketContent {
  readonly sequence: number;
  readonly sourceClient: string;
  readonly destinationClient: string;
  readonly timeoutTimestamp: number;
  readonly timeoutHeight: number;
  readonly payloads: readonly {
    sourcePort: string;
    destinationPort: string;
    version: string;
    encoding: string;
    value: Uint8Array;
  }[];
}
export function commitPacket(_mode: ProofMode, _hash: HashBackend, p: PacketContent): Uint8Array {
  const m = createMix(1);
  mixString(m, p.destinationClient);
  mixNumber(m, p.timeoutTimestamp);
  mixNumber(m, p.timeoutHeight);
  for (const l of p.payloads) {
    mixString(m, l.version);
    mixBytes(m, l.value);
  }
  return mixFinish(m);
}
export function commitAcknowledgement(_mode: ProofMode, _hash: HashBackend, acks: readonly Uint8Array[]): Uint8Array {
  const m = createMix(2);
  for (const a of acks) mixBytes(m, a);
  return mixFinish(m);
}
