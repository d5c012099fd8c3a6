/** Roots of the state tree: SHA-256 over leaves and branches, or a sum over the entries. */
import { type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { type Mix128, mixWord, permuteMix, resetMix } from '../../sim/base/mix.ts';
import { type CanonicalValue, encodeCanonical, mixCanonical } from './canonical-encoding.ts';
import { DIGEST_BYTES } from './proof-mode.ts';
import { childOf, EMPTY, isLeaf, type NodeId, type StateTree, SUM_WORDS } from './state-arena.ts';

const LEAF_PREFIX = 0;
const BRANCH_PREFIX = 1;
const ENTRY_DOMAIN = 0x656e_7472; // "entr"
const ENTRY_CLOSING_ROUNDS = 4;

/** What a leaf's hash is made of: the hashes of its key and of its value. */
export function keyDigest(key: string, hash: HashBackend): Uint8Array {
  return hash.sha256(utf8(key));
}

export function valueDigest(value: CanonicalValue, hash: HashBackend): Uint8Array {
  return hash.sha256(encodeCanonical(value));
}

/** H(0x00, key digest, value digest). @source RFC 6962, section 2.1: leaves and branches hash under different prefixes. */
export function leafDigest(keyHash: Uint8Array, valueHash: Uint8Array, hash: HashBackend): Uint8Array {
  return digestPair(LEAF_PREFIX, keyHash, valueHash, hash);
}

/** H(0x01, left, right); an empty subtree is 32 zero bytes. */
export function branchDigest(left: Uint8Array, right: Uint8Array, hash: HashBackend): Uint8Array {
  return digestPair(BRANCH_PREFIX, left, right, hash);
}

/** Digest of the subtree at `node`, computed where it is not known yet. A view of the arena: copy what must last. */
export function digestOf(tree: StateTree, node: NodeId, hash: HashBackend): Uint8Array {
  const at = DIGEST_BYTES * node;
  if (node !== EMPTY && tree.isDigested[node] === 0) {
    const digest = isLeaf(tree, node)
      ? leafDigest(keyDigest(tree.keys[node] as string, hash), valueDigest(valueAt(tree, node), hash), hash)
      : branchDigest(digestOf(tree, childOf(tree, node, 0), hash), digestOf(tree, childOf(tree, node, 1), hash), hash);
    tree.digests.set(digest, at);
    tree.isDigested[node] = 1;
  }
  return tree.digests.subarray(at, at + DIGEST_BYTES);
}

export function hashedRoot(tree: StateTree, version: NodeId, hash: HashBackend): Uint8Array {
  return digestOf(tree, version, hash).slice();
}

/**
 * MODEL: the root is the sum of a 128-bit mix of each entry, and zeros up to 32 bytes: it tells states apart, but whoever
 * can choose values could solve for a state of a given sum. It costs that attack, which real roots do not allow either.
 */
export function modelledRoot(tree: StateTree, version: NodeId): Uint8Array {
  const root = new Uint8Array(DIGEST_BYTES);
  const view = new DataView(root.buffer);
  for (let i = 0; i < SUM_WORDS; i++) view.setUint32(4 * i, tree.sums[SUM_WORDS * version + i] as number);
  return root;
}

/** Writes the mix of a leaf's entry into its words. The leaf's key is the one whose path is in `tree.path`. */
export function mixEntry(tree: StateTree, leaf: NodeId): void {
  const m: Mix128 = tree.mix;
  resetMix(m, ENTRY_DOMAIN);
  // The path stands for the key: it is at hand, and no two keys of a tree have the same.
  mixWord(m, tree.path[0] as number);
  mixWord(m, tree.path[1] as number);
  mixCanonical(m, valueAt(tree, leaf));
  for (let i = 0; i < ENTRY_CLOSING_ROUNDS; i++) permuteMix(m);
  const at = SUM_WORDS * leaf;
  for (let i = 0; i < SUM_WORDS; i++) tree.sums[at + i] = m[i] as number;
}

function valueAt(tree: StateTree, leaf: NodeId): CanonicalValue {
  return tree.values[leaf] as CanonicalValue;
}

function digestPair(prefix: number, first: Uint8Array, second: Uint8Array, hash: HashBackend): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * DIGEST_BYTES);
  bytes[0] = prefix;
  bytes.set(first, 1);
  bytes.set(second, 1 + DIGEST_BYTES);
  return hash.sha256(bytes);
}
