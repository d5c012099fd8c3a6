/** Quantities as people write them. Factors: SI prefixes, IEC 80000-13 for KiB, ISO 8601 lengths of minute, hour and day. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalDecimal,
  INDEX_MAX,
  type Parsed,
  parseAmount,
  parseBandwidth,
  parseByteSize,
  parseDuration,
  parseExactRate,
  parseIndexRange,
  parsePpm,
  parseRate,
  parseRatio,
  parseSeed,
  parseSignedDuration,
  type QuantityFault,
} from '../../sim/grammar/quantity-text.ts';

type Parser = (text: string) => Parsed<unknown>;
type Good = readonly [parse: Parser, text: string, value: unknown];
type Bad = readonly [parse: Parser, text: string, fault: QuantityFault];

const third = { numerator: 1, denominator: 3 };

const good: readonly Good[] = [
  [parseDuration, '0s', 0],
  [parseDuration, '1us', 1],
  [parseDuration, '250ms', 250_000],
  [parseDuration, '6s', 6_000_000],
  [parseDuration, '1.5h', 5_400_000_000],
  [parseDuration, '20min', 1_200_000_000],
  [parseDuration, '21d', 1_814_400_000_000],
  [parseDuration, '0.000001s', 1],
  [parseDuration, '200 ms', 200_000],
  [parseDuration, '1e3ms', 1_000_000],
  // 2^52 microseconds is the last instant that a run can have.
  [parseDuration, '4503599627370496us', 4_503_599_627_370_496],
  [parseSignedDuration, '-200ms', -200_000],
  [parseSignedDuration, '3s', 3_000_000],
  [parseSignedDuration, '-0s', 0],
  [parseRatio, '1/3', third],
  [parseRatio, '2/6', { numerator: 2, denominator: 6 }],
  [parseRatio, '2 / 3', { numerator: 2, denominator: 3 }],
  [parseRatio, '0/5', { numerator: 0, denominator: 5 }],
  [parseRatio, '30%', { numerator: 3, denominator: 10 }],
  [parseRatio, '12bps', { numerator: 3, denominator: 2500 }],
  [parseRatio, '5ppm', { numerator: 1, denominator: 200_000 }],
  [parseRatio, '0.2', { numerator: 1, denominator: 5 }],
  [parseRatio, '1e-7', { numerator: 1, denominator: 10_000_000 }],
  [parseRatio, '33.3%', { numerator: 333, denominator: 1000 }],
  [parseRatio, '1', { numerator: 1, denominator: 1 }],
  [parsePpm, '12ppm', 12],
  [parsePpm, '1bps', 100],
  [parsePpm, '1/4', 250_000],
  [parseRate, '0.5/s', 0.5],
  [parseRate, '3/min', 0.05],
  [parseRate, '1 / h', 1 / 3600],
  [parseExactRate, '3/min', { numerator: 1, denominator: 20 }],
  [parseExactRate, '1/d', { numerator: 1, denominator: 86_400 }],
  [parseByteSize, '1 B', 1],
  [parseByteSize, '200 KiB', 204_800],
  [parseByteSize, '1.5kB', 1_500],
  [parseByteSize, '1 MiB', 1_048_576],
  [parseByteSize, '0.5 GB', 500_000_000],
  [parseBandwidth, '8 bit/s', 1],
  [parseBandwidth, '10 Mbit/s', 1_250_000],
  [parseBandwidth, '1 Gbit/s', 125_000_000],
  [parseIndexRange, '0..4', [0, 1, 2, 3, 4]],
  [parseIndexRange, '3', [3]],
  [parseIndexRange, '3..3', [3]],
  [parseSeed, '0', '0'],
  [parseSeed, '7', '7'],
  [parseSeed, '18446744073709551615', '18446744073709551615'],
  [parseAmount, '1.5 ATOM', { decimal: '1.5', asset: 'ATOM' }],
  [parseAmount, '0 ETH', { decimal: '0', asset: 'ETH' }],
  [parseAmount, '0.50 x', { decimal: '0.5', asset: 'x' }],
  [parseAmount, '007 ATOM', { decimal: '7', asset: 'ATOM' }],
  // Above 2^53: a float would make ...992 of it.
  [parseAmount, '9007199254740993 ATOM', { decimal: '9007199254740993', asset: 'ATOM' }],
  [parseAmount, '0.000000000000000001 ETH', { decimal: '0.000000000000000001', asset: 'ETH' }],
];

const bad: readonly Bad[] = [
  [parseDuration, '', 'form'],
  [parseDuration, 'soon', 'form'],
  [parseDuration, '1.2.3s', 'form'],
  [parseDuration, '1h30min', 'unknown-unit'],
  [parseDuration, '.5s', 'form'],
  [parseDuration, '5', 'no-unit'],
  [parseDuration, '6 fortnights', 'unknown-unit'],
  [parseDuration, '6S', 'unknown-unit'],
  [parseDuration, '-1s', 'negative'],
  [parseDuration, '0.5us', 'fine'],
  [parseDuration, '1.0000001s', 'fine'],
  [parseDuration, '4503599627370497us', 'range'],
  [parseDuration, '200000000d', 'range'],
  [parseSignedDuration, '1ns', 'unknown-unit'],
  [parseRatio, '3/2', 'range'],
  [parseRatio, '1/0', 'range'],
  [parseRatio, '1.2', 'range'],
  [parseRatio, '120%', 'range'],
  [parseRatio, '-0.1', 'range'],
  [parseRatio, 'half', 'form'],
  [parseRatio, '5 pct', 'unknown-unit'],
  [parseRatio, '0.12345678901234567', 'range'],
  [parsePpm, '1/3', 'range'],
  [parseRate, '0.5', 'no-unit'],
  [parseRate, '0/s', 'range'],
  [parseRate, '-1/s', 'negative'],
  [parseRate, '1/fortnight', 'unknown-unit'],
  [parseRate, 'often', 'form'],
  [parseByteSize, '5', 'no-unit'],
  [parseByteSize, '5 kb', 'unknown-unit'],
  [parseByteSize, '0.5 B', 'range'],
  [parseByteSize, '-1 B', 'negative'],
  [parseBandwidth, '1 bit/s', 'range'],
  [parseBandwidth, '10 MB', 'unknown-unit'],
  [parseIndexRange, '4..0', 'range'],
  [parseIndexRange, `0..${INDEX_MAX}`, 'range'],
  [parseIndexRange, '0-4', 'form'],
  [parseIndexRange, '-1', 'form'],
  // FAULTS_AND_PROPERTIES section 5, B37.
  [parseSeed, '-1', 'negative'],
  [parseSeed, '1.5', 'form'],
  [parseSeed, '18446744073709551616', 'range'],
  [parseSeed, 'abc', 'form'],
  [parseSeed, '', 'form'],
  [parseSeed, '07', 'form'],
  [parseAmount, '1.5', 'no-unit'],
  [parseAmount, '-1 ATOM', 'negative'],
  [parseAmount, 'ATOM', 'form'],
  [parseAmount, '1 ATOM extra', 'form'],
  [parseAmount, '1 2x', 'form'],
];

describe('grammar: quantities', () => {
  it.each(good.map(([parse, text, value]) => [parse.name, text, value, parse] as const))(
    '%s reads %j -> %j',
    (_name, text, value, parse) => {
      expect(parse(text)).toEqual({ ok: true, value });
    },
  );

  it.each(bad.map(([parse, text, fault]) => [parse.name, text, fault, parse] as const))(
    '%s refuses %j -> %s',
    (_name, text, fault, parse) => {
      const parsed = parse(text);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) {
        expect(parsed.problem.fault).toBe(fault);
        expect(parsed.problem.expected).not.toBe('');
      }
    },
  );

  it('hint at what was meant -> a unit, the other way round, /s', () => {
    expect(hintOf(parseDuration('5'))).toBe('write 5s if seconds are meant');
    expect(hintOf(parseDuration('5 mins'))).toBe('did you mean min?');
    expect(hintOf(parseIndexRange('4..0'))).toBe('did you mean 0..4?');
    expect(hintOf(parseRate('3'))).toBe('write 3/s if it is for a second');
  });

  it('always: a whole number of microseconds is read exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const us = Math.abs(n) % 4_503_599_627_370_497;
        expect(parseDuration(`${us}us`)).toEqual({ ok: true, value: us });
        // The same instant in seconds: six decimals carry every microsecond.
        const seconds = `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')}s`;
        expect(parseDuration(seconds)).toEqual({ ok: true, value: us });
      }),
    );
  });

  it('always: an amount keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 40n), fc.integer({ min: 0, max: 18 }), (units, places) => {
        const digits = units.toString().padStart(places + 1, '0');
        const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
        const decimal = canonicalDecimal(text) ?? '';
        const [whole = '', fraction = ''] = decimal.split('.');
        expect(BigInt(whole + fraction.padEnd(places, '0'))).toBe(units);
      }),
    );
  });

  it('always: no text makes a parser throw, nor hang', () => {
    const parsers: Parser[] = [...new Set([...good, ...bad].map(([parse]) => parse))];
    const pieces = fc.constantFrom(
      '9',
      '0',
      '.',
      '-',
      '+',
      'e',
      '/',
      ' ',
      's',
      'min',
      '%',
      '..',
      'KiB',
      'bit/s',
      'ATOM',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of parsers) expect(typeof parse(text).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
    for (const parse of parsers) {
      expect(parse('9'.repeat(1_000_000)).ok).toBe(false);
      expect(parse(`1${' '.repeat(1_000_000)}s`).ok).toBe(false);
    }
  });
});

function hintOf(parsed: Parsed<unknown>): string | undefined {
  return parsed.ok ? undefined : parsed.problem.hint;
}
