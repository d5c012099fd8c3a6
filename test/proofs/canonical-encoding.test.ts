import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/base/assert.ts';
import { toHex } from '../../sim/base/bytes.ts';
import { createMix, mixFinish } from '../../sim/base/mix.ts';
import { type CanonicalValue, encodeCanonical, mixCanonical } from '../../models/proofs/canonical-encoding.ts';

function mixed(value: CanonicalValue): string {
  const m = createMix();
  mixCanonical(m, value);
  return toHex(mixFinish(m));
}

const { value } = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.integer({ min: -2, max: 2 }),
    fc.double({ noNaN: true }).filter((n) => !Object.is(n, -0)),
    fc.string({ maxLength: 2, unit: 'binary' }),
    fc.boolean(),
    fc.uint8Array({ maxLength: 2 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

describe('canonical encoding', () => {
  it('gives equal bytes and mixes to equal values, and different ones to different values', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const isEqual = isDeepStrictEqual(a, b);
        expect(toHex(encodeCanonical(a)) === toHex(encodeCanonical(b))).toBe(isEqual);
        expect(mixed(a) === mixed(b)).toBe(isEqual);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells apart what looks alike', () => {
    const values: CanonicalValue[] = [
      0,
      0n,
      '0',
      '',
      false,
      [],
      {},
      new Uint8Array(0),
      [[]],
      ['', ''],
      ['ab', 'c'],
      ['a', 'bc'],
      [1, 2],
      [[1], 2],
      { a: 1, b: 2 },
      { a: 2, b: 1 },
      { ab: 1 },
      1n << 64n,
      -(1n << 64n),
      2 ** 53,
      '\ud800',
      '\ufffd',
    ];
    expect(new Set(values.map((v) => toHex(encodeCanonical(v)))).size).toBe(values.length);
    expect(new Set(values.map(mixed)).size).toBe(values.length);
  });

  it('does not show the order of fields, nor the sign of zero', () => {
    expect(encodeCanonical({ b: 1, a: 2 })).toEqual(encodeCanonical({ a: 2, b: 1 }));
    expect(mixed({ b: 1, a: 2 })).toBe(mixed({ a: 2, b: 1 }));
    expect(encodeCanonical(-0)).toEqual(encodeCanonical(0));
  });

  it('refuses what is not plain data -> InvariantError', () => {
    for (const bad of [undefined, null, Number.NaN, new Map(), new Date(0), () => 0, [undefined], { a: null }]) {
      expect(() => encodeCanonical(bad as unknown as CanonicalValue)).toThrow(InvariantError);
      expect(() => mixed(bad as unknown as CanonicalValue)).toThrow(InvariantError);
    }
  });
});
