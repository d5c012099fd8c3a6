import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { type Law, lawMean, lawProblem, sample } from '../../../sim/kernel/random/laws.ts';
import { standardNormal, type UniformSource, uniformInteger } from '../../../sim/kernel/random/samplers.ts';
import {
  createStreamRuntime,
  createStreams,
  keyedSource,
  openStream,
  sequentialSource,
} from '../../../sim/kernel/random/streams.ts';
import {
  binomialCdf,
  type Cdf,
  distance,
  exponentialCdf,
  gammaCdf,
  geometricCdf,
  lognormalCdf,
  massCdf,
  normalCdf,
  paretoCdf,
  poissonCdf,
  uniformCdf,
  weibullCdf,
  zipfCdf,
} from './distributions.ts';

/** 99 % point of the Kolmogorov-Smirnov distance times sqrt(n). VALIDATION E3. */
const KS_99 = 1.63;
const N = 100_000;

function sourceOf(seed: string): UniformSource {
  const table = createStreams(seed);
  const id = openStream(table, nobleHash, 'test/samplers');
  return sequentialSource(createStreamRuntime(table), id);
}

function sampled(law: Law, source: UniformSource, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => sample(law, source));
}

/** A source that gives these numbers, then ends the test. */
function scripted(...numbers: number[]): UniformSource {
  let next = 0;
  return {
    uniform() {
      const value = numbers[next++];
      if (value === undefined) throw new Error('the script is over');
      return value;
    },
  };
}

const EMPIRICAL: [number, number][] = [
  [0, 10],
  [0.5, 20],
  [0.9, 60],
  [1, 200],
];
const empiricalCdf: Cdf = (x) => {
  if (x <= 10) return 0;
  if (x <= 20) return (0.5 * (x - 10)) / 10;
  if (x <= 60) return 0.5 + (0.4 * (x - 20)) / 40;
  return Math.min(1, 0.9 + (0.1 * (x - 60)) / 140);
};

const CONTINUOUS: readonly (readonly [Law, Cdf])[] = [
  [{ kind: 'exponential', mean: 4 }, exponentialCdf(4)],
  [{ kind: 'uniform', min: -3, max: 5 }, uniformCdf(-3, 5)],
  [{ kind: 'normal', mean: 10, deviation: 2 }, (x) => normalCdf((x - 10) / 2)],
  [{ kind: 'lognormal', median: 40, sigma: 1.2 }, lognormalCdf(40, 1.2)],
  [{ kind: 'pareto', min: 2, alpha: 1.5 }, paretoCdf(2, 1.5)],
  [{ kind: 'weibull', scale: 3, shape: 0.7 }, weibullCdf(3, 0.7)],
  [{ kind: 'weibull', scale: 3, shape: 2.5 }, weibullCdf(3, 2.5)],
  [{ kind: 'gamma', shape: 0.4, scale: 2 }, gammaCdf(0.4, 2)],
  [{ kind: 'gamma', shape: 1, scale: 2 }, gammaCdf(1, 2)],
  [{ kind: 'gamma', shape: 7.5, scale: 0.1 }, gammaCdf(7.5, 0.1)],
  [{ kind: 'erlang', stages: 3, mean: 6 }, gammaCdf(3, 2)],
  [{ kind: 'erlang', stages: 40, mean: 10 }, gammaCdf(40, 0.25)],
  [{ kind: 'hypoexponential', means: [2, 5] }, (x) => 1 - (5 * Math.exp(-x / 5) - 2 * Math.exp(-x / 2)) / 3],
  [{ kind: 'empirical', points: EMPIRICAL }, empiricalCdf],
];

