/**
 * Proofs of ICS-23: that a key is in a store, or is not, told in steps that any Merkle tree of pairs can be told in.
 * @source cosmos/ics23@7f2c2d0965fd, go/ops.go and go/proof.go; ICS 23, "Vector commitments".
 */
import { bytesEqual, concatBytes } from '../../../sim/base/bytes.ts';

/** Hash functions by the numbers that proofs give them; 0 is none. One that is not there is refused. */
export type HashOps = Readonly<Record<number, ((bytes: Uint8Array) => Uint8Array) | undefined>>;

/** Numbers of hash functions that the specs below use. */
export const HASH_OP = { none: 0, sha256: 1 } as const;
/** How a key or a value is told apart from what follows it. */
export const LENGTH_OP = { none: 0, protobuf: 1, fixed32Little: 4, bytes32: 7, bytes64: 8 } as const;

export interface LeafOp {
  readonly hash: number;
  readonly prehashKey: number;
  readonly prehashValue: number;
  readonly length: number;
  readonly prefix: Uint8Array;
}

export interface InnerOp {
  readonly hash: number;
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
}

export interface ExistenceProof {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly leaf: LeafOp | undefined;
  readonly path: readonly InnerOp[];
}

/** The neighbours between which the key would be; one is missing at either end of the store. */
export interface NonExistenceProof {
  readonly left: ExistenceProof | undefined;
  readonly right: ExistenceProof | undefined;
}

export interface ProofSpec {
  readonly leaf: LeafOp;
  /** Children of an inner node, and the bytes of each. */
  readonly children: number;
  readonly childSize: number;
  readonly minPrefix: number;
  readonly maxPrefix: number;
  readonly hash: number;
  /** Whether inner prefixes begin with the height, size and version of a node. */
  readonly hasNodeHeader: boolean;
}

const LEAF: LeafOp = {
  hash: HASH_OP.sha256,
  prehashKey: HASH_OP.none,
  prehashValue: HASH_OP.sha256,
  length: LENGTH_OP.protobuf,
  prefix: Uint8Array.of(0),
};
const INNER = { leaf: LEAF, children: 2, hash: HASH_OP.sha256 } as const;

export const iavlSpec: ProofSpec = { ...INNER, childSize: 33, minPrefix: 4, maxPrefix: 12, hasNodeHeader: true };
export const tendermintSpec: ProofSpec = { ...INNER, childSize: 32, minPrefix: 1, maxPrefix: 1, hasNodeHeader: false };

export type FormatVerdict = { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly reason: string };
const ACCEPTED: FormatVerdict = { kind: 'accepted' };

function rejected(reason: string): FormatVerdict {
  return { kind: 'rejected', reason };
}

/** Hash of a leaf; undefined where the op cannot be done. */
export function applyLeaf(op: LeafOp, key: Uint8Array, value: Uint8Array, hashes: HashOps): Uint8Array | undefined {
  if (key.length === 0 || value.length === 0) return undefined;
  const preparedKey = prepare(op.prehashKey, op.length, key, hashes);
  const preparedValue = prepare(op.prehashValue, op.length, value, hashes);
  if (preparedKey === undefined || preparedValue === undefined) return undefined;
  return hashes[op.hash]?.(concatBytes(op.prefix, preparedKey, preparedValue));
}

/** Hash of an inner node; undefined where the op cannot be done. */
export function applyInner(op: InnerOp, child: Uint8Array, hashes: HashOps): Uint8Array | undefined {
  return child.length === 0 ? undefined : hashes[op.hash]?.(concatBytes(op.prefix, child, op.suffix));
}

/** The root that a proof leads to; undefined where a step cannot be done. */
export function rootOf({ leaf, path, key, value }: ExistenceProof, hashes: HashOps): Uint8Array | undefined {
  let at = leaf === undefined ? undefined : applyLeaf(leaf, key, value, hashes);
  for (const step of path) at = at === undefined ? undefined : applyInner(step, at, hashes);
  return at;
}

export function verifyExistence(
  spec: ProofSpec,
  root: Uint8Array,
  claim: { readonly key: Uint8Array; readonly value: Uint8Array },
  proof: ExistenceProof,
  hashes: HashOps,
): FormatVerdict {
  if (!bytesEqual(proof.key, claim.key)) return rejected('proof-of-another-key');
  if (!bytesEqual(proof.value, claim.value)) return rejected('proof-of-another-value');
  return verifyPath(spec, root, proof, hashes);
}

export function verifyNonExistence(
  spec: ProofSpec,
  root: Uint8Array,
  key: Uint8Array,
  { left, right }: NonExistenceProof,
  hashes: HashOps,
): FormatVerdict {
  for (const side of [left, right]) {
    const verdict = side === undefined ? ACCEPTED : verifyPath(spec, root, side, hashes);
    if (verdict.kind === 'rejected') return verdict;
  }
  if (left === undefined && right === undefined) return rejected('no-neighbour');
  if (left !== undefined && compareBytes(left.key, key) >= 0) return rejected('left-neighbour-not-below');
  if (right !== undefined && compareBytes(right.key, key) <= 0) return rejected('right-neighbour-not-above');
  if (left === undefined)
    return isOutermost(spec, (right as ExistenceProof).path, 0) ? ACCEPTED : rejected('not-first');
  if (right === undefined) {
    return isOutermost(spec, left.path, spec.children - 1) ? ACCEPTED : rejected('not-last');
  }
  return areNeighbours(spec, left.path, right.path) ? ACCEPTED : rejected('not-neighbours');
}

