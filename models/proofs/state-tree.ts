/**
 * The versioned contract state of a chain: a compact binary sparse Merkle tree whose versions share what they have in
 * common. A leaf stands at its shallowest unique position and a removal closes the gap, so a version's shape, and with it
 * its root, depend on its entries alone and not on how they came there.
 */
import { assert } from '../../sim/base/assert.ts';
import type { HashBackend } from '../../sim/base/bytes.ts';
import type { CanonicalValue } from './canonical-encoding.ts';
import type { ProofMode } from './proof-mode.ts';
import {
  childOf,
  createArena,
  createBranch,
  createLeaf,
  DEPTH_MAX,
  EMPTY,
  freeSlot,
  hold,
  isFree,
  isLeaf,
  letGo,
  type NodeId,
  ownBranch,
  pathBit,
  readPath,
  setChild,
  type StateTree,
  SUM_WORDS,
} from './state-arena.ts';
import { hashedRoot, mixEntry, modelledRoot } from './state-root.ts';

export type { StateTree };
/** What a key holds. The tree keeps the very value: freeze what is not a primitive or bytes, and never change it. */
export type StateValue = CanonicalValue;
/** Root node of a version; 0 is the version without entries. */
export type Version = NodeId;

/** A version in the making. `root` can be read at any time as if it were a version. */
export interface Draft {
  root: NodeId;
  /** Modelled: sum over the entries so far. */
  readonly sum: Uint32Array;
  /** What each change since the first checkpoint replaced, oldest first; undefined where there was nothing. */
  readonly journal: { readonly key: string; readonly value: StateValue | undefined }[];
  isJournaled: boolean;
  isOpen: boolean;
}

/** Place in a draft to come back to. */
export type Checkpoint = number;

export interface StateEntry {
  readonly key: string;
  readonly value: StateValue;
}

export function createStateTree(mode: ProofMode): StateTree {
  return createArena(mode);
}

/** The value at `key`, or undefined. Throws InvariantError on a version that nobody keeps any more. */
export function get(tree: StateTree, version: Version, key: string): StateValue | undefined {
  assert(!isFree(tree, version), 'a version is read while it is kept');
  if (version === EMPTY) return undefined;
  readPath(tree, key, tree.path);
  let node = version;
  for (let depth = 0; node !== EMPTY; depth++) {
    if (isLeaf(tree, node)) return tree.keys[node] === key ? (tree.values[node] as StateValue) : undefined;
    node = childOf(tree, node, pathBit(tree.path, depth));
  }
  return undefined;
}

/** Opens a draft on a kept version, which stays as it is. Ends in `seal` or `discard`. */
export function beginVersion(tree: StateTree, parent: Version): Draft {
  assert(parent === EMPTY || (tree.references[parent] as number) > 0, 'a draft starts from a kept version', { parent });
  hold(tree, parent);
  const at = SUM_WORDS * parent;
  const sum = tree.mode === 'modelled' ? tree.sums.slice(at, at + SUM_WORDS) : new Uint32Array(0);
  return { root: parent, sum, journal: [], isJournaled: false, isOpen: true };
}

export function set(tree: StateTree, draft: Draft, key: string, value: StateValue): void {
  assert(draft.isOpen, 'a sealed draft does not change', { key });
  const previous = put(tree, draft, key, value);
  if (draft.isJournaled) draft.journal.push({ key, value: previous });
}

/** Removes the entry; nothing happens where there is none. */
export function remove(tree: StateTree, draft: Draft, key: string): void {
  assert(draft.isOpen, 'a sealed draft does not change', { key });
  const previous = take(tree, draft, key);
  if (draft.isJournaled && previous !== undefined) draft.journal.push({ key, value: previous });
}

/** Marks a place to `revert` to. Marks nest: going back to one forgets all after it. */
export function checkpoint(draft: Draft): Checkpoint {
  draft.isJournaled = true;
  return draft.journal.length;
}

