import { describe, expect, it } from 'vitest';
import seedrandom from 'seedrandom';
import { compareSamples, kolmogorovTail } from '../../../sim/experiment/statistics/two-sample.ts';

describe('two samples: Kolmogorov and Smirnov', () => {
  it.each([
    // Smirnov's table of critical values.
    [1.2238, 0.1],
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.9495, 0.001],
  ])('the tail of Kolmogorov at %s is %s', (x, chance) => {
    expect(kolmogorovTail(x)).toBeCloseTo(chance, 4);
  });

  it('distance is the greatest gap between the steps, ties taken together', () => {
    expect(compareSamples([1, 2, 3, 4], [3, 4, 5, 6]).distance).toBe(0.5);
    expect(compareSamples([1, 1, 2], [1, 1, 2]).distance).toBe(0);
    expect(compareSamples([1, 2], [3, 4]).distance).toBe(1);
  });

  it('rejects one law at the level as often as it says, and one that is off nearly always', () => {
    const drawn = seedrandom.alea('two-sample');
    const sample = (shift: number): number[] => Array.from({ length: 200 }, () => drawn() + shift);
    let falsely = 0;
    let rightly = 0;
    for (let round = 0; round < 400; round++) {
      if (compareSamples(sample(0), sample(0)).chance < 0.05) falsely++;
      if (compareSamples(sample(0), sample(0.2)).chance < 0.05) rightly++;
    }
    // 20 expected; five deviations of a binomial of 400 at 5 %.
    expect(falsely).toBeLessThan(42);
    expect(rightly).toBeGreaterThan(390);
  });
});
