/** Quantities back to text, in the largest unit that keeps them exact: what `quantity-text.ts` reads to the same value. */
import { assert } from '../base/assert.ts';
import type { Ratio } from '../base/ratio.ts';
import type { Law } from '../kernel/random/laws.ts';
import { decimalText, parseDecimal } from './exact-decimal.ts';
import { BIT_UNITS, BYTE_UNITS, TIME_UNITS } from './quantity-text.ts';

/** `90000000` is `90s`; zero is `0s`. Takes whole microseconds on either side of zero; throws InvariantError on others. */
export function formatDuration(us: number): string {
  return us === 0 ? '0s' : inLargestUnit(us, TIME_UNITS, '');
}

/** `204800` is `200 KiB`. Throws InvariantError unless whole and not negative. */
export function formatByteSize(bytes: number): string {
  assert(bytes >= 0, 'a size is not negative', { bytes });
  return bytes === 0 ? '0 B' : inLargestUnit(bytes, BYTE_UNITS, ' ');
}

/** Bytes per second: `1250000` is `10 Mbit/s`. Throws InvariantError unless whole and not negative. */
export function formatBandwidth(bytesPerSecond: number): string {
  assert(bytesPerSecond >= 0, 'a bandwidth is not negative', { bytesPerSecond });
  return bytesPerSecond === 0 ? '0 bit/s' : inLargestUnit(bytesPerSecond * 8, BIT_UNITS, ' ');
}

function inLargestUnit(value: number, units: ReadonlyMap<string, bigint>, gap: string): string {
  assert(Number.isSafeInteger(value), 'a quantity is whole in its smallest unit', { value });
  const size = Math.abs(value);
  const fitting = [...units].filter(([, factor]) => size >= Number(factor) && size % Number(factor) === 0);
  const [unit, factor] = fitting.reduce((largest, next) => (next[1] > largest[1] ? next : largest));
  return `${value < 0 ? '-' : ''}${size / Number(factor)}${gap}${unit}`;
}

export function formatRatio({ numerator, denominator }: Ratio): string {
  return `${numerator}/${denominator}`;
}

export function formatAmount({ decimal, asset }: { readonly decimal: string; readonly asset: string }): string {
  return `${decimal} ${asset}`;
}

/** Events per second, by the shortest decimal that reads back to the same float. */
export function formatRate(perSecond: number): string {
  return `${formatNumber(perSecond)}/s`;
}

/** Without an exponent. Throws InvariantError on what is not finite or beyond 100 digits. */
export function formatNumber(value: number): string {
  const decimal = parseDecimal(String(value));
  assert(decimal !== undefined, 'a number has a decimal text', { value });
  return decimalText(decimal);
}

/** Indices as `0..4` where they follow each other, or one alone; as they are otherwise. */
export function formatIndices(indices: readonly number[]): string | number | readonly number[] {
  const [first] = indices;
  const last = indices.at(-1);
  if (first === undefined || last === undefined) return indices;
  const isRun = indices.every((index, place) => index === first + place);
  if (!isRun) return indices;
  return indices.length === 1 ? first : `${first}..${last}`;
}

type LawText = string | number | Readonly<Record<string, unknown>>;

/** Parameters of laws that are of the law's quantity; the others are plain numbers. */
const SIZES: ReadonlySet<string> = new Set([
  ...['value', 'mean', 'min', 'max', 'deviation', 'median', 'scale', 'floor', 'cap'],
]);

/** What `lawOf` reads to the same law; `format` writes a size. A constant without a clamp is the bare size. */
export function formatLaw(law: Law, format: (size: number) => string | number): LawText {
  if (law.kind === 'constant' && law.floor === undefined && law.cap === undefined) return format(law.value);
  const isOfCounts = law.kind === 'poisson';
  const entries = Object.entries(law).map(([key, value]): [string, unknown] => {
    if (key === 'values') return [key, (value as readonly number[]).map(format)];
    if (key === 'points') return [key, (value as readonly [number, number][]).map(([p, size]) => [p, format(size)])];
    const isSize = SIZES.has(key) && !(isOfCounts && key === 'mean');
    return [key, isSize ? format(value as number) : value];
  });
  return Object.fromEntries(entries);
}
