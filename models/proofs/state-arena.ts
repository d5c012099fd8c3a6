/**
 * Nodes of the versioned state trees of one chain, in typed arrays: plain data that a snapshot copies as it is. A slot
 * counts who points at it (parents, kept versions, drafts); at zero it is free and its subtree is let go.
 */
import { assert } from '../../sim/base/assert.ts';
import { createMix, type Mix128, mixString, permuteMix, resetMix } from '../../sim/base/mix.ts';
import type { CanonicalValue } from './canonical-encoding.ts';
import { DIGEST_BYTES, type ProofMode } from './proof-mode.ts';

/** Slot of a node. */
export type NodeId = number;

/** The tree of nothing: slot 0, never counted and never freed. */
export const EMPTY = 0;
/** Levels that a path has bits for. */
export const DEPTH_MAX = 64;
export const SUM_WORDS = 4;

// In `left`: what a slot is, where it is not a branch.
const LEAF = -1;
const FREE = -2;
const FIRST_CAPACITY = 256;
const PATH_DOMAIN = 0x7061_7468; // "path"
const PATH_CLOSING_ROUNDS = 3;

export interface StateTree {
  readonly mode: ProofMode;
  /** Left child of a branch; LEAF or FREE otherwise. */
  left: Int32Array;
  /** Right child of a branch; next free slot of a free one. */
  right: Int32Array;
  references: Int32Array;
  readonly keys: string[];
  readonly values: (CanonicalValue | null)[];
  /** Modelled: four words a slot, the mix of a leaf's entry, and on the root of a sealed version the sum of them all. */
  sums: Uint32Array;
  /** Hashed: 32 bytes a slot, valid where `isDigested` is 1. */
  digests: Uint8Array;
  isDigested: Uint8Array;
  /** Slots ever used, the empty one included. */
  used: number;
  firstFree: NodeId;
  inUse: number;
  readonly path: Uint32Array;
  readonly otherPath: Uint32Array;
  readonly mix: Mix128;
}

export function createArena(mode: ProofMode): StateTree {
  const capacity = FIRST_CAPACITY;
  return {
    mode,
    left: new Int32Array(capacity),
    right: new Int32Array(capacity),
    references: new Int32Array(capacity),
    keys: [''],
    values: [null],
    sums: new Uint32Array(mode === 'modelled' ? capacity * SUM_WORDS : 0),
    digests: new Uint8Array(mode === 'hashed' ? capacity * DIGEST_BYTES : 0),
    isDigested: new Uint8Array(mode === 'hashed' ? capacity : 0),
    used: 1,
    firstFree: EMPTY,
    inUse: 0,
    path: new Uint32Array(2),
    otherPath: new Uint32Array(2),
    mix: createMix(),
  };
}

export function isLeaf(tree: StateTree, node: NodeId): boolean {
  return tree.left[node] === LEAF;
}

export function isFree(tree: StateTree, node: NodeId): boolean {
  return tree.left[node] === FREE;
}

export function childOf(tree: StateTree, branch: NodeId, side: number): NodeId {
  return (side === 0 ? tree.left[branch] : tree.right[branch]) as number;
}

export function setChild(tree: StateTree, branch: NodeId, side: number, child: NodeId): void {
  if (side === 0) tree.left[branch] = child;
  else tree.right[branch] = child;
}

/** A leaf with one reference, which its caller places. */
export function createLeaf(tree: StateTree, key: string, value: CanonicalValue): NodeId {
  const node = allocate(tree);
  tree.left[node] = LEAF;
  tree.keys[node] = key;
  tree.values[node] = value;
  return node;
}

/** A branch with one reference. It takes over the caller's references to its children. */
export function createBranch(tree: StateTree, left: NodeId, right: NodeId): NodeId {
  const node = allocate(tree);
  tree.left[node] = left;
  tree.right[node] = right;
  return node;
}

