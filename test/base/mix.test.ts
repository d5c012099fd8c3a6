import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../sim/base/bytes.ts';
import {
  createMix,
  type Mix128,
  mixBigint,
  mixBytes,
  mixFinish,
  mixNumber,
  mixString,
  mixWord,
  permuteMix,
  resetMix,
} from '../../sim/base/mix.ts';

function digest(take: (m: Mix128) => void, domain = 0): string {
  const m = createMix(domain);
  take(m);
  return toHex(mixFinish(m));
}

function flippedBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < 16; i++) {
    for (let rest = (a[i] as number) ^ (b[i] as number); rest > 0; rest &= rest - 1) count++;
  }
  return count;
}

// HalfSipHash-2-4 with 32 bits out, over our permutation: its vectors fix the rounds.
function halfSipHash(input: Uint8Array, key: Uint8Array): string {
  const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);
  const [k0, k1] = words(key) as unknown as [number, number];
  const v = Uint32Array.of(k0, k1, 0x6c796765 ^ k0, 0x74656462 ^ k1);
  const padded = new Uint8Array(4 * Math.floor(input.length / 4) + 4);
  padded.set(input);
  padded[padded.length - 1] = input.length;
  for (const word of words(padded)) {
    v[3] = (v[3] as number) ^ word;
    permuteMix(v);
    permuteMix(v);
    v[0] = (v[0] as number) ^ word;
  }
  v[2] = (v[2] as number) ^ 0xff;
  for (let i = 0; i < 4; i++) permuteMix(v);
  return toHex(new Uint8Array(Uint32Array.of((v[1] as number) ^ (v[3] as number)).buffer));
}

