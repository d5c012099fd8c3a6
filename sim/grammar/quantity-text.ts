/** Quantities as people write them, to exact values. Each parser returns the value, or a problem in words. */
import { nearest } from './nearest.ts';

export interface QuantityProblem {
  readonly expected: string;
  readonly hint?: string;
}
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: QuantityProblem };

const MICROSECONDS: Readonly<Record<string, bigint>> = {
  us: 1n,
  ms: 1_000n,
  s: 1_000_000n,
  min: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
};
const BYTES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 1_048_576, GB: 1e9 };
const BITS: Readonly<Record<string, number>> = { 'bit/s': 1, 'kbit/s': 1e3, 'Mbit/s': 1e6, 'Gbit/s': 1e9 };
const PER: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400 };

function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function bad<T>(expected: string, hint?: string): Parsed<T> {
  return { ok: false, problem: hint === undefined ? { expected } : { expected, hint } };
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?$/;

/** A decimal text as an exact fraction over a power of ten. */
function decimalParts(
  text: string,
): { readonly negative: boolean; readonly digits: bigint; readonly places: number } | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const fraction = match[3] ?? '';
  return { negative: match[1] === '-', digits: BigInt((match[2] ?? '0') + fraction), places: fraction.length };
}

function tenTo(places: number): bigint {
  return BigInt(`1${'0'.repeat(places)}`);
}

const DURATION_EXPECTED = 'a duration with a unit, such as 250ms or 1.5h';

function durationUs(text: string): Parsed<number> {
  const match = /^(-?[\d.]+)\s*([A-Za-zµ]*)$/.exec(text.trim());
  const parts = match === null ? undefined : decimalParts(match[1] ?? '');
  if (match === null || parts === undefined) return bad(DURATION_EXPECTED);
  const unit = match[2] ?? '';
  const factor = MICROSECONDS[unit];
  if (unit === '') return bad(DURATION_EXPECTED, `write ${text.trim()}s if seconds are meant`);
  if (factor === undefined) {
    const known = Object.keys(MICROSECONDS);
    return bad(`one of the units ${known.join(', ')}`, didYouMean(unit, known));
  }
  const scaled = parts.digits * factor;
  const unitOf = tenTo(parts.places);
  if (scaled % unitOf !== 0n) return bad('whole microseconds', 'the clock of a run counts microseconds');
  const us = scaled / unitOf;
  if (us > 4_503_599_627_370_496n) return bad('at most 142 years');
  return good(Number(us) * (parts.negative ? -1 : 1));
}

/** `6s`, `250ms`, `1.5h` to whole microseconds, not negative. */
export function parseDuration(text: string): Parsed<number> {
  const parsed = durationUs(text);
  if (!parsed.ok || parsed.value >= 0) return parsed;
  return bad('a duration that is not negative');
}

/** The same, either side of zero: clock skew. */
export function parseSignedDuration(text: string): Parsed<number> {
  return durationUs(text);
}

/** `2/3`, `30%`, `12bps`, `0.2` to an exact fraction within 0 and 1. */
export function parseRatio(text: string): Parsed<{ numerator: number; denominator: number }> {
  const expected = 'a share from 0 to 1, such as 2/3, 30%, 12bps or 0.2';
  const slash = /^(\d+)\s*\/\s*(\d+)$/.exec(text.trim());
  if (slash !== null) {
    const numerator = Number(slash[1]);
    const denominator = Number(slash[2]);
    if (denominator === 0 || numerator > denominator || !Number.isSafeInteger(denominator)) return bad(expected);
    return good({ numerator, denominator });
  }
  const match = /^([\d.]+)\s*(%|bps)?$/.exec(text.trim());
  const parts = match === null ? undefined : decimalParts(match[1] ?? '');
  if (match === null || parts === undefined) return bad(expected);
  const over = tenTo(parts.places) * (match[2] === '%' ? 100n : match[2] === 'bps' ? 10_000n : 1n);
  if (parts.digits > over || over > BigInt(Number.MAX_SAFE_INTEGER)) return bad(expected);
  const common = gcd(parts.digits, over);
  return good({ numerator: Number(parts.digits / common), denominator: Number(over / common) });
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? (a === 0n ? 1n : a) : gcd(b, a % b);
}

