/** What a lane charges for carriage, and where what is charged ahead of the work is kept. */
import { accountId } from '../chains/chain.ts';
import type { Execution } from '../chains/execution.ts';
import { balanceOf, moveAsset } from '../economy/ledger.ts';
import type { Lane } from './lane.ts';

/** Amounts are base units of the native asset of the source. */
export type FeeTerms =
  | { readonly kind: 'ahead'; readonly fee: bigint }
  | { readonly kind: 'incentive'; readonly receive: bigint; readonly acknowledge: bigint; readonly timeOut: bigint }
  | {
      readonly kind: 'on-delivery';
      /** Part of the amount, in hundredths of a percent, rounded down. */
      readonly bps: number;
      /** Account name at the destination of who is paid; absent where it is whoever delivers. */
      readonly to?: string;
    };

/** How one kind of terms charges and pays. What is absent does nothing. */
export interface FeeScheme {
  readonly summary: string;
  readonly source: string;
  /** Whether the acknowledgement names who delivered, for the source to pay. */
  readonly namesDeliverer: boolean;
  /** Base units of the source's native asset that a sender needs beside the gas. */
  quote?(terms: FeeTerms): bigint;
  onAcknowledge?(execution: Execution, lane: Lane, sequence: number, payee: string): void;
  onTimeout?(execution: Execution, lane: Lane, sequence: number): void;
  /** Tokens have been given to an account at the destination. */
  onDelivery?(execution: Execution, lane: Lane, sequence: number, given: Given): void;
}

export interface Given {
  readonly asset: string;
  readonly amount: bigint;
  /** Account that has them. */
  readonly to: number;
}

/** Account at the source that holds what senders paid. */
export function feeAccount(lane: Lane): string {
  return `fees/${lane.name}`;
}

/** At the source: who paid for a packet that the fee may yet go back to. */
export function payerKey(lane: number, sequence: number): string {
  return `lanes/${lane}/fee-payers/${sequence}`;
}

/** Takes the quote from the sender. The result is why it cannot be, or nothing. */
export function takeFee(execution: Execution, lane: Lane, sequence: number, amount: bigint): string | undefined {
  const { chain, account } = execution;
  if (amount === 0n) return undefined;
  if (balanceOf(execution, account, chain.feeAsset) < amount) return 'fee-not-covered';
  const to = accountId(chain, feeAccount(lane));
  moveAsset(execution, { asset: chain.feeAsset, from: account, to, amount, why: 'fee', lane: lane.id, sequence });
  return undefined;
}

/** Pays out of what was taken: `fee` for work, `fee-back` for what nobody earned. */
export function payFee(
  execution: Execution,
  lane: Lane,
  sequence: number,
  paid: { readonly to: number; readonly amount: bigint; readonly why: 'fee' | 'fee-back' },
): void {
  if (paid.amount === 0n) return;
  const from = accountId(execution.chain, feeAccount(lane));
  moveAsset(execution, { asset: execution.chain.feeAsset, from, ...paid, lane: lane.id, sequence });
}
