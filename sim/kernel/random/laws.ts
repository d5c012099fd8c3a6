/** Laws of chance as data: what `{ kind, ... }` in a scenario becomes. Numbers have no unit; callers round to one. */
import { assertNever } from '../../base/assert.ts';
import { exp, lnGamma, pow } from '../../base/portable-math.ts';
import * as samplers from './samplers.ts';
import type { UniformSource } from './samplers.ts';

/** Clamps what is drawn: a draw below `floor` becomes `floor`, one above `cap` becomes `cap`. */
export interface Clamp {
  readonly floor?: number;
  readonly cap?: number;
}

export type Law = Clamp &
  (
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'exponential'; readonly mean: number }
    | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
    | { readonly kind: 'uniform-integer'; readonly min: number; readonly max: number }
    | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
    | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
    | { readonly kind: 'pareto'; readonly min: number; readonly alpha: number }
    | { readonly kind: 'weibull'; readonly scale: number; readonly shape: number }
    | { readonly kind: 'poisson'; readonly mean: number }
    | { readonly kind: 'binomial'; readonly trials: number; readonly probability: number }
    | { readonly kind: 'geometric'; readonly probability: number }
    | { readonly kind: 'gamma'; readonly shape: number; readonly scale: number }
    | { readonly kind: 'erlang'; readonly stages: number; readonly mean: number }
    | { readonly kind: 'hypoexponential'; readonly means: readonly number[] }
    | { readonly kind: 'zipf'; readonly exponent: number; readonly count: number }
    | { readonly kind: 'discrete'; readonly values: readonly number[]; readonly weights: readonly number[] }
    | { readonly kind: 'empirical'; readonly points: readonly (readonly [number, number])[] }
  );

export type LawKind = Law['kind'];

/** One draw. A law that `lawProblem` finds fault with may give NaN. */
export function sample(law: Law, source: UniformSource): number {
  const drawn = sampleUnclamped(law, source);
  if (law.floor !== undefined && drawn < law.floor) return law.floor;
  if (law.cap !== undefined && drawn > law.cap) return law.cap;
  return drawn;
}

function sampleUnclamped(law: Law, source: UniformSource): number {
  switch (law.kind) {
    case 'constant':
      return law.value;
    case 'exponential':
      return samplers.exponential(source, law.mean);
    case 'uniform':
      return samplers.uniform(source, law.min, law.max);
    case 'uniform-integer':
      return samplers.uniformInteger(source, law.min, law.max);
    case 'normal':
      return samplers.normal(source, law.mean, law.deviation);
    case 'lognormal':
      return samplers.lognormal(source, law.median, law.sigma);
    case 'pareto':
      return samplers.pareto(source, law.min, law.alpha);
    case 'weibull':
      return samplers.weibull(source, law.scale, law.shape);
    case 'poisson':
      return samplers.poisson(source, law.mean);
    case 'binomial':
      return samplers.binomial(source, law.trials, law.probability);
    case 'geometric':
      return samplers.geometric(source, law.probability);
    case 'gamma':
      return samplers.gamma(source, law.shape, law.scale);
    case 'erlang':
      return samplers.erlang(source, law.stages, law.mean);
    case 'hypoexponential':
      return samplers.hypoexponential(source, law.means);
    case 'zipf':
      return samplers.zipf(source, law.exponent, law.count);
    case 'discrete':
      return samplers.discrete(source, law.values, law.weights);
    case 'empirical':
      return samplers.empirical(source, law.points);
    default:
      return assertNever(law, 'sample');
  }
}

/** Mean of the law without its clamp. Infinity for a Pareto with alpha <= 1. A Zipf's takes time with its count. */
export function lawMean(law: Law): number {
  switch (law.kind) {
    case 'constant':
      return law.value;
    case 'exponential':
    case 'normal':
    case 'poisson':
    case 'erlang':
      return law.mean;
    case 'uniform':
    case 'uniform-integer':
      return law.min + (law.max - law.min) / 2;
    case 'lognormal':
      return law.median * exp((law.sigma * law.sigma) / 2);
    case 'pareto':
      return law.alpha <= 1 ? Number.POSITIVE_INFINITY : (law.alpha * law.min) / (law.alpha - 1);
    case 'weibull':
      return law.scale * exp(lnGamma(1 + 1 / law.shape));
    case 'binomial':
      return law.trials * law.probability;
    case 'geometric':
      return 1 / law.probability;
    case 'gamma':
      return law.shape * law.scale;
    case 'hypoexponential':
      return law.means.reduce((sum, mean) => sum + mean, 0);
    case 'zipf':
      return zipfMean(law.exponent, law.count);
    case 'discrete':
      return weightedMean(law.values, law.weights);
    case 'empirical':
      return empiricalMean(law.points);
    default:
      return assertNever(law, 'lawMean');
  }
}

