import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/base/assert.ts';
import { toHex, utf8 } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import {
  addHolder,
  createKey,
  createKeyTable,
  isHolder,
  keyOf,
  type KeyMode,
  removeHolder,
  sign,
  verify,
} from '../../models/keys/keys.ts';

const MESSAGE = utf8('precommit 7');

describe.each(['hashed', 'modelled'] as const satisfies readonly KeyMode[])('keys, %s', (mode) => {
  function build() {
    const table = createKeyTable(mode, '7');
    const key = createKey(table, 'hub/v1', ['v1'], nobleHash);
    const other = createKey(table, 'hub/v2', ['v2'], nobleHash);
    return { table, key, other, signature: sign(table, { key, process: 'v1' }, MESSAGE, nobleHash) };
  }

  it('verifies what a holder signed, for that key and that message alone', () => {
    const { table, key, other, signature } = build();
    expect(verify(table, key, MESSAGE, signature, nobleHash)).toBe(true);
    expect(verify(table, other, MESSAGE, signature, nobleHash)).toBe(false);
    expect(verify(table, 99, MESSAGE, signature, nobleHash)).toBe(false);
    expect(verify(table, -1, MESSAGE, signature, nobleHash)).toBe(false);
  });

  it('refuses every signature and every message with one bit flipped, and other lengths', () => {
    const { table, key, signature } = build();
    for (const bytes of [signature, MESSAGE]) {
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const flipped = bytes.slice();
        flipped[bit >>> 3] = flipped[bit >>> 3]! ^ (1 << (bit & 7));
        const isSignature = bytes === signature;
        expect(verify(table, key, isSignature ? MESSAGE : flipped, isSignature ? flipped : signature, nobleHash)).toBe(
          false,
        );
      }
    }
    expect(verify(table, key, MESSAGE, signature.slice(1), nobleHash)).toBe(false);
    expect(verify(table, key, MESSAGE, Uint8Array.of(...signature, 0), nobleHash)).toBe(false);
    expect(verify(table, key, MESSAGE, new Uint8Array(0), nobleHash)).toBe(false);
  });

  it('lets nobody sign who does not hold the key -> InvariantError; a thief signs once it is made a holder', () => {
    const { table, key, signature } = build();
    const thief = { key, process: 'mallory' };
    expect(() => sign(table, thief, MESSAGE, nobleHash)).toThrow(InvariantError);
    addHolder(table, thief);
    addHolder(table, thief);
    expect(keyOf(table, key).holders).toEqual(['v1', 'mallory']);
    expect(toHex(sign(table, thief, MESSAGE, nobleHash))).toBe(toHex(signature));
    removeHolder(table, thief);
    expect(isHolder(table, thief)).toBe(false);
    expect(isHolder(table, { key, process: 'v1' })).toBe(true);
  });

  it('derives secrets from seed and name: another seed gives other signatures', () => {
    const { signature } = build();
    const table = createKeyTable(mode, '8');
    const key = createKey(table, 'hub/v1', ['v1'], nobleHash);
    expect(toHex(sign(table, { key, process: 'v1' }, MESSAGE, nobleHash))).not.toBe(toHex(signature));
    expect(() => createKey(table, 'hub/v1', [], nobleHash)).toThrow(InvariantError);
  });
});
