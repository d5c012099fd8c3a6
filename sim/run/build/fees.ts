/** What a lane charges, in base units of the asset that it is paid in. */
import { type FeeTerms } from '../../../models/lanes/fee-terms.ts';
import type { LaneEntry, Scenario } from '../../scenario/scenario.ts';
import { toBaseUnits } from './amounts.ts';

/** A decimal as a fraction of whole numbers. */
function fractionOf(decimal: string): { readonly over: bigint; readonly under: bigint } {
  const [whole = '0', digits = ''] = decimal.split('.');
  return { over: BigInt(whole + digits), under: tenTo(digits.length) };
}

/** Terms of a lane, or nothing where it is carried unpaid. */
export function feeTermsOf(scenario: Scenario, { fees, from, to }: LaneEntry, lane: string): FeeTerms | undefined {
  const [source, destination] = [scenario.chains[from], scenario.chains[to]];
  if (source === undefined || destination === undefined) return undefined;
  const { decimals } = source.asset;
  if (fees === 'unpaid') return undefined;
  switch (fees.kind) {
    case 'ahead': {
      const [margin, rate] = [fractionOf(fees.margin), fractionOf(fees.rate)];
      const { gas, asset } = destination;
      const price = gas.market === undefined ? gas.price : gas.price + gas.market.initial;
      const over = BigInt(fees.gas) * price * margin.over * rate.over * tenTo(decimals);
      const under = margin.under * rate.under * tenTo(asset.decimals);
      // Rounded up: nobody is quoted nothing for gas that costs something.
      return { kind: 'ahead', fee: toBaseUnits(fees.flat, decimals) + (over + under - 1n) / under };
    }
    case 'incentive':
      return {
        kind: 'incentive',
        receive: toBaseUnits(fees.receive, decimals),
        acknowledge: toBaseUnits(fees.acknowledge, decimals),
        timeOut: toBaseUnits(fees.timeOut, decimals),
      };
    case 'on-delivery':
      return { kind: 'on-delivery', bps: fees.bps, ...(fees.to === 'system' ? { to: `fees/${lane}` } : {}) };
  }
}

function tenTo(digits: number): bigint {
  let power = 1n;
  for (let i = 0; i < digits; i++) power *= 10n;
  return power;
}
