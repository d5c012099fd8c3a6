import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../sim/base/assert.ts';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { canonicalHash, canonicalText } from '../../../sim/scenario/text/canonical.ts';

describe('canonical form', () => {
  // RFC 8785 sections 3.2.2 and 3.2.3: input and output of the RFC's own samples.
  it('writes numbers, strings and literals as RFC 8785 does', () => {
    const sample = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalText(sample)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code unit as RFC 8785 does', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const text = canonicalText(Object.fromEntries(keys.map((key) => [key, 0])));
    const order = Object.keys(JSON.parse(text) as object).filter((key) => key !== '1');
    expect(order).toEqual(['\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
    expect(text.indexOf('"1"')).toBeGreaterThan(text.indexOf('"\\r"'));
  });

  it('tells a bigint from the text of its digits, and -0 not from 0', () => {
    expect(canonicalText({ a: 9007199254740993n })).toBe('{"a":"9007199254740993n"}');
    expect(canonicalText([5n])).not.toBe(canonicalText(['5']));
    expect(canonicalText(-0)).toBe(canonicalText(0));
  });

  it('is the same for every order of keys, and leaves out what is undefined', () => {
    expect(canonicalText({ b: { d: 1, c: 2 }, a: [1] })).toBe(
      canonicalText({ a: [1], e: undefined, b: { c: 2, d: 1 } }),
    );
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [new Map()], [new Uint8Array(1)], [() => 1], [[undefined]]])(
    'refuses %s -> InvariantError',
    (value) => {
      expect(() => canonicalText(value)).toThrow(InvariantError);
    },
  );

  it('hashes the text -> sha256 of {}', () => {
    // printf '{}' | sha256sum
    const known = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
    expect(canonicalHash({}, nobleHash)).toBe(known);
  });
});
