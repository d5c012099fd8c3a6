/** The models that can be validated, by the names that files of targets give them. */
import { erlangConf, staleFirstOrder, staleManyMiners } from './blocks.ts';
import { expOrder, lognormalOrder } from './committees.ts';
import { erlangB, mginf, mm1kBlock } from './losses.ts';
import type { ValidationModel } from './model.ts';
import { md1, mg1, mm1, mmc } from './queues.ts';
import { batchOrTimeout, hypoexpSf, redundantExpected, retryMean } from './relaying.ts';
import { tendermintInterval } from './rounds.ts';

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
};

/** The model of that name; undefined where none was built. */
export function modelNamed(name: string): ValidationModel | undefined {
  return Object.hasOwn(validationModels, name) ? validationModels[name] : undefined;
}
