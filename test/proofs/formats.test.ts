/** Trees and proofs of other systems, recomputed: VALIDATION P2 and P3. */
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { expect, it } from 'vitest';
import {
  applyInner,
  applyLeaf,
  type ExistenceProof,
  HASH_OP,
  type HashOps,
  iavlSpec,
  type InnerOp,
  isLeafOfSpec,
  type LeafOp,
  type NonExistenceProof,
  rootOf,
  tendermintSpec,
  verifyExistence,
  verifyNonExistence,
} from '../../models/proofs/formats/ics23.ts';
import {
  appendedBranchRoot,
  appendedRoot,
  doubledRoot,
  sortedProof,
  sortedProofRoot,
  sortedTree,
} from '../../models/proofs/formats/pair-trees.ts';
import { concatBytes, toHex, utf8 } from '../../sim/base/bytes.ts';
import { readMessage } from '../support/protobuf.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const hashes: HashOps = {
  [HASH_OP.sha256]: sha256,
  2: sha512,
  3: keccak_256,
  4: ripemd160,
  5: (bytes) => ripemd160(sha256(bytes)),
};

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/^0x/, ''), 'hex'));
const fromBase64 = (text: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(text ?? '', 'base64'));
const hex = (bytes: Uint8Array): string => `0x${toHex(bytes)}`;
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

function leafOf(data: Uint8Array): LeafOp {
  const { numbers, bytes } = readMessage(data);
  const [hash = 0, prehashKey = 0, prehashValue = 0, length = 0] = [1, 2, 3, 4].map((field) => numbers.get(field));
  return { hash, prehashKey, prehashValue, length, prefix: bytes.get(5)?.[0] ?? new Uint8Array() };
}

function innerOf(data: Uint8Array): InnerOp {
  const { numbers, bytes } = readMessage(data);
  const [prefix = new Uint8Array(), suffix = new Uint8Array()] = [2, 3].map((field) => bytes.get(field)?.[0]);
  return { hash: numbers.get(1) ?? 0, prefix, suffix };
}

function existenceOf(data: Uint8Array): ExistenceProof {
  const { bytes } = readMessage(data);
  const [key = new Uint8Array(), value = new Uint8Array(), leaf] = [1, 2, 3].map((field) => bytes.get(field)?.[0]);
  return { key, value, leaf: leaf && leafOf(leaf), path: (bytes.get(4) ?? []).map(innerOf) };
}

interface Store {
  readonly root: string;
  readonly key: string;
  readonly value: string;
  readonly proof: string;
}

interface LeafJson {
  readonly hash?: number;
  readonly prehash_key?: number;
  readonly prehash_value?: number;
  readonly length?: number;
  readonly prefix?: string;
}

const leafFrom = (json: LeafJson): LeafOp => ({
  hash: json.hash ?? 0,
  prehashKey: json.prehash_key ?? 0,
  prehashValue: json.prehash_value ?? 0,
  length: json.length ?? 0,
  prefix: fromBase64(json.prefix),
});

interface InnerJson {
  readonly hash?: number;
  readonly prefix?: string;
  readonly suffix?: string;
}

const innerFrom = (json: InnerJson): InnerOp => ({
  hash: json.hash ?? 0,
  prefix: fromBase64(json.prefix),
  suffix: fromBase64(json.suffix),
});

