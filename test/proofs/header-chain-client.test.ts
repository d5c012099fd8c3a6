import { describe, expect, it } from 'vitest';
import { toHex } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { createKey, createKeyTable } from '../../models/keys/keys.ts';
import { type Header, headerHash } from '../../models/proofs/header.ts';
import {
  bestHeaderAt,
  checkReadable,
  type HeaderChainParameters,
  type HeaderChainState,
  type HeaderStore,
  type KeptHeader,
  type MinedHeader,
  type MinedHeaderVerdict,
  sealHeader,
  startHeaderChain,
  submitHeader,
} from '../../models/proofs/header-chain-client.ts';
import type { ProofMode, ProofScheme } from '../../models/proofs/proof-mode.ts';

const MODES: readonly ProofMode[] = ['hashed', 'modelled'];
const WORK = 100;
const refused = (reason: string): unknown => ({ kind: 'rejected', reason });

/** A host that stores what the rules return, and a miner. */
class Host {
  readonly scheme: ProofScheme;
  readonly keys;
  readonly parameters: HeaderChainParameters;
  readonly headers = new Map<string, KeptHeader>();
  readonly genesis: Header;
  state: HeaderChainState;
  readonly store: HeaderStore = {
    header: (id) => this.headers.get(id),
    idsAt: (height) => [...this.headers.values()].filter((header) => header.height === height).map(({ id }) => id),
  };

  constructor(mode: ProofMode) {
    this.scheme = { mode, hash: nobleHash };
    this.keys = createKeyTable(mode, 'miners');
    const miningKey = createKey(this.keys, 'mining', ['miner'], nobleHash);
    this.parameters = { chain: 1, revision: 0, depth: 2, window: 5, workMin: WORK, miningKey };
    const none = new Uint8Array(0);
    this.genesis = {
      chain: 1,
      revision: 0,
      height: 0,
      chainUs: 0,
      parentHash: new Uint8Array(32),
      stateRoot: new Uint8Array(32),
      validatorsHash: none,
      nextValidatorsHash: none,
      proposer: 0,
    };
    const { state, kept } = startHeaderChain(this.genesis, this.scheme);
    this.state = state;
    this.headers.set(kept.id, kept);
  }

  idOf(header: Header): string {
    return toHex(headerHash(header, this.scheme.mode, nobleHash));
  }

  seal(header: Header, work = WORK): MinedHeader {
    const signer = { keys: this.keys, key: this.parameters.miningKey, process: 'miner' };
    return { header, work, seal: sealHeader({ header, work }, signer, this.scheme) };
  }

  /** A header on `parent`; `branch` tells siblings apart. */
  child(parent: Header, branch = 0, change: Partial<Header> = {}): Header {
    return {
      ...parent,
      height: parent.height + 1,
      chainUs: parent.chainUs + 600_000_000,
      parentHash: headerHash(parent, this.scheme.mode, nobleHash),
      proposer: branch,
      ...change,
    };
  }

  submit(mined: MinedHeader): MinedHeaderVerdict {
    const verdict = submitHeader(this, mined, this.keys, this.scheme);
    if (verdict.kind === 'accepted') {
      this.state = verdict.state;
      this.headers.set(verdict.kept.id, verdict.kept);
      for (const { id } of verdict.dropped) this.headers.delete(id);
    }
    return verdict;
  }

  /** Mines and submits `count` headers on `parent`; returns them. */
  extend(parent: Header, count: number, branch = 0, work = WORK): Header[] {
    const added: Header[] = [];
    for (let i = 0; i < count; i++) {
      const header = this.child(added.at(-1) ?? parent, branch);
      expect(this.submit(this.seal(header, work)).kind).toBe('accepted');
      added.push(header);
    }
    return added;
  }
}

