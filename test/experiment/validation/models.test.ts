/** The validated models at parameters that no file of targets has: closed forms beside what the engine shows. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { type Distributions, loadDistributions } from '../../../sim/experiment/statistics/distributions.ts';
import type { Estimate } from '../../../sim/experiment/validation/model.ts';
import { askCase, replicate } from '../../../sim/experiment/validation/run-target.ts';
import { modelNamed, validationModels } from '../../../sim/experiment/validation/table.ts';
import { readTargets } from '../../../sim/experiment/validation/targets.ts';
import { openReplicators } from '../../../sim/experiment/workers/replications.ts';
import { loadScenario } from '../../../sim/scenario/load.ts';

let dist: Distributions;
beforeAll(async () => {
  dist = await loadDistributions();
});

/** Estimates at a small effort. Of some fifty figures one in twenty files would miss at this level by chance; the seed is fixed. */
async function estimated(
  model: string,
  params: object,
  times = 1,
  replications = 8,
  index = 0,
): Promise<Readonly<Record<string, Estimate>>> {
  const found = modelNamed(model)!;
  const checked = found.params.parse(params);
  const question = {
    ...{ id: 'test', model, params: checked, figures: [], tolerance: 1, seed: '5', level: 0.999 },
    effort: { kind: 'given', replications, times },
  } as const;
  const { execute } = await openReplicators(1);
  const answer = await askCase(question, index, found.cases(checked as never)[index]!, {
    execute,
    dist,
    hash: nobleHash,
  });
  return answer.estimates;
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** @source Kleinrock, Queueing systems I (1975) */
const erlangC = (servers: number, offered: number): number => {
  const top = (offered ** servers / factorial(servers)) * (servers / (servers - offered));
  let sum = 0;
  for (let k = 0; k < servers; k++) sum += offered ** k / factorial(k);
  return top / (sum + top);
};

const harmonic = (from: number, to: number): number => {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += 1 / i;
  return sum;
};

/**
 * Of false claims, how many are believed, block by block: a dispute goes out once the first watcher is up, and each block
 * from then on to the last of the window leaves it out with a chance.
 */
const believed = (
  watchers: number,
  up: number,
  mttr: number,
  blocks: number,
  block: number,
  censored: number,
): number => {
  const down = (1 - up) ** watchers;
  const stillDown = (count: number): number => Math.exp((-watchers * count * block) / mttr);
  let late = stillDown(blocks);
  for (let k = 1; k <= blocks; k++) late += (stillDown(k - 1) - stillDown(k)) * censored ** (blocks - k + 1);
  return down * late + (1 - down) * censored ** blocks;
};

interface Asked {
  readonly model: string;
  readonly params: object;
  readonly figures: Readonly<Record<string, number>>;
  readonly times?: number;
  readonly replications?: number;
}

const ASKED: readonly Asked[] = [
  {
    model: 'mm1',
    params: { lam: 0.6, mu: 2 },
    figures: { rho: 0.3, W: 1 / 1.4, Wq: 0.3 / 1.4, L: 0.3 / 0.7, W_q99: Math.log(100) / 1.4 },
  },
  { model: 'md1', params: { lam: 2, d: 0.3 }, figures: { rho: 0.6, Wq: (0.3 * 0.6) / (2 * 0.4) } },
  {
    model: 'mmc',
    params: { lam: 2, mu: 1, c: 3 },
    figures: { P_wait: erlangC(3, 2), Wq: erlangC(3, 2) / (3 - 2), Lq: (2 * erlangC(3, 2)) / (3 - 2) },
  },
  {
    model: 'mg1',
    params: { lam: 0.5, mean_service: 1, scv: 0.25 },
    figures: { Wq: (0.5 * 1.25) / (2 * 0.5), W: 1 + (0.5 * 1.25) / (2 * 0.5) },
  },
  { model: 'mm1k_block', params: { rho: 0.5, K: 3 }, figures: { share: (0.5 * 0.125) / (1 - 0.0625) } },
  { model: 'erlang_b', params: { servers: 2, offered: 1 }, figures: { share: 0.5 / 2.5 }, times: 0.5 },
  { model: 'mginf', params: { lam: 2, mean_latency: 3 }, figures: { mean_in_flight: 6, variance: 6 } },
  // Of two, the first waits for the second or for the time.
  {
    model: 'batch_or_timeout',
    params: { k: 2, T: 1, lam: 1 },
    figures: {
      P_full: 1 - Math.exp(-1),
      mean_load: 2 - Math.exp(-1),
      mean_wait: (1 - Math.exp(-1)) / (2 - Math.exp(-1)),
    },
  },
  {
    model: 'redundant_expected',
    params: { relayers: 3, submit_rate: 1, visible_after: 0.5 },
    figures: { redundant_per_packet: 2 * (1 - Math.exp(-0.5)), mean_first_submit: 1 / 3 },
  },
  {
    model: 'retry_mean',
    params: { p_success: 0.5, attempt: 1, backoff0: 3, factor: 1 },
    figures: { mean: 1 / 0.5 + 3 },
  },
  // Of two watchers a quarter of the time both are down.
  {
    model: 'fraud_accept',
    params: { watchers: 2, availability: 0.5, mttr: 100, window: 60, censor_prob_per_block: 0.6, block: 12 },
    figures: { share: believed(2, 0.5, 100, 5, 12, 0.6) },
    times: 3,
  },
  // Long windows of quick blocks: the closed form itself, without what a repair at the very end comes too late for.
  {
    model: 'fraud_accept',
    params: { watchers: 1, availability: 0.4, mttr: 90, window: 60, censor_prob_per_block: 0, block: 1 },
    figures: { share: 0.6 * Math.exp(-60 / 90) },
    times: 3,
  },
  // Of one that fails and is repaired: the first failure. Of two, of which one is enough: (3 fail + repair) / (2 fail^2).
  { model: 'k_of_n_mttf', params: { n: 1, k: 1, fail: 0.5, repair: 1 }, figures: { mean: 2, sd: 2 }, times: 4 },
  { model: 'k_of_n_mttf', params: { n: 2, k: 1, fail: 1, repair: 2 }, figures: { mean: 2.5 }, times: 4 },
  {
    model: 'tandem_mm1',
    params: { lam: 0.3, mus: [1, 1.5] },
    figures: { W: 1 / 0.7 + 1 / 1.2 },
    times: 0.5,
  },
  {
    model: 'dvn_latency_exp',
    params: { required: 2, optional_threshold: 0, optional: 0, mean: 4 },
    figures: { mean: 6, sd: 4 * Math.sqrt(1 + 1 / 4) },
  },
  {
    model: 'dvn_latency_exp',
    params: { required: 0, optional_threshold: 1, optional: 4, mean: 4 },
    figures: { mean: 1, sd: 1 },
  },
  {
    model: 'bucket_poisson_refill_reject',
    params: { capacity: 3, refill: 2, demand: 4 },
    figures: { share: 0.5 / (1 - 0.0625) },
    times: 0.5,
  },
  // Three delays of a tenth of a second: proposal, prevotes, precommits.
  {
    model: 'pbft_reference',
    params: { delay: 'max(0,N(100,0)) ms', n: 4, crashed: 0 },
    figures: { mean: 300, median: 300 },
  },
  {
    model: 'hypoexp_sf',
    params: { stage_means: [2, 5], timeout: 8 },
    figures: { share: (5 * Math.exp(-8 / 5) - 2 * Math.exp(-8 / 2)) / 3 },
  },
  { model: 'hypoexp_sf', params: { stage_means: [4], timeout: 4 }, figures: { share: Math.exp(-1) } },
  {
    model: 'exp_order',
    params: { n: 4, k: 3, mean: 10 },
    figures: { mean: 10 * harmonic(2, 4), sd: 10 * Math.sqrt(1 / 4 + 1 / 9 + 1 / 16) },
  },
  // The larger of two: the median times exp(s^2/2) times 2 Phi(s / sqrt 2).
  {
    model: 'order_stat(lognorm)',
    params: { n: 2, k: 2, median: 3, sigma: 1 },
    figures: { mean: 3 * Math.exp(0.5) * 2 * 0.760249938906523 },
  },
  { model: 'erlang_conf', params: { z: 4, interval: 15 }, figures: { mean: 60, sd: 30, q50: 15 * 3.672061 } },
  // Two who hear of each other late: both find in vain what the other finds meanwhile, half of the blocks of half a rate.
  {
    model: 'stale_many_miners',
    params: { lambda_delta: 1, miners: 400 },
    figures: { share: 0.5 },
    times: 2,
  },
  {
    model: 'stale_first_order',
    params: { shares: [0.5, 0.25, 0.25], interval: 100, delay: '1 s' },
    figures: { share: 0.01 * (1 - 0.375) },
    times: 24,
  },
];

const EXACT: readonly {
  readonly model: string;
  readonly params: object;
  readonly figures: Readonly<Record<string, number>>;
}[] = [
  // Of three with a half each, two or three; of two with a tenth.
  { model: 'binom_ge', params: { n: 3, k: 2, p: 0.5 }, figures: { share: 0.5 } },
  { model: 'binom_ge', params: { n: 2, k: 1, p: 0.1 }, figures: { share: 0.19 } },
  // One of two drawn from four of which one is bad: it is among them half of the time.
  { model: 'hyper_ge', params: { population: 4, bad: 1, sample: 2, at_least: 1 }, figures: { share: 0.5 } },
  { model: 'hyper_ge', params: { population: 4, bad: 1, sample: 2, at_least: 2 }, figures: { share: 0 } },
  {
    model: 'dvn_compromise',
    params: { required: 1, optional_threshold: 1, optional: 2, p: 0.5 },
    figures: { share: 0.5 * 0.75 },
  },
  {
    model: 'dvn_compromise',
    params: { required: 0, optional_threshold: 2, optional: 2, p: 0.5 },
    figures: { share: 0.25 },
  },
  { model: 'k_of_n_avail (unavailability)', params: { n: 3, k: 2, a: 0.9 }, figures: { share: 0.028 } },
  {
    model: 'ffg_stats',
    params: { slot: 2, slots_per_epoch: 8, participation: 1 },
    // Slots 1 to 7 wait 24 less their number, and slot 0 waits 16.
    figures: { min: 32, max: 46, mean: 39, q2: 39 },
  },
  // @source consensus-specs phase0/weak-subjectivity.md, the published table for 28 ETH and a decay of 10.
  {
    model: 'ws_period',
    params: { t: 28 },
    figures: { 32768: 504, 65536: 752, 131072: 1248, 262144: 2241, 524288: 2241, 1048576: 2241 },
  },
  { model: 'slash_correlation', params: { fraction: 0.25, multiplier: 3 }, figures: { share: 0.75 } },
  // @source consensus-specs phase0 preset: PROPORTIONAL_SLASHING_MULTIPLIER 1.
  { model: 'slash_correlation', params: { fraction: 0.2, multiplier: 1 }, figures: { share: 0.2 } },
  { model: 'slash_correlation', params: { fraction: 0.5, multiplier: 3 }, figures: { share: 1 } },
  { model: 'ffg_stats', params: { slot: 2, slots_per_epoch: 8, participation: 0.9 }, figures: { min: 32, max: 46 } },
];

describe('validated models, at parameters of no file', () => {
  it.each(EXACT)('$model $params is exact', async ({ model, params, figures }) => {
    const found = await estimated(model, params);
    for (const [figure, value] of Object.entries(figures)) {
      const { mean, lo, hi } = found[figure]!;
      expect(lo).toBe(hi);
      expect(mean).toBeCloseTo(value, 9);
    }
  });

  it('leak_epochs is that of the continuous leak within the steps of the balances', async () => {
    const { epochs } = await estimated('leak_epochs', { offline: 0.4, quotient: 65_536 });
    const value = Math.sqrt(2 * 65_536 * Math.log((2 * 0.4) / 0.6));
    expect(Math.abs(epochs!.mean - value) / value).toBeLessThan(0.03);
  });

  it.each(ASKED)('$model $params', async ({ model, params, figures, times, replications }) => {
    const found = await estimated(model, params, times, replications);
    for (const [figure, value] of Object.entries(figures)) {
      const { mean, lo, hi } = found[figure]!;
      expect([figure, lo <= value, value <= hi, mean]).toEqual([figure, true, true, mean]);
      // An interval that holds everything says nothing.
      expect(hi - lo).toBeLessThan(0.8 * Math.abs(value));
    }
  });

  it('insensitive to the law: a full lane loses as many where holding times are constant or lognormal', async () => {
    for (const index of [1, 2]) {
      const { share } = await estimated('erlang_b', { servers: 2, offered: 1 }, 0.5, 8, index);
      expect(share!.lo <= 0.2 && 0.2 <= share!.hi && share!.hi - share!.lo < 0.1).toBe(true);
    }
  });

  it.each([
    ['all are up', { n: 4, dead: [], delta: 0.2 }, 3 * 0.2 + 1, 1],
    ['one of seven is down', { n: 7, dead: [3], delta: 0.2 }, 1.6 + (3 + 2 * 0.2 + 1) / 7, 8 / 7],
  ])('tendermint_interval is exact where %s', async (_name, params, interval, rounds) => {
    const { mean_interval: mean, mean_rounds: count } = await estimated('tendermint_interval', params);
    expect(mean!.lo).toBe(mean!.hi);
    expect(mean!.mean).toBeCloseTo(interval, 9);
    expect(count!.mean).toBeCloseTo(rounds, 9);
  });

  it.each([
    ['retry_mean', { p_success: 0.4, attempt: 1, backoff0: 1, factor: 2 }, /no mean/],
    ['exp_order', { n: 3, k: 4, mean: 1 }, /4 of 3/],
    [
      'fraud_accept',
      { watchers: 1, availability: 0.5, mttr: 1, window: 10, censor_prob_per_block: 0, block: 4 },
      /whole number of blocks/,
    ],
    ['tendermint_interval', { n: 4, dead: [0, 1], delta: 0.1 }, /a third/],
    ['tendermint_interval', { n: 4, dead: [4], delta: 0.1 }, /validator 4/],
  ])('%s refuses %j: %s', (model, params, reason) => {
    expect(modelNamed(model)!.refuses?.(params as never)).toMatch(reason);
  });

  it('two replications of one seed are equal, and of another seed are not', () => {
    const task = { model: 'mm1', params: { lam: 0.5, mu: 1 }, case: 0, size: 500 };
    const one = replicate({ ...task, seed: '1' }, modelNamed);
    expect(replicate({ ...task, seed: '1' }, modelNamed)).toEqual(one);
    expect(replicate({ ...task, seed: '2' }, modelNamed)).not.toEqual(one);
  });
});

const shipped = readTargets(
  readFileSync(new URL('../../vectors/closed_form_targets.json', import.meta.url)),
  'closed_form_targets.json',
  modelNamed,
);

describe('shipped targets', () => {
  it('name every model that is built', () => {
    const named = new Set(shipped.map(({ model }) => modelNamed(model)));
    expect(Object.entries(validationModels).flatMap(([name, model]) => (named.has(model) ? [] : [name]))).toEqual([]);
  });

  const cases = shipped.flatMap((target) =>
    (modelNamed(target.model)?.cases(target.params as never) ?? []).map((each) => ({ id: target.id, each })),
  );
  it.each(cases)('$id is a scenario that anyone can load', ({ each }) => {
    // The longest that may be planned, too: a horizon has an end.
    const longest = Math.min(each.most ?? each.least, 1_000_000);
    for (const size of each.exact ?? [each.least, longest]) {
      const { scenario } = loadScenario(each.scenario('7', size), { eventBudget: Number.MAX_SAFE_INTEGER });
      expect(scenario.seed).toBe('7');
    }
  });
});