function verifyPath(spec: ProofSpec, root: Uint8Array, proof: ExistenceProof, hashes: HashOps): FormatVerdict {
  if (!keepsSpec(spec, proof)) return rejected('proof-against-spec');
  const reached = rootOf(proof, hashes);
  if (reached === undefined) return rejected('proof-malformed');
  return bytesEqual(reached, root) ? ACCEPTED : rejected('proof-root-mismatch');
}

/** Whether a leaf is told as the spec has it. Nothing else keeps an inner node from passing for a leaf. */
export function isLeafOfSpec(op: LeafOp, spec: LeafOp): boolean {
  return (
    op.hash === spec.hash &&
    op.prehashKey === spec.prehashKey &&
    op.prehashValue === spec.prehashValue &&
    op.length === spec.length &&
    startsWith(op.prefix, spec.prefix)
  );
}

function keepsSpec(spec: ProofSpec, { leaf, path }: ExistenceProof): boolean {
  if (leaf === undefined || !isLeafOfSpec(leaf, spec.leaf)) return false;
  if (spec.hasNodeHeader && !isHeaderOf(leaf.prefix, 0)) return false;
  const most = spec.maxPrefix + (spec.children - 1) * spec.childSize;
  return path.every(
    (step, i) =>
      step.hash === spec.hash &&
      !startsWith(step.prefix, spec.leaf.prefix) &&
      step.prefix.length >= spec.minPrefix &&
      step.prefix.length <= most &&
      step.suffix.length % spec.childSize === 0 &&
      (!spec.hasNodeHeader || isHeaderOf(step.prefix, i + 1)),
  );
}

/** Height, size and version of an IAVL node, as zigzag varints; what follows is a length, or the left child and one. */
function isHeaderOf(prefix: Uint8Array, least: number): boolean {
  let at = 0;
  for (let field = 0; field < 3; field++) {
    let value = 0;
    let scale = 1;
    let byte: number | undefined;
    do {
      byte = prefix[at++];
      if (byte === undefined) return false;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    // Odd is negative. Nodes stand higher with each step of a path.
    if (value % 2 === 1 || (field === 0 && value / 2 < least)) return false;
  }
  const rest = prefix.length - at;
  return least === 0 ? rest === 0 : rest === 1 || rest === 34;
}

interface Padding {
  readonly minPrefix: number;
  readonly maxPrefix: number;
  readonly suffix: number;
}

/** What surrounds the child of that number in an inner node. */
function paddingOf(spec: ProofSpec, child: number): Padding {
  const before = child * spec.childSize;
  const suffix = (spec.children - 1 - child) * spec.childSize;
  return { minPrefix: before + spec.minPrefix, maxPrefix: before + spec.maxPrefix, suffix };
}

function hasPadding({ prefix, suffix }: InnerOp, padding: Padding): boolean {
  return prefix.length >= padding.minPrefix && prefix.length <= padding.maxPrefix && suffix.length === padding.suffix;
}

function isOutermost(spec: ProofSpec, path: readonly InnerOp[], child: number): boolean {
  return path.every((step) => hasPadding(step, paddingOf(spec, child)));
}

/** Whether two paths part into neighbouring children, and go down along the edge between them. */
function areNeighbours(spec: ProofSpec, left: readonly InnerOp[], right: readonly InnerOp[]): boolean {
  let l = left.length - 1;
  let r = right.length - 1;
  while (l >= 0 && r >= 0 && isSameStep(left[l] as InnerOp, right[r] as InnerOp)) {
    l--;
    r--;
  }
  if (l < 0 || r < 0) return false;
  const childOf = (step: InnerOp): number =>
    Array.from({ length: spec.children }, (_, i) => i).findIndex((i) => hasPadding(step, paddingOf(spec, i)));
  const [before, behind] = [childOf(left[l] as InnerOp), childOf(right[r] as InnerOp)];
  if (before < 0 || behind !== before + 1) return false;
  return isOutermost(spec, left.slice(0, l), spec.children - 1) && isOutermost(spec, right.slice(0, r), 0);
}

function isSameStep(a: InnerOp, b: InnerOp): boolean {
  return bytesEqual(a.prefix, b.prefix) && bytesEqual(a.suffix, b.suffix);
}

function prepare(hash: number, length: number, data: Uint8Array, hashes: HashOps): Uint8Array | undefined {
  const hashed = hash === HASH_OP.none ? data : hashes[hash]?.(data);
  if (hashed === undefined) return undefined;
  switch (length) {
    case LENGTH_OP.none:
      return hashed;
    case LENGTH_OP.protobuf:
      return concatBytes(varint(hashed.length), hashed);
    case LENGTH_OP.fixed32Little: {
      const n = hashed.length;
      return concatBytes(Uint8Array.of(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24), hashed);
    }
    case LENGTH_OP.bytes32:
      return hashed.length === 32 ? hashed : undefined;
    case LENGTH_OP.bytes64:
      return hashed.length === 64 ? hashed : undefined;
    default:
      return undefined;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  return Uint8Array.from([...bytes, left]);
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, i) => bytes[i] === byte);
}

/** In the order of the store: byte by byte, and what ends first is below. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