describe.each(MODES)('header chain client, %s', (mode) => {
  it('lets proofs be read only with enough headers on top -> header-too-shallow before', () => {
    const host = new Host(mode);
    const [first] = host.extend(host.genesis, 1) as [Header];
    expect(checkReadable(host, host.idOf(first))).toEqual(refused('header-too-shallow'));
    const [second] = host.extend(first, 1) as [Header];
    expect(checkReadable(host, host.idOf(first))).toEqual(refused('header-too-shallow'));
    host.extend(second, 1);
    expect(checkReadable(host, host.idOf(first))).toMatchObject({ kind: 'accepted', header: { height: 1 } });
    expect(checkReadable(host, 'ff')).toEqual(refused('header-unknown'));
  });

  it('follows the heaviest branch, the first of equals, and tells how deep a reorg went', () => {
    const host = new Host(mode);
    const main = host.extend(host.genesis, 3);
    const side = host.extend(host.genesis, 3, 1);
    expect(host.state.tip).toBe(host.idOf(main[2]!));
    expect(checkReadable(host, host.idOf(side[0]!))).toEqual(refused('header-not-best'));
    const verdict = host.submit(host.seal(host.child(side[2]!, 1)));
    expect(verdict).toMatchObject({ kind: 'accepted', reorgDepth: 3 });
    expect(checkReadable(host, host.idOf(side[0]!)).kind).toBe('accepted');
    expect(checkReadable(host, host.idOf(main[0]!))).toEqual(refused('header-not-best'));
    expect(bestHeaderAt(host.state, host.store, 2)?.id).toBe(host.idOf(side[1]!));
    expect(bestHeaderAt(host.state, host.store, 9)).toBeUndefined();
  });

  it('weighs work and not length: one heavy header beats two light ones', () => {
    const host = new Host(mode);
    host.extend(host.genesis, 2);
    const heavy = host.child(host.genesis, 1);
    expect(host.submit(host.seal(heavy, 2 * WORK + 1))).toMatchObject({ kind: 'accepted', reorgDepth: 2 });
    expect(host.state.tip).toBe(host.idOf(heavy));
  });

  it('says nothing of a reorg when the best branch grows -> reorgDepth 0', () => {
    const host = new Host(mode);
    const [first] = host.extend(host.genesis, 1) as [Header];
    expect(host.submit(host.seal(host.child(first)))).toMatchObject({ reorgDepth: 0 });
  });

  it('keeps a bounded window on all branches', () => {
    const host = new Host(mode);
    const side = host.extend(host.genesis, 2, 1);
    const main = host.extend(host.genesis, 40);
    expect(host.headers.size).toBe(host.parameters.window + 1);
    expect(host.state.keptFrom).toBe(35);
    expect(host.submit(host.seal(host.child(side[1]!, 1)))).toEqual(refused('header-below-window'));
    expect(host.submit(host.seal(host.child(main[33]!, 1)))).toEqual(refused('header-below-window'));
  });

  it('refuses what no miner would have mined here, for each reason', () => {
    const host = new Host(mode);
    const [parent] = host.extend(host.genesis, 1) as [Header];
    const submit = (change: Partial<Header>, work = WORK): unknown =>
      host.submit(host.seal(host.child(parent, 0, change), work));
    expect(submit({ chain: 2 })).toEqual(refused('wrong-chain'));
    expect(submit({ revision: 1 })).toEqual(refused('wrong-chain'));
    expect(submit({ parentHash: new Uint8Array(32) })).toEqual(refused('parent-unknown'));
    expect(submit({ height: 3 })).toEqual(refused('height-not-next'));
    expect(submit({ chainUs: parent.chainUs })).toEqual(refused('time-not-monotone'));
    expect(submit({}, WORK - 1)).toEqual(refused('work-below-target'));
    expect(submit({}, Number.NaN)).toEqual(refused('work-below-target'));
    expect(host.submit(host.seal(parent))).toEqual({ kind: 'noop', reason: 'header-known' });
  });

  it('refuses every flipped bit of the seal, and a header or work that was changed after it -> seal-invalid', () => {
    const host = new Host(mode);
    const mined = host.seal(host.child(host.genesis));
    for (let bit = 0; bit < 8 * mined.seal.length; bit++) {
      const seal = mined.seal.slice();
      seal[bit >>> 3] = seal[bit >>> 3]! ^ (1 << (bit & 7));
      expect(host.submit({ ...mined, seal })).toEqual(refused('seal-invalid'));
    }
    expect(host.submit({ ...mined, work: WORK + 1 })).toEqual(refused('seal-invalid'));
    const changed = { ...mined.header, stateRoot: new Uint8Array(32).fill(1) };
    expect(host.submit({ ...mined, header: changed })).toEqual(refused('seal-invalid'));
    expect(host.submit(mined).kind).toBe('accepted');
  });
});

describe.each(MODES)('header hash, %s', (mode) => {
  it('covers every field, and every bit of those that are bytes', () => {
    const { genesis } = new Host(mode);
    const full = { ...genesis, validatorsHash: new Uint8Array(32), nextValidatorsHash: new Uint8Array(32) };
    const changed: Header[] = [full];
    for (const field of ['chain', 'revision', 'height', 'chainUs', 'proposer'] as const) {
      changed.push({ ...full, [field]: full[field] + 1 });
    }
    for (const field of ['parentHash', 'stateRoot', 'validatorsHash', 'nextValidatorsHash'] as const) {
      for (let bit = 0; bit < 256; bit++) {
        const bytes = full[field].slice();
        bytes[bit >>> 3] = 1 << (bit & 7);
        changed.push({ ...full, [field]: bytes });
      }
    }
    const hashes = new Set(changed.map((header) => toHex(headerHash(header, mode, nobleHash))));
    expect(hashes.size).toBe(1 + 5 + 4 * 256);
  });
});
