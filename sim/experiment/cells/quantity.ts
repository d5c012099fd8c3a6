/** Values of a factor as numbers, so that they can be spread, compared and linked, and back as a scenario writes them. */
import { formatDuration, formatNumber } from '../../grammar/format.ts';
import { parseDecimal } from '../../grammar/exact-decimal.ts';
import { parseSignedDuration } from '../../grammar/quantity-text.ts';

/** `time` in microseconds, `share` from 0 to 1; of `unit`, such as an amount or a rate, the number before the unit. */
export interface Quantity {
  readonly kind: 'time' | 'share' | 'number' | 'unit';
  readonly value: number;
  /** Of `unit`: the text behind the number, with the space before it. */
  readonly unit: string;
}

/** Reads `6s`, `30%`, `4`, `1.5 ATOM`, `0.5/s`. Undefined for words. */
export function readQuantity(text: string | number | boolean): Quantity | undefined {
  if (typeof text === 'boolean') return undefined;
  const trimmed = String(text).trim();
  if (parseDecimal(trimmed) !== undefined) return { kind: 'number', value: Number(trimmed), unit: '' };
  const time = parseSignedDuration(trimmed);
  if (time.ok) return { kind: 'time', value: time.value, unit: '' };
  const match = /^([-+]?[\d.]+(?:[eE][-+]?\d+)?)( *[A-Za-z%/].*)$/.exec(trimmed);
  if (match === null || parseDecimal(match[1] ?? '') === undefined) return undefined;
  const value = Number(match[1]);
  const unit = match[2] ?? '';
  return unit === '%' ? { kind: 'share', value: value / 100, unit: '' } : { kind: 'unit', value, unit };
}

/** Whether two values can be compared and spread between. */
export function areAlike(a: Quantity, b: Quantity): boolean {
  return a.kind === b.kind && a.unit.trim() === b.unit.trim();
}

/** Digits that a spread value keeps: enough to tell any two apart, few enough to read. */
const DIGITS = 6;

/** As a scenario writes it: six digits, times in whole microseconds. */
export function writeQuantity({ kind, value, unit }: Quantity): string {
  if (kind === 'time') return formatDuration(Math.round(Number(value.toPrecision(DIGITS))));
  const rounded = formatNumber(Number((kind === 'share' ? value * 100 : value).toPrecision(DIGITS)));
  return kind === 'share' ? `${rounded}%` : `${rounded}${unit}`;
}
