/** Texts of quantities against values worked out by hand from the units' definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBandwidth,
  formatByteSize,
  formatDuration,
  formatIndices,
  formatLaw,
  formatNumber,
  formatRate,
  formatRatio,
} from '../../sim/grammar/format.ts';
import { lawOf } from '../../sim/grammar/law.ts';
import { count, durationText, probability } from '../../sim/grammar/quantities.ts';
import {
  canonicalDecimal,
  parseAmount,
  parseBandwidth,
  parseByteSize,
  parseDuration,
  type Parsed,
  parseExactRate,
  parseIndexRange,
  parsePpm,
  parseRate,
  parseRatio,
  parseSeed,
  parseSignedDuration,
} from '../../sim/grammar/quantity-text.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';

/** The value, or the fault in angle brackets. */
function outcome<T>(parsed: Parsed<T>): T | string {
  return parsed.ok ? parsed.value : `<${parsed.problem.fault}>`;
}

describe('durations', () => {
  it.each([
    ['6s', 6_000_000],
    ['250ms', 250_000],
    ['1.5h', 5_400_000_000],
    ['20min', 1_200_000_000],
    ['14d', 1_209_600_000_000],
    ['10us', 10],
    ['0s', 0],
    ['-0s', 0],
    [' 3 s ', 3_000_000],
    ['+2s', 2_000_000],
    ['0.000001s', 1],
    ['1e-6s', 1],
    ['0.1ms', 100],
    ['4503599627370496us', 4_503_599_627_370_496],
    ['4503599627370497us', '<range>'],
    ['1e99d', '<range>'],
    ['1e999d', '<form>'],
    ['0.5us', '<fine>'],
    ['0.0000001s', '<fine>'],
    ['5', '<no-unit>'],
    ['6 fortnights', '<unknown-unit>'],
    ['6 S', '<unknown-unit>'],
    ['6 m', '<unknown-unit>'],
    ['-5s', '<negative>'],
    ['s', '<form>'],
    ['', '<form>'],
    ['1.s', '<form>'],
    ['.5s', '<form>'],
    ['1.2.3s', '<form>'],
    ['1,5s', '<form>'],
    ['5s 3ms', '<form>'],
    ['0x10s', '<unknown-unit>'],
    [`6s${' '.repeat(300)}x`, '<form>'],
    [`${'9'.repeat(5_000)}s`, '<form>'],
  ])('%j -> %s', (text, expected) => {
    expect(outcome(parseDuration(text))).toBe(expected);
  });

  it('on either side of zero keep their sign -> -200ms', () => {
    expect(outcome(parseSignedDuration('-200ms'))).toBe(-200_000);
  });

  it('hint at the unit that was meant', () => {
    const parsed = parseDuration('6 secs');
    expect(parsed.ok ? '' : parsed.problem).toMatchObject({ expected: 'one of the units us, ms, s, min, h, d' });
    const minutes = parseDuration('6 mins');
    expect(minutes.ok ? '' : minutes.problem.hint).toBe('did you mean min?');
  });
});

describe('shares', () => {
  it.each([
    ['2/3', [2, 3]],
    ['2/6', [2, 6]],
    ['30%', [3, 10]],
    ['33.3%', [333, 1000]],
    ['12bps', [3, 2500]],
    ['5ppm', [1, 200_000]],
    ['0.2', [1, 5]],
    ['0', [0, 1]],
    ['1', [1, 1]],
    ['100%', [1, 1]],
    ['1e-7', [1, 10_000_000]],
    ['4/3', '<range>'],
    ['1/0', '<range>'],
    ['100.1%', '<range>'],
    ['1.2', '<range>'],
    ['-0.1', '<range>'],
    ['0.30000000000000004', '<range>'],
    ['5 cats', '<unknown-unit>'],
    ['half', '<form>'],
  ])('%j -> %j', (text, expected) => {
    const got = outcome(parseRatio(text));
    expect(typeof got === 'string' ? got : [got.numerator, got.denominator]).toEqual(expected);
  });

  it('in parts per million are whole', () => {
    expect(outcome(parsePpm('12ppm'))).toBe(12);
    expect(outcome(parsePpm('1/3'))).toBe('<range>');
    expect(outcome(parsePpm('1bps'))).toBe(100);
  });

  it('as probabilities take numbers and texts -> numbers', () => {
    expect(probability.parse(0.25)).toBe(0.25);
    expect(probability.parse('25%')).toBe(0.25);
    expect(probability.safeParse(1.2).success).toBe(false);
    expect(probability.safeParse('5 cats').success).toBe(false);
  });
});

