import { sha256 } from '@noble/hashes/sha2.js';
import type { HashBackend } from './bytes.ts';

/** The default hashes: @noble/hashes, plain JavaScript, so it runs wherever l0sim does. */
export const nobleHash: HashBackend = {
  name: 'noble',
  sha256: (bytes) => sha256(bytes),
};
