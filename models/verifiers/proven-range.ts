/** What one validity proof is about: that a chain, final at one header, went on to another that is final too. */
import { be64, concatBytes, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixFinish, mixNumber, resetMix } from '../../sim/base/mix.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import { isRecord, isWhole } from './client-store.ts';
import type { Client } from './verifier.ts';

/** Plain data; frozen where it travels. */
export interface ProvenRange {
  readonly client: number;
  readonly from: { readonly height: number; readonly headerHash: Uint8Array };
  readonly to: {
    readonly height: number;
    readonly chainUs: number;
    readonly headerHash: Uint8Array;
    readonly stateRoot: Uint8Array;
  };
}

/** A range with what proves it. */
export interface RangeProof {
  readonly range: ProvenRange;
  readonly proof: Uint8Array;
}

/** Arguments of `submit-proof`: one proof, or several that were folded into one. */
export interface ProofCall {
  readonly parts: readonly RangeProof[];
}

/**
 * What a proof commits to. Names client, host and counterparty, so that a proof for one contract is none for another.
 * SHA-256 in hashed mode, a 128-bit mix in modelled mode.
 */
export function rangeBytes(
  hash: HashBackend,
  mode: ProofMode,
  client: Pick<Client, 'id' | 'host' | 'counterparty'>,
  { from, to }: ProvenRange,
): Uint8Array {
  const numbers = [client.id, client.host, client.counterparty, from.height, to.height, to.chainUs];
  const digests = [from.headerHash, to.headerHash, to.stateRoot];
  if (mode === 'modelled') {
    resetMix(scratch, RANGE_DOMAIN);
    for (const number of numbers) mixNumber(scratch, number);
    for (const digest of digests) mixBytes(scratch, digest);
    return mixFinish(scratch);
  }
  return hash.sha256(concatBytes(utf8('l0sim/range/'), ...numbers.map(be64), ...digests));
}

/** Parts of a call as anybody may have made it; undefined where they are none. */
export function readProofCall(given: unknown): ProofCall | undefined {
  if (!isRecord(given) || !Array.isArray(given['parts']) || given['parts'].length === 0) return undefined;
  const isShaped = (given['parts'] as readonly unknown[]).every((part) => {
    if (!isRecord(part) || !(part['proof'] instanceof Uint8Array) || !isRecord(part['range'])) return false;
    const { client, from, to } = part['range'];
    if (!isWhole(client) || !isRecord(from) || !isRecord(to)) return false;
    if (!isWhole(from['height']) || !isWhole(to['height']) || !isWhole(to['chainUs'])) return false;
    return [from['headerHash'], to['headerHash'], to['stateRoot']].every((digest) => digest instanceof Uint8Array);
  });
  return isShaped ? (given as unknown as ProofCall) : undefined;
}

const RANGE_DOMAIN = 0x7261_6e67; // "rang"
// Reset before each use, so it carries nothing from one to the next.
const scratch = createMix();
