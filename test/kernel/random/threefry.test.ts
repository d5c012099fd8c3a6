import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { threefry } from '../../../sim/kernel/random/threefry.ts';

interface Vector {
  readonly counter: readonly string[];
  readonly key: readonly string[];
  readonly output: readonly string[];
}

// Rows of Random123's own known-answer tests; the file names the commit.
const file = new URL('../../vectors/threefry_kat.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] };
const words = (hex: readonly string[]): number[] => hex.map((word) => Number.parseInt(word, 16));

describe('threefry', () => {
  it.each(vectors)('encrypts counter $counter.0... -> $output.0...', ({ counter, key, output }) => {
    const [c0, c1, c2, c3] = words(counter) as [number, number, number, number];
    const out = new Uint32Array(4);
    threefry(words(key), 0, c0, c1, c2, c3, out);
    expect([...out]).toEqual(words(output));
  });

  it('reads its key at an offset, signed or not', () => {
    const { counter, key, output } = vectors[2] as Vector;
    const [c0, c1, c2, c3] = words(counter).map((word) => word | 0) as [number, number, number, number];
    const out = new Uint32Array(4);
    threefry(Int32Array.from([1, 2, ...words(key)]), 2, c0, c1, c2, c3, out);
    expect([...out]).toEqual(words(output));
  });
});
