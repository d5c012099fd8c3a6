/**
 * One byte form, and one mix, for each plain value: what is hashed into a root, a header or a vote. Injective: every value
 * starts with its type and every variable part with its length, so no two different values share bytes.
 */
import { assert, InvariantError } from '../../sim/base/assert.ts';
import { type Mix128, mixBigint, mixBytes, mixNumber, mixString, mixWord } from '../../sim/base/mix.ts';

/** Immutable plain data. Records are unordered: the order of their fields never shows. */
export type CanonicalValue =
  | bigint
  | number
  | string
  | boolean
  | Uint8Array
  | readonly CanonicalValue[]
  | { readonly [field: string]: CanonicalValue };

const TAG = { bigint: 1, number: 2, string: 3, false: 4, true: 5, bytes: 6, array: 7, record: 8 } as const;

interface Writer {
  bytes: Uint8Array;
  view: DataView;
  length: number;
}

/** Canonical bytes of `value`. Throws InvariantError on what is not plain data (null, undefined, NaN, functions). */
export function encodeCanonical(value: CanonicalValue): Uint8Array {
  const bytes = new Uint8Array(128);
  const writer: Writer = { bytes, view: new DataView(bytes.buffer), length: 0 };
  write(writer, value);
  return writer.bytes.slice(0, writer.length);
}

/** Takes `value` into a mix: the same distinctions as `encodeCanonical`, without making its bytes. */
export function mixCanonical(m: Mix128, value: CanonicalValue): void {
  switch (typeof value) {
    case 'bigint':
      mixWord(m, TAG.bigint);
      return mixBigint(m, value);
    case 'number':
      mixWord(m, TAG.number);
      return mixNumber(m, checkedNumber(value));
    case 'string':
      mixWord(m, TAG.string);
      return mixString(m, value);
    case 'boolean':
      return mixWord(m, value ? TAG.true : TAG.false);
    default:
      return mixContainer(m, value);
  }
}

function mixContainer(m: Mix128, value: CanonicalValue): void {
  if (value instanceof Uint8Array) {
    mixWord(m, TAG.bytes);
    mixBytes(m, value);
  } else if (Array.isArray(value)) {
    mixWord(m, TAG.array);
    mixWord(m, value.length);
    for (const item of value as readonly CanonicalValue[]) mixCanonical(m, item);
  } else {
    const record = checkedRecord(value);
    const fields = sortedFields(record);
    mixWord(m, TAG.record);
    mixWord(m, fields.length);
    for (const field of fields) {
      mixString(m, field);
      mixCanonical(m, record[field] as CanonicalValue);
    }
  }
}

function write(w: Writer, value: CanonicalValue): void {
  switch (typeof value) {
    case 'bigint':
      return writeBigint(w, value);
    case 'number': {
      writeByte(w, TAG.number);
      const at = reserve(w, 8);
      w.view.setFloat64(at, checkedNumber(value));
      return;
    }
    case 'string':
      writeByte(w, TAG.string);
      return writeText(w, value);
    case 'boolean':
      return writeByte(w, value ? TAG.true : TAG.false);
    default:
      return writeContainer(w, value);
  }
}

function writeContainer(w: Writer, value: CanonicalValue): void {
  if (value instanceof Uint8Array) {
    writeByte(w, TAG.bytes);
    writeCount(w, value.length);
    const at = reserve(w, value.length);
    w.bytes.set(value, at);
  } else if (Array.isArray(value)) {
    writeByte(w, TAG.array);
    writeCount(w, value.length);
    for (const item of value as readonly CanonicalValue[]) write(w, item);
  } else {
    const record = checkedRecord(value);
    const fields = sortedFields(record);
    writeByte(w, TAG.record);
    writeCount(w, fields.length);
    for (const field of fields) {
      writeText(w, field);
      write(w, record[field] as CanonicalValue);
    }
  }
}

/** Sign, length and magnitude, the upper byte first. */
function writeBigint(w: Writer, value: bigint): void {
  const digits = (value < 0n ? -value : value).toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  writeByte(w, TAG.bigint);
  writeByte(w, value < 0n ? 1 : 0);
  writeCount(w, hex.length / 2);
  for (let i = 0; i < hex.length; i += 2) writeByte(w, Number.parseInt(hex.slice(i, i + 2), 16));
}

// UTF-16 code units and not UTF-8: an encoder replaces lone surrogates, so two strings could share bytes.
function writeText(w: Writer, text: string): void {
  writeCount(w, text.length);
  const at = reserve(w, 2 * text.length);
  for (let i = 0; i < text.length; i++) w.view.setUint16(at + 2 * i, text.charCodeAt(i));
}

function writeCount(w: Writer, count: number): void {
  const at = reserve(w, 4);
  w.view.setUint32(at, count);
}

function writeByte(w: Writer, byte: number): void {
  const at = reserve(w, 1);
  w.bytes[at] = byte;
}

function reserve(w: Writer, count: number): number {
  const at = w.length;
  w.length += count;
  if (w.length > w.bytes.length) {
    const grown = new Uint8Array(Math.max(w.length, 2 * w.bytes.length));
    grown.set(w.bytes);
    w.bytes = grown;
    w.view = new DataView(grown.buffer);
  }
  return at;
}

// -0 equals 0 in every comparison of the protocols, so it must not hash to something else.
function checkedNumber(value: number): number {
  assert(!Number.isNaN(value), 'a canonical value is not NaN');
  return value === 0 ? 0 : value;
}

function checkedRecord(value: unknown): Readonly<Record<string, CanonicalValue>> {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype === Object.prototype || (prototype === null && value !== null)) {
    return value as Readonly<Record<string, CanonicalValue>>;
  }
  throw new InvariantError('a canonical value is plain data', { got: value });
}

// ORDER: by code unit, so that neither the order of writing nor the locale shows in a hash.
function sortedFields(record: Readonly<Record<string, CanonicalValue>>): string[] {
  const fields = Object.keys(record);
  for (let i = 1; i < fields.length; i++) {
    if ((fields[i - 1] as string) > (fields[i] as string)) return fields.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }
  return fields;
}
