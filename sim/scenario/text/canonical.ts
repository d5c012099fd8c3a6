/** One text for one meaning: what the hash of a scenario is taken over. */
import { assert } from '../../base/assert.ts';
import { type HashBackend, toHex, utf8 } from '../../base/bytes.ts';

/**
 * JSON as RFC 8785 has it (keys by code unit, no spaces, numbers by their shortest text, -0 as 0), with two additions: a
 * bigint is the text of its decimal and an `n`, and keys whose value is `undefined` are left out.
 * Throws InvariantError on a number that is not finite and on what is no plain value: a Map, bytes, a function.
 * @source RFC 8785 section 3.2.
 */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return `"${value}n"`;
    case 'number':
      assert(Number.isFinite(value), 'a canonical number is finite', { value });
      return Object.is(value, -0) ? '0' : String(value);
    case 'object':
      return value === null ? 'null' : canonicalContainer(value);
    default:
      assert(false, 'a canonical value is plain', { type: typeof value });
  }
}

function canonicalContainer(value: object): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, 'a canonical map is a plain record');
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalText(inner)}`).join(',')}}`;
}

export function canonicalHash(value: unknown, hash: HashBackend): string {
  return toHex(hash.sha256(utf8(canonicalText(value))));
}