describeWithVectors('ICS-23', () => {
  const stores = [
    ['iavl', iavlSpec],
    ['tendermint', tendermintSpec],
  ] as const;

  it.each(stores)('%s: accepts each proof for its root and key, and nothing with one byte changed', (name, spec) => {
    const all = vectors<Record<string, Store>>(`ics23/${name}.json`);
    expect(Object.keys(all)).toHaveLength(6);
    for (const [title, store] of Object.entries(all)) {
      const [root, key, value] = [fromHex(store.root), fromHex(store.key), fromHex(store.value)];
      const { bytes } = readMessage(fromHex(store.proof));
      const exist = bytes.get(1)?.[0];
      if (exist !== undefined) {
        const proof = existenceOf(exist);
        const verdict = (claimed: ExistenceProof, under = root, of = key): string =>
          verifyExistence(spec, under, { key: of, value }, claimed, hashes).kind;
        expect([title, verdict(proof)]).toEqual([title, 'accepted']);
        expect(verdict(proof, flipped(root, 3))).toBe('rejected');
        expect(verdict(proof, root, flipped(key, 0))).toBe('rejected');
        expect(verdict({ ...proof, value: flipped(value, 0) })).toBe('rejected');
        proof.path.forEach((step, i) => {
          const wrong = { ...step, prefix: flipped(step.prefix, step.prefix.length - 1) };
          expect(verdict({ ...proof, path: proof.path.with(i, wrong) })).toBe('rejected');
        });
        expect(verdict({ ...proof, path: proof.path.slice(1) })).toBe('rejected');
        // An inner node for a leaf: what the prefixes keep apart.
        expect(verdict({ ...proof, leaf: { ...proof.leaf!, prefix: Uint8Array.of(1) } })).toBe('rejected');
        continue;
      }
      const fields = readMessage(bytes.get(2)![0]!).bytes;
      const [left, right] = [2, 3].map((field) => {
        const side = fields.get(field)?.[0];
        return side === undefined ? undefined : existenceOf(side);
      });
      const absence = (of: Uint8Array, sides: Partial<NonExistenceProof> = {}): string =>
        verifyNonExistence(spec, root, of, { left, right, ...sides }, hashes).kind;
      expect([title, absence(key)]).toEqual([title, 'accepted']);
      // A neighbour's own key is there, and with one neighbour alone the gap is not shown.
      for (const side of [left, right]) if (side !== undefined) expect(absence(side.key)).toBe('rejected');
      if (left !== undefined && right !== undefined) {
        expect(absence(key, { left: undefined })).toBe('rejected');
        expect(absence(key, { right: undefined })).toBe('rejected');
      }
      expect(absence(key, { left: undefined, right: undefined })).toBe('rejected');
    }
  });

  it('does each step of the published ops, and refuses those that must be', () => {
    const leaves =
      vectors<Record<string, { Op: LeafJson; Key?: string; Value?: string; IsErr: boolean; Expected?: string }>>(
        'ics23/TestLeafOpData.json',
      );
    // Those that l0sim has no use for: other hashes of a key, and lengths of other encodings.
    let done = 0;
    for (const [title, { Op, Key, Value, IsErr, Expected }] of Object.entries(leaves)) {
      const got = applyLeaf(leafFrom(Op), fromBase64(Key), fromBase64(Value), hashes);
      if (IsErr) expect([title, got]).toEqual([title, undefined]);
      else if (got !== undefined) {
        done++;
        expect([title, hex(got)]).toEqual([title, hex(fromBase64(Expected))]);
      }
    }
    expect(done).toBeGreaterThanOrEqual(5);
    const inners =
      vectors<Record<string, { Op: InnerJson; Child?: string; IsErr: boolean; Expected?: string }>>(
        'ics23/TestInnerOpData.json',
      );
    for (const [title, { Op, Child, IsErr, Expected }] of Object.entries(inners)) {
      const got = applyInner(innerFrom(Op), fromBase64(Child), hashes);
      expect([title, got === undefined ? 'error' : hex(got)]).toEqual([
        title,
        IsErr ? 'error' : hex(fromBase64(Expected)),
      ]);
    }
    const proofs = vectors<
      Record<
        string,
        {
          Proof: { key?: string; value?: string; leaf?: LeafJson; path?: InnerJson[] };
          IsErr: boolean;
          Expected: string | null;
        }
      >
    >('ics23/TestExistenceProofData.json');
    for (const [title, { Proof, IsErr, Expected }] of Object.entries(proofs)) {
      const { key, value, leaf, path = [] } = Proof;
      const proof = {
        key: fromBase64(key),
        value: fromBase64(value),
        leaf: leaf === undefined ? undefined : leafFrom(leaf),
        path: path.map(innerFrom),
      };
      const got = rootOf(proof, hashes);
      expect([title, got === undefined ? 'error' : hex(got)]).toEqual([
        title,
        IsErr ? 'error' : hex(fromBase64(Expected ?? '')),
      ]);
    }
    const checks =
      vectors<Record<string, { Leaf: LeafJson; Spec: LeafJson; IsErr: boolean }>>('ics23/TestCheckLeafData.json');
    for (const [title, { Leaf, Spec, IsErr }] of Object.entries(checks)) {
      expect([title, isLeafOfSpec(leafFrom(Leaf), leafFrom(Spec))]).toEqual([title, !IsErr]);
    }
  });
});

