/** What befalls a chain as a whole, by the fault that does it: slow blocks, empty blocks, demand of others. */
import type { Chain } from './chain.ts';
import type { Demand } from './fee-market.ts';

export interface Conditions {
  /** Factors on the time between blocks. */
  readonly slowing: Map<number, number>;
  /** Faults under which blocks hold nothing. */
  readonly emptying: Set<number>;
  /** By fault, and at -1 what is always there. */
  readonly demand: Map<number, Demand>;
}

export function createConditions(demand: Demand | undefined): Conditions {
  return {
    slowing: new Map(),
    emptying: new Set(),
    demand: new Map(demand === undefined ? [] : [[-1, { ...demand }]]),
  };
}

/** How many times longer than usual a block takes. */
export function slownessOf(chain: Chain): number {
  let factor = 1;
  for (const each of chain.conditions.slowing.values()) factor *= each;
  return factor;
}

/** A time between blocks as it is now. */
export function slowed(chain: Chain, us: number): number {
  return chain.conditions.slowing.size === 0 ? us : us * slownessOf(chain);
}