/** `0.5/s`, `3/min` to events per second. */
export function parseRate(text: string): Parsed<number> {
  const match = /^([\d.]+)\s*\/\s*([a-z]+)$/.exec(text.trim());
  const expected = 'a rate above 0, such as 0.5/s or 3/min';
  const value = match === null ? Number.NaN : Number(match[1]);
  if (match === null || !(value > 0) || !Number.isFinite(value)) return bad(expected);
  const per = PER[match[2] ?? ''];
  if (per === undefined)
    return bad(`one of /${Object.keys(PER).join(', /')}`, didYouMean(match[2] ?? '', Object.keys(PER)));
  return good(value / per);
}

/** `1.5 ATOM` to the exact decimal and the asset's name. */
export function parseAmount(text: string): Parsed<{ decimal: string; asset: string }> {
  const match = /^([\d.]+)\s+([A-Za-z][A-Za-z0-9_-]{0,63})$/.exec(text.trim());
  const decimal = match === null ? undefined : canonicalDecimal(match[1] ?? '');
  if (match === null || decimal === undefined) return bad('an amount and its asset, such as 1.5 ATOM');
  return good({ decimal, asset: match[2] ?? '' });
}

/** Without leading or trailing zeros; undefined where it is no decimal. */
export function canonicalDecimal(text: string): string | undefined {
  const parts = decimalParts(text);
  if (parts === undefined || parts.negative) return undefined;
  const padded = parts.digits.toString().padStart(parts.places + 1, '0');
  const whole = padded.slice(0, padded.length - parts.places);
  const fraction = padded.slice(padded.length - parts.places).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** `200 KiB` to bytes. */
export function parseByteSize(text: string): Parsed<number> {
  return scaled(text, BYTES, 'a size such as 200 KiB or 1 MB');
}

/** `10 Mbit/s` to bytes per second. */
export function parseBandwidth(text: string): Parsed<number> {
  const bits = scaled(text, BITS, 'a bandwidth such as 10 Mbit/s');
  return bits.ok ? good(Math.floor(bits.value / 8)) : bits;
}

function scaled(text: string, units: Readonly<Record<string, number>>, expected: string): Parsed<number> {
  const match = /^([\d.]+)\s*([A-Za-z/]+)$/.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]);
  if (match === null || !Number.isFinite(value)) return bad(expected);
  const factor = units[match[2] ?? ''];
  if (factor === undefined)
    return bad(`one of ${Object.keys(units).join(', ')}`, didYouMean(match[2] ?? '', Object.keys(units)));
  return good(Math.round(value * factor));
}

/** `0..4` (both ends included) or a single index to a list of indices. */
export function parseIndexRange(text: string): Parsed<number[]> {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text.trim());
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last < first || last > 100_000)
    return bad('an index or a range such as 0..4, both ends included');
  return good(Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

/** A decimal text from 0 to 2^64-1. */
export function parseSeed(text: string): Parsed<string> {
  const isSeed = /^(?:0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < 18_446_744_073_709_551_616n;
  return isSeed ? good(text) : bad('a whole number from 0 to 18446744073709551615, in decimal');
}

function didYouMean(got: string, known: readonly string[]): string | undefined {
  const near = nearest(got, known);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** The shortest exact text of a duration. */
export function formatDuration(us: number): string {
  const size = Math.abs(us);
  const sign = us < 0 ? '-' : '';
  for (const unit of ['d', 'h', 'min', 's', 'ms']) {
    const factor = Number(MICROSECONDS[unit]);
    if (size >= factor && size % factor === 0) return `${sign}${size / factor}${unit}`;
  }
  return size === 0 ? '0s' : `${sign}${size}us`;
}
