/** A counter-based generator: a draw is a function of (key, counter), whatever was drawn before. */

/** "C240" of the Skein key schedule, in 32 bits. */
const PARITY = 0x1bd11bda;

/**
 * Threefry-4x32-20: encrypts the counter (c0, c1, c2, c3) under the four words `key[at .. at + 3]` into `out`.
 *
 * All words are 32 bits, signed or not; `out` is the caller's and nothing is allocated.
 * @source Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC'11), section 4.2;
 * rotations from Random123 `threefry.h`.
 */
export function threefry(
  key: ArrayLike<number>,
  at: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  out: Uint32Array,
): void {
  let k0 = (key[at] as number) | 0;
  let k1 = (key[at + 1] as number) | 0;
  let k2 = (key[at + 2] as number) | 0;
  let k3 = (key[at + 3] as number) | 0;
  let k4 = PARITY ^ k0 ^ k1 ^ k2 ^ k3;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  let c = (c2 + k2) | 0;
  let d = (c3 + k3) | 0;
  for (let group = 1; group <= 5; group++) {
    // Eight rotation rows in turn, four to a group: odd groups take the first four, even groups the last four.
    const odd = (group & 1) === 1;
    a = (a + b) | 0;
    b = rotate(b, odd ? 10 : 6) ^ a;
    c = (c + d) | 0;
    d = rotate(d, odd ? 26 : 20) ^ c;
    a = (a + d) | 0;
    d = rotate(d, odd ? 11 : 17) ^ a;
    c = (c + b) | 0;
    b = rotate(b, odd ? 21 : 11) ^ c;
    a = (a + b) | 0;
    b = rotate(b, odd ? 13 : 25) ^ a;
    c = (c + d) | 0;
    d = rotate(d, odd ? 27 : 10) ^ c;
    a = (a + d) | 0;
    d = rotate(d, odd ? 23 : 18) ^ a;
    c = (c + b) | 0;
    b = rotate(b, odd ? 5 : 20) ^ c;
    const first = k0;
    k0 = k1;
    k1 = k2;
    k2 = k3;
    k3 = k4;
    k4 = first;
    a = (a + k0) | 0;
    b = (b + k1) | 0;
    c = (c + k2) | 0;
    d = (d + k3 + group) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
