/** Balances in contract state. Every change of hands is one `asset-moved` fact; nothing else touches a balance. */
import { assert } from '../../sim/base/assert.ts';
import type { FieldMap, RecordDefinition, RecordFields } from '../../sim/kernel/record.ts';
import type { StateValue } from '../proofs/state-tree.ts';
import { assetMoved } from '../records.ts';

/** What the ledger needs of an execution: state, and a way to publish facts. */
export interface LedgerState {
  readonly chain: { readonly id: number };
  readonly block: { readonly id: number };
  get(key: string): StateValue | undefined;
  set(key: string, value: StateValue): void;
  remove(key: string): void;
  fact<F extends FieldMap>(definition: RecordDefinition<F>, fields: RecordFields<F>): void;
}

export type MoveReason =
  'genesis' | 'transfer' | 'escrow' | 'unescrow' | 'mint' | 'burn' | 'refund' | 'fee' | 'fee-back' | 'bond' | 'proof';

export interface AssetMove {
  readonly asset: string;
  /** Account ids; `from` -1 mints, `to` -1 burns. */
  readonly from: number;
  readonly to: number;
  readonly amount: bigint;
  readonly why: MoveReason;
  readonly lane?: number;
  readonly sequence?: number;
}

export function balanceKey(account: number, asset: string): string {
  return `balances/${account}/${asset}`;
}

export function balanceOf(state: Pick<LedgerState, 'get'>, account: number, asset: string): bigint {
  return (state.get(balanceKey(account, asset)) ?? 0n) as bigint;
}

/** Moves base units. Throws InvariantError when the payer lacks them: a contract asks `balanceOf` first. */
export function moveAsset(state: LedgerState, move: AssetMove): void {
  const { asset, from, to, amount } = move;
  assert(amount >= 0n, 'an amount is not negative', { amount });
  if (from !== -1) {
    const left = balanceOf(state, from, asset) - amount;
    assert(left >= 0n, 'nobody pays what they do not have', { from, asset, amount });
    if (left === 0n) state.remove(balanceKey(from, asset));
    else state.set(balanceKey(from, asset), left);
  }
  if (to !== -1 && amount > 0n) state.set(balanceKey(to, asset), balanceOf(state, to, asset) + amount);
  state.fact(assetMoved, {
    chain: state.chain.id,
    block: state.block.id,
    asset,
    from,
    to,
    amount,
    why: move.why,
    lane: move.lane ?? -1,
    sequence: move.sequence ?? 0,
  });
}
