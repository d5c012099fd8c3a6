import { describe, expect, it } from 'vitest';
import { toHex } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import type { ProofMode, ProofScheme } from '../../models/proofs/proof-mode.ts';
import { prove, type StateProof, verifyAbsence, verifyMembership } from '../../models/proofs/state-proof.ts';
import {
  beginVersion,
  createStateTree,
  retain,
  rootOf,
  seal,
  set,
  type StateTree,
  type Version,
} from '../../models/proofs/state-tree.ts';

const MODES: readonly ProofMode[] = ['hashed', 'modelled'];
const KEY = 'lanes/hub-eth/commitments/17';
const VALUE = Uint8Array.from({ length: 32 }, (_, i) => i);

interface Built {
  readonly tree: StateTree;
  readonly version: Version;
  readonly root: Uint8Array;
  readonly scheme: ProofScheme;
}

function build(mode: ProofMode, size: number): Built {
  const tree = createStateTree(mode);
  const draft = beginVersion(tree, 0);
  for (let i = 0; i < size; i++) set(tree, draft, `lanes/hub-eth/commitments/${i}`, VALUE);
  const version = seal(tree, draft);
  retain(tree, version);
  return { tree, version, root: rootOf(tree, version, nobleHash), scheme: { mode, hash: nobleHash } };
}

/** Every change of one bit of `bytes`. */
function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at] = flipped[at]! ^ (1 << bit);
      yield flipped;
    }
  }
}

function* keyFlips(key: string): Generator<string> {
  for (const bytes of flips(Uint8Array.from(key, (c) => c.charCodeAt(0)))) yield String.fromCharCode(...bytes);
}

const rejected = (reason: string): unknown => ({ kind: 'rejected', reason });

describe.each(MODES)('state proof, %s', (mode) => {
  const { tree, version, root, scheme } = build(mode, 40);
  const member = prove(tree, version, KEY, nobleHash);
  const absent = (key: string): StateProof => prove(tree, version, key, nobleHash);

  it('accepts each held value and each absence of every size from the empty tree on', () => {
    for (const size of [0, 1, 2, 3, 10, 300]) {
      const built = build(mode, size);
      for (let i = 0; i < size + 20; i++) {
        const key = `lanes/hub-eth/commitments/${i}`;
        const proof = prove(built.tree, built.version, key, nobleHash);
        const verdict =
          i < size
            ? verifyMembership({ root: built.root, key, value: VALUE }, proof, built.scheme)
            : verifyAbsence({ root: built.root, key }, proof, built.scheme);
        expect(verdict).toEqual({ kind: 'accepted' });
      }
    }
  });

  it('refuses membership with any one bit of the claim flipped, for the reason of that part', () => {
    for (const value of flips(VALUE)) {
      expect(verifyMembership({ root, key: KEY, value }, member, scheme)).toEqual(rejected('proof-value-mismatch'));
    }
    for (const other of flips(root)) {
      const verdict = verifyMembership({ root: other, key: KEY, value: VALUE }, member, scheme);
      expect(verdict).toEqual(rejected('proof-root-mismatch'));
    }
    for (const key of keyFlips(KEY)) {
      expect(verifyMembership({ root, key, value: VALUE }, member, scheme)).toEqual(rejected('proof-wrong-key'));
    }
  });

  it('refuses membership with any one bit of the proof flipped, for the reason of that part', () => {
    const claim = { root, key: KEY, value: VALUE };
    const reasonOf = { key: 'proof-wrong-key', valueDigest: 'proof-value-mismatch', path: 'proof-root-mismatch' };
    for (const part of ['key', 'valueDigest', 'path'] as const) {
      expect(member[part].length).toBeGreaterThan(0);
      for (const flipped of flips(member[part])) {
        const verdict = verifyMembership(claim, { ...member, [part]: flipped }, scheme);
        expect(verdict).toEqual(rejected(reasonOf[part]));
      }
    }
  });

  it('refuses absence with any one bit of claim or proof flipped, for the reason of that part', () => {
    for (const key of ['lanes/hub-eth/commitments/40', 'lanes/hub-eth/commitments/41', 'x', 'y', 'z']) {
      const proof = absent(key);
      for (const other of flips(root)) {
        expect(verifyAbsence({ root: other, key }, proof, scheme)).toEqual(rejected('proof-root-mismatch'));
      }
      for (const other of keyFlips(key)) {
        expect(verifyAbsence({ root, key: other }, proof, scheme)).toEqual(rejected('proof-wrong-key'));
      }
      for (const part of ['key', 'neighbour', 'path'] as const) {
        for (const flipped of flips(proof[part])) {
          const verdict = verifyAbsence({ root, key }, { ...proof, [part]: flipped }, scheme);
          expect(verdict).toEqual(rejected(part === 'key' ? 'proof-wrong-key' : 'proof-root-mismatch'));
        }
      }
    }
  });

  it('refuses a proof cut short, drawn out, of the other mode or with what it should not have -> proof-malformed', () => {
    const claim = { root, key: KEY, value: VALUE };
    const other: ProofMode = mode === 'hashed' ? 'modelled' : 'hashed';
    const broken: StateProof[] = [
      { ...member, path: member.path.slice(1) },
      { ...member, path: Uint8Array.of(...member.path, 0) },
      { ...member, path: new Uint8Array(65 * 32) },
      { ...member, valueDigest: member.valueDigest.slice(1) },
      { ...member, neighbour: new Uint8Array(64) },
      { ...member, mode: other },
    ];
    for (const proof of broken) {
      expect(verifyMembership(claim, proof, scheme)).toEqual(rejected('proof-malformed'));
    }
    const key = 'x';
    const withValue = { ...absent(key), valueDigest: new Uint8Array(32) };
    expect(verifyAbsence({ root, key }, withValue, scheme)).toEqual(rejected('proof-malformed'));
  });

  it('refuses to read one kind of proof as the other -> proof-key-present, proof-key-absent', () => {
    const key = 'lanes/hub-eth/commitments/40';
    expect(verifyAbsence({ root, key: KEY }, member, scheme)).toEqual(rejected('proof-key-present'));
    const verdict = verifyMembership({ root, key, value: VALUE }, absent(key), scheme);
    expect(verdict).toEqual(rejected('proof-key-absent'));
  });

  it('refuses a proof of an older state -> proof-root-mismatch', () => {
    const draft = beginVersion(tree, version);
    set(tree, draft, 'another', 1);
    const next = seal(tree, draft);
    retain(tree, next);
    const nextRoot = rootOf(tree, next, nobleHash);
    expect(toHex(nextRoot)).not.toBe(toHex(root));
    const verdict = verifyMembership({ root: nextRoot, key: KEY, value: VALUE }, member, scheme);
    expect(verdict).toEqual(rejected('proof-root-mismatch'));
  });

  it('refuses a forged absence of a held key', () => {
    // As good as a forger can: the true path, and either nothing or the key itself in the place of the leaf.
    const forged: StateProof = { ...member, kind: 'absence', valueDigest: new Uint8Array(0) };
    expect(verifyAbsence({ root, key: KEY }, forged, scheme)).toEqual(rejected('proof-root-mismatch'));
    if (mode === 'hashed') {
      const keyHash = nobleHash.sha256(Uint8Array.from(KEY, (c) => c.charCodeAt(0)));
      const neighbour = Uint8Array.of(...keyHash, ...member.valueDigest);
      expect(verifyAbsence({ root, key: KEY }, { ...forged, neighbour }, scheme)).toEqual(
        rejected('proof-key-present'),
      );
    }
  });
});
