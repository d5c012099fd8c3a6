/**
 * Proofs that a key holds a value in a state, or that it holds none, as bytes that a relayer carries. Both modes refuse
 * the same corpus for the same reason.
 */
import { bytesEqual, concatBytes, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixFinish, mixWord } from '../../sim/base/mix.ts';
import { type CanonicalValue, mixCanonical } from './canonical-encoding.ts';
import { digestOfMix, DIGEST_BYTES, type ProofMode, type ProofScheme } from './proof-mode.ts';
import { childOf, DEPTH_MAX, EMPTY, isLeaf, type NodeId, pathBit, readPath, type StateTree } from './state-arena.ts';
import { branchDigest, digestOf, keyDigest, leafDigest, valueDigest } from './state-root.ts';
import { get, rootOf, type Version } from './state-tree.ts';

export type ProofKind = 'membership' | 'absence';

/** Plain data. */
export interface StateProof {
  readonly mode: ProofMode;
  readonly kind: ProofKind;
  /** UTF-8 of the key that it is about. */
  readonly key: Uint8Array;
  /** Membership: 32-byte digest of the value. Absence: empty. */
  readonly valueDigest: Uint8Array;
  /** Absence: key digest and value digest of the leaf that stands where the key would, empty where nothing stands. */
  readonly neighbour: Uint8Array;
  /** Hashed: 32-byte siblings, leaf to root. Modelled: the 16-byte tag. */
  readonly path: Uint8Array;
}

export type ProofRefusal =
  /** Not a proof of this mode, or of a wrong shape. */
  | 'proof-malformed'
  | 'proof-wrong-key'
  /** It proves another value than the claimed one. */
  | 'proof-value-mismatch'
  /** It does not lead to this root. */
  | 'proof-root-mismatch'
  /** Membership was claimed, and it is a proof of absence; or the other way round. */
  | 'proof-key-absent'
  | 'proof-key-present';

export type ProofVerdict = { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly reason: ProofRefusal };

export interface AbsenceClaim {
  readonly root: Uint8Array;
  readonly key: string;
}

export interface MembershipClaim extends AbsenceClaim {
  readonly value: CanonicalValue;
}

const TAG_BYTES = 16;
const TAG_DOMAIN = 0x7072_6f66; // "prof"
const VALUE_DOMAIN = 0x7661_6c75; // "valu"
// Known to nobody but this file: no other code can make a tag.
const AUTHORITY = 0x1f83_d9ab;
const NOTHING = new Uint8Array(0);
const ACCEPTED: ProofVerdict = { kind: 'accepted' };

/** A proof about `key` in a sealed version: of what it holds there, or that it holds nothing. */
export function prove(tree: StateTree, version: Version, key: string, hash: HashBackend): StateProof {
  const scheme: ProofScheme = { mode: tree.mode, hash };
  const value = get(tree, version, key);
  const kind: ProofKind = value === undefined ? 'absence' : 'membership';
  const common = {
    mode: tree.mode,
    kind,
    key: utf8(key),
    valueDigest: value === undefined ? NOTHING : digestValue(value, scheme),
  };
  if (tree.mode === 'hashed') return { ...common, ...provePath(tree, version, key, hash) };
  const root = rootOf(tree, version, hash);
  return { ...common, neighbour: NOTHING, path: tagOf(root, common) };
}

/**
 * Checks that `claim.key` holds `claim.value` in the state of `claim.root`.
 * Never throws on a bad proof. The scheme is the verifier's own: a proof of the other mode is malformed.
 * @source ICS 23: a membership proof is checked against root, key and value, all three given by the verifier.
 */
export function verifyMembership(claim: MembershipClaim, proof: StateProof, scheme: ProofScheme): ProofVerdict {
  const refusal = refuseShape(claim.key, proof, scheme);
  if (refusal !== undefined) return rejected(refusal);
  if (proof.kind !== 'membership') return rejected('proof-key-absent');
  if (!bytesEqual(digestValue(claim.value, scheme), proof.valueDigest)) return rejected('proof-value-mismatch');
  if (scheme.mode === 'modelled') return checkTag(claim.root, proof);
  const leaf = leafDigest(keyDigest(claim.key, scheme.hash), proof.valueDigest, scheme.hash);
  return checkPath(claim, leaf, proof.path, scheme.hash);
}