const DISCRETE: readonly (readonly [Law, Cdf])[] = [
  [{ kind: 'poisson', mean: 0.3 }, poissonCdf(0.3)],
  [{ kind: 'poisson', mean: 9.5 }, poissonCdf(9.5)],
  [{ kind: 'poisson', mean: 10 }, poissonCdf(10)],
  [{ kind: 'poisson', mean: 730.5 }, poissonCdf(730.5)],
  [{ kind: 'binomial', trials: 12, probability: 0.3 }, binomialCdf(12, 0.3)],
  [{ kind: 'binomial', trials: 20, probability: 0.9 }, binomialCdf(20, 0.9)],
  [{ kind: 'binomial', trials: 400, probability: 0.25 }, binomialCdf(400, 0.25)],
  [{ kind: 'binomial', trials: 1_000, probability: 0.7 }, binomialCdf(1_000, 0.7)],
  [{ kind: 'geometric', probability: 0.05 }, geometricCdf(0.05)],
  [{ kind: 'geometric', probability: 0.8 }, geometricCdf(0.8)],
  [{ kind: 'uniform-integer', min: -4, max: 6 }, massCdf(-4, 6, () => -Math.log(11))],
  [{ kind: 'zipf', exponent: 1, count: 50 }, zipfCdf(1, 50)],
  [{ kind: 'zipf', exponent: 0.5, count: 1_000 }, zipfCdf(0.5, 1_000)],
  [{ kind: 'zipf', exponent: 2.2, count: 5 }, zipfCdf(2.2, 5)],
  [{ kind: 'zipf', exponent: 0, count: 7 }, massCdf(1, 7, () => -Math.log(7))],
  [
    { kind: 'discrete', values: [1, 2, 3, 4], weights: [1, 0, 2, 5] },
    massCdf(1, 4, (k) => Math.log([1, 0, 2, 5][k - 1] as number) - Math.log(8)),
  ],
];

const title = (law: Law): string => JSON.stringify(law);

describe('samplers, VALIDATION E3', () => {
  it.each(CONTINUOUS.map(([law, cdf]) => ({ name: title(law), law, cdf })))(
    '$name: D of 100,000 draws is below 1.63 / sqrt(n)',
    ({ law, cdf }) => {
      expect(distance(sampled(law, sourceOf('1'), N), cdf, false)).toBeLessThan(KS_99 / Math.sqrt(N));
    },
  );

  it.each(DISCRETE.map(([law, cdf]) => ({ name: title(law), law, cdf })))(
    '$name: D of 100,000 draws is below 1.63 / sqrt(n)',
    ({ law, cdf }) => {
      expect(distance(sampled(law, sourceOf('1'), N), cdf, true)).toBeLessThan(KS_99 / Math.sqrt(N));
    },
  );

  const many: readonly (readonly [Law, Cdf, boolean])[] = [
    [{ kind: 'exponential', mean: 4 }, exponentialCdf(4), false],
    [{ kind: 'lognormal', median: 40, sigma: 1.2 }, lognormalCdf(40, 1.2), false],
    [{ kind: 'pareto', min: 2, alpha: 1.5 }, paretoCdf(2, 1.5), false],
    [{ kind: 'erlang', stages: 3, mean: 6 }, gammaCdf(3, 2), false],
    [{ kind: 'poisson', mean: 25 }, poissonCdf(25), true],
  ];
  it.each(many.map(([law, cdf, isDiscrete]) => ({ name: title(law), law, cdf, isDiscrete })))(
    '$name: at most 8 of 200 seeds pass that distance, n = 10,000',
    ({ law, cdf, isDiscrete }) => {
      let failures = 0;
      for (let seed = 0; seed < 200; seed++) {
        const values = sampled(law, sourceOf(String(seed)), 10_000);
        if (distance(values, cdf, isDiscrete) >= KS_99 / Math.sqrt(10_000)) failures++;
      }
      expect(failures).toBeLessThanOrEqual(8);
    },
  );

  it('rejects a law that is 2 % off: the test can fail', () => {
    const values = sampled({ kind: 'exponential', mean: 4.08 }, sourceOf('1'), N);
    expect(distance(values, exponentialCdf(4), false)).toBeGreaterThan(KS_99 / Math.sqrt(N));
    const counts = sampled({ kind: 'poisson', mean: 25.25 }, sourceOf('1'), N);
    expect(distance(counts, poissonCdf(25), true)).toBeGreaterThan(KS_99 / Math.sqrt(N));
  });

  it('keyed draws follow the law as well, a key each', () => {
    const table = createStreams('5');
    const id = openStream(table, nobleHash, 'test/keyed');
    const source = keyedSource(createStreamRuntime(table));
    const values = Float64Array.from({ length: N }, (_, i) =>
      sample({ kind: 'gamma', shape: 2.5, scale: 3 }, source.reset(id, i, 0)),
    );
    expect(distance(values, gammaCdf(2.5, 3), false)).toBeLessThan(KS_99 / Math.sqrt(N));
  });

  it('large means stay on their mean and variance -> within 4 standard errors', () => {
    const n = 20_000;
    const mean = 1e7;
    const values = sampled({ kind: 'poisson', mean }, sourceOf('3'), n);
    const average = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(mean / n));
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });
});

