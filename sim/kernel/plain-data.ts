/**
 * Bytes of plain data and back: what makes a world a snapshot. The world is a tree, so a container found on two paths is
 * a defect; frozen records and byte strings are values rather than places, and may stand in many.
 */
import { assert, InvariantError } from '../base/assert.ts';

const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  int: 4,
  float: 5,
  bigint: 6,
  string: 7,
  array: 8,
  record: 9,
  map: 10,
  set: 11,
  bytes: 12,
  int32: 13,
  uint32: 14,
  float64: 15,
  uint16: 16,
  int8: 17,
  frozenArray: 18,
  frozenRecord: 19,
  /** A place of an array that nothing was ever put into: those who visit an array do not see it. */
  hole: 20,
} as const;

interface Writer {
  bytes: Uint8Array;
  length: number;
  /** Interned strings: keys of records repeat by the thousand. */
  readonly strings: Map<string, number>;
  readonly seen: Set<object>;
  /** Way to the value that is being written, for the message of a defect. */
  readonly path: unknown[];
}

/** Encodes a tree of plain values. Throws InvariantError, naming the path, on anything else or on a shared container. */
export function encodePlain(value: unknown): Uint8Array {
  const w = scratch;
  w.length = 0;
  w.strings.clear();
  w.seen.clear();
  w.path.length = 0;
  write(w, value);
  const bytes = w.bytes.slice(0, w.length);
  if (w.bytes.length > SCRATCH_MAX) {
    w.bytes = new Uint8Array(SCRATCH_BYTES);
    w.seen.clear();
  }
  return bytes;
}

const SCRATCH_BYTES = 1_024;
const SCRATCH_MAX = 65_536;
// Scratch: cleared before each use, so it carries nothing from one to the next. A packet's value is too small to pay for two Maps.
const scratch: Writer = {
  bytes: new Uint8Array(SCRATCH_BYTES),
  length: 0,
  strings: new Map(),
  seen: new Set(),
  path: [],
};

function reserve(w: Writer, count: number): number {
  const at = w.length;
  w.length += count;
  if (w.length > w.bytes.length) {
    const grown = new Uint8Array(Math.max(w.length, w.bytes.length * 2));
    grown.set(w.bytes);
    w.bytes = grown;
  }
  return at;
}

function writeTag(w: Writer, tag: number): void {
  const at = reserve(w, 1);
  w.bytes[at] = tag;
}

function writeCount(w: Writer, value: number): void {
  let rest = value;
  while (rest >= 128) {
    writeTag(w, (rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  writeTag(w, rest);
}

function writeString(w: Writer, text: string): void {
  const known = w.strings.get(text);
  if (known !== undefined) {
    writeCount(w, known * 2 + 1);
    return;
  }
  w.strings.set(text, w.strings.size);
  writeCount(w, text.length * 2);
  const at = reserve(w, text.length * 2);
  const { bytes } = w;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[at + 2 * i] = unit >>> 8;
    bytes[at + 2 * i + 1] = unit;
  }
}

function writeNumber(w: Writer, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
    writeTag(w, TAG.int);
    writeCount(w, value);
  } else {
    writeTag(w, TAG.float);
    const at = reserve(w, 8);
    new DataView(w.bytes.buffer).setFloat64(at, value);
  }
}

function write(w: Writer, value: unknown): void {
  switch (typeof value) {
    case 'undefined':
      return writeTag(w, TAG.undefined);
    case 'boolean':
      return writeTag(w, value ? TAG.true : TAG.false);
    case 'number':
      return writeNumber(w, value);
    case 'bigint':
      writeTag(w, TAG.bigint);
      return writeString(w, value.toString());
    case 'string':
      writeTag(w, TAG.string);
      return writeString(w, value);
    case 'object':
      if (value === null) return writeTag(w, TAG.null);
      return writeObject(w, value);
    default:
      throw new InvariantError('a world holds plain data only', { path: pathOf(w), got: typeof value });
  }
}

function writeInner(w: Writer, step: unknown, value: unknown): void {
  w.path.push(step);
  write(w, value);
  w.path.pop();
}

/** `$.entities[3].state`: the way from the root to the value at hand. */
function pathOf(w: Writer): string {
  return w.path.reduce<string>((way, step) => way + (typeof step === 'string' ? `.${step}` : `[${String(step)}]`), '$');
}

function writeObject(w: Writer, value: object): void {
  if (!(value instanceof Uint8Array) && !Object.isFrozen(value)) {
    if (w.seen.has(value)) {
      throw new InvariantError('a world is a tree: no container is reachable by two paths', { path: pathOf(w) });
    }
    w.seen.add(value);
  }
  if (ArrayBuffer.isView(value)) return writeTyped(w, value);
  if (Array.isArray(value)) {
    writeTag(w, Object.isFrozen(value) ? TAG.frozenArray : TAG.array);
    writeCount(w, value.length);
    for (let i = 0; i < value.length; i++) {
      if (i in value) writeInner(w, i, value[i]);
      else writeTag(w, TAG.hole);
    }
  } else if (value instanceof Map) {
    writeTag(w, TAG.map);
    writeCount(w, value.size);
    for (const [key, inner] of value as Map<unknown, unknown>) {
      writeInner(w, 'key', key);
      writeInner(w, key, inner);
    }
  } else if (value instanceof Set) {
    writeTag(w, TAG.set);
    writeCount(w, value.size);
    for (const inner of value as Set<unknown>) writeInner(w, 'set', inner);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new InvariantError('a world holds plain records only', { path: pathOf(w) });
    }
    const keys = Object.keys(value);
    writeTag(w, Object.isFrozen(value) ? TAG.frozenRecord : TAG.record);
    writeCount(w, keys.length);
    for (const key of keys) {
      writeString(w, key);
      writeInner(w, key, (value as Record<string, unknown>)[key]);
    }
  }
}

