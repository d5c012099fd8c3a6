import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/base/assert.ts';
import { toHex } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { decodePlain, encodePlain } from '../../sim/kernel/plain-data.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import {
  beginVersion,
  checkpoint,
  createStateTree,
  discard,
  get,
  iterate,
  nodesInUse,
  release,
  remove,
  retain,
  revert,
  rootOf,
  seal,
  set,
  type StateTree,
  type StateValue,
  type Version,
} from '../../models/proofs/state-tree.ts';

const MODES: readonly ProofMode[] = ['hashed', 'modelled'];
type Model = Map<string, StateValue>;

function write(tree: StateTree, parent: Version, entries: Iterable<readonly [string, StateValue]>): Version {
  const draft = beginVersion(tree, parent);
  for (const [key, value] of entries) set(tree, draft, key, value);
  const version = seal(tree, draft);
  retain(tree, version);
  return version;
}

function hexRoot(tree: StateTree, version: Version): string {
  return toHex(rootOf(tree, version, nobleHash));
}

function sorted(model: Model): { key: string; value: StateValue }[] {
  return [...model].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

const key = fc.oneof(
  fc.nat({ max: 30 }).map((n) => `lanes/1/commitments/${n}`),
  fc.string({ maxLength: 3 }),
);
const value: fc.Arbitrary<StateValue> = fc.oneof(
  fc.bigInt(),
  fc.integer(),
  fc.string({ maxLength: 4 }),
  fc.boolean(),
  fc.uint8Array({ maxLength: 4 }),
  fc.record({ a: fc.integer(), b: fc.bigInt() }),
);
const change = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value }),
  fc.record({ kind: fc.constant('remove' as const), key }),
);
/** A block: the version it builds on, and transactions, some of which fail and leave nothing. */
const block = fc.record({
  parent: fc.nat(),
  transactions: fc.array(fc.record({ fails: fc.boolean(), changes: fc.array(change, { maxLength: 6 }) }), {
    maxLength: 4,
  }),
});