describe('samplers at the edges', () => {
  const lowest = 0;
  const highest = 1 - 2 ** -53;

  const inverted = CONTINUOUS.map(([law]) => law).filter(
    (law) => law.kind !== 'gamma' && !(law.kind === 'erlang' && law.stages > 16),
  );
  it.each(inverted)('$kind is finite for the least and the greatest uniform number, and grows between them', (law) => {
    const from = sample(law, scripted(...new Array<number>(500).fill(lowest)));
    const to = sample(law, scripted(...new Array<number>(500).fill(highest)));
    expect(Number.isFinite(from)).toBe(true);
    expect(Number.isFinite(to)).toBe(true);
    expect(from).toBeLessThan(to);
    expect(Object.is(from, -0)).toBe(false);
  });

  it('inverts the median exactly where it is known', () => {
    expect(standardNormal(scripted(0.5))).toBe(0);
    expect(sample({ kind: 'lognormal', median: 40, sigma: 3 }, scripted(0.5))).toBe(40);
    expect(sample({ kind: 'exponential', mean: 1 }, scripted(0.5))).toBeCloseTo(Math.LN2, 15);
    expect(sample({ kind: 'pareto', min: 2, alpha: 1 }, scripted(0.5))).toBeCloseTo(4, 14);
    expect(sample({ kind: 'empirical', points: EMPIRICAL }, scripted(0.25))).toBe(15);
    expect(sample({ kind: 'empirical', points: EMPIRICAL }, scripted(0.5))).toBe(20);
  });

  it('gives the outer values beyond the outer points of an empirical law', () => {
    const law: Law = {
      kind: 'empirical',
      points: [
        [0.2, 5],
        [0.6, 9],
      ],
    };
    expect(sample(law, scripted(0))).toBe(5);
    expect(sample(law, scripted(0.4))).toBeCloseTo(7, 14);
    expect(sample(law, scripted(0.99))).toBe(9);
  });

  it('draws an integer again where the numbers do not divide evenly', () => {
    // 2^53 = 3 * k + 2: the last two steps are refused.
    expect(uniformInteger(scripted(highest, highest - 2 ** -53, 0.34), 0, 2)).toBe(1);
    expect(uniformInteger(scripted(highest), 0, 1)).toBe(1);
    expect(uniformInteger(scripted(highest), 7, 7)).toBe(7);
    expect(uniformInteger(scripted(highest, highest - 2 ** -53), 0, 2 ** 53 - 2)).toBe(2 ** 53 - 2);
  });

  it('ends its search in the far tail', () => {
    expect(sample({ kind: 'poisson', mean: 0 }, scripted(highest))).toBe(0);
    expect(sample({ kind: 'poisson', mean: 1 }, scripted(highest))).toBeLessThan(30);
    expect(sample({ kind: 'binomial', trials: 0, probability: 0.5 }, scripted(highest))).toBe(0);
    expect(sample({ kind: 'binomial', trials: 9, probability: 1 }, scripted(highest))).toBe(9);
    expect(sample({ kind: 'binomial', trials: 9, probability: 0 }, scripted(highest))).toBe(0);
    expect(sample({ kind: 'geometric', probability: 1 }, scripted(highest))).toBe(1);
    expect(sample({ kind: 'zipf', exponent: 1.1, count: 1 }, scripted(highest))).toBe(1);
  });

  it('never gives a value without weight, nor leaves the list by rounding', () => {
    expect(sample({ kind: 'discrete', values: [4, 5, 6], weights: [0, 1, 0] }, scripted(0))).toBe(5);
    expect(sample({ kind: 'discrete', values: [4, 5, 6], weights: [0.1, 0.2, 0] }, scripted(highest))).toBe(5);
  });
});