describe('mix', () => {
  it('permutes as HalfSipHash does -> the published 32-bit vectors', () => {
    // veorq/SipHash@f26d35e9 vectors.h, vectors_hsip32[0..8]: key 00..07, input 00, 01, ... of that length.
    const vectors = ['a9359f5b', '27475ab8', 'fa62a603', '8afee704', '2a6e4689', 'c5fab669', '5863fc23', '8bcf63c5'];
    const bytes = fromHex('0001020304050607');
    vectors.forEach((want, length) => expect(halfSipHash(bytes.slice(0, length), bytes)).toBe(want));
  });

  it('takes each kind of value in its canonical words -> golden digests of another implementation', () => {
    // Computed by a separate Python program from the words that the comments of mix.ts name.
    expect(digest(() => undefined)).toBe('f3236620eb5802c839d0d9a047b4ecd0');
    expect(
      digest((m) => {
        for (const word of [1, 2, 3]) mixWord(m, word);
      }),
    ).toBe('06e48631f3dab5e32586508ab779f032');
    expect(
      digest((m) => {
        mixNumber(m, 5);
        mixNumber(m, 8_895_354_488);
      }),
    ).toBe('d0c586a938ec70cad1b51ef6582db672');
    expect(digest((m) => mixNumber(m, -2))).toBe('6b29d19831d96e0464f1e4afb2d588dd');
    expect(digest((m) => mixNumber(m, 0.1))).toBe('5bb09b36a404c13bcd78f0067d094df4');
    expect(digest((m) => mixString(m, 'abc'))).toBe('13bfe5907675156d702dba1a27fbefc3');
    expect(digest((m) => mixBytes(m, fromHex('0102030405')))).toBe('c54942f1b6313856436cf00b30137d6d');
    expect(digest((m) => mixBigint(m, -(2n ** 70n + 5n)))).toBe('3f245ff852ed61c35c6d5f6ff20e9ed4');
  });

  it('flips half of the output for any one input bit, wherever it is -> 35 to 65 % each, 49 to 51 % in all', () => {
    let all = 0;
    for (const length of [1, 2, 7]) {
      for (let bit = 0; bit < 32 * length; bit++) {
        let flipped = 0;
        const trials = 64;
        for (let trial = 0; trial < trials; trial++) {
          const plain = createMix();
          const other = createMix();
          for (let i = 0; i < length; i++) {
            const word = Math.imul(trial * length + i, 0x9e3779b1);
            mixWord(plain, word);
            mixWord(other, i === bit >>> 5 ? word ^ (1 << (bit & 31)) : word);
          }
          flipped += flippedBits(mixFinish(plain), mixFinish(other));
        }
        const share = flipped / (128 * trials);
        expect(share).toBeGreaterThan(0.35);
        expect(share).toBeLessThan(0.65);
        all += share;
      }
    }
    expect(Math.abs(all / 320 - 0.5)).toBeLessThan(0.01);
  });

  it('gives each output bit an even chance to flip', () => {
    const counts = new Array<number>(128).fill(0);
    const trials = 4_000;
    for (let trial = 0; trial < trials; trial++) {
      const plain = createMix();
      const other = createMix();
      mixWord(plain, trial);
      mixWord(other, trial ^ (1 << (trial % 32)));
      const [a, b] = [mixFinish(plain), mixFinish(other)];
      for (let bit = 0; bit < 128; bit++) {
        const shift = 7 - (bit & 7);
        counts[bit] = (counts[bit] as number) + ((((a[bit >>> 3] as number) ^ (b[bit >>> 3] as number)) >>> shift) & 1);
      }
    }
    for (const count of counts) expect(Math.abs(count / trials - 0.5)).toBeLessThan(0.05);
  });

  it('keeps values apart that are close or alike -> no two digests equal', () => {
    const numbers = [
      0,
      1,
      -1,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32,
      -(2 ** 31),
      -(2 ** 52),
      2 ** 53 - 1,
      1 - 2 ** 53,
      2 ** 53,
    ];
    numbers.push(0.5, -0.5, Infinity, -Infinity, NaN, 5e-324, -5e-324, 1e300);
    const seen = new Set(numbers.map((value) => digest((m) => mixNumber(m, value))));
    for (const text of ['', 'a', 'ab', 'ba', 'a\u0000', '\u0000a', 'abc']) seen.add(digest((m) => mixString(m, text)));
    for (const hex of ['00ff', '0000', '000000', '00000000', '0000000000', 'ff']) {
      seen.add(digest((m) => mixBytes(m, fromHex(hex))));
    }
    for (const value of [2n ** 64n, -(2n ** 64n), 2n ** 96n, 2n ** 53n]) seen.add(digest((m) => mixBigint(m, value)));
    // 'a' then 'b' is not 'ab': lengths are taken in.
    seen.add(
      digest((m) => {
        mixString(m, 'a');
        mixString(m, 'b');
      }),
    );
    // One pair is alike by form: the empty string is its length, 0, and so is the number 0.
    expect(seen.size).toBe(numbers.length + 7 + 6 + 4 + 1 - 1);
  });

  it('has no collision among 200,000 short runs of small words', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 100; j++) {
        for (let k = 0; k < 20; k++) {
          const m = createMix();
          mixWord(m, i);
          mixWord(m, j);
          mixWord(m, k);
          seen.add(String.fromCharCode(...new Uint16Array(m.buffer)));
        }
      }
    }
    expect(seen.size).toBe(200_000);
  });

  it('finishes without disturbing the accumulator, starts over, and separates domains', () => {
    const m = createMix();
    mixNumber(m, 7);
    const before = m.slice();
    const first = toHex(mixFinish(m));
    expect([...m]).toEqual([...before]);
    expect(toHex(mixFinish(m))).toBe(first);
    resetMix(m);
    mixNumber(m, 7);
    expect(toHex(mixFinish(m))).toBe(first);
    expect(digest((n) => mixNumber(n, 7), 1)).not.toBe(first);
  });

  it('takes equal values alike: -0 as 0, a small bigint as the number', () => {
    expect(digest((m) => mixNumber(m, -0))).toBe(digest((m) => mixNumber(m, 0)));
    expect(digest((m) => mixBigint(m, -12_345_678_901_234n))).toBe(digest((m) => mixNumber(m, -12_345_678_901_234)));
  });
});