function writeTyped(w: Writer, value: ArrayBufferView): void {
  const tag =
    value instanceof Uint8Array
      ? TAG.bytes
      : value instanceof Int32Array
        ? TAG.int32
        : value instanceof Uint32Array
          ? TAG.uint32
          : value instanceof Float64Array
            ? TAG.float64
            : value instanceof Uint16Array
              ? TAG.uint16
              : value instanceof Int8Array
                ? TAG.int8
                : -1;
  if (tag < 0) throw new InvariantError('a typed array is of a kind that snapshots know', { path: pathOf(w) });
  writeTag(w, tag);
  writeCount(w, value.byteLength);
  const at = reserve(w, value.byteLength);
  w.bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), at);
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly strings: string[];
}

/** The value whose bytes these are. Throws InvariantError on bytes that encodePlain did not make. */
export function decodePlain(bytes: Uint8Array): unknown {
  const reader: Reader = {
    bytes,
    at: 0,
    strings: [],
  };
  const value = read(reader);
  assert(reader.at === bytes.length, 'a snapshot ends where its value ends', { at: reader.at, length: bytes.length });
  return value;
}

/** As decodePlain, for bytes that came over a wire and may be anything: undefined where no value encodes to them. */
export function tryDecodePlain(bytes: Uint8Array): unknown {
  try {
    return decodePlain(bytes);
  } catch {
    // Whatever it is that they break on (a tag, a length, digits that are none), they are no value.
    return undefined;
  }
}

function byteAt(r: Reader): number {
  const byte = r.bytes[r.at++];
  assert(byte !== undefined, 'a snapshot is whole', { at: r.at });
  return byte;
}

function readCount(r: Reader): number {
  let value = 0;
  let unit = 1;
  for (;;) {
    const byte = byteAt(r);
    value += (byte % 128) * unit;
    if (byte < 128) return value;
    unit *= 128;
  }
}

function readString(r: Reader): string {
  const head = readCount(r);
  if (head % 2 === 1) {
    const known = r.strings[(head - 1) / 2];
    assert(known !== undefined, 'an interned string was written before');
    return known;
  }
  const length = head / 2;
  const units: number[] = [];
  for (let i = 0; i < length; i++) units.push(byteAt(r) * 256 + byteAt(r));
  const text = textOf(units);
  r.strings.push(text);
  return text;
}

/** In pieces: a call takes only so many arguments. */
function textOf(units: readonly number[]): string {
  if (units.length <= UNITS_MAX) return String.fromCharCode(...units);
  let text = '';
  for (let i = 0; i < units.length; i += UNITS_MAX) text += String.fromCharCode(...units.slice(i, i + UNITS_MAX));
  return text;
}

const UNITS_MAX = 4_096;

function read(r: Reader): unknown {
  const tag = byteAt(r);
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.true:
      return true;
    case TAG.false:
      return false;
    case TAG.int:
      return readCount(r);
    case TAG.float: {
      const value = new DataView(r.bytes.buffer, r.bytes.byteOffset).getFloat64(r.at);
      r.at += 8;
      return value;
    }
    case TAG.bigint:
      return BigInt(readString(r));
    case TAG.string:
      return readString(r);
    default:
      return readContainer(r, tag);
  }
}

function readContainer(r: Reader, tag: number): unknown {
  const count = readCount(r);
  switch (tag) {
    case TAG.array:
    case TAG.frozenArray: {
      const list: unknown[] = [];
      for (let i = 0; i < count; i++) {
        if (r.bytes[r.at] !== TAG.hole) list.push(read(r));
        else {
          r.at++;
          list.length = i + 1;
        }
      }
      return tag === TAG.frozenArray ? Object.freeze(list) : list;
    }
    case TAG.map: {
      const map = new Map<unknown, unknown>();
      for (let i = 0; i < count; i++) {
        const key = read(r);
        map.set(key, read(r));
      }
      return map;
    }
    case TAG.set: {
      const set = new Set<unknown>();
      for (let i = 0; i < count; i++) set.add(read(r));
      return set;
    }
    case TAG.record:
    case TAG.frozenRecord: {
      const record: Record<string, unknown> = {};
      for (let i = 0; i < count; i++) {
        const key = readString(r);
        record[key] = read(r);
      }
      return tag === TAG.frozenRecord ? Object.freeze(record) : record;
    }
    default:
      return readTyped(r, tag, count);
  }
}

function readTyped(r: Reader, tag: number, byteLength: number): unknown {
  const own = r.bytes.slice(r.at, r.at + byteLength);
  r.at += byteLength;
  switch (tag) {
    case TAG.bytes:
      return own;
    case TAG.int32:
      return new Int32Array(own.buffer);
    case TAG.uint32:
      return new Uint32Array(own.buffer);
    case TAG.float64:
      return new Float64Array(own.buffer);
    case TAG.uint16:
      return new Uint16Array(own.buffer);
    case TAG.int8:
      return new Int8Array(own.buffer);
    default:
      throw new InvariantError('a snapshot holds known tags', { tag });
  }
}