/** Undoes all changes since the checkpoint: the draft's entries, and so its root, are what they were. */
export function revert(tree: StateTree, draft: Draft, to: Checkpoint): void {
  assert(draft.isOpen && to <= draft.journal.length, 'a draft goes back, never forth', { to });
  while (draft.journal.length > to) {
    const change = draft.journal.pop() as Draft['journal'][number];
    if (change.value === undefined) take(tree, draft, change.key);
    else put(tree, draft, change.key, change.value);
  }
}

/**
 * Closes the draft and returns its version. The draft's own hold ends here, so the caller retains the version before it
 * releases anything or opens another draft.
 */
export function seal(tree: StateTree, draft: Draft): Version {
  assert(draft.isOpen, 'a draft is sealed once');
  close(draft);
  const { root } = draft;
  if (root === EMPTY) return root;
  if (tree.mode === 'modelled') tree.sums.set(draft.sum, SUM_WORDS * root);
  tree.references[root] = (tree.references[root] as number) - 1;
  return root;
}

/** Closes a draft that becomes no version. */
export function discard(tree: StateTree, draft: Draft): void {
  assert(draft.isOpen, 'a draft is discarded once');
  close(draft);
  letGo(tree, draft.root);
}

/** Keeps a version until as many calls of `release`. */
export function retain(tree: StateTree, version: Version): void {
  assert(!isFree(tree, version), 'a version is retained while it is there', { version });
  hold(tree, version);
}

/** Gives a version up: nodes that no other kept version reaches are free for new ones. */
export function release(tree: StateTree, version: Version): void {
  letGo(tree, version);
}

/** Nodes that kept versions and drafts reach. */
export function nodesInUse(tree: StateTree): number {
  return tree.inUse;
}

