import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';

describe('noble hash', () => {
  it('gives the SHA-256 examples of FIPS 180-4', () => {
    expect(toHex(nobleHash.sha256(utf8('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(toHex(nobleHash.sha256(utf8('')))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});
