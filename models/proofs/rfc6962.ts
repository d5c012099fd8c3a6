/**
 * The Merkle tree of RFC 6962: an append-only list of leaves, proofs that a leaf is in it and that one size of it is a
 * prefix of another. CometBFT's lists (validators, header fields) are this tree too.
 * @source RFC 6962, section 2.1; verification: RFC 9162, sections 2.1.3.2 and 2.1.4.2.
 */
import { assert, present } from '../../sim/base/assert.ts';
import { bytesEqual, concatBytes, type HashBackend } from '../../sim/base/bytes.ts';

export type ListVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly reason: 'size-out-of-range' | 'proof-malformed' | 'proof-root-mismatch' };

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  readonly firstSize: number;
  readonly secondSize: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
}

const HASH_BYTES = 32;
const ACCEPTED: ListVerdict = { kind: 'accepted' };

export function hashLeaf(data: Uint8Array, hash: HashBackend): Uint8Array {
  return hash.sha256(concatBytes(Uint8Array.of(0), data));
}

export function hashNode(left: Uint8Array, right: Uint8Array, hash: HashBackend): Uint8Array {
  return hash.sha256(concatBytes(Uint8Array.of(1), left, right));
}

/** Root of a list of leaf data; that of the empty list is the hash of nothing. */
export function listRoot(leaves: readonly Uint8Array[], hash: HashBackend): Uint8Array {
  if (leaves.length === 0) return hash.sha256(new Uint8Array(0));
  const hashes = leaves.map((leaf) => hashLeaf(leaf, hash));
  return rangeRoot(hashes, { from: 0, to: hashes.length }, hash);
}

/** Siblings of leaf `index`, from the leaf upwards. Throws InvariantError where there is no such leaf. */
export function proveInclusion(leaves: readonly Uint8Array[], index: number, hash: HashBackend): Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'a proven leaf is in the list', { index, size: leaves.length });
  const hashes = leaves.map((leaf) => hashLeaf(leaf, hash));
  const proof: Uint8Array[] = [];
  let range: Range = { from: 0, to: hashes.length };
  while (range.to - range.from > 1) {
    const middle = range.from + splitOf(range.to - range.from);
    const left = { from: range.from, to: middle };
    const right = { from: middle, to: range.to };
    const isLeft = index < middle;
    proof.unshift(rangeRoot(hashes, isLeft ? right : left, hash));
    range = isLeft ? left : right;
  }
  return proof;
}

/** Proof that the first `firstSize` leaves, at least 1, were the whole list once. */
export function proveConsistency(leaves: readonly Uint8Array[], firstSize: number, hash: HashBackend): Uint8Array[] {
  assert(firstSize >= 1 && firstSize <= leaves.length, 'a prefix is in the list', { firstSize, size: leaves.length });
  const hashes = leaves.map((leaf) => hashLeaf(leaf, hash));
  const proof: Uint8Array[] = [];
  let range: Range = { from: 0, to: hashes.length };
  // Whether the subtree in hand is the whole first list, whose root the verifier has.
  let isWholeFirst = true;
  while (range.to !== firstSize) {
    const middle = range.from + splitOf(range.to - range.from);
    if (firstSize <= middle) {
      proof.unshift(rangeRoot(hashes, { from: middle, to: range.to }, hash));
      range = { from: range.from, to: middle };
    } else {
      proof.unshift(rangeRoot(hashes, { from: range.from, to: middle }, hash));
      range = { from: middle, to: range.to };
      isWholeFirst = false;
    }
  }
  if (!isWholeFirst) proof.unshift(rangeRoot(hashes, range, hash));
  return proof;
}

/** Verdict on the siblings of a leaf, from the leaf upwards. Never throws: a bad proof is data. */
export function verifyInclusion(claim: InclusionClaim, proof: readonly Uint8Array[], hash: HashBackend): ListVerdict {
  const { index, size } = claim;
  if (!isSize(index) || !isSize(size) || index >= size) return rejected('size-out-of-range');
  if (!proof.every(isHash) || !isHash(claim.leafHash)) return rejected('proof-malformed');
  let node = index;
  let last = size - 1;
  let root = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return rejected('proof-malformed');
    if (node % 2 === 1 || node === last) {
      root = hashNode(sibling, root, hash);
      // The last node of a level has no right sibling: it rises until it is one.
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      root = hashNode(root, sibling, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) return rejected('proof-malformed');
  return bytesEqual(root, claim.root) ? ACCEPTED : rejected('proof-root-mismatch');
}

/** Verdict on a proof that a list only grew. Never throws. An empty first list proves nothing and is refused. */
export function verifyConsistency(
  claim: ConsistencyClaim,
  proof: readonly Uint8Array[],
  hash: HashBackend,
): ListVerdict {
  const { firstSize, secondSize } = claim;
  if (!isSize(firstSize) || !isSize(secondSize)) return rejected('size-out-of-range');
  if (firstSize < 1 || firstSize > secondSize) return rejected('size-out-of-range');
  if (!proof.every(isHash)) return rejected('proof-malformed');
  if (firstSize === secondSize) {
    if (proof.length > 0) return rejected('proof-malformed');
    return bytesEqual(claim.firstRoot, claim.secondRoot) ? ACCEPTED : rejected('proof-root-mismatch');
  }
  let node = firstSize - 1;
  let last = secondSize - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  // Node 0 means that the first list is one full subtree: its root stands for itself and is left out of the proof.
  const path = node === 0 ? [claim.firstRoot, ...proof] : proof;
  const [start, ...siblings] = path;
  if (proof.length === 0 || start === undefined) return rejected('proof-malformed');
  let first = start;
  let second = start;
  for (const sibling of siblings) {
    if (last === 0) return rejected('proof-malformed');
    if (node % 2 === 1 || node === last) {
      first = hashNode(sibling, first, hash);
      second = hashNode(sibling, second, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      second = hashNode(second, sibling, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) return rejected('proof-malformed');
  const isRight = bytesEqual(first, claim.firstRoot) && bytesEqual(second, claim.secondRoot);
  return isRight ? ACCEPTED : rejected('proof-root-mismatch');
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeRoot(hashes: readonly Uint8Array[], { from, to }: Range, hash: HashBackend): Uint8Array {
  if (to - from === 1) return present(hashes[from], 'a range is within the list');
  const middle = from + splitOf(to - from);
  const left = rangeRoot(hashes, { from, to: middle }, hash);
  return hashNode(left, rangeRoot(hashes, { from: middle, to }, hash), hash);
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (2 * split < size) split *= 2;
  return split;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}

function rejected(reason: Extract<ListVerdict, { kind: 'rejected' }>['reason']): ListVerdict {
  return { kind: 'rejected', reason };
}