/** All entries whose key starts with `prefix`, by key in code unit order. For audits and tests: it walks the version. */
export function iterate(tree: StateTree, version: Version, prefix = ''): StateEntry[] {
  assert(!isFree(tree, version), 'a version is read while it is kept');
  const entries: StateEntry[] = [];
  const walk = (node: NodeId): void => {
    if (node === EMPTY) return;
    if (isLeaf(tree, node)) {
      const key = tree.keys[node] as string;
      if (key.startsWith(prefix)) entries.push({ key, value: tree.values[node] as StateValue });
      return;
    }
    walk(childOf(tree, node, 0));
    walk(childOf(tree, node, 1));
  };
  walk(version);
  return entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/**
 * The 32-byte root of a sealed version: equal for equal entries, however they came there.
 * Hashed: SHA-256 tree, computed once a node. Modelled: a 128-bit sum over the entries, kept up to date by each change.
 */
export function rootOf(tree: StateTree, version: Version, hash: HashBackend): Uint8Array {
  assert(!isFree(tree, version), 'a version is read while it is kept');
  return tree.mode === 'hashed' ? hashedRoot(tree, version, hash) : modelledRoot(tree, version);
}

function close(draft: Draft): void {
  draft.isOpen = false;
  draft.journal.length = 0;
}

/** Sets without a journal; returns what stood there. Nodes that only this draft reaches change in place. */
function put(tree: StateTree, draft: Draft, key: string, value: StateValue): StateValue | undefined {
  readPath(tree, key, tree.path);
  let parent = EMPTY;
  let side = 0;
  let node = draft.root;
  for (let depth = 0; ; depth++) {
    if (node === EMPTY) {
      place(tree, draft, parent, side, placeableLeaf(tree, draft, key, value));
      return undefined;
    }
    if (isLeaf(tree, node)) {
      if (tree.keys[node] === key) {
        const previous = tree.values[node] as StateValue;
        replaceLeaf(tree, draft, node, value, parent, side);
        return previous;
      }
      const leaf = placeableLeaf(tree, draft, key, value);
      place(tree, draft, parent, side, fork(tree, node, leaf, depth));
      return undefined;
    }
    const own = ownBranch(tree, node);
    if (own !== node) place(tree, draft, parent, side, own);
    parent = own;
    side = pathBit(tree.path, depth);
    node = childOf(tree, own, side);
  }
}

/** Removes without a journal; returns what stood there. */
function take(tree: StateTree, draft: Draft, key: string): StateValue | undefined {
  const previous = get(tree, draft.root, key); // leaves the path of `key` in tree.path
  if (previous !== undefined) draft.root = takeBelow(tree, draft, draft.root, 0);
  return previous;
}

/** Takes the leaf on `tree.path` out of the subtree at `node`; returns what the subtree is afterwards. */
function takeBelow(tree: StateTree, draft: Draft, node: NodeId, depth: number): NodeId {
  if (isLeaf(tree, node)) {
    if (tree.mode === 'modelled') addToSum(draft.sum, tree, node, -1);
    letGo(tree, node);
    return EMPTY;
  }
  const own = ownBranch(tree, node);
  const side = pathBit(tree.path, depth);
  const rest = takeBelow(tree, draft, childOf(tree, own, side), depth + 1);
  const sibling = childOf(tree, own, 1 - side);
  // A lone leaf rises to its shallowest position, else the root would tell that something once stood beside it.
  const survivor = rest === EMPTY ? sibling : sibling === EMPTY ? rest : own;
  if (survivor !== own && isLeaf(tree, survivor)) {
    freeSlot(tree, own);
    return survivor;
  }
  setChild(tree, own, side, rest);
  return own;
}

/** Branches down to the first bit in which the two leaves differ. */
function fork(tree: StateTree, standing: NodeId, added: NodeId, depth: number): NodeId {
  readPath(tree, tree.keys[standing] as string, tree.otherPath);
  let apart = depth;
  while (apart < DEPTH_MAX && pathBit(tree.path, apart) === pathBit(tree.otherPath, apart)) apart++;
  assert(apart < DEPTH_MAX, 'two keys differ in their paths', { a: tree.keys[standing], b: tree.keys[added] });
  let branch =
    pathBit(tree.path, apart) === 0 ? createBranch(tree, added, standing) : createBranch(tree, standing, added);
  while (apart > depth) {
    apart--;
    branch = pathBit(tree.path, apart) === 0 ? createBranch(tree, branch, EMPTY) : createBranch(tree, EMPTY, branch);
  }
  return branch;
}

function placeableLeaf(tree: StateTree, draft: Draft, key: string, value: StateValue): NodeId {
  const leaf = createLeaf(tree, key, value);
  if (tree.mode === 'modelled') {
    mixEntry(tree, leaf);
    addToSum(draft.sum, tree, leaf, 1);
  }
  return leaf;
}

function replaceLeaf(
  tree: StateTree,
  draft: Draft,
  leaf: NodeId,
  value: StateValue,
  parent: NodeId,
  side: number,
): void {
  if (tree.mode === 'modelled') addToSum(draft.sum, tree, leaf, -1);
  if (tree.references[leaf] !== 1) {
    place(tree, draft, parent, side, placeableLeaf(tree, draft, tree.keys[leaf] as string, value));
    letGo(tree, leaf);
    return;
  }
  tree.values[leaf] = value;
  if (tree.mode === 'modelled') {
    mixEntry(tree, leaf);
    addToSum(draft.sum, tree, leaf, 1);
  } else {
    tree.isDigested[leaf] = 0;
  }
}

function place(tree: StateTree, draft: Draft, parent: NodeId, side: number, child: NodeId): void {
  if (parent === EMPTY) draft.root = child;
  else setChild(tree, parent, side, child);
}

// Sums wrap in each 32-bit word: adding and taking away an entry in any order ends in the same bits.
function addToSum(sum: Uint32Array, tree: StateTree, leaf: NodeId, sign: 1 | -1): void {
  const at = SUM_WORDS * leaf;
  for (let i = 0; i < SUM_WORDS; i++) {
    const word = (tree.sums[at + i] as number) | 0;
    sum[i] = (((sum[i] as number) | 0) + (sign === 1 ? word : -word)) | 0;
  }
}
