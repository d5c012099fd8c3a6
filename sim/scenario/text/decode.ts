/** Bytes to text, and what no scenario may hold whatever its syntax. */
import { utf8 } from '../../base/bytes.ts';
import { type ErrorCode, type Place, ScenarioErrors } from './errors.ts';

export const LIMITS = { bytes: 262_144, depth: 32, nodes: 50_000 } as const;

/** Controls but tab, line feed and carriage return: YAML 1.2.2 section 5.1 allows none of them, nor does a terminal. */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Where the first control character stands; undefined where there is none. */
export function controlAt(text: string): number | undefined {
  const at = text.search(CONTROL);
  return at < 0 ? undefined : at;
}

/** The text, without a byte order mark. Throws ScenarioErrors for what is too large, no UTF-8 or holds control characters. */
export function decodeText(input: string | Uint8Array, file: string): string {
  // Every code unit is at least one byte: a long string is refused before it is encoded.
  const isLong = input.length > LIMITS.bytes;
  const bytes = isLong || typeof input !== 'string' ? input.length : utf8(input).length;
  if (bytes > LIMITS.bytes) {
    const details = { expected: `at most ${LIMITS.bytes} bytes`, got: `${bytes} bytes` };
    throw refusal({ file, line: 1, column: 1 }, 'E106', 'the file is too large', details);
  }
  const text = withoutMark(typeof input === 'string' ? input : decodeBytes(input, file));
  const surrogate = text.search(LONE_SURROGATE);
  if (surrogate >= 0) {
    const details = { expected: 'UTF-8', got: 'half of a character' };
    throw refusal(placeAfter(text.slice(0, surrogate), file), 'E109', 'the text is no UTF-8', details);
  }
  const control = controlAt(text);
  if (control !== undefined) {
    const details = { expected: 'text', got: JSON.stringify(text.charAt(control)) };
    throw refusal(placeAfter(text.slice(0, control), file), 'E101', 'a control character', details);
  }
  return text;
}

function decodeBytes(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const place = placeAfter(validPrefix(bytes), file);
    throw refusal(place, 'E109', 'the bytes are no UTF-8', { expected: 'UTF-8', got: 'a byte that is none' });
  }
}

/** Text of the longest prefix that is UTF-8, found by halves. */
function validPrefix(bytes: Uint8Array): string {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (prefix(bytes, middle) === undefined) bad = middle;
    else good = middle;
  }
  return prefix(bytes, good) ?? '';
}

function prefix(bytes: Uint8Array, length: number): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
  } catch {
    return undefined;
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function placeAfter(before: string, file: string): Place {
  const lines = before.split('\n');
  return { file, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function refusal(
  place: Place,
  code: ErrorCode,
  what: string,
  details: { readonly expected: string; readonly got: string },
): ScenarioErrors {
  return new ScenarioErrors([{ ...place, code, path: '', what, hint: '', ...details }]);
}
