/** A plain value read from text that still knows where each of its parts stood. */
import type { Place } from './errors.ts';

export type PlainValue = string | number | boolean | null | PlainValue[] | PlainMap;
export type PlainMap = { [key: string]: PlainValue };
export type Path = readonly (string | number)[];

export interface Located {
  readonly value: PlainValue;
  /** Place of each value and of each key, by path. */
  readonly values: Map<string, Place>;
  readonly keys: Map<string, Place>;
  readonly file: string;
}

/** A path as the key of a map: ids hold no line breaks. */
export function pathKey(path: Path): string {
  return path.join('\n');
}

/** As people write it: `lanes.hub-eth.timeout`. */
export function pathText(path: Path): string {
  return path.join('.');
}

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a value stands; the nearest enclosing one for what is not there. */
export function placeOf(located: Located, path: Path): Place {
  for (let length = path.length; length >= 0; length--) {
    const place = located.values.get(pathKey(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return { file: located.file, line: 1, column: 1 };
}

export function placeOfKey(located: Located, path: Path): Place {
  return located.keys.get(pathKey(path)) ?? placeOf(located, path);
}

/**
 * An entry over the preset that it starts from. The entry wins; maps merge key by key, but a map of another `kind` is
 * replaced whole, and so are lists.
 */
export function mergeOver(preset: PlainValue | undefined, entry: PlainValue): PlainValue {
  if (!isMap(preset) || !isMap(entry)) return entry;
  if (entry['kind'] !== undefined && entry['kind'] !== preset['kind']) return entry;
  const merged: PlainMap = { ...preset };
  for (const [key, value] of Object.entries(entry)) merged[key] = mergeOver(preset[key], value);
  return merged;
}
