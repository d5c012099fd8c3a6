/**
 * Quantities as people write them, to exact values. Each parser returns the value, or a problem in words; none throws.
 * The schemas of `quantities.ts` and the command line's flags use the same ones.
 */
import { type Decimal, decimalText, lowestTerms, parseDecimal, tenTo } from './exact-decimal.ts';
import { nearest } from './nearest.ts';

/** Why a text is no such quantity: its form, its range, its unit, its sign, or finer than the clock. */
export type QuantityFault = 'form' | 'range' | 'no-unit' | 'unknown-unit' | 'negative' | 'fine';

export interface QuantityProblem {
  readonly expected: string;
  readonly hint?: string;
  /** `form` unless given. */
  readonly fault?: QuantityFault;
}
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: QuantityProblem };

/** An exact fraction in lowest terms. */
interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

type Units = ReadonlyMap<string, bigint>;

/** Microseconds in each unit of time, smallest first. */
export const TIME_UNITS: Units = new Map([
  ['us', 1n],
  ['ms', 1_000n],
  ['s', 1_000_000n],
  ['min', 60_000_000n],
  ['h', 3_600_000_000n],
  ['d', 86_400_000_000n],
]);
/** Bytes. */
export const BYTE_UNITS: Units = new Map([
  ['B', 1n],
  ['kB', 1_000n],
  ['KiB', 1_024n],
  ['MB', 1_000_000n],
  ['MiB', 1_048_576n],
  ['GB', 1_000_000_000n],
  ['GiB', 1_073_741_824n],
]);
/** Bits in a second. */
export const BIT_UNITS: Units = new Map([
  ['bit/s', 1n],
  ['kbit/s', 1_000n],
  ['Mbit/s', 1_000_000n],
  ['Gbit/s', 1_000_000_000n],
]);
/** Seconds. */
const PER: Units = new Map([
  ['s', 1n],
  ['min', 60n],
  ['h', 3_600n],
  ['d', 86_400n],
]);

/** END_OF_TIME of sim/base/units.ts, 2^52 microseconds. */
const TIME_MAX = 4_503_599_627_370_496n;

function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function bad<T>(fault: QuantityFault, expected: string, hint?: string): Parsed<T> {
  return { ok: false, problem: hint === undefined ? { expected, fault } : { expected, fault, hint } };
}

/** Longer than any quantity; the text may be hostile. */
const TEXT_MAX = 200;

/** Splits `1.5h` or `200 KiB` into a decimal and its unit. */
function splitUnit(
  text: string,
): { readonly decimal: Decimal; readonly number: string; readonly unit: string } | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const match = /^([-+]?[\d.]+(?:[eE][-+]?\d+)?) *([A-Za-z%][^ ]*)?$/u.exec(text.trim());
  const number = match?.[1] ?? '';
  const decimal = parseDecimal(number);
  return decimal === undefined ? undefined : { decimal, number, unit: match?.[2] ?? '' };
}

