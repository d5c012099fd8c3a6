/** The bytes that an attester signs for a claim. */
import { be64, concatBytes, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixFinish, mixNumber, mixString, resetMix } from '../../sim/base/mix.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import type { Claim, Client } from './verifier.ts';

/**
 * Names the client (and so both chains), so that a signature for one path is no signature for another.
 * SHA-256 in hashed mode, a 128-bit mix in modelled mode.
 */
export function statementBytes(
  hash: HashBackend,
  mode: ProofMode,
  client: Pick<Client, 'id' | 'host' | 'counterparty'>,
  claim: Claim,
  at: { readonly height: number; readonly chainUs: number; readonly epoch?: number },
): Uint8Array {
  if (mode === 'modelled') {
    const mix = scratch;
    resetMix(mix, STATEMENT_DOMAIN);
    mixString(mix, claim.kind);
    mixNumber(mix, client.id);
    mixNumber(mix, client.host);
    mixNumber(mix, client.counterparty);
    mixNumber(mix, claim.lane);
    mixNumber(mix, claim.sequence);
    mixNumber(mix, at.height);
    mixNumber(mix, at.chainUs);
    if (at.epoch !== undefined) mixNumber(mix, at.epoch);
    mixBytes(mix, claim.value);
    return mixFinish(mix);
  }
  return hash.sha256(
    concatBytes(
      utf8(`l0sim/statement/${claim.kind}/`),
      be64(client.id),
      be64(client.host),
      be64(client.counterparty),
      be64(claim.lane),
      be64(claim.sequence),
      be64(at.height),
      be64(at.chainUs),
      // A statement of one set is none of the next, or the two keys of a member would count twice.
      at.epoch === undefined ? NOTHING : be64(at.epoch),
      claim.value,
    ),
  );
}

const NOTHING = new Uint8Array(0);
const STATEMENT_DOMAIN = 0x7374_6d74; // "stmt"
// Reset before each use, so it carries nothing from one to the next.
const scratch = createMix();
