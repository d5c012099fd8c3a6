/** The same hash from the native library of Node: what a faster backend gives. Digests do not depend on it. */
import { hash } from 'node:crypto';
import type { HashBackend } from '../sim/base/bytes.ts';

export const nodeHash: HashBackend = {
  name: 'node',
  sha256: (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')),
};
