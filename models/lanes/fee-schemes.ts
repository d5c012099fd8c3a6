/** Who pays for carriage on a lane, when and in what asset. A new scheme is one file and one line. */
import type { Execution } from '../chains/execution.ts';
import { ahead } from './fee-ahead.ts';
import { incentive } from './fee-incentive.ts';
import { onDelivery } from './fee-on-delivery.ts';
import { type FeeScheme, type Given, payerKey, takeFee } from './fee-terms.ts';
import type { Lane } from './lane.ts';

const unpaid: FeeScheme = {
  summary: 'relayers pay their own gas and earn nothing in the protocol',
  source: 'IBC v2 and ibc-go v11: no fee middleware',
  namesDeliverer: false,
};

export const feeSchemes = {
  unpaid,
  ahead,
  incentive,
  'on-delivery': onDelivery,
} as const satisfies Record<string, FeeScheme>;
export type FeeSchemeKind = keyof typeof feeSchemes;

function schemeOf(lane: Lane): FeeScheme {
  return feeSchemes[lane.fees?.kind ?? 'unpaid'];
}

/**
 * Charges the sender of a packet; the result is why it cannot be, or nothing.
 * MODEL: what a chain in the middle sends on is carried unpaid: its holding account has no native asset.
 */
export function chargeSend(execution: Execution, lane: Lane, sequence: number, isSentOn: boolean): string | undefined {
  if (lane.fees === undefined || isSentOn) return undefined;
  const scheme = schemeOf(lane);
  const refusal = takeFee(execution, lane, sequence, scheme.quote?.(lane.fees) ?? 0n);
  if (refusal === undefined && scheme.onAcknowledge !== undefined) {
    execution.set(payerKey(lane.id, sequence), execution.account);
  }
  return refusal;
}

/** Name of the account that an acknowledgement names for its fee; undefined on lanes whose acknowledgements name none. */
export function deliverer(execution: Execution, lane: Lane): string | undefined {
  if (!schemeOf(lane).namesDeliverer) return undefined;
  return execution.chain.accounts[execution.account] ?? '';
}

export function payAcknowledged(execution: Execution, lane: Lane, sequence: number, payee: string): void {
  schemeOf(lane).onAcknowledge?.(execution, lane, sequence, payee);
}

export function payTimedOut(execution: Execution, lane: Lane, sequence: number): void {
  schemeOf(lane).onTimeout?.(execution, lane, sequence);
}

export function chargeDelivery(execution: Execution, lane: Lane, sequence: number, given: Given): void {
  schemeOf(lane).onDelivery?.(execution, lane, sequence, given);
}