describe('laws', () => {
  it('clamps between floor and cap', () => {
    const law: Law = { kind: 'normal', mean: 0, deviation: 10, floor: -1, cap: 2 };
    expect(sample(law, scripted(0.01))).toBe(-1);
    expect(sample(law, scripted(0.5))).toBe(0);
    expect(sample(law, scripted(0.99))).toBe(2);
  });

  // Closed forms; Weibull: 3 * gamma(1 + 1 / 0.5) = 3 * 2!; Zipf(1, 3): 3 / (1 + 1/2 + 1/3).
  it.each<[Law, number]>([
    [{ kind: 'constant', value: 7, cap: 3 }, 7],
    [{ kind: 'exponential', mean: 4 }, 4],
    [{ kind: 'uniform', min: -3, max: 5 }, 1],
    [{ kind: 'uniform-integer', min: 1, max: 6 }, 3.5],
    [{ kind: 'normal', mean: 10, deviation: 2 }, 10],
    [{ kind: 'lognormal', median: 40, sigma: 1.2 }, 40 * Math.exp(0.72)],
    [{ kind: 'pareto', min: 2, alpha: 1.5 }, 6],
    [{ kind: 'pareto', min: 2, alpha: 1 }, Number.POSITIVE_INFINITY],
    [{ kind: 'weibull', scale: 3, shape: 0.5 }, 6],
    [{ kind: 'poisson', mean: 9.5 }, 9.5],
    [{ kind: 'binomial', trials: 12, probability: 0.25 }, 3],
    [{ kind: 'geometric', probability: 0.05 }, 20],
    [{ kind: 'gamma', shape: 0.4, scale: 2 }, 0.8],
    [{ kind: 'erlang', stages: 3, mean: 6 }, 6],
    [{ kind: 'hypoexponential', means: [2, 5, 0] }, 7],
    [{ kind: 'zipf', exponent: 1, count: 3 }, 3 / (1 + 1 / 2 + 1 / 3)],
    [{ kind: 'discrete', values: [1, 2, 3, 4], weights: [1, 0, 2, 5] }, 27 / 8],
    [{ kind: 'empirical', points: EMPIRICAL }, 0.5 * 15 + 0.4 * 40 + 0.1 * 130],
    [
      {
        kind: 'empirical',
        points: [
          [0.2, 5],
          [0.6, 9],
        ],
      },
      0.2 * 5 + 0.4 * 7 + 0.4 * 9,
    ],
  ])('%j has the mean %d', (law, mean) => {
    expect(lawProblem(law)).toBeUndefined();
    if (Number.isFinite(mean)) expect(lawMean(law)).toBeCloseTo(mean, 9);
    else expect(lawMean(law)).toBe(mean);
  });

  it.each<[Law, string]>([
    [{ kind: 'exponential', mean: -1 }, 'mean: expected 0 or more, got -1'],
    [{ kind: 'exponential', mean: 1, floor: 2, cap: 1 }, 'floor: expected at most cap 1, got 2'],
    [{ kind: 'constant', value: Number.NaN }, 'value: expected a number, got NaN'],
    [{ kind: 'uniform', min: 2, max: 1 }, 'min: expected at most max 1, got 2'],
    [{ kind: 'uniform-integer', min: 0.5, max: 1 }, 'min: expected a whole number from -9007199254740991, got 0.5'],
    [{ kind: 'pareto', min: 1, alpha: 0 }, 'alpha: expected above 0, got 0'],
    [{ kind: 'binomial', trials: 3, probability: 1.5 }, 'probability: expected 0 to 1, got 1.5'],
    [{ kind: 'geometric', probability: 0 }, 'probability: expected above 0, got 0'],
    [{ kind: 'erlang', stages: 0, mean: 1 }, 'stages: expected a whole number from 1, got 0'],
    [{ kind: 'hypoexponential', means: [] }, 'means: expected at least one, got none'],
    [{ kind: 'hypoexponential', means: [1, -2] }, 'means: expected 0 or more, got -2'],
    [{ kind: 'discrete', values: [1, 2], weights: [1] }, 'weights: expected 2 of them, got 1'],
    [{ kind: 'discrete', values: [1], weights: [0] }, 'weights: expected one above 0, got none'],
    [{ kind: 'empirical', points: [] }, 'points: expected at least one [probability, value], got none'],
    [
      {
        kind: 'empirical',
        points: [
          [0.5, 1],
          [0.5, 2],
        ],
      },
      'points: expected rising probabilities and values, got [0.5, 2] after [0.5, 1]',
    ],
  ])('%j is refused -> %s', (law, problem) => {
    expect(lawProblem(law)).toBe(problem);
  });
});
