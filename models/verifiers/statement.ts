/** The bytes that an attester signs for a claim. */
import { be64, concatBytes, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import type { Claim, Client } from './verifier.ts';

/**
 * Names the client (and so both chains), so that a signature for one path is no signature for another.
 * Hashed in hashed mode, the bare bytes in modelled mode, where the signature is a mix of them anyway.
 */
export function statementBytes(
  hash: HashBackend,
  mode: ProofMode,
  client: Pick<Client, 'id' | 'host' | 'counterparty'>,
  claim: Claim,
  at: { readonly height: number; readonly chainUs: number },
): Uint8Array {
  const bytes = concatBytes(
    utf8(`l0sim/statement/${claim.kind}/`),
    be64(client.id),
    be64(client.host),
    be64(client.counterparty),
    be64(claim.lane),
    be64(claim.sequence),
    be64(at.height),
    be64(at.chainUs),
    claim.value,
  );
  return mode === 'hashed' ? hash.sha256(bytes) : bytes;
}