/** The branch itself where nobody else sees it, else a copy in its stead: the caller's reference moves to the copy. */
export function ownBranch(tree: StateTree, branch: NodeId): NodeId {
  if (tree.references[branch] === 1) {
    if (tree.mode === 'hashed') tree.isDigested[branch] = 0;
    return branch;
  }
  const left = tree.left[branch] as number;
  const right = tree.right[branch] as number;
  hold(tree, left);
  hold(tree, right);
  tree.references[branch] = (tree.references[branch] as number) - 1;
  return createBranch(tree, left, right);
}

export function hold(tree: StateTree, node: NodeId): void {
  if (node !== EMPTY) tree.references[node] = (tree.references[node] as number) + 1;
}

/** Gives up a reference; the last one frees the slot and gives up its children. */
export function letGo(tree: StateTree, node: NodeId): void {
  if (node === EMPTY) return;
  const left = (tree.references[node] as number) - 1;
  assert(left >= 0, 'a node is let go only by those who hold it', { node });
  tree.references[node] = left;
  if (left > 0) return;
  if (!isLeaf(tree, node)) {
    letGo(tree, tree.left[node] as number);
    letGo(tree, tree.right[node] as number);
  }
  freeSlot(tree, node);
}

/** Frees a leaf, or a branch whose children are taken over or let go by the caller. */
export function freeSlot(tree: StateTree, node: NodeId): void {
  if (tree.left[node] === LEAF) {
    tree.keys[node] = '';
    tree.values[node] = null;
  }
  tree.references[node] = 0;
  tree.left[node] = FREE;
  tree.right[node] = tree.firstFree;
  tree.firstFree = node;
  tree.inUse--;
}

function allocate(tree: StateTree): NodeId {
  let node = tree.firstFree;
  if (node !== EMPTY) {
    tree.firstFree = tree.right[node] as number;
  } else {
    node = tree.used++;
    if (node === tree.left.length) grow(tree);
    tree.keys.push('');
    tree.values.push(null);
  }
  tree.references[node] = 1;
  if (tree.mode === 'hashed') tree.isDigested[node] = 0;
  tree.inUse++;
  return node;
}

function grow(tree: StateTree): void {
  const capacity = 2 * tree.left.length;
  const grown = <T extends Int32Array | Uint32Array | Uint8Array>(old: T, larger: T): T => {
    larger.set(old);
    return larger;
  };
  tree.left = grown(tree.left, new Int32Array(capacity));
  tree.right = grown(tree.right, new Int32Array(capacity));
  tree.references = grown(tree.references, new Int32Array(capacity));
  if (tree.mode === 'modelled') {
    tree.sums = grown(tree.sums, new Uint32Array(capacity * SUM_WORDS));
  } else {
    tree.digests = grown(tree.digests, new Uint8Array(capacity * DIGEST_BYTES));
    tree.isDigested = grown(tree.isDigested, new Uint8Array(capacity));
  }
}

/**
 * Writes the 64 path bits of `key` into `path`.
 *
 * MODEL: in both modes the position of a key comes from a fast mix and not from a cryptographic hash, so that reads need
 * no hashing. Leaf and branch digests are real all the same. It costs the attack of searching for keys with a common
 * path, which deepens real trees of this kind; two keys with all 64 bits in common end the run as a defect.
 */
export function readPath(tree: Pick<StateTree, 'mix'>, key: string, path: Uint32Array): void {
  const m = tree.mix;
  resetMix(m, PATH_DOMAIN);
  mixString(m, key);
  for (let i = 0; i < PATH_CLOSING_ROUNDS; i++) permuteMix(m);
  path[0] = (m[1] as number) ^ (m[3] as number);
  path[1] = (m[0] as number) ^ (m[2] as number);
}

export function pathBit(path: Uint32Array, depth: number): number {
  return ((path[depth >>> 5] as number) >>> (31 - (depth & 31))) & 1;
}
