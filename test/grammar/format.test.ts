/** Quantities to text and back: the parsers, tested against tables of their own, are the other side. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_OF_TIME } from '../../sim/base/units.ts';
import {
  formatBandwidth,
  formatByteSize,
  formatDuration,
  formatIndices,
  formatLaw,
  formatNumber,
  formatRate,
} from '../../sim/grammar/format.ts';
import { lawOf } from '../../sim/grammar/law.ts';
import { durationText, indexRange } from '../../sim/grammar/quantities.ts';
import { parseBandwidth, parseByteSize, parseRate, parseSignedDuration } from '../../sim/grammar/quantity-text.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';

const delay = lawOf(durationText);

describe('grammar: quantities to text', () => {
  it.each([
    [0, '0s'],
    [1, '1us'],
    [250_000, '250ms'],
    [6_000_000, '6s'],
    [90_000_000, '90s'],
    [1_200_000_000, '20min'],
    [-200_000, '-200ms'],
    [1_209_600_000_000, '14d'],
  ])('%i us -> %s', (us, text) => {
    expect(formatDuration(us)).toBe(text);
  });

  it.each([
    [formatByteSize(204_800), '200 KiB'],
    [formatByteSize(1_500), '1500 B'],
    [formatBandwidth(1_250_000), '10 Mbit/s'],
    [formatNumber(1e-7), '0.0000001'],
    [formatRate(0.5), '0.5/s'],
  ])('writes %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('always: a duration is read back equal', () => {
    fc.assert(
      fc.property(fc.integer({ min: -Number(END_OF_TIME), max: END_OF_TIME }), (us) => {
        expect(parseSignedDuration(formatDuration(us))).toEqual({ ok: true, value: us === 0 ? 0 : us });
      }),
    );
  });

  it('always: sizes, bandwidths, rates and ranges are read back equal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 1, max: 1e9 }), (bytes, rate) => {
        expect(parseByteSize(formatByteSize(bytes))).toEqual({ ok: true, value: bytes });
        expect(parseBandwidth(formatBandwidth(bytes))).toEqual({ ok: true, value: bytes });
        expect(parseRate(formatRate(rate / 1_000))).toEqual({ ok: true, value: rate / 1_000 });
      }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 }), (indices) => {
        expect(indexRange.parse(formatIndices(indices))).toEqual(indices);
      }),
    );
  });

  it.each<Law>([
    { kind: 'constant', value: 6_000_000 },
    { kind: 'constant', value: 6_000_000, cap: 7_000_000 },
    { kind: 'exponential', mean: 4_000_000 },
    { kind: 'lognormal', median: 80_000, sigma: 0.4, cap: 1_000_000 },
    { kind: 'discrete', values: [1_000, 2_000], weights: [1, 3] },
    {
      kind: 'empirical',
      points: [
        [0, 1_000],
        [1, 9_000],
      ],
    },
  ])('a law of delays is read back equal: $kind', (law) => {
    expect(delay.parse(formatLaw(law, formatDuration))).toEqual(law);
  });
});
