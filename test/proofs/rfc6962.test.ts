import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import {
  hashLeaf,
  hashNode,
  listRoot,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from '../../models/proofs/rfc6962.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

interface Hashes {
  empty_root: string;
  empty_leaf: string;
  leaf: { data_utf8: string; hash: string };
  node: { left_utf8: string; right_utf8: string; hash: string };
  cometbft_roots: { leaves_hex: string[]; root: string }[];
}
interface InclusionCase {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}
interface ConsistencyCase {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

const base64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

// transparency-dev/merkle testdata and cometbft crypto/merkle/tree_test.go.
describeWithVectors('rfc 6962, published cases', () => {
  const hashes = vectors<Hashes>('rfc6962/hashes.json');
  const inclusions = vectors<InclusionCase[]>('rfc6962/inclusion.json');
  const consistencies = vectors<ConsistencyCase[]>('rfc6962/consistency.json');

  it('hashes the empty list, leaves and nodes -> the published digests', () => {
    expect(toHex(listRoot([], nobleHash))).toBe(hashes.empty_root);
    expect(toHex(hashLeaf(new Uint8Array(0), nobleHash))).toBe(hashes.empty_leaf);
    expect(toHex(hashLeaf(utf8(hashes.leaf.data_utf8), nobleHash))).toBe(hashes.leaf.hash);
    const node = hashNode(utf8(hashes.node.left_utf8), utf8(hashes.node.right_utf8), nobleHash);
    expect(toHex(node)).toBe(hashes.node.hash);
  });

  it.each(hashes.cometbft_roots)('hashes $leaves_hex -> the root of CometBFT', ({ leaves_hex, root }) => {
    expect(toHex(listRoot(leaves_hex.map(fromHex), nobleHash))).toBe(root);
  });

  it('has all 92 cases', () => {
    expect([inclusions.length, consistencies.length]).toEqual([49, 43]);
  });

  it.each(inclusions)('decides inclusion of $leafIdx in $treeSize, $desc -> refused: $wantErr', (c) => {
    const claim = { index: c.leafIdx, size: c.treeSize, leafHash: base64(c.leafHash), root: base64(c.root) };
    const verdict = verifyInclusion(claim, (c.proof ?? []).map(base64), nobleHash);
    expect(verdict.kind).toBe(c.wantErr ? 'rejected' : 'accepted');
  });

  it.each(consistencies)('decides consistency of $size1 with $size2, $desc -> refused: $wantErr', (c) => {
    const claim = { firstSize: c.size1, secondSize: c.size2, firstRoot: base64(c.root1), secondRoot: base64(c.root2) };
    const verdict = verifyConsistency(claim, (c.proof ?? []).map(base64), nobleHash);
    expect(verdict.kind).toBe(c.wantErr ? 'rejected' : 'accepted');
  });
});

describe('rfc 6962, proofs of our own', () => {
  const leaves = Array.from({ length: 21 }, (_, i) => utf8(`leaf ${i}`));

  it('accepts what it proves, for every leaf of every size, and refuses it for any other leaf', () => {
    for (let size = 1; size <= leaves.length; size++) {
      const list = leaves.slice(0, size);
      const root = listRoot(list, nobleHash);
      for (let index = 0; index < size; index++) {
        const proof = proveInclusion(list, index, nobleHash);
        const leafHash = hashLeaf(list[index]!, nobleHash);
        expect(verifyInclusion({ index, size, leafHash, root }, proof, nobleHash)).toEqual({ kind: 'accepted' });
        const other = hashLeaf(utf8('other'), nobleHash);
        expect(verifyInclusion({ index, size, leafHash: other, root }, proof, nobleHash)).toEqual({
          kind: 'rejected',
          reason: 'proof-root-mismatch',
        });
      }
    }
  });

  it('accepts each prefix of each size as consistent, and no rewritten one', () => {
    const rewritten = listRoot([utf8('x'), ...leaves.slice(1, 4)], nobleHash);
    for (let second = 1; second <= leaves.length; second++) {
      const list = leaves.slice(0, second);
      const secondRoot = listRoot(list, nobleHash);
      for (let first = 1; first <= second; first++) {
        const proof = proveConsistency(list, first, nobleHash);
        const firstRoot = listRoot(leaves.slice(0, first), nobleHash);
        const claim = { firstSize: first, secondSize: second, firstRoot, secondRoot };
        expect(verifyConsistency(claim, proof, nobleHash)).toEqual({ kind: 'accepted' });
        const verdict = verifyConsistency({ ...claim, firstRoot: rewritten }, proof, nobleHash);
        expect(verdict).toEqual({ kind: 'rejected', reason: 'proof-root-mismatch' });
      }
    }
  });
});