describe.each(MODES)('state tree, %s', (mode) => {
  it('agrees with a map over forks and failed transactions, and forgets all when all is released', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
        const tree = createStateTree(mode);
        const kept: { version: Version; model: Model }[] = [{ version: 0, model: new Map() }];
        for (const { parent, transactions } of blocks) {
          const from = kept[parent % kept.length]!;
          const draft = beginVersion(tree, from.version);
          let model = from.model;
          for (const { fails, changes } of transactions) {
            const mark = checkpoint(draft);
            const tried: Model = new Map(model);
            for (const c of changes) {
              if (c.kind === 'set') {
                set(tree, draft, c.key, c.value);
                tried.set(c.key, c.value);
              } else {
                remove(tree, draft, c.key);
                tried.delete(c.key);
              }
              expect(get(tree, draft.root, c.key)).toEqual(tried.get(c.key));
            }
            if (fails) revert(tree, draft, mark);
            else model = tried;
          }
          const version = seal(tree, draft);
          retain(tree, version);
          kept.push({ version, model });
        }
        for (const { version, model } of kept) {
          expect(iterate(tree, version)).toEqual(sorted(model));
          const fresh = createStateTree(mode);
          expect(hexRoot(tree, version)).toBe(hexRoot(fresh, write(fresh, 0, [...model].reverse())));
        }
        for (const { version } of kept) release(tree, version);
        expect(nodesInUse(tree)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('gives different roots to states that differ in one entry', () => {
    const roots = new Set<string>();
    const values: StateValue[] = [0, 0n, '0', '', false, true, 1, 1n, new Uint8Array(0), Uint8Array.of(0), [], [0], {}];
    for (const v of values) {
      const tree = createStateTree(mode);
      roots.add(hexRoot(tree, write(tree, 0, [['a', v]])));
    }
    const tree = createStateTree(mode);
    roots.add(hexRoot(tree, write(tree, 0, [['b', 0]])));
    roots.add(hexRoot(tree, 0));
    expect(roots.size).toBe(values.length + 2);
  });

  it('does not mix up who holds what: two keys that swap values give another root', () => {
    const tree = createStateTree(mode);
    const one = write(tree, 0, [
      ['a', 1],
      ['b', 2],
    ]);
    const other = write(tree, 0, [
      ['a', 2],
      ['b', 1],
    ]);
    expect(hexRoot(tree, one)).not.toBe(hexRoot(tree, other));
  });

  it('keeps its arena over 10,000 blocks of constant live state and 100 kept versions', () => {
    const tree = createStateTree(mode);
    const names = Array.from({ length: 200 }, (_, i) => `balances/${i}/ATOM`);
    let version = write(
      tree,
      0,
      names.map((name) => [name, 0n] as const),
    );
    const kept = [version];
    let usedAfterWarmUp = 0;
    for (let height = 1; height <= 10_000; height++) {
      const draft = beginVersion(tree, version);
      for (let i = 0; i < 8; i++) set(tree, draft, names[(height * 7 + i * 31) % names.length]!, BigInt(height));
      version = seal(tree, draft);
      retain(tree, version);
      kept.push(version);
      if (kept.length > 100) release(tree, kept.shift()!);
      if (height === 500) usedAfterWarmUp = tree.used;
    }
    // The window's own share varies a little with the keys that a block touches; a leak of one node a block would not fit.
    expect(tree.used).toBeLessThan(usedAfterWarmUp + 200);
    expect(get(tree, kept[0]!, names[0]!)).toBeDefined();
    for (const old of kept) release(tree, old);
    expect(nodesInUse(tree)).toBe(0);
  });

  it('is plain data: a snapshot restores to the same roots, and both go on alike', () => {
    const tree = createStateTree(mode);
    const version = write(
      tree,
      0,
      Array.from({ length: 40 }, (_, i) => [`k/${i}`, BigInt(i)] as const),
    );
    const copy = decodePlain(encodePlain(tree)) as StateTree;
    const next = write(tree, version, [['k/3', 'new']]);
    const copiedNext = write(copy, version, [['k/3', 'new']]);
    expect(copiedNext).toBe(next);
    expect(hexRoot(copy, copiedNext)).toBe(hexRoot(tree, next));
    expect(encodePlain(copy)).toEqual(encodePlain(tree));
  });

  it('reverts to nested checkpoints -> the inner one undoes the inner changes only', () => {
    const tree = createStateTree(mode);
    const draft = beginVersion(tree, 0);
    set(tree, draft, 'a', 1);
    const outer = checkpoint(draft);
    set(tree, draft, 'a', 2);
    const inner = checkpoint(draft);
    remove(tree, draft, 'a');
    set(tree, draft, 'b', 3);
    revert(tree, draft, inner);
    expect(iterate(tree, draft.root)).toEqual([{ key: 'a', value: 2 }]);
    revert(tree, draft, outer);
    expect(iterate(tree, draft.root)).toEqual([{ key: 'a', value: 1 }]);
  });

  it('lists a prefix in key order, and nothing beside it', () => {
    const tree = createStateTree(mode);
    const version = write(tree, 0, [
      ['b/2', 1],
      ['a/1', 2],
      ['b/10', 3],
      ['c', 4],
    ]);
    expect(iterate(tree, version, 'b/').map((entry) => entry.key)).toEqual(['b/10', 'b/2']);
  });

  it('refuses to read or fork what was given up -> InvariantError', () => {
    const tree = createStateTree(mode);
    const version = write(tree, 0, [['a', 1]]);
    const draft = beginVersion(tree, version);
    set(tree, draft, 'a', 2);
    discard(tree, draft);
    expect(get(tree, version, 'a')).toBe(1);
    release(tree, version);
    expect(() => get(tree, version, 'a')).toThrow(InvariantError);
    expect(() => beginVersion(tree, version)).toThrow(InvariantError);
  });
});

describe('state tree, hashed', () => {
  it('computes each digest once: a block costs about changed keys x depth hashes', () => {
    let count = 0;
    const counting = { name: 'counting', sha256: (bytes: Uint8Array) => (count++, nobleHash.sha256(bytes)) };
    const tree = createStateTree('hashed');
    const version = write(
      tree,
      0,
      Array.from({ length: 1024 }, (_, i) => [`k/${i}`, i] as const),
    );
    rootOf(tree, version, counting);
    const whole = count;
    count = 0;
    rootOf(tree, version, counting);
    expect(count).toBe(0);
    rootOf(tree, write(tree, version, [['k/5', 0]]), counting);
    expect(whole).toBeGreaterThan(3 * 1024);
    expect(count).toBeLessThan(40);
    expect(count).toBeGreaterThan(10);
  });

  it('hashes a lone entry as H(0, H(key), H(value)) -> the value computed from SHA-256 by hand', () => {
    const tree = createStateTree('hashed');
    const version = write(tree, 0, [['k', new Uint8Array(0)]]);
    const keyHash = nobleHash.sha256(Uint8Array.of(0x6b));
    const valueHash = nobleHash.sha256(Uint8Array.of(6, 0, 0, 0, 0));
    expect(hexRoot(tree, version)).toBe(toHex(nobleHash.sha256(Uint8Array.of(0, ...keyHash, ...valueHash))));
    expect(hexRoot(tree, 0)).toBe('00'.repeat(32));
  });
});
