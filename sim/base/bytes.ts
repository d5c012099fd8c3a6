import { assert } from './assert.ts';

/** The hash functions of a run. Another backend must give equal digests; the default is over @noble/hashes. */
export interface HashBackend {
  readonly name: string;
  sha256(bytes: Uint8Array): Uint8Array;
}

const HEX = '0123456789abcdef';

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX.charAt(byte >>> 4) + HEX.charAt(byte & 15);
  return text;
}

/** Bytes of an even-length hex string. Throws InvariantError on anything else. */
export function fromHex(text: string): Uint8Array {
  assert(/^(?:[0-9a-fA-F]{2})*$/.test(text), 'hex is an even number of hex digits', { text });
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** UTF-8 bytes. TextEncoder is a web platform global, so this also runs in a page. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Writes 8 bytes at `at`. Byte by byte: asking a small array for its buffer costs more than the writing. */
export function writeBe64(bytes: Uint8Array, at: number, value: number): void {
  const upper = Math.floor(value / 4_294_967_296);
  bytes[at] = upper >>> 24;
  bytes[at + 1] = upper >>> 16;
  bytes[at + 2] = upper >>> 8;
  bytes[at + 3] = upper;
  const lower = value >>> 0;
  bytes[at + 4] = lower >>> 24;
  bytes[at + 5] = lower >>> 16;
  bytes[at + 6] = lower >>> 8;
  bytes[at + 7] = lower;
}

/** Big-endian 8 bytes of a whole number in [0, 2^53). */
export function be64(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) assert(false, 'be64 takes a safe whole number', { value });
  const bytes = new Uint8Array(8);
  writeBe64(bytes, 0, value);
  return bytes;
}