function zipfMean(exponent: number, count: number): number {
  let weights = 0;
  let sum = 0;
  // The smallest terms first, so that they are not lost under the large ones.
  for (let rank = count; rank >= 1; rank--) {
    const weight = pow(rank, -exponent);
    weights += weight;
    sum += rank * weight;
  }
  return sum / weights;
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] as number;
    total += weight;
    sum += weight * (values[i] as number);
  }
  return sum / total;
}

/** Trapezoids between the points, and the outer probabilities at the outer values. */
function empiricalMean(points: readonly (readonly [number, number])[]): number {
  let sum = 0;
  let reached = 0;
  let last: number | undefined;
  for (const [probability, value] of points) {
    sum += ((probability - reached) * ((last ?? value) + value)) / 2;
    reached = probability;
    last = value;
  }
  return sum + (1 - reached) * (last as number);
}

/** What is wrong with a law's numbers, as `what: expected, got`, or undefined where nothing is. */
export function lawProblem(law: Law): string | undefined {
  if (law.floor !== undefined && law.cap !== undefined && !(law.floor <= law.cap)) {
    return `floor: expected at most cap ${law.cap}, got ${law.floor}`;
  }
  switch (law.kind) {
    case 'constant':
      return finite('value', law.value);
    case 'exponential':
    case 'poisson':
      return notNegative('mean', law.mean);
    case 'uniform':
      return finite('min', law.min) ?? finite('max', law.max) ?? ordered(law.min, law.max);
    case 'uniform-integer':
      return whole('min', law.min, -MOST) ?? whole('max', law.max, -MOST) ?? ordered(law.min, law.max) ?? spanned(law);
    case 'normal':
      return finite('mean', law.mean) ?? notNegative('deviation', law.deviation);
    case 'lognormal':
      return positive('median', law.median) ?? notNegative('sigma', law.sigma);
    case 'pareto':
      return positive('min', law.min) ?? positive('alpha', law.alpha);
    case 'weibull':
    case 'gamma':
      return positive('scale', law.scale) ?? positive('shape', law.shape);
    case 'binomial':
      return whole('trials', law.trials, 0) ?? share(law.probability);
    case 'geometric':
      return share(law.probability) ?? positive('probability', law.probability);
    case 'erlang':
      return whole('stages', law.stages, 1) ?? notNegative('mean', law.mean);
    case 'hypoexponential':
      return meansProblem(law.means);
    case 'zipf':
      return notNegative('exponent', law.exponent) ?? whole('count', law.count, 1);
    case 'discrete':
      return discreteProblem(law.values, law.weights);
    case 'empirical':
      return empiricalProblem(law.points);
    default:
      return assertNever(law, 'lawProblem');
  }
}

const MOST = Number.MAX_SAFE_INTEGER;

function finite(name: string, value: number): string | undefined {
  return Number.isFinite(value) ? undefined : `${name}: expected a number, got ${value}`;
}

function notNegative(name: string, value: number): string | undefined {
  return Number.isFinite(value) && value >= 0 ? undefined : `${name}: expected 0 or more, got ${value}`;
}

function positive(name: string, value: number): string | undefined {
  return Number.isFinite(value) && value > 0 ? undefined : `${name}: expected above 0, got ${value}`;
}

function whole(name: string, value: number, least: number): string | undefined {
  if (Number.isSafeInteger(value) && value >= least) return undefined;
  return `${name}: expected a whole number from ${least}, got ${value}`;
}

function share(value: number): string | undefined {
  return value >= 0 && value <= 1 ? undefined : `probability: expected 0 to 1, got ${value}`;
}

function ordered(min: number, max: number): string | undefined {
  return min <= max ? undefined : `min: expected at most max ${max}, got ${min}`;
}

function spanned(law: { readonly min: number; readonly max: number }): string | undefined {
  return law.max - law.min < MOST ? undefined : `max: expected below min + 2^53 - 1, got ${law.max}`;
}

function meansProblem(means: readonly number[]): string | undefined {
  if (means.length === 0) return 'means: expected at least one, got none';
  for (const mean of means) if (!(mean >= 0 && Number.isFinite(mean))) return notNegative('means', mean);
  return undefined;
}

function discreteProblem(values: readonly number[], weights: readonly number[]): string | undefined {
  if (values.length !== weights.length) return `weights: expected ${values.length} of them, got ${weights.length}`;
  for (const value of values) if (!Number.isFinite(value)) return finite('values', value);
  for (const weight of weights) if (!(weight >= 0 && Number.isFinite(weight))) return notNegative('weights', weight);
  return weights.some((weight) => weight > 0) ? undefined : 'weights: expected one above 0, got none';
}

function empiricalProblem(points: readonly (readonly [number, number])[]): string | undefined {
  if (points.length === 0) return 'points: expected at least one [probability, value], got none';
  let last: readonly [number, number] | undefined;
  for (const point of points) {
    const [probability, value] = point;
    const problem = share(probability) ?? finite('points', value);
    if (problem !== undefined) return problem;
    if (last !== undefined && !(probability > last[0] && value >= last[1])) {
      return `points: expected rising probabilities and values, got [${point.join(', ')}] after [${last.join(', ')}]`;
    }
    last = point;
  }
  return undefined;
}
