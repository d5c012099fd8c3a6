/** Schemas of the quantities of a scenario: text at the border, exact values with units inside. */
import { z } from 'zod';
import type { Ratio } from '../base/ratio.ts';
import { duration, type Duration, instant, type Instant } from '../base/units.ts';
import {
  BIT_UNITS,
  BYTE_UNITS,
  canonicalDecimal,
  INDEX_MAX,
  type Parsed,
  parseAmount,
  parseBandwidth,
  parseByteSize,
  parseDuration,
  parseIndexRange,
  parsePpm,
  parseRate,
  parseRatio,
  parseSeed,
  parseSignedDuration,
  TIME_UNITS,
} from './quantity-text.ts';

/** What editors and error messages are told of a quantity. */
interface Border {
  /** What it is and how it is written: `a duration such as 250ms`. */
  readonly description: string;
  readonly pattern: string;
  readonly examples: readonly [string, ...string[]];
}

// MODEL: patterns admit a little more than the parsers (a time finer than 1 us, a share above 1): JSON Schema cannot count.
const DECIMAL = '[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?';
const TIME = [...TIME_UNITS.keys()].join('|');

function textOf(border: Border): z.ZodType<string, string> {
  return z.string().meta({ ...border, examples: [...border.examples] });
}

function read<T, Input>(
  input: z.ZodType<string | number, Input>,
  parse: (text: string) => Parsed<T>,
): z.ZodType<T, Input> {
  return input.transform((value, context): T => {
    const parsed = parse(String(value));
    if (parsed.ok) return parsed.value;
    const { problem } = parsed;
    context.addIssue({ code: 'custom', message: problem.expected, params: { quantity: problem } });
    return z.NEVER;
  });
}

function mapped<A, B>(parse: (text: string) => Parsed<A>, change: (value: A) => B): (text: string) => Parsed<B> {
  return (text) => {
    const parsed = parse(text);
    return parsed.ok ? { ok: true, value: change(parsed.value) } : parsed;
  };
}

const timeBorder = (description: string): Border => ({
  description,
  pattern: `^ *[+]?${DECIMAL} *(${TIME}) *$`,
  examples: ['250ms', '6s', '20min', '1.5h', '14d'],
});

export const durationText: z.ZodType<Duration, string> = read(
  textOf(timeBorder('a duration with a unit, such as 250ms or 1.5h')),
  mapped(parseDuration, duration),
);

export const instantText: z.ZodType<Instant, string> = read(
  textOf(timeBorder('the time since the run began with a unit, such as 10min')),
  mapped(parseDuration, instant),
);

/** Microseconds on either side of zero: how far a clock is off. */
export const signedDurationText: z.ZodType<number, string> = read(
  textOf({
    description: 'a duration on either side of zero with a unit, such as -200ms',
    pattern: `^ *[-+]?${DECIMAL} *(${TIME}) *$`,
    examples: ['-200ms', '1s'],
  }),
  parseSignedDuration,
);

const shareInput: z.ZodType<string | number, string | number> = z.union([
  textOf({
    description: 'a share such as 2/3, 30% or 12bps',
    pattern: `^ *([0-9]+ */ *0*[1-9][0-9]*|${DECIMAL} *(%|bps|ppm)?) *$`,
    examples: ['2/3', '30%', '12bps'],
  }),
  z.number().min(0).max(1),
]);
/** A share from 0 to 1, exact. */
export const ratioText: z.ZodType<Ratio, string | number> = read(shareInput, parseRatio);
/** A probability, as a number. */
export const probability: z.ZodType<number, string | number> = read(
  shareInput,
  mapped(parseRatio, ({ numerator, denominator }) => numerator / denominator),
);
/** A share in whole parts per million. */
export const ppmText: z.ZodType<number, string | number> = read(shareInput, parsePpm);

/** Events per second. */
export const rateText: z.ZodType<number, string> = read(
  textOf({
    description: 'a rate of events, such as 0.5/s or 3/min',
    pattern: `^ *[+]?${DECIMAL} */ *(s|min|h|d) *$`,
    examples: ['0.5/s', '3/min', '1200/h'],
  }),
  parseRate,
);

/** Whole bytes. */
export const byteSizeText: z.ZodType<number, string | number> = z.union([
  z.int().min(0).describe('bytes'),
  read(
    textOf({
      description: 'a size such as 200 KiB',
      pattern: `^ *[+]?${DECIMAL} *(${[...BYTE_UNITS.keys()].join('|')}) *$`,
      examples: ['200 KiB', '1 MB'],
    }),
    parseByteSize,
  ),
]);

/** Whole bytes per second. */
export const bandwidthText: z.ZodType<number, string> = read(
  textOf({
    description: 'a bandwidth such as 10 Mbit/s',
    pattern: `^ *[+]?${DECIMAL} *(${[...BIT_UNITS.keys()].join('|')}) *$`,
    examples: ['10 Mbit/s', '1 Gbit/s'],
  }),
  parseBandwidth,
);

export const seedText: z.ZodType<string, string> = read(
  textOf({
    description: 'a decimal number in quotes, from "0" to "18446744073709551615"',
    pattern: '^(0|[1-9][0-9]{0,19})$',
    examples: ['7'],
  }),
  parseSeed,
);

export const count = z.int().min(0);
export const positiveCount = z.int().min(1);

/**
 * Ids of the grammar. The dot is kept for paths and expansion, and the names of what every object has are kept out: a
 * look-up of an undefined chain `constructor` would find a function.
 */
export const ID_PATTERN =
  /^(?!(?:constructor|prototype|toString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString)$)[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** The same in words. */
export const ID_EXPECTED = 'a letter, then at most 63 letters, digits, _ or -';
export const idText = z.string().regex(ID_PATTERN).meta({ description: ID_EXPECTED });

/** A lane, or a part within the tree of its verifier: ids with dots between them. */
export const committeeText = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}(\.[A-Za-z][A-Za-z0-9_-]{0,63}){0,16}$/)
  .meta({ description: 'a lane, or lane.part, such as hub-eth.guards' });

/** `0..4`, both ends included, one index, or a list of indices. */
export const indexRange: z.ZodType<readonly number[], string | number | number[]> = z.union([
  read(
    textOf({
      description: 'a range such as 0..4',
      pattern: '^ *[0-9]{1,9}(\\.\\.[0-9]{1,9})? *$',
      examples: ['0..4'],
    }),
    parseIndexRange,
  ),
  z
    .int()
    .min(0)
    .max(INDEX_MAX - 1)
    .transform((index) => [index]),
  z
    .array(
      z
        .int()
        .min(0)
        .max(INDEX_MAX - 1),
    )
    .min(1),
]);

const DECIMAL_EXPECTED = 'a decimal number that is not negative';
/** A decimal number of whole units, kept as exact text. */
export const decimalNumber: z.ZodType<string, string | number> = read(
  z.union([z.string().meta({ pattern: `^[+]?${DECIMAL}$`, description: DECIMAL_EXPECTED }), z.number().min(0)]),
  (text) => {
    const value = canonicalDecimal(text);
    return value === undefined ? { ok: false, problem: { expected: DECIMAL_EXPECTED } } : { ok: true, value };
  },
);

/** `1.5 ATOM`, exact. */
export const amountText: z.ZodType<{ readonly decimal: string; readonly asset: string }, string> = read(
  textOf({
    description: 'an amount and its asset, such as 1.5 ATOM',
    pattern: `^ *[+]?${DECIMAL} +[A-Za-z][A-Za-z0-9_-]{0,63} *$`,
    examples: ['1.5 ATOM'],
  }),
  parseAmount,
);
