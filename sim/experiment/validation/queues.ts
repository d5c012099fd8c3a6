/** Waiting lines in front of a relayer: arrivals by chance, one server or several, first come, first served. */
import { z } from 'zod';
import type { Distributions } from '../statistics/distributions.ts';
import { meanOfAll, overReplications, quantileOverReplications } from './estimates.ts';
import { type Case, defineModel, type Estimate, type Reader, type RecordValues, type Sample } from './model.ts';
import { type Clock, clockOf, exponential, type LawText, mostOf, stationText, unitFor } from './station.ts';

const positive = z.number().gt(0);

interface Line {
  readonly name: string;
  readonly lam: number;
  readonly meanService: number;
  /** Squared coefficient of variation of the service time. */
  readonly scv: number;
  readonly servers: number;
  readonly law: (clock: Clock) => LawText;
}

/** Time in which a line forgets how it began. @source M/M/1: Cohen, The single server queue (1982), II.2.1 */
function relaxation({ lam, meanService, scv, servers }: Line): number {
  const rho = (lam * meanService) / servers;
  const gap = 1 - Math.sqrt(rho);
  return ((meanService / servers) * ((1 + scv) / 2)) / (gap * gap) + meanService;
}

/** Arrivals that are left out at the start: ten relaxation times. */
function warmUp(line: Line): number {
  return Math.ceil(10 * relaxation(line) * line.lam) + 10;
}

function caseOf(line: Line): Case {
  const clock = clockOf(unitFor(line.meanService));
  const cut = warmUp(line);
  return {
    name: '',
    pilot: 4 * cut + 1_000,
    least: 4 * cut + 1_000,
    most: mostOf(clock, 4 / line.lam),
    scenario: (seed, size) =>
      stationText({
        name: line.name,
        seed,
        question: 'How long do messages wait for a relayer, and how many of them?',
        messages: size,
        arrivals: { kind: 'poisson', rate: clock.rate(line.lam) },
        horizon: clock.time((2 * size) / line.lam + 100 * relaxation(line)),
        relayers: { server: { lanes: ['line'], service: line.law(clock), servers: line.servers, submit: '0s' } },
      }),
    reader: () => readLine(line.servers, cut, clock),
    estimates: (samples, level, dist) => estimatesOf(samples, level, dist),
  };
}

/**
 * Follows a line by its records. First come, first served, with c servers: the n-th to come is taken up when the
 * (n-c)-th has left, or at once.
 */
function readLine(servers: number, cut: number, clock: Clock): Reader {
  const arrivedAt: number[] = [];
  const indexOf = new Map<number, number>();
  const sojourns: number[] = [];
  const sums = { wait: 0, waited: 0, present: 0, busy: 0, line: 0 };
  let left = 0;
  let since = 0;
  let start = -1;
  let end = -1;
  let frozen = { present: 0, busy: 0, line: 0 };
  const pass = (time: number): void => {
    const present = arrivedAt.length - left;
    if (start >= 0) {
      const span = time - since;
      sums.present += present * span;
      sums.busy += Math.min(present, servers) * span;
      sums.line += Math.max(0, present - servers) * span;
    }
    since = time;
  };
  const arrive = (time: number, sequence: number): void => {
    pass(time);
    const n = arrivedAt.length;
    if (n === cut) start = time;
    if (n >= cut && n - left >= servers) sums.waited++;
    indexOf.set(sequence, n);
    arrivedAt.push(time);
    end = time;
    // What comes after the last arrival is a line that runs empty, and is no part of the balance.
    frozen = { present: sums.present, busy: sums.busy, line: sums.line };
  };
  const leave = (time: number, sequence: number): void => {
    pass(time);
    const n = indexOf.get(sequence) as number;
    indexOf.delete(sequence);
    if (n >= cut) sojourns.push(clock.units(time - (arrivedAt[n] as number)));
    const next = left + servers;
    left++;
    if (next < arrivedAt.length && next >= cut) sums.wait += time - (arrivedAt[next] as number);
  };
  return {
    onRecord: (time, kind, fields: RecordValues) => {
      if (kind === 'relay-queued') arrive(time, fields['sequence'] as number);
      else if (kind === 'relay-submitted') leave(time, fields['sequence'] as number);
    },
    sample: () => {
      const n = arrivedAt.length - cut;
      const span = end - start;
      let total = 0;
      for (const each of sojourns) total += each;
      return {
        sojourns: Float64Array.from(sojourns),
        W: [total / sojourns.length],
        Wq: [clock.units(sums.wait) / n],
        P_wait: [sums.waited / n],
        L: [frozen.present / span],
        Lq: [frozen.line / span],
        rho: [frozen.busy / span / servers],
        span: [clock.units(span)],
      };
    },
  };
}

