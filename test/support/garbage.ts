/** Arguments of contract calls that nobody honest sends: anything at all, and valid ones with one place spoilt. */
import fc from 'fast-check';
import { toHex } from '../../sim/base/bytes.ts';

export type Path = readonly (string | number)[];

/** Every place in a value, containers included; the root is the empty path. */
export function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    placesIn(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [path, ...inner];
}

export function readAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

/** A copy of `value` with what stands at `path` replaced; untouched branches are shared. */
export function replacedAt(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map((each, index) => (index === key ? replacedAt(each, rest, change) : each));
  }
  const record = value as Record<string, unknown>;
  return Object.freeze({ ...record, [key]: replacedAt(record[key], rest, change) });
}

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const at = bit % (bytes.length * 8);
  return bytes.map((byte, index) => (index === at >>> 3 ? byte ^ (1 << (at & 7)) : byte));
}

const NUMBERS = [0, -0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e308];
const NAMES = ['', 'constructor', '__proto__', 'toString', 'escrow/home-away', '\uD800', 'x'.repeat(5_000)];

/** Anything that can stand in a call. */
export const anything = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, false, ...NUMBERS, ...NAMES, -1n, 2n ** 300n),
  fc.uint8Array({ maxLength: 80 }),
  fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
);

/** Ways to spoil one place of a value: `null` takes it away. */
export interface Spoil {
  readonly place: number;
  readonly bit: number;
  readonly way: 'replace' | 'flip' | 'empty' | 'longer';
  readonly by: unknown;
}

export const spoil: fc.Arbitrary<Spoil> = fc.record({
  place: fc.nat(10_000),
  bit: fc.nat(10_000),
  way: fc.constantFrom('replace', 'flip', 'empty', 'longer'),
  by: anything,
});

/** `value` with one place spoilt, and the way to that place. */
export function spoilt(
  value: unknown,
  { place, bit, way, by }: Spoil,
): { readonly value: unknown; readonly path: Path } {
  const places = placesIn(value);
  const path = places[place % places.length] as Path;
  const change = (old: unknown): unknown => {
    if (!(old instanceof Uint8Array) || way === 'replace') return by;
    if (way === 'flip' && old.length > 0) return flipBit(old, bit);
    return way === 'empty' ? new Uint8Array(0) : Uint8Array.of(...old, bit & 255);
  };
  return { value: replacedAt(value, path, change), path };
}

/** Whether a spoilt value came out as it was: numbers by value, so that -0 is 0. */
export function isSame(left: unknown, right: unknown): boolean {
  const textOf = (value: unknown): string | undefined =>
    JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === 'bigint') return `${each}n`;
      return each instanceof Uint8Array ? toHex(each) : each;
    });
  try {
    return textOf(left) === textOf(right);
  } catch {
    return false; // a cycle
  }
}