function unknownUnit<T>(unit: string, known: readonly string[]): Parsed<T> {
  const near = nearest(unit, known);
  return bad(
    'unknown-unit',
    `one of the units ${known.join(', ')}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  );
}

const DURATION_EXPECTED = 'a duration with a unit, such as 250ms or 1.5h';

function durationUs(text: string): Parsed<number> {
  const split = splitUnit(text);
  if (split === undefined) return bad('form', DURATION_EXPECTED);
  const { decimal, number, unit } = split;
  if (unit === '') return bad('no-unit', DURATION_EXPECTED, `write ${number}s if seconds are meant`);
  const factor = TIME_UNITS.get(unit);
  if (factor === undefined) return unknownUnit(unit, [...TIME_UNITS.keys()]);
  const scaled = decimal.digits * factor;
  const whole = tenTo(decimal.places);
  if (scaled % whole !== 0n) return bad('fine', 'whole microseconds', 'the clock of a run counts microseconds');
  const us = scaled / whole;
  if (us > TIME_MAX) return bad('range', 'at most 142 years');
  return good(us === 0n ? 0 : Number(us) * (decimal.negative ? -1 : 1));
}

/** `6s`, `250ms`, `1.5h` to whole microseconds, not negative. */
export function parseDuration(text: string): Parsed<number> {
  const parsed = durationUs(text);
  if (!parsed.ok || parsed.value >= 0) return parsed;
  return bad('negative', 'a duration that is not negative');
}

/** The same, either side of zero: clock skew. */
export function parseSignedDuration(text: string): Parsed<number> {
  return durationUs(text);
}

const SHARE_EXPECTED = 'a share from 0 to 1, such as 2/3, 30%, 12bps or 0.2';
const SHARE_UNITS: Units = new Map([
  ['', 1n],
  ['%', 100n],
  ['bps', 10_000n],
  ['ppm', 1_000_000n],
]);

/** `2/3`, `30%`, `12bps`, `5ppm`, `0.2` to an exact fraction within 0 and 1. `2/6` stays as it is written. */
export function parseRatio(text: string): Parsed<Fraction> {
  const slash = text.length > TEXT_MAX ? null : /^(\d{1,16}) *\/ *(\d{1,16})$/.exec(text.trim());
  if (slash !== null) {
    const numerator = Number(slash[1]);
    const denominator = Number(slash[2]);
    if (denominator === 0 || numerator > denominator) return bad('range', SHARE_EXPECTED);
    return Number.isSafeInteger(denominator) ? good({ numerator, denominator }) : bad('range', SHARE_EXPECTED);
  }
  const split = splitUnit(text);
  if (split === undefined) return bad('form', SHARE_EXPECTED);
  const unit = SHARE_UNITS.get(split.unit);
  if (unit === undefined) return unknownUnit(split.unit, ['%', 'bps', 'ppm']);
  const over = tenTo(split.decimal.places) * unit;
  if (split.decimal.negative || split.decimal.digits > over) return bad('range', SHARE_EXPECTED);
  const fraction = lowestTerms(split.decimal.digits, over);
  return fraction === undefined ? bad('range', 'a share of at most 15 decimals') : good(fraction);
}

/** Share in parts per million: `12ppm`, or any share that is whole in them. Whole, from 0 to 1,000,000. */
export function parsePpm(text: string): Parsed<number> {
  const parsed = parseRatio(text);
  if (!parsed.ok) return parsed;
  const { numerator, denominator } = parsed.value;
  const scaled = BigInt(numerator) * 1_000_000n;
  if (scaled % BigInt(denominator) !== 0n)
    return bad('range', 'a share that is whole in parts per million, such as 12ppm');
  return good(Number(scaled / BigInt(denominator)));
}

const RATE_EXPECTED = 'a rate above 0, such as 0.5/s or 3/min';

/** `0.5/s`, `3/min` to exact events per second. */
export function parseExactRate(text: string): Parsed<Fraction> {
  const match = /^([^/]{1,100})\/ *(\w{0,100})$/.exec(text.trim());
  const decimal = match === null ? undefined : parseDecimal((match[1] ?? '').trim());
  if (decimal === undefined)
    return parseDecimal(text.trim()) === undefined ? bad('form', RATE_EXPECTED) : rateWithoutUnit(text);
  const per = PER.get(match?.[2] ?? '');
  if (per === undefined) {
    const known = [...PER.keys()];
    const near = nearest(match?.[2] ?? '', known);
    const hint = near === undefined ? undefined : `did you mean /${near}?`;
    return bad('unknown-unit', `one of /${known.join(', /')}`, hint);
  }
  if (decimal.negative) return bad('negative', RATE_EXPECTED);
  if (decimal.digits === 0n) return bad('range', RATE_EXPECTED);
  const fraction = lowestTerms(decimal.digits, tenTo(decimal.places) * per);
  return fraction === undefined ? bad('range', 'a rate of at most 15 digits') : good(fraction);
}

function rateWithoutUnit<T>(text: string): Parsed<T> {
  return bad('no-unit', RATE_EXPECTED, `write ${text.trim()}/s if it is for a second`);
}

/** `0.5/s`, `3/min` to events per second, the float nearest to the exact rate. */
export function parseRate(text: string): Parsed<number> {
  const parsed = parseExactRate(text);
  return parsed.ok ? good(parsed.value.numerator / parsed.value.denominator) : parsed;
}

const AMOUNT_EXPECTED = 'an amount and its asset, such as 1.5 ATOM';

/** `1.5 ATOM` to the exact decimal and the asset's name. */
export function parseAmount(text: string): Parsed<{ decimal: string; asset: string }> {
  const trimmed = text.length > TEXT_MAX ? '' : text.trim();
  const match = /^([-+]?[\d.]+(?:[eE][-+]?\d+)?) +([A-Za-z][A-Za-z0-9_-]{0,63})$/.exec(trimmed);
  const decimal = parseDecimal(match?.[1] ?? trimmed);
  if (decimal?.negative === true) return bad('negative', 'an amount that is not negative');
  if (decimal !== undefined && match === null)
    return bad('no-unit', AMOUNT_EXPECTED, 'name the asset after the number');
  if (decimal === undefined) return bad('form', AMOUNT_EXPECTED);
  return good({ decimal: decimalText(decimal), asset: match?.[2] ?? '' });
}

/** Without leading or trailing zeros; undefined where it is no decimal, or negative. */
export function canonicalDecimal(text: string): string | undefined {
  const decimal = parseDecimal(text);
  return decimal === undefined || decimal.negative ? undefined : decimalText(decimal);
}

const BYTES_EXPECTED = 'a size such as 200 KiB or 1 MB';
const BANDWIDTH_EXPECTED = 'a bandwidth such as 10 Mbit/s';

/** `200 KiB` to whole bytes. */
export function parseByteSize(text: string): Parsed<number> {
  return wholeUnits(text, BYTE_UNITS, 1n, BYTES_EXPECTED, 'whole bytes');
}

/** `10 Mbit/s` to whole bytes per second. */
export function parseBandwidth(text: string): Parsed<number> {
  return wholeUnits(text, BIT_UNITS, 8n, BANDWIDTH_EXPECTED, 'whole bytes in a second: a multiple of 8 bit/s');
}

function wholeUnits(text: string, units: Units, over: bigint, expected: string, whole: string): Parsed<number> {
  const split = splitUnit(text);
  if (split === undefined) return bad('form', expected);
  const { decimal, unit } = split;
  const factor = units.get(unit);
  if (unit === '') return bad('no-unit', expected);
  if (factor === undefined) return unknownUnit(unit, [...units.keys()]);
  if (decimal.negative) return bad('negative', expected);
  const scaled = decimal.digits * factor;
  const divisor = tenTo(decimal.places) * over;
  if (scaled % divisor !== 0n) return bad('range', whole);
  const value = Number(scaled / divisor);
  return Number.isSafeInteger(value) ? good(value) : bad('range', 'below 2^53 bytes');
}

/** Indices that a range may name: every validator of the largest chain. */
export const INDEX_MAX = 10_000;
const RANGE_EXPECTED = 'an index or a range such as 0..4, both ends included';

/** `0..4` (both ends included) or a single index to a list of indices. */
export function parseIndexRange(text: string): Parsed<number[]> {
  const match = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text.trim());
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null) return bad('form', RANGE_EXPECTED);
  if (last < first) return bad('range', RANGE_EXPECTED, `did you mean ${last}..${first}?`);
  if (last >= INDEX_MAX) return bad('range', `indices below ${INDEX_MAX}`);
  return good(Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

const SEED_EXPECTED = 'a decimal text from 0 to 18446744073709551615, such as "7"';

/** A decimal text from 0 to 2^64-1. */
export function parseSeed(text: string): Parsed<string> {
  if (/^-\d+$/.test(text)) return bad('negative', SEED_EXPECTED);
  if (!/^(?:0|[1-9]\d*)$/.test(text)) return bad('form', SEED_EXPECTED);
  const isInRange = text.length <= 20 && BigInt(text) < 18_446_744_073_709_551_616n;
  return isInRange ? good(text) : bad('range', SEED_EXPECTED);
}