function estimatesOf(samples: readonly Sample[], level: number, dist: Distributions): Record<string, Estimate> {
  const over = (name: string): Estimate => overReplications(samples, name, level, dist);
  return {
    rho: over('rho'),
    L: over('L'),
    Lq: over('Lq'),
    W: over('W'),
    Wq: over('Wq'),
    P_wait: over('P_wait'),
    W_q99: quantileOverReplications(samples, 'sojourns', 0.99, level, dist),
    asymvar_L: spreadOfMeans(samples, level, dist),
  };
}

/** Time times variance of the mean number present, over replications. */
function spreadOfMeans(samples: readonly Sample[], level: number, dist: Distributions): Estimate {
  const means = samples.map((sample) => sample['L']?.[0] as number);
  const center = means.reduce((sum, value) => sum + value, 0) / means.length;
  const scale = means.length / (means.length - 1);
  const squares = means.map((value, i) => {
    const span = samples[i]?.['span']?.[0] as number;
    return (value - center) * (value - center) * span * scale;
  });
  const { mean, lo, hi } = meanOfAll(squares, level, dist);
  return { mean, lo: Math.max(0, lo), hi };
}

/** Refuses lines that grow without end. */
function stable<P>(load: (params: P) => number) {
  return (params: P, context: z.RefinementCtx): void => {
    if (load(params) < 1) return;
    context.addIssue({ code: 'custom', message: 'a load below 1', params: STABLE });
  };
}
const STABLE = { quantity: { expected: 'a load below 1: the line has no balance otherwise', fault: 'range' } };

const shown = {
  asymvar_L: 'a variance of means: within its tolerance only after tens of thousands of replications',
};

export const mm1 = defineModel({
  summary: 'Poisson arrivals, exponential service, one server',
  params: z
    .object({ lam: positive, mu: positive })
    .superRefine(stable((params: { lam: number; mu: number }) => params.lam / params.mu)),
  single: 'W',
  shown,
  cases: ({ lam, mu }) => {
    const law = (clock: Clock): LawText => exponential(clock, 1 / mu);
    return [caseOf({ name: 'mm1', lam, meanService: 1 / mu, scv: 1, servers: 1, law })];
  },
});

export const md1 = defineModel({
  summary: 'Poisson arrivals, constant service, one server',
  params: z
    .object({ lam: positive, d: positive })
    .superRefine(stable((params: { lam: number; d: number }) => params.lam * params.d)),
  single: 'Wq',
  cases: ({ lam, d }) => {
    const law = (clock: Clock): LawText => clock.time(d);
    return [caseOf({ name: 'md1', lam, meanService: d, scv: 0, servers: 1, law })];
  },
});

export const mmc = defineModel({
  summary: 'Poisson arrivals, exponential service, several servers',
  params: z
    .object({ lam: positive, mu: positive, c: z.int().min(1).max(10_000) })
    .superRefine(stable((params: { lam: number; mu: number; c: number }) => params.lam / params.mu / params.c)),
  single: 'Wq',
  cases: ({ lam, mu, c }) => {
    const law = (clock: Clock): LawText => exponential(clock, 1 / mu);
    return [caseOf({ name: 'mmc', lam, meanService: 1 / mu, scv: 1, servers: c, law })];
  },
});

export const mg1 = defineModel({
  summary: 'Poisson arrivals, gamma service of any coefficient of variation, one server',
  params: z
    .object({ lam: positive, mean_service: positive, scv: z.number().min(0).max(1_000) })
    .superRefine(stable((params: { lam: number; mean_service: number }) => params.lam * params.mean_service)),
  single: 'Wq',
  cases: ({ lam, mean_service: mean, scv }) => {
    // The law of mean m and squared coefficient of variation v: shape 1/v, scale m v.
    const law = (clock: Clock): LawText =>
      scv === 0 ? clock.time(mean) : { kind: 'gamma', shape: 1 / scv, scale: clock.time(mean * scv) };
    return [caseOf({ name: 'mg1', lam, meanService: mean, scv, servers: 1, law })];
  },
});
