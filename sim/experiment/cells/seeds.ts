/** Seeds of replications: replication 0 is the run of the scenario itself, the others follow from its seed. */
import { toHex, utf8, type HashBackend } from '../../base/bytes.ts';

/**
 * The seed of a replication, a decimal text from 0 to 2^64-1. It depends on the first seed and the index alone, so that
 * the same replication of every point draws from the same streams: common random numbers.
 */
export function replicationSeed(seed: string, replication: number, hash: HashBackend): string {
  if (replication === 0) return seed;
  const digest = hash.sha256(utf8(`replication/${seed}/${replication}`));
  return BigInt(`0x${toHex(digest.subarray(0, 8))}`).toString();
}