describe('other quantities', () => {
  it.each([
    ['0.5/s', 0.5],
    ['3/min', 0.05],
    ['1200/h', 1 / 3],
    ['86400/d', 1],
    ['0/s', '<range>'],
    ['-1/s', '<negative>'],
    ['3', '<no-unit>'],
    ['3/fortnight', '<unknown-unit>'],
    ['/s', '<form>'],
  ])('rate %j -> %s', (text, expected) => {
    expect(outcome(parseRate(text))).toBe(expected);
  });

  it('rates are exact where asked', () => {
    expect(outcome(parseExactRate('1200/h'))).toEqual({ numerator: 1, denominator: 3 });
  });

  it.each([
    ['1.5 ATOM', { decimal: '1.5', asset: 'ATOM' }],
    ['40 ATOM', { decimal: '40', asset: 'ATOM' }],
    ['9007199254740993.000000000000000001 wei', { decimal: '9007199254740993.000000000000000001', asset: 'wei' }],
    ['007.50 A-b_c', { decimal: '7.5', asset: 'A-b_c' }],
    ['1e3 ATOM', { decimal: '1000', asset: 'ATOM' }],
    ['1.5', '<no-unit>'],
    ['-1 ATOM', '<negative>'],
    ['ATOM', '<form>'],
    ['1.5 A/B', '<form>'],
    ['1.5ATOM', '<form>'],
  ])('amount %j -> %j', (text, expected) => {
    expect(outcome(parseAmount(text))).toEqual(expected);
  });

  it.each([
    ['200 KiB', 204_800],
    ['200kB', 200_000],
    ['1.5 MiB', 1_572_864],
    ['1 GB', 1_000_000_000],
    ['1.5 B', '<range>'],
    ['5', '<no-unit>'],
    ['5 kb', '<unknown-unit>'],
  ])('size %j -> %s', (text, expected) => {
    expect(outcome(parseByteSize(text))).toBe(expected);
  });

  it.each([
    ['10 Mbit/s', 1_250_000],
    ['8 bit/s', 1],
    ['4 bit/s', '<range>'],
    ['10 MB/s', '<unknown-unit>'],
  ])('bandwidth %j -> %s', (text, expected) => {
    expect(outcome(parseBandwidth(text))).toBe(expected);
  });

  it.each([
    ['0..4', [0, 1, 2, 3, 4]],
    ['7', [7]],
    ['3..3', [3]],
    ['4..0', '<range>'],
    ['0..10000', '<range>'],
    ['0..999999999', '<range>'],
    ['0...4', '<form>'],
    ['-1..4', '<form>'],
  ])('indices %j -> %j', (text, expected) => {
    expect(outcome(parseIndexRange(text))).toEqual(expected);
  });

  it.each([
    ['0', '0'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '<range>'],
    ['99999999999999999999999', '<range>'],
    ['-1', '<negative>'],
    ['1.5', '<form>'],
    ['abc', '<form>'],
    ['007', '<form>'],
    ['', '<form>'],
  ])('seed %j -> %s', (text, expected) => {
    expect(outcome(parseSeed(text))).toBe(expected);
  });

  it('decimals keep every digit and drop outer zeros', () => {
    expect(canonicalDecimal('00.100')).toBe('0.1');
    expect(canonicalDecimal('100')).toBe('100');
    expect(canonicalDecimal('123456789012345678901234567890.5')).toBe('123456789012345678901234567890.5');
    expect(canonicalDecimal('-1')).toBeUndefined();
    expect(canonicalDecimal('1_000')).toBeUndefined();
  });
});

