/**
 * Samplers over uniform numbers. Exact: none replaces its law by an approximation. Where a law's quantile is cheap, the
 * sample is the quantile of one uniform number: it grows with it, so two runs on common random numbers stay coupled
 * when a parameter changes. Poisson and binomial from a mean of 10 upwards, gamma and Zipf take a varying number of
 * draws.
 *
 * Parameters are checked where a scenario is read (`lawProblem`), not at each draw.
 */
import { exp, expm1, ln, ln1p, lnFactorial, normalQuantile, pow } from '../../base/portable-math.ts';

/** A supply of independent numbers, uniform in [0, 1). */
export interface UniformSource {
  uniform(): number;
}

const UNIFORM_STEPS = 9_007_199_254_740_992; // 2^53: uniform numbers are whole multiples of 1 / 2^53
const HALF_STEP = 0.5 / UNIFORM_STEPS;
/** From this mean on, rejection is cheaper than adding up the probabilities. The rejection methods need at least 10. */
const REJECTION_FROM = 10;
const ERLANG_SUM_MAX = 16;

/** -ln(1 - u): a standard exponential variable. Finite, as u is below 1. */
function standardExponential(source: UniformSource): number {
  return 0 - ln(1 - source.uniform()); // not a negation: u = 0 gives 0 and not -0
}

/** @source Devroye, Non-uniform random variate generation (1986), II.2, inversion. */
export function exponential(source: UniformSource, mean: number): number {
  return mean * standardExponential(source);
}

/** A standard normal variable by inversion, one draw. @source Wichura, Algorithm AS 241 (1988), in `normalQuantile`. */
export function standardNormal(source: UniformSource): number {
  const u = source.uniform();
  // u = 0 stands for the whole first step, [0, 2^-53), and its quantile would be -Infinity.
  return normalQuantile(u === 0 ? HALF_STEP : u);
}

/** @source Wichura, Algorithm AS 241 (1988), inversion. */
export function normal(source: UniformSource, mean: number, deviation: number): number {
  return mean + deviation * standardNormal(source);
}

/** `sigma` is the deviation of the logarithm. @source `standardNormal`. */
export function lognormal(source: UniformSource, median: number, sigma: number): number {
  return median * exp(sigma * standardNormal(source));
}

/** P(X > x) = (min / x)^alpha. @source Devroye (1986), II.2, inversion. */
export function pareto(source: UniformSource, min: number, alpha: number): number {
  return min * exp(standardExponential(source) / alpha);
}

/** P(X > x) = exp(-(x / scale)^shape). @source Devroye (1986), II.2, inversion. */
export function weibull(source: UniformSource, scale: number, shape: number): number {
  return scale * pow(standardExponential(source), 1 / shape);
}

/** In [min, max); rounding may give `max` itself where the two are within a few steps of a float. */
export function uniform(source: UniformSource, min: number, max: number): number {
  return min + (max - min) * source.uniform();
}

/**
 * Whole, from `min` to `max`, both included; fewer than 2^53 values. Unbiased: the few uniform numbers that do not
 * divide evenly among the values are drawn again.
 * @source Lemire, Fast random integer generation in an interval (2019), on rejection; by division here.
 */
export function uniformInteger(source: UniformSource, min: number, max: number): number {
  const count = max - min + 1;
  const usable = UNIFORM_STEPS - (UNIFORM_STEPS % count);
  for (;;) {
    const step = source.uniform() * UNIFORM_STEPS;
    if (step < usable) return min + Math.floor(step / (usable / count));
  }
}

/**
 * Trials up to and including the first success, from 1. Mean 1 / probability.
 * @source Devroye (1986), X.2, inversion.
 */
export function geometric(source: UniformSource, probability: number): number {
  return 1 + Math.floor(ln(1 - source.uniform()) / ln1p(-probability));
}

/** @source Knuth's sequential search below a mean of 10 (Devroye 1986, X.3), `poissonRejection` from there. */
export function poisson(source: UniformSource, mean: number): number {
  if (mean >= REJECTION_FROM) return poissonRejection(source, mean);
  const u = source.uniform();
  let count = 0;
  let term = exp(-mean);
  let below = term;
  // Far out in the tail a term no longer moves the sum, and u may lie above it by rounding: the search ends there.
  while (u >= below && below + term !== below) {
    count++;
    term *= mean / count;
    below += term;
  }
  return count;
}

/**
 * MODEL: densities are compared in floats, so from a mean of about 1e10 they are off by more than 1e-5 of themselves.
 * @source Hörmann, The transformed rejection method for generating Poisson random variables (1993), algorithm PTRS.
 */
function poissonRejection(source: UniformSource, mean: number): number {
  const lnMean = ln(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.024_83 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const acceptAtOnce = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = source.uniform() - 0.5;
    const v = source.uniform();
    const edge = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / edge + b) * u + mean + 0.43);
    if (edge >= 0.07 && v <= acceptAtOnce) return count;
    if (!(count >= 0) || (edge < 0.013 && v > edge)) continue;
    const hat = ln((v * inverseAlpha) / (a / (edge * edge) + b));
    if (hat <= count * lnMean - mean - lnFactorial(count)) return count;
  }
}

/**
 * Successes in `trials`.
 * @source Sequential search (Devroye 1986, X.4) below 10 expected, `binomialRejection` from there.
 */
