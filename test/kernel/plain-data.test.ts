import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePlain, encodePlain } from '../../sim/kernel/plain-data.ts';

const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(undefined, null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY),
    fc.integer(),
    fc.double(),
    fc.maxSafeNat(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.int32Array({ noDefaultInfinity: true } as never),
    fc.float64Array(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
    fc.array(fc.tuple(fc.integer(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value;

describe('kernel: plain data', () => {
  it('always: what is encoded is decoded to an equal value', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const copy = decodePlain(encodePlain(value));
        expect(copy).toEqual(value);
        expect(encodePlain(copy)).toEqual(encodePlain(value));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a place of an array empty that is empty -> those who visit it see as much as before', () => {
    const list: unknown[] = [];
    list[2] = 'here';
    list[4] = undefined;
    list.length = 6;
    const copy = decodePlain(encodePlain(list)) as unknown[];
    const visited: number[] = [];
    copy.forEach((_, index) => visited.push(index));
    expect(visited).toEqual([2, 4]);
    expect(copy.length).toBe(6);
  });

  it('refuses a container on two paths, and names the second', () => {
    const shared = { a: 1 };
    expect(() => encodePlain({ first: shared, second: [shared] })).toThrow(
      /no container is reachable by two paths.*second\[0\]/,
    );
  });

  it('takes a frozen record and bytes on two paths, frozen again when decoded', () => {
    const frozen = Object.freeze({ a: 1 });
    const bytes = Uint8Array.of(1, 2);
    const copy = decodePlain(
      encodePlain({ first: frozen, second: frozen, third: bytes, fourth: bytes }),
    ) as typeof frozen & {
      first: object;
    };
    expect(copy).toEqual({ first: frozen, second: frozen, third: bytes, fourth: bytes });
    expect(Object.isFrozen(copy.first)).toBe(true);
  });

  it.each([[() => 1], [Symbol('x')], [new Date(0)], [new (class Thing {})()]])('refuses %s', (value) => {
    expect(() => encodePlain({ value })).toThrow(/plain/);
  });

  it('refuses bytes that were cut off', () => {
    const bytes = encodePlain({ a: [1, 2, 3], b: 'text' });
    for (let length = 0; length < bytes.length; length++) expect(() => decodePlain(bytes.slice(0, length))).toThrow();
  });
});
