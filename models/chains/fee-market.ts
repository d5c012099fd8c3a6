/**
 * What gas costs: one price for ever, or a base fee that follows how full blocks are; and what others use of a block.
 * @source EIP-1559, calculation of base_fee_per_gas.
 */
import type { Block, Chain } from './chain.ts';
import { blockOf } from './chain.ts';

export interface FeeMarket {
  /** Base units for a unit of gas in the first block, and at least. */
  readonly initial: bigint;
  readonly floor: bigint;
  /** Gas limit over the target that the base fee steers to. */
  readonly elasticity: number;
  /** The base fee moves by at most its share of this a block. */
  readonly denominator: number;
}

/** @source EIP-1559: ELASTICITY_MULTIPLIER and BASE_FEE_MAX_CHANGE_DENOMINATOR. */
export const FEE_MARKET = { elasticity: 2, denominator: 8 } as const;

/** The base fee of a block on `parent`, in whole base units. */
export function nextBaseFee(chain: Chain, parent: Pick<Block, 'height' | 'gas' | 'baseFee'>): bigint {
  const { market } = chain;
  if (market === undefined) return 0n;
  if (parent.height === 0) return market.initial;
  const next = movedBaseFee(
    parent.baseFee,
    parent.gas,
    Math.floor(chain.gasLimit / market.elasticity),
    market.denominator,
  );
  return next > market.floor ? next : market.floor;
}

/** The rule itself: up by an eighth after a block of twice the target, down by an eighth after an empty one. */
export function movedBaseFee(before: bigint, gasUsed: number, target: number, denominator: number): bigint {
  if (gasUsed === target) return before;
  const goal = BigInt(target);
  const apart = BigInt(Math.abs(gasUsed - target));
  const delta = (before * apart) / goal / BigInt(denominator);
  if (gasUsed < target) return before - delta;
  return before + (delta > 1n ? delta : 1n);
}

/** What a wallet offers for a unit of gas: the chain's price, or twice the base fee of the next block and the tip. */
// MODEL: everybody offers as the usual wallets do, and nobody raises an offer that is under way; who is outrun by the base
// fee waits until it falls again, or sends anew.
export function offeredPrice(chain: Chain): bigint {
  if (chain.market === undefined) return chain.gasPrice;
  return 2n * nextBaseFee(chain, blockOf(chain, chain.head)) + chain.gasPrice;
}

/** What a transaction pays for a unit of gas in a block: a part that is burnt, and one that is the proposer's. */
export function priceIn(
  chain: Chain,
  block: Block,
  offered: bigint,
): { readonly burnt: bigint; readonly paid: bigint } {
  if (chain.market === undefined) return { burnt: 0n, paid: offered };
  const left = offered - block.baseFee;
  return { burnt: block.baseFee, paid: left < chain.gasPrice ? left : chain.gasPrice };
}

/** The least offer that a block with this base fee takes. */
export function leastOffer(chain: Chain, baseFee: bigint): bigint {
  return chain.market === undefined ? chain.gasPrice : baseFee;
}

/** Demand of others, whom no one follows: so much gas a block for as long as it costs no more than they would pay. */
export interface Demand {
  readonly gas: number;
  /** Highest base fee that they pay, in base units; as much as it takes where it is 0. */
  readonly price: bigint;
}

/** Gas of a block that others take, before anybody else is served. */
// MODEL: others outbid all who are followed while they are willing at all, so who is followed gets what is left of a block.
export function gasOfOthers(chain: Chain, baseFee: bigint): number {
  let gas = 0;
  for (const { gas: wanted, price } of chain.conditions.demand.values()) {
    if (price === 0n || baseFee <= price) gas += wanted;
  }
  return Math.min(gas, chain.gasLimit);
}