export function binomial(source: UniformSource, trials: number, probability: number): number {
  if (probability > 0.5) return trials - binomial(source, trials, 1 - probability);
  if (trials * probability >= REJECTION_FROM) return binomialRejection(source, trials, probability);
  const u = source.uniform();
  const odds = probability / (1 - probability);
  let count = 0;
  let term = exp(trials * ln1p(-probability));
  let below = term;
  while (u >= below && count < trials && below + term !== below) {
    term *= (odds * (trials - count)) / (count + 1);
    count++;
    below += term;
  }
  return count;
}

/** Needs 10 expected. @source Hörmann, The generation of binomial random variates (1993), algorithm BTRS. */
function binomialRejection(source: UniformSource, trials: number, probability: number): number {
  const spread = Math.sqrt(trials * probability * (1 - probability));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const center = trials * probability + 0.5;
  const acceptAtOnce = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const lnOdds = ln(probability / (1 - probability));
  const mode = Math.floor((trials + 1) * probability);
  const atMode = lnFactorial(mode) + lnFactorial(trials - mode);
  for (;;) {
    const u = source.uniform() - 0.5;
    const v = source.uniform();
    const edge = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / edge + b) * u + center);
    if (!(count >= 0 && count <= trials)) continue;
    if (edge >= 0.07 && v <= acceptAtOnce) return count;
    const hat = ln((v * alpha) / (a / (edge * edge) + b));
    if (hat <= atMode - lnFactorial(count) - lnFactorial(trials - count) + (count - mode) * lnOdds) return count;
  }
}

/** @source Marsaglia and Tsang, A simple method for generating gamma variables (2000), also for a shape below 1. */
export function gamma(source: UniformSource, shape: number, scale: number): number {
  if (shape < 1) {
    const boost = pow(1 - source.uniform(), 1 / shape);
    return boost * gamma(source, shape + 1, scale);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(source);
    const root = 1 + c * x;
    const v = root * root * root;
    if (v > 0 && ln(1 - source.uniform()) < 0.5 * x * x + d - d * v + d * ln(v)) return d * v * scale;
  }
}

/**
 * Sum of `stages` exponential variables, with `mean` in all.
 * @source Devroye (1986), IX.3: the sum itself up to 16 stages, as a gamma from there.
 */
export function erlang(source: UniformSource, stages: number, mean: number): number {
  const each = mean / stages;
  if (stages > ERLANG_SUM_MAX) return gamma(source, stages, each);
  let sum = 0;
  for (let i = 0; i < stages; i++) sum += standardExponential(source);
  return sum * each;
}

/** Sum of exponential variables of these means: stages that follow each other. */
export function hypoexponential(source: UniformSource, means: readonly number[]): number {
  let sum = 0;
  for (const mean of means) sum += standardExponential(source) * mean;
  return sum;
}

/**
 * Rank from 1 to `count`, P(k) proportional to k^-exponent, exponent >= 0. No table: a count of 1e9 costs no more than
 * one of 10.
 * @source Hörmann and Derflinger, Rejection-inversion to generate variates from monotone discrete distributions (1996).
 */
export function zipf(source: UniformSource, exponent: number, count: number): number {
  const low = zipfIntegral(1.5, exponent) - 1;
  const high = zipfIntegral(count + 0.5, exponent);
  const sure = 2 - zipfInverse(zipfIntegral(2.5, exponent) - exp(-exponent * ln(2)), exponent);
  for (;;) {
    const area = low + source.uniform() * (high - low);
    const x = zipfInverse(area, exponent);
    const rank = Math.min(count, Math.max(1, Math.floor(x + 0.5)));
    if (rank - x <= sure || area >= zipfIntegral(rank + 0.5, exponent) - exp(-exponent * ln(rank))) return rank;
  }
}

/** Integral of t^-exponent from 1 to x. */
function zipfIntegral(x: number, exponent: number): number {
  const lnX = ln(x);
  const t = (1 - exponent) * lnX;
  return t === 0 ? lnX : (expm1(t) / t) * lnX;
}

function zipfInverse(area: number, exponent: number): number {
  const t = Math.max(-1, area * (1 - exponent));
  return t === 0 ? exp(area) : exp((ln1p(t) / t) * area);
}

/** `values[i]` with probability weights[i] / sum of weights, in time by length. @source Devroye (1986), III.2. */
export function discrete(source: UniformSource, values: readonly number[], weights: readonly number[]): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let rest = source.uniform() * total;
  let chosen = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight <= 0) continue;
    chosen = i; // the last one with a weight, where rounding lets `rest` outlive the list
    if (rest < weight) break;
    rest -= weight;
  }
  return values[chosen] as number;
}

/**
 * The quantile of one draw from [probability, value] points, both rising, linear between them; the first value below
 * the first point, the last above the last.
 * @source Devroye (1986), II.2, inversion of a piecewise linear distribution function.
 */
export function empirical(source: UniformSource, points: readonly (readonly [number, number])[]): number {
  const u = source.uniform();
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as readonly [number, number])[0] <= u) low = middle + 1;
    else high = middle;
  }
  const above = points[low];
  const below = points[low - 1];
  if (below === undefined) return (above as readonly [number, number])[1];
  if (above === undefined) return below[1];
  return below[1] + ((above[1] - below[1]) * (u - below[0])) / (above[0] - below[0]);
}
