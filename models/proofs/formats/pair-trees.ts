/**
 * Merkle trees of pairs as three systems of the field have them. Each takes the hash function that its own system uses;
 * what differs is how leaves fill up a level, and how two children are joined.
 */
import { concatBytes } from '../../../sim/base/bytes.ts';

export type Hash = (bytes: Uint8Array) => Uint8Array;

/** Levels of the tree that a mailbox appends its messages to. @source hyperlane-monorepo@f0f8a56c3811, MerkleLib.sol */
export const APPENDED_LEVELS = 32;

/** Root over leaves that were appended in order, all places behind them empty: 32 zero bytes at the bottom. */
export function appendedRoot(leaves: readonly Uint8Array[], hash: Hash): Uint8Array {
  let empty: Uint8Array = new Uint8Array(32);
  let level = [...leaves];
  for (let depth = 0; depth < APPENDED_LEVELS; depth++) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push(hash(concatBytes(level[i] as Uint8Array, level[i + 1] ?? empty)));
    }
    level = above;
    empty = hash(concatBytes(empty, empty));
  }
  return level[0] ?? empty;
}

/** Root that a branch of that tree leads to. */
export function appendedBranchRoot(
  leaf: Uint8Array,
  branch: readonly Uint8Array[],
  index: number,
  hash: Hash,
): Uint8Array {
  let at = leaf;
  let place = index;
  for (const sibling of branch) {
    at = hash(place % 2 === 1 ? concatBytes(sibling, at) : concatBytes(at, sibling));
    place = Math.floor(place / 2);
  }
  return at;
}

/**
 * Nodes of a complete tree over hashed leaves, the root first, the leaves last and backwards; children are joined in the
 * order of their bytes, so that a proof needs no sides. @source OpenZeppelin/merkle-tree@98ff55dc7b60, core.ts
 */
export function sortedTree(leaves: readonly Uint8Array[], hash: Hash): Uint8Array[] {
  const count = leaves.length;
  const nodes = new Array<Uint8Array>(Math.max(0, 2 * count - 1));
  for (let i = 0; i < count; i++) nodes[nodes.length - 1 - i] = leaves[i] as Uint8Array;
  for (let i = nodes.length - 1 - count; i >= 0; i--) {
    nodes[i] = sortedPair(nodes[2 * i + 1] as Uint8Array, nodes[2 * i + 2] as Uint8Array, hash);
  }
  return nodes;
}

/** Siblings from a node of that tree up to the root. */
export function sortedProof(nodes: readonly Uint8Array[], index: number): Uint8Array[] {
  const proof: Uint8Array[] = [];
  for (let at = index; at > 0; at = Math.floor((at - 1) / 2)) {
    proof.push(nodes[at % 2 === 1 ? at + 1 : at - 1] as Uint8Array);
  }
  return proof;
}

export function sortedProofRoot(leaf: Uint8Array, proof: readonly Uint8Array[], hash: Hash): Uint8Array {
  return proof.reduce((at, sibling) => sortedPair(at, sibling, hash), leaf);
}

function sortedPair(a: Uint8Array, b: Uint8Array, hash: Hash): Uint8Array {
  return hash(isBelow(a, b) ? concatBytes(a, b) : concatBytes(b, a));
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Root of a block's transactions: the last of an odd level is joined with itself. @source Nakamoto 2008; bitcoin/consensus/merkle.cpp */
export function doubledRoot(leaves: readonly Uint8Array[], hash: Hash): Uint8Array {
  let level = [...leaves];
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      above.push(hash(hash(concatBytes(left, level[i + 1] ?? left))));
    }
    level = above;
  }
  return level[0] ?? new Uint8Array(32);
}
