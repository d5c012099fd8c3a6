/**
 * A fast 128-bit mix, not a cryptographic one: state tags, modelled proofs and the run digest between its SHA-256
 * checkpoints. Nobody in a simulation searches for collisions, so speed decides.
 *
 * The permutation, its rotations and the initial lanes are HalfSipHash's, one round a word (c = 1), with all four lanes
 * taken at the end. Additions, rotations and exclusive-ors only, so every engine gives the same bits.
 * @source Aumasson and Bernstein, SipHash (INDOCRYPT 2012); HalfSipHash in veorq/SipHash `halfsiphash.c`.
 */

/** Four 32-bit lanes: plain data, so an accumulator can live in the world. */
export type Mix128 = Uint32Array;

// "lyge" and "tedb": the upper halves of SipHash's "lygenera" and "tedbytes", as HalfSipHash takes them.
const LANE_2 = 0x6c796765;
const LANE_3 = 0x74656462;
// Told apart from any count of words: what HalfSipHash xors in before its last rounds.
const CLOSING = 0xff;
const CLOSING_ROUNDS = 4;

// First words of a number's canonical form. Whole numbers below 2^31 are their own and only word, so every other form
// starts at or above 2^31; none is a prefix of another.
const WHOLE = 0x8000_0000;
const FLOAT = 0xc000_0000;
const BIGINT = 0xe000_0000;
const PER_WORD = 1 / 4_294_967_296; // exact: a power of two

// Scratch for the bits of a float: written and read within one call, so it carries nothing from one to the next.
const floatBits = new DataView(new ArrayBuffer(8));
// Scratch as well: the lanes while they are closed. Making a typed array costs more than closing them.
const closed = new Uint32Array(4);
const MIX_BYTES = 16;

/** An accumulator. Another `domain` (a whole 32-bit number) gives unrelated results for the same words. */
export function createMix(domain = 0): Mix128 {
  const m = new Uint32Array(4);
  resetMix(m, domain);
  return m;
}

/** Starts over, so that one accumulator serves many tags. */
export function resetMix(m: Mix128, domain = 0): void {
  m[0] = domain;
  m[1] = 0;
  m[2] = LANE_2 ^ domain;
  m[3] = LANE_3;
}

/** One round of HalfSipHash's permutation. Public so that its published vectors can be run over it. */
export function permuteMix(m: Mix128): void {
  let a = (m[0] as number) | 0;
  let b = (m[1] as number) | 0;
  let c = (m[2] as number) | 0;
  let d = (m[3] as number) | 0;
  a = (a + b) | 0;
  b = ((b << 5) | (b >>> 27)) ^ a;
  a = (a << 16) | (a >>> 16);
  c = (c + d) | 0;
  d = ((d << 8) | (d >>> 24)) ^ c;
  a = (a + d) | 0;
  d = ((d << 7) | (d >>> 25)) ^ a;
  c = (c + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ c;
  c = (c << 16) | (c >>> 16);
  m[0] = a;
  m[1] = b;
  m[2] = c;
  m[3] = d;
}

/** Takes in the low 32 bits of `word`. */
export function mixWord(m: Mix128, word: number): void {
  m[3] = (m[3] as number) ^ word;
  permuteMix(m);
  m[0] = (m[0] as number) ^ word;
}

/**
 * Takes in any number by value: whole ones below 2^31 as one word, other safe integers as two (sign with the upper
 * 21 bits, then the lower 32), everything else by its IEEE 754 bits. -0 counts as 0, and every NaN is the same.
 */
export function mixNumber(m: Mix128, value: number): void {
  if ((value | 0) === value && value >= 0) {
    mixWord(m, value);
  } else if (Number.isSafeInteger(value)) {
    mixWord(m, WHOLE | (Math.floor(value * PER_WORD) & 0x3f_ffff));
    mixWord(m, value | 0);
  } else {
    floatBits.setFloat64(0, Number.isNaN(value) ? 0 : value);
    mixWord(m, FLOAT | (Number.isNaN(value) ? 1 : 0));
    mixWord(m, floatBits.getInt32(0));
    mixWord(m, floatBits.getInt32(4));
  }
}

/** Takes in a bigint of any size; one that is a safe integer mixes as the equal number. */
export function mixBigint(m: Mix128, value: bigint): void {
  const near = Number(value);
  if (Number.isSafeInteger(near)) {
    mixNumber(m, near);
    return;
  }
  const words: number[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 32n) words.push(Number(BigInt.asUintN(32, rest)));
  mixWord(m, BIGINT | (value < 0n ? 1 : 0));
  mixWord(m, words.length);
  for (const word of words) mixWord(m, word);
}

/** Takes in the length and the UTF-16 code units, two a word. */
export function mixString(m: Mix128, text: string): void {
  const length = text.length;
  mixWord(m, length);
  let i = 0;
  for (; i + 1 < length; i += 2) mixWord(m, (text.charCodeAt(i) << 16) | text.charCodeAt(i + 1));
  if (i < length) mixWord(m, text.charCodeAt(i));
}

/** Takes in the length and the bytes, four a word, the first one uppermost. */
export function mixBytes(m: Mix128, bytes: Uint8Array): void {
  const length = bytes.length;
  mixWord(m, length);
  let i = 0;
  for (; i + 3 < length; i += 4) {
    mixWord(
      m,
      ((bytes[i] as number) << 24) |
        ((bytes[i + 1] as number) << 16) |
        ((bytes[i + 2] as number) << 8) |
        (bytes[i + 3] as number),
    );
  }
  if (i < length) {
    let last = 0;
    for (; i < length; i++) last = (last << 8) | (bytes[i] as number);
    mixWord(m, last);
  }
}

/** The 16 bytes of what was taken in so far. `m` stays as it is and can go on. */
export function mixFinish(m: Mix128): Uint8Array {
  const bytes = new Uint8Array(MIX_BYTES);
  mixFinishInto(m, bytes);
  return bytes;
}

/** `mixFinish` into the first 16 bytes of an array of the caller's. */
export function mixFinishInto(m: Mix128, bytes: Uint8Array): void {
  closed.set(m);
  closed[2] = (closed[2] as number) ^ CLOSING;
  for (let i = 0; i < CLOSING_ROUNDS; i++) permuteMix(closed);
  // Byte by byte: asking a small array for its buffer costs more than the whole mix.
  for (let i = 0; i < 4; i++) {
    const word = closed[i] as number;
    bytes[4 * i] = word >>> 24;
    bytes[4 * i + 1] = word >>> 16;
    bytes[4 * i + 2] = word >>> 8;
    bytes[4 * i + 3] = word;
  }
}
