/**
 * Work that a process of the chain above does below: one transaction at a time, followed until it is in or gone.
 * MODEL: what waits in the mempool because gas has become dearer is not sent again at a higher price. It costs batches and
 * outputs that come late when the chain below is crowded.
 */
import type { Context } from '../../../sim/kernel/simulation.ts';
import { type BlockId, type Chain, isOnBranch } from '../chain.ts';
import { TRANSACTION_GAS } from '../execution.ts';
import type { Call } from '../mempool.ts';
import { submit } from '../views.ts';

/** An account below, and its transaction that is on its way, -1 for none. */
export interface Errand {
  readonly account: number;
  transaction: number;
}

export function createErrand(account: number): Errand {
  return { account, transaction: -1 };
}

/** Sends a call. `gas` is what the call itself needs. */
export function send(context: Context, below: Chain, errand: Errand, call: Call, gas: number): void {
  const { account } = errand;
  errand.transaction = submit(context, below, { account, calls: [call], gasLimit: TRANSACTION_GAS + gas }).id;
}

/** Whether nothing is on its way in the view of `head`: what was sent is in a block of that view, or is gone. */
export function isFree(below: Chain, head: BlockId, errand: Errand): boolean {
  if (errand.transaction === -1) return true;
  const transaction = below.mempool.transactions.get(errand.transaction);
  const isDone =
    transaction === undefined || (transaction.includedIn !== -1 && isOnBranch(below, head, transaction.includedIn));
  if (isDone) errand.transaction = -1;
  return isDone;
}
