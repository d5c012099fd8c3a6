/**
 * Distribution functions and the Kolmogorov-Smirnov distance, for tests only: written from the textbook definitions
 * with the engine's own Math, so that they share nothing with the samplers or their portable maths.
 * @source Abramowitz and Stegun, Handbook of mathematical functions, 6.5 (incomplete gamma), 7.1 (error function), 26.
 */
export type Cdf = (x: number) => number;

/** Lanczos with g = 7. @source Godfrey (2001), nine coefficients. */
function lnGamma(x: number): number {
  const series = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const z = x - 1;
  const sum = series.reduce((total, c, i) => (i === 0 ? c : total + c / (z + i)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** P(a, x), the regularised lower incomplete gamma function. */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-16; n++) sum += term *= x / (a + n);
    return sum * front;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return 1 - front * fraction;
}

export const normalCdf: Cdf = (z) => {
  const half = lowerGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? 0.5 - half : 0.5 + half;
};

export const exponentialCdf =
  (mean: number): Cdf =>
  (x) =>
    x <= 0 ? 0 : 1 - Math.exp(-x / mean);
export const lognormalCdf =
  (median: number, sigma: number): Cdf =>
  (x) =>
    x <= 0 ? 0 : normalCdf(Math.log(x / median) / sigma);
export const paretoCdf =
  (min: number, alpha: number): Cdf =>
  (x) =>
    x <= min ? 0 : 1 - Math.pow(min / x, alpha);
export const weibullCdf =
  (scale: number, shape: number): Cdf =>
  (x) =>
    x <= 0 ? 0 : 1 - Math.exp(-Math.pow(x / scale, shape));
export const gammaCdf =
  (shape: number, scale: number): Cdf =>
  (x) =>
    lowerGamma(shape, x / scale);
export const uniformCdf =
  (min: number, max: number): Cdf =>
  (x) =>
    Math.min(1, Math.max(0, (x - min) / (max - min)));

/** Cumulative distribution of whole numbers from `first`, from ln of the mass of each. */
export function massCdf(first: number, last: number, lnMass: (k: number) => number): Cdf {
  const sums: number[] = [];
  let sum = 0;
  for (let k = first; k <= last; k++) sums.push((sum += Math.exp(lnMass(k))));
  return (x) => (x < first ? 0 : (sums[Math.min(Math.floor(x), last) - first] as number));
}

export const poissonCdf = (mean: number): Cdf =>
  massCdf(0, Math.ceil(mean + 20 * Math.sqrt(mean) + 20), (k) => k * Math.log(mean) - mean - lnGamma(k + 1));
export const binomialCdf = (n: number, p: number): Cdf =>
  massCdf(0, n, (k) => {
    const choose = lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
    return choose + k * Math.log(p) + (n - k) * Math.log(1 - p);
  });
export const geometricCdf =
  (p: number): Cdf =>
  (x) =>
    x < 1 ? 0 : 1 - Math.pow(1 - p, Math.floor(x));
export function zipfCdf(exponent: number, count: number): Cdf {
  let total = 0;
  for (let k = 1; k <= count; k++) total += Math.pow(k, -exponent);
  return massCdf(1, count, (k) => -exponent * Math.log(k) - Math.log(total));
}

/**
 * Greatest distance between the distribution of `values` and `cdf`, also where values repeat: for a continuous law the
 * usual D; for a discrete one the distance at the atoms, whose critical value is at most that of D.
 */
export function distance(values: Float64Array, cdf: Cdf, isDiscrete: boolean): number {
  const sorted = values.slice().sort();
  const n = sorted.length;
  let greatest = 0;
  for (let i = 0; i < n;) {
    let next = i + 1;
    while (next < n && sorted[next] === sorted[i]) next++;
    const at = cdf(sorted[i] as number);
    greatest = Math.max(greatest, Math.abs(next / n - at));
    const left = isDiscrete ? cdf((sorted[i] as number) - 1) : at;
    greatest = Math.max(greatest, Math.abs(left - i / n));
    i = next;
  }
  return greatest;
}
