/** Schemas of the quantities of a scenario: text at the border, exact values with units inside. */
import { z } from 'zod';
import type { Ratio } from '../base/ratio.ts';
import { duration, type Duration, instant, type Instant } from '../base/units.ts';
import {
  canonicalDecimal,
  type Parsed,
  parseAmount,
  parseBandwidth,
  parseByteSize,
  parseDuration,
  parseIndexRange,
  parseRate,
  parseRatio,
  parseSeed,
  parseSignedDuration,
} from './quantity-text.ts';

/** What a quantity problem carries through zod to the located error. */
export interface QuantityIssue {
  readonly expected: string;
  readonly hint?: string;
}

function quantity<T>(parse: (text: string) => Parsed<T>, pattern: string, description: string): z.ZodType<T, string> {
  return z
    .string()
    .meta({ pattern, description })
    .transform((text, context): T => {
      const parsed = parse(text);
      if (parsed.ok) return parsed.value;
      context.addIssue({ code: 'custom', message: parsed.problem.expected, params: { quantity: parsed.problem } });
      return z.NEVER;
    });
}

export const durationText: z.ZodType<Duration, string> = quantity(
  (text) => {
    const parsed = parseDuration(text);
    return parsed.ok ? { ok: true, value: duration(parsed.value) } : parsed;
  },
  '^[0-9.]+ *(us|ms|s|min|h|d)$',
  'a duration such as 250ms or 1.5h',
);

export const instantText: z.ZodType<Instant, string> = quantity(
  (text) => {
    const parsed = parseDuration(text);
    return parsed.ok ? { ok: true, value: instant(parsed.value) } : parsed;
  },
  '^[0-9.]+ *(us|ms|s|min|h|d)$',
  'time since the run began, such as 10min',
);

export const signedDurationText: z.ZodType<number, string> = quantity(
  parseSignedDuration,
  '^-?[0-9.]+ *(us|ms|s|min|h|d)$',
  'a duration on either side of zero, such as -200ms',
);

const shareNumber = z.number().min(0).max(1);
const ratioOnly: z.ZodType<Ratio, string> = quantity(
  parseRatio,
  '^([0-9]+ */ *[0-9]+|[0-9.]+ *(%|bps)?)$',
  'an exact share such as 2/3, 30% or 12bps',
);
/** A share from 0 to 1, exact. */
export const ratioText: z.ZodType<Ratio, string | number> = z.union([
  ratioOnly,
  shareNumber.transform((value, context): Ratio => {
    const parsed = parseRatio(String(value));
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.problem.expected, params: { quantity: parsed.problem } });
    return z.NEVER;
  }),
]);
/** A probability, as a number. */
export const probability: z.ZodType<number, string | number> = z.union([
  shareNumber,
  ratioOnly.transform(({ numerator, denominator }) => numerator / denominator),
]);

export const rateText = quantity(parseRate, '^[0-9.]+ */ *(s|min|h|d)$', 'events per time, such as 0.5/s');
export const byteSizeText = z.union([
  z.int().min(0).describe('bytes'),
  quantity(parseByteSize, '^[0-9.]+ *(B|kB|KiB|MB|MiB|GB)$', 'a size such as 200 KiB'),
]);
export const bandwidthText = quantity(parseBandwidth, '^[0-9.]+ *[kMG]?bit/s$', 'a bandwidth such as 10 Mbit/s');
export const seedText = quantity(parseSeed, '^[0-9]{1,20}$', 'a decimal text from 0 to 2^64-1');

export const count = z.int().min(0);
export const positiveCount = z.int().min(1);

/** Ids of the grammar. The dot is kept for paths and expansion. */
export const ID_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
export const idText = z
  .string()
  .regex(ID_PATTERN)
  .meta({ description: 'an id: a letter, then letters, digits, _ or -' });

/** `0..4`, both ends included, one index, or a list of indices. */
export const indexRange: z.ZodType<readonly number[], string | number | number[]> = z.union([
  quantity(parseIndexRange, '^[0-9]+(\\.\\.[0-9]+)?$', 'a range such as 0..4'),
  z
    .int()
    .min(0)
    .transform((index) => [index]),
  z.array(z.int().min(0)).min(1),
]);

/** A decimal number of whole units, kept as exact text. */
export const decimalNumber: z.ZodType<string, string | number> = z
  .union([z.string(), z.number().min(0)])
  .transform((value, context): string => {
    const decimal = canonicalDecimal(String(value));
    if (decimal !== undefined) return decimal;
    const problem = { expected: 'a decimal number that is not negative' };
    context.addIssue({ code: 'custom', message: problem.expected, params: { quantity: problem } });
    return z.NEVER;
  });

/** `1.5 ATOM`, exact. */
export const amountText = quantity(parseAmount, '^[0-9.]+ +[A-Za-z][A-Za-z0-9_-]*$', 'an amount such as 1.5 ATOM');
