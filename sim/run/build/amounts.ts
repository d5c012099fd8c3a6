/** Decimal amounts of a scenario to base units. */
import { assert } from '../../base/assert.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** Digits that a drawn amount keeps; an asset with more gets zeros after them. */
export const DRAWN_DECIMALS_MAX = 6;

/** Exact base units of a decimal text. Throws InvariantError when it has more digits than the asset. */
export function toBaseUnits(decimal: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const digits = fraction.replace(/0+$/, '');
  assert(digits.length <= decimals, 'validation refuses amounts finer than the asset', { decimal, decimals });
  return BigInt(whole + digits.padEnd(decimals, '0'));
}

/** Decimals of an asset by its name; the chain that mints it says. */
export function decimalsOf(scenario: Scenario, asset: string): number {
  for (const chain of Object.values(scenario.chains)) if (chain.asset.name === asset) return chain.asset.decimals;
  assert(false, 'validation refuses assets that no chain mints', { asset });
}