describe('formatting', () => {
  it('chooses the largest exact unit', () => {
    expect([0, 1, 1_500_000, 90_000_000, 5_400_000_000, 86_400_000_000].map(formatDuration)).toEqual([
      '0s',
      '1us',
      '1500ms',
      '90s',
      '90min',
      '1d',
    ]);
    expect([0, 1, 204_800, 1_000_000, 1_048_576].map(formatByteSize)).toEqual([
      '0 B',
      '1 B',
      '200 KiB',
      '1 MB',
      '1 MiB',
    ]);
    expect([0, 1, 1_250_000].map(formatBandwidth)).toEqual(['0 bit/s', '8 bit/s', '10 Mbit/s']);
    expect(formatNumber(1e-7)).toBe('0.0000001');
    expect([formatIndices([0, 1, 2]), formatIndices([5]), formatIndices([1, 3]), formatIndices([])]).toEqual([
      '0..2',
      5,
      [1, 3],
      [],
    ]);
  });

  it('always: a formatted quantity is read back equal', () => {
    const size = fc.maxSafeNat();
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
        size,
        fc.nat(2 ** 49),
        fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
        (us, bytes, speed, rate) => {
          expect(outcome(parseSignedDuration(formatDuration(us)))).toBe(us);
          expect(outcome(parseByteSize(formatByteSize(bytes)))).toBe(bytes);
          expect(outcome(parseBandwidth(formatBandwidth(speed)))).toBe(speed);
          const back = parseRate(formatRate(rate));
          // Rates of more than 15 digits are no exact fraction of safe numbers, and are refused, not rounded.
          if (back.ok) expect(back.value).toBe(rate);
        },
      ),
    );
    expect(outcome(parseRatio(formatRatio({ numerator: 2, denominator: 6 })))).toEqual({
      numerator: 2,
      denominator: 6,
    });
  });

  const us = fc.nat(1e12);
  const positive = fc.integer({ min: 1, max: 1e12 });
  const shape = fc.double({ min: 0.1, max: 9, noNaN: true });
  const law: fc.Arbitrary<Law> = fc.oneof(
    fc.record({ kind: fc.constant('constant' as const), value: us }),
    fc.record({ kind: fc.constant('constant' as const), value: us, floor: us }),
    fc.record({ kind: fc.constant('exponential' as const), mean: us, cap: us }),
    fc.record({ kind: fc.constant('normal' as const), mean: us, deviation: us, floor: fc.nat(10) }),
    fc.record({ kind: fc.constant('lognormal' as const), median: positive, sigma: shape }),
    fc.record({ kind: fc.constant('pareto' as const), min: positive, alpha: shape }),
    fc.record({ kind: fc.constant('weibull' as const), scale: positive, shape }),
    fc.record({ kind: fc.constant('gamma' as const), scale: positive, shape }),
    fc.record({ kind: fc.constant('erlang' as const), stages: fc.integer({ min: 1, max: 9 }), mean: us }),
    fc.tuple(us, us).map(([a, b]): Law => ({ kind: 'uniform', min: Math.min(a, b), max: Math.max(a, b) })),
    fc.tuple(us, us).map(([a, b]): Law => ({ kind: 'uniform-integer', min: Math.min(a, b), max: Math.max(a, b) })),
    fc.tuple(us, us).map(([a, b]): Law => ({ kind: 'discrete', values: [a, b], weights: [1, 2.5] })),
    fc.tuple(us, us).map(([a, b]): Law => ({
      kind: 'empirical',
      points: [
        [0.25, Math.min(a, b)],
        [1, Math.max(a, b)],
      ],
    })),
  );

  it('always: a formatted law of durations is read back equal', () => {
    const schema = lawOf(durationText);
    fc.assert(fc.property(law, (given) => void expect(schema.parse(formatLaw(given, formatDuration))).toEqual(given)));
  });

  it.each<[Law]>([
    [{ kind: 'poisson', mean: 2.5 }],
    [{ kind: 'binomial', trials: 10, probability: 0.5 }],
    [{ kind: 'geometric', probability: 0.5 }],
    [{ kind: 'zipf', exponent: 1.1, count: 100 }],
  ])('a law of how many is read back equal: %j', (given) => {
    expect(lawOf(count).parse(formatLaw(given, (size) => size))).toEqual(given);
    expect(lawOf(durationText).safeParse(given).success).toBe(false);
  });
});
