/** Whether proofs, roots and signatures are computed for real, or only keep the verdicts of the real ones. */
import type { HashBackend } from '../../sim/base/bytes.ts';
import { type Mix128, mixFinishInto } from '../../sim/base/mix.ts';
import type { KeyMode } from '../keys/keys.ts';

/** One mode for a whole run: keys and proofs share it. */
export type ProofMode = KeyMode;

/** What a verifier computes with. Its own mode, never the proof's: else a tag would pass where a hash is due. */
export interface ProofScheme {
  readonly mode: ProofMode;
  readonly hash: HashBackend;
}

export const DIGEST_BYTES = 32;

/** The 128 bits of a mix in the place of a 32-byte digest: the shape of all that holds digests is the same in both modes. */
export function digestOfMix(mix: Mix128): Uint8Array {
  const digest = new Uint8Array(DIGEST_BYTES);
  mixFinishInto(mix, digest);
  return digest;
}