/** Checks that `claim.key` holds nothing in the state of `claim.root`. Never throws on a bad proof. */
export function verifyAbsence(claim: AbsenceClaim, proof: StateProof, scheme: ProofScheme): ProofVerdict {
  const refusal = refuseShape(claim.key, proof, scheme);
  if (refusal !== undefined) return rejected(refusal);
  if (proof.kind !== 'absence') return rejected('proof-key-present');
  if (scheme.mode === 'modelled') return checkTag(claim.root, proof);
  if (proof.neighbour.length === 0) return checkPath(claim, new Uint8Array(DIGEST_BYTES), proof.path, scheme.hash);
  const neighbourKey = proof.neighbour.subarray(0, DIGEST_BYTES);
  if (bytesEqual(neighbourKey, keyDigest(claim.key, scheme.hash))) return rejected('proof-key-present');
  const leaf = leafDigest(neighbourKey, proof.neighbour.subarray(DIGEST_BYTES), scheme.hash);
  return checkPath(claim, leaf, proof.path, scheme.hash);
}

function refuseShape(key: string, proof: StateProof, { mode }: ProofScheme): ProofRefusal | undefined {
  const { path, neighbour } = proof;
  if (proof.mode !== mode || (proof.kind !== 'membership' && proof.kind !== 'absence')) return 'proof-malformed';
  const isPath =
    mode === 'modelled'
      ? path.length === TAG_BYTES
      : path.length % DIGEST_BYTES === 0 && path.length <= DEPTH_MAX * DIGEST_BYTES;
  const isNeighbour =
    neighbour.length === 0 || (mode === 'hashed' && proof.kind === 'absence' && neighbour.length === 2 * DIGEST_BYTES);
  const isValue = proof.valueDigest.length === (proof.kind === 'membership' ? DIGEST_BYTES : 0);
  if (!isPath || !isNeighbour || !isValue) return 'proof-malformed';
  return bytesEqual(proof.key, utf8(key)) ? undefined : 'proof-wrong-key';
}

function provePath(
  tree: StateTree,
  version: Version,
  key: string,
  hash: HashBackend,
): { readonly neighbour: Uint8Array; readonly path: Uint8Array } {
  readPath(tree, key, tree.path);
  const siblings: Uint8Array[] = [];
  let node: NodeId = version;
  for (let depth = 0; node !== EMPTY && !isLeaf(tree, node); depth++) {
    const side = pathBit(tree.path, depth);
    siblings.push(digestOf(tree, childOf(tree, node, 1 - side), hash));
    node = childOf(tree, node, side);
  }
  const isNeighbour = node !== EMPTY && tree.keys[node] !== key;
  const neighbour = isNeighbour
    ? concatBytes(keyDigest(tree.keys[node] as string, hash), valueDigest(tree.values[node] as CanonicalValue, hash))
    : NOTHING;
  return { neighbour, path: concatBytes(...siblings.reverse()) };
}

/** Whether `digest`, at the end of the key's path, leads to the root. */
function checkPath(claim: AbsenceClaim, digest: Uint8Array, path: Uint8Array, hash: HashBackend): ProofVerdict {
  const bits = new Uint32Array(2);
  readPath({ mix: createMix() }, claim.key, bits);
  const depth = path.length / DIGEST_BYTES;
  let node = digest;
  for (let level = depth - 1, at = 0; level >= 0; level--, at += DIGEST_BYTES) {
    const sibling = path.subarray(at, at + DIGEST_BYTES);
    node = pathBit(bits, level) === 0 ? branchDigest(node, sibling, hash) : branchDigest(sibling, node, hash);
  }
  return bytesEqual(node, claim.root) ? ACCEPTED : rejected('proof-root-mismatch');
}

function digestValue(value: CanonicalValue, { mode, hash }: ProofScheme): Uint8Array {
  if (mode === 'hashed') return valueDigest(value, hash);
  const m = createMix(VALUE_DOMAIN);
  mixCanonical(m, value);
  return digestOfMix(m);
}

// MODEL: a modelled proof is a tag over root, key and value that only `prove` makes, after it has looked at the tree. It
// has the verdicts of a real proof but not its length, and no second preimage can be searched for: whoever wants an
// adversary that breaks the hash must give it a key instead.
function tagOf(root: Uint8Array, proof: Pick<StateProof, 'kind' | 'key' | 'valueDigest'>): Uint8Array {
  const m = createMix(TAG_DOMAIN);
  mixWord(m, AUTHORITY);
  mixBytes(m, root);
  mixWord(m, proof.kind === 'membership' ? 1 : 0);
  mixBytes(m, proof.key);
  mixBytes(m, proof.valueDigest);
  return mixFinish(m);
}

function checkTag(root: Uint8Array, proof: StateProof): ProofVerdict {
  return bytesEqual(tagOf(root, proof), proof.path) ? ACCEPTED : rejected('proof-root-mismatch');
}

function rejected(reason: ProofRefusal): ProofVerdict {
  return { kind: 'rejected', reason };
}
