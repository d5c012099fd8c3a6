import { describe, expect, it } from 'vitest';
import { mergeOver, placeOf, placeOfKey } from '../../../sim/scenario/text/located.ts';
import { readYaml } from '../../../sim/scenario/text/read.ts';

describe('a located value', () => {
  const located = readYaml('# c\nchains:\n  hub: { validators: 4, of: [a, "b"] }\nempty:\n', 'f');
  const at = (path: (string | number)[]) => {
    const { line, column } = placeOf(located, path);
    return `${line}:${column}`;
  };

  it('knows the place of every value, counted by hand', () => {
    expect(at([])).toBe('2:1');
    expect(at(['chains'])).toBe('3:3');
    expect(at(['chains', 'hub'])).toBe('3:8');
    expect(at(['chains', 'hub', 'validators'])).toBe('3:22');
    expect(at(['chains', 'hub', 'of', 0])).toBe('3:30');
    expect(at(['chains', 'hub', 'of', 1])).toBe('3:33');
  });

  it('places a value that is not written at its key, and one of an unknown path at the nearest above', () => {
    expect(at(['empty'])).toBe('4:1');
    expect(at(['chains', 'hub', 'loss', 'deep'])).toBe('3:8');
  });

  it('knows the place of every key', () => {
    expect(placeOfKey(located, ['chains', 'hub', 'of'])).toMatchObject({ file: 'f', line: 3, column: 25 });
  });
});

describe('merging an entry over its preset', () => {
  it.each([
    ['a key that the entry has', { a: 1, b: 2 }, { b: 3 }, { a: 1, b: 3 }],
    ['maps key by key', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['lists whole', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    [
      'a map of the same kind key by key',
      { a: { kind: 'x', m: 1, n: 2 } },
      { a: { kind: 'x', m: 3 } },
      { a: { kind: 'x', m: 3, n: 2 } },
    ],
    ['a map without a kind key by key', { a: { kind: 'x', m: 1 } }, { a: { m: 3 } }, { a: { kind: 'x', m: 3 } }],
    ['a map of another kind whole', { a: { kind: 'x', m: 1 } }, { a: { kind: 'y' } }, { a: { kind: 'y' } }],
    ['a map by a scalar', { a: { b: 1 } }, { a: '4s' }, { a: '4s' }],
    ['a name that every object has', {}, { valueOf: 1 }, { valueOf: 1 }],
  ])('takes %s', (_what, preset, entry, merged) => {
    const before = JSON.stringify([preset, entry]);
    expect(mergeOver(preset, entry)).toEqual(merged);
    expect(JSON.stringify([preset, entry])).toBe(before);
  });
});
