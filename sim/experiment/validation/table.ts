/** The models that can be validated, by the names that files of targets give them. */
import { erlangConf, staleFirstOrder, staleManyMiners } from './blocks.ts';
import { binomGe, dvnCompromise, hyperGe, kOfNAvail } from './capture.ts';
import { dvnLatencyExp, expOrder, lognormalOrder } from './committees.ts';
import { fraudAccept } from './disputes.ts';
import { ffgStats, leakEpochs } from './epochs.ts';
import { kOfNMttf } from './lifetimes.ts';
import { bucketDeterministic, bucketPoisson, erlangB, mginf, mm1kBlock } from './losses.ts';
import type { ValidationModel } from './model.ts';
import { md1, mg1, mm1, mmc } from './queues.ts';
import { batchOrTimeout, hypoexpSf, redundantExpected, retryMean } from './relaying.ts';
import { pbftReference, tendermintInterval } from './rounds.ts';
import { slashCorrelation, wsPeriod } from './staking.ts';
import { tandemMm1 } from './tandem.ts';

export const validationModels: Readonly<Record<string, ValidationModel>> = {
  mm1,
  md1,
  mmc,
  mg1,
  mm1k_block: mm1kBlock,
  erlang_b: erlangB,
  mginf,
  batch_or_timeout: batchOrTimeout,
  redundant_expected: redundantExpected,
  retry_mean: retryMean,
  hypoexp_sf: hypoexpSf,
  exp_order: expOrder,
  'order_stat(lognorm)': lognormalOrder,
  stale_many_miners: staleManyMiners,
  stale_first_order: staleFirstOrder,
  erlang_conf: erlangConf,
  tendermint_interval: tendermintInterval,
  tandem_mm1: tandemMm1,
  dvn_latency_exp: dvnLatencyExp,
  pbft_reference: pbftReference,
  ffg_stats: ffgStats,
  leak_epochs: leakEpochs,
  slash_correlation: slashCorrelation,
  ws_period: wsPeriod,
  fraud_accept: fraudAccept,
  bucket_poisson_refill_reject: bucketPoisson,
  bucket_det_refill_reject: bucketDeterministic,
  binom_ge: binomGe,
  hyper_ge: hyperGe,
  dvn_compromise: dvnCompromise,
  k_of_n_avail: kOfNAvail,
  k_of_n_mttf: kOfNMttf,
};

/** The model of that name, a note in brackets behind it left away; undefined where none was built. */
export function modelNamed(given: string): ValidationModel | undefined {
  const name = given.replace(/ \(.*\)$/, '');
  return Object.hasOwn(validationModels, name) ? validationModels[name] : undefined;
}