describeWithVectors('Keccak trees', () => {
  it('Hyperlane: roots, branches, ids and domain hashes', () => {
    interface Tree {
      readonly expectedRoot: string;
      readonly leaves: readonly string[];
      readonly proofs: readonly { leaf: string; index: number; path: readonly string[] }[];
    }
    const trees = vectors<readonly Tree[]>('hyperlane/merkle.json');
    expect(trees).toHaveLength(4);
    for (const { expectedRoot, leaves, proofs } of trees) {
      // Leaves are hashed as signed messages are: a word of Ethereum's, the length, the text.
      const hashed = leaves.map((text) => keccak_256(utf8(`\x19Ethereum Signed Message:\n${text.length}${text}`)));
      expect(hex(appendedRoot(hashed, keccak_256))).toBe(expectedRoot);
      for (const { leaf, index, path } of proofs) {
        expect(hex(hashed[index]!)).toBe(leaf);
        expect(hex(appendedBranchRoot(fromHex(leaf), path.map(fromHex), index, keccak_256))).toBe(expectedRoot);
        expect(hex(appendedBranchRoot(fromHex(leaf), path.map(fromHex), index ^ 1, keccak_256))).not.toBe(expectedRoot);
      }
    }
    interface Proven {
      readonly leaf: string;
      readonly index: number;
      readonly proof: readonly string[];
      readonly root: string;
    }
    const proven = vectors<Proven>('hyperlane/messageWithProof.json');
    expect(hex(appendedBranchRoot(fromHex(proven.leaf), proven.proof.map(fromHex), proven.index, keccak_256))).toBe(
      proven.root,
    );
    interface Sent {
      readonly nonce: number;
      readonly version: number;
      readonly origin: number;
      readonly sender: string;
      readonly destination: number;
      readonly recipient: string;
      readonly body: readonly number[];
      readonly id: string;
    }
    const number = (value: number, bytes: number): Uint8Array => fromHex(value.toString(16).padStart(2 * bytes, '0'));
    for (const each of vectors<readonly Sent[]>('hyperlane/message.json')) {
      const head = [number(each.version, 1), number(each.nonce, 4), number(each.origin, 4), fromHex(each.sender)];
      const text = [...head, number(each.destination, 4), fromHex(each.recipient), Uint8Array.from(each.body)];
      expect(hex(keccak_256(concatBytes(...text)))).toBe(each.id);
    }
    for (const { domain, mailbox, expectedDomainHash } of vectors<
      readonly { domain: number; mailbox: string; expectedDomainHash: string }[]
    >('hyperlane/domainHash.json')) {
      const word = domain.toString(16).padStart(8, '0');
      expect(hex(keccak_256(Uint8Array.from([...fromHex(word), ...fromHex(mailbox), ...utf8('HYPERLANE')])))).toBe(
        expectedDomainHash,
      );
    }
  });

  it.each(['simple', 'standard'])('OpenZeppelin %s: all nodes, and a proof of each leaf', (kind) => {
    interface Dump {
      readonly tree: readonly string[];
      readonly values: readonly { treeIndex: number }[];
    }
    const { tree, values } = vectors<Dump>(`openzeppelin/${kind}-v1.unsorted.1_0_6.json`);
    const leaves = values.map(({ treeIndex }) => fromHex(tree[treeIndex]!));
    const nodes = sortedTree(leaves, keccak_256);
    expect(nodes.map(hex)).toEqual(tree);
    for (const { treeIndex } of values) {
      const proof = sortedProof(nodes, treeIndex);
      expect(hex(sortedProofRoot(nodes[treeIndex]!, proof, keccak_256))).toBe(tree[0]);
      expect(hex(sortedProofRoot(flipped(nodes[treeIndex]!, 0), proof, keccak_256))).not.toBe(tree[0]);
    }
  });
});

describeWithVectors('Bitcoin', () => {
  it('block 100,000: the root of its transactions; the hash of the first header', () => {
    interface Known {
      readonly block_100000_txids: readonly string[];
      readonly merkle_root: string;
      readonly genesis_header_hex: string;
      readonly genesis_hash: string;
    }
    const { bitcoin } = vectors<{ bitcoin: Known }>('hash_kat.json');
    // Shown backwards, as everywhere.
    const turned = (text: string): Uint8Array => fromHex(text).reverse();
    const root = doubledRoot(bitcoin.block_100000_txids.map(turned), sha256);
    expect(toHex(root.toReversed())).toBe(bitcoin.merkle_root);
    const header = sha256(sha256(fromHex(bitcoin.genesis_header_hex)));
    expect(toHex(header.toReversed())).toBe(bitcoin.genesis_hash);
    // Of an odd number the last counts twice.
    const [a, b, c] = bitcoin.block_100000_txids.map(turned);
    expect(doubledRoot([a!, b!, c!], sha256)).toEqual(doubledRoot([a!, b!, c!, c!], sha256));
  });
});
