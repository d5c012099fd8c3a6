import { describe, expect, it } from 'vitest';
import { pairedDifference } from '../../../sim/experiment/statistics/paired.ts';
import { standardNormal } from '../../../sim/kernel/random/samplers.ts';
import { cachedDistributions, shareOf, sourceOf, stray } from './draws.ts';

const dist = await cachedDistributions();

describe('a paired difference', () => {
  it('has the paired-t interval, the correlation, and what the pairs gained', () => {
    // scipy.stats.ttest_rel(a, b).confidence_interval(0.95), numpy.corrcoef, (var a + var b) / var(a - b)
    const a = [10.2, 11.9, 9.4, 14.1, 12.2, 10.8];
    const b = [9.1, 11.2, 8.7, 12.6, 11.8, 9.3];
    const result = pairedDifference(a, b, 0.95, dist);
    expect(result.estimate).toBeCloseTo(0.9833333333333334, 12);
    expect(result.lo).toBeCloseTo(0.5028033352837598, 12);
    expect(result.hi).toBeCloseTo(1.463863331382907, 12);
    expect(result.correlation).toBeCloseTo(0.9618159930147707, 12);
    expect(result.varianceReduction).toBeCloseTo(25.934817170111277, 9);
    expect(result.n).toBe(6);
  });

  it('that is constant has no gain to speak of', () => {
    const result = pairedDifference([3, 4, 5], [1, 2, 3], 0.95, dist);
    expect(result).toMatchObject({ estimate: 2, lo: 2, hi: 2, varianceReduction: undefined });
    expect(result.correlation).toBeCloseTo(1, 12);
    expect(pairedDifference([3, 4, 5], [1, 1, 1], 0.95, dist).correlation).toBeUndefined();
  });

  it('of unlike lengths is refused', () => {
    expect(() => pairedDifference([1, 2, 3], [1, 2], 0.95, dist)).toThrow('pairs have two sides');
  });

  it('holds the truth as often as it says, with the gain that the shared part gives', () => {
    const source = sourceOf('pairs');
    const trials = 4_000;
    let gain = 0;
    const share = shareOf(trials, () => {
      // A shared part of variance 9 and own parts of variance 1: (10 + 10) / 2 = 10.
      const shared = Array.from({ length: 30 }, () => 3 * standardNormal(source));
      const a = shared.map((value) => value + 1 + standardNormal(source));
      const b = shared.map((value) => value + standardNormal(source));
      const result = pairedDifference(a, b, 0.9, dist);
      gain += Math.log(result.varianceReduction as number) / trials;
      return result.lo <= 1 && 1 <= result.hi;
    });
    expect(Math.abs(share - 0.9)).toBeLessThan(stray(0.9, trials));
    expect(Math.exp(gain)).toBeGreaterThan(9.5);
    expect(Math.exp(gain)).toBeLessThan(10.5);
  });
});
