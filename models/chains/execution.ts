/**
 * Execution of a block on contract state: once per block, whoever asks. A transaction's effects and facts stand together
 * or not at all; its fee stands either way.
 */
import { assert } from '../../sim/base/assert.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { FieldMap, RecordDefinition, RecordFields } from '../../sim/kernel/record.ts';
import { balanceOf, moveAsset } from '../economy/ledger.ts';
import { beginVersion, type Draft, retain, rootOf, seal, type StateValue } from '../proofs/state-tree.ts';
import { baseFeeSet, blockProduced, transactionIncluded } from '../records.ts';
import {
  type BlockState,
  forgetChanges,
  goBack,
  markOf,
  openBlockState,
  readEntry,
  settleInto,
  writeEntry,
} from './block-state.ts';
import { accountId, type Block, blockOf, type Chain, type LogEntry } from './chain.ts';
import { priceIn } from './fee-market.ts';
import { type Transaction, transactionOf } from './mempool.ts';
import { dropTransaction } from './views.ts';

/** How a call ended. A refusal reverts the whole transaction; a no-op does not. */
export type CallOutcome =
  | { readonly kind: 'done'; readonly gas: number }
  | { readonly kind: 'noop'; readonly gas: number; readonly reason: string }
  | { readonly kind: 'rejected'; readonly gas: number; readonly reason: string };

export type CallHandler = (execution: Execution, callArguments: unknown) => CallOutcome;
/** Contracts by the name of the action. Lanes and applications fill it; chains only call it. */
export type CallTable = Readonly<Record<string, CallHandler>>;
/** Work that a chain does by itself at the end of each block. */
export type BlockHook = (execution: Execution) => void;

/** What a contract sees and may do while a block executes. */
export class Execution {
  readonly context: Context;
  readonly chain: Chain;
  readonly block: Block;
  readonly calls: CallTable;
  private readonly state: BlockState;
  /** Facts that wait for the end of the block, in two columns. */
  private facts: RecordDefinition[] = [];
  private fields: Record<string, never>[] = [];
  transaction = -1;
  account = -1;

  constructor(context: Context, chain: Chain, block: Block, calls: CallTable, draft: Draft) {
    this.context = context;
    this.chain = chain;
    this.block = block;
    this.calls = calls;
    this.state = openBlockState(chain.state, draft);
  }

  get(key: string): StateValue | undefined {
    return readEntry(this.state, key);
  }

  set(key: string, value: StateValue): void {
    writeEntry(this.state, key, value);
  }

  remove(key: string): void {
    writeEntry(this.state, key, undefined);
  }

  log(entry: LogEntry): void {
    this.block.logs.push(entry);
  }

  /** Publishes a record when the block is done, unless the transaction reverts. */
  fact<F extends FieldMap>(definition: RecordDefinition<F>, fields: RecordFields<F>): void {
    this.facts.push(definition as unknown as RecordDefinition);
    this.fields.push(fields as Record<string, never>);
  }

  /** Runs one transaction. Returns false, and leaves no trace, when it cannot even pay. */
  run(transaction: Transaction): boolean {
    const { chain, block } = this;
    const cost = transaction.gasPrice * BigInt(transaction.gasLimit);
    if (balanceOf(this, transaction.account, chain.feeAsset) < cost) return false;
    this.transaction = transaction.id;
    this.account = transaction.account;
    const mark = markOf(this.state);
    const factsMark = this.facts.length;
    const logsMark = block.logs.length;
    let gas = TRANSACTION_GAS;
    let reason = '';
    for (const call of transaction.calls) {
      const handler = this.calls[call.action];
      const outcome: CallOutcome =
        handler === undefined ? { kind: 'rejected', gas: 0, reason: 'unknown-action' } : handler(this, call.arguments);
      gas += outcome.gas;
      if (gas > transaction.gasLimit) reason = 'out-of-gas';
      else if (outcome.kind === 'rejected') reason = outcome.reason;
      if (reason !== '') break;
    }
    gas = Math.min(gas, transaction.gasLimit);
    if (reason !== '') {
      goBack(this.state, mark);
      block.logs.length = logsMark;
      this.keepRefusals(factsMark);
    }
    block.gas += gas;
    const { burnt, paid } = priceIn(chain, block, transaction.gasPrice);
    const fee = (burnt + paid) * BigInt(gas);
    forgetChanges(this.state);
    this.transaction = transaction.id;
    if (burnt > 0n) {
      const amount = burnt * BigInt(gas);
      moveAsset(this, { asset: chain.feeAsset, from: transaction.account, to: -1, amount, why: 'fee' });
    }
    if (paid > 0n) {
      const fees = accountId(chain, FEES_ACCOUNT);
      moveAsset(this, {
        asset: chain.feeAsset,
        from: transaction.account,
        to: fees,
        amount: paid * BigInt(gas),
        why: 'fee',
      });
    }
    this.fact(transactionIncluded, {
      chain: chain.id,
      block: block.id,
      transaction: transaction.id,
      account: transaction.account,
      gas,
      fee,
      asset: chain.feeAsset,
      isReverted: reason !== '',
      reason,
    });
    return true;
  }

  /** A refusal is a fact even though its effects are undone: of the facts since the mark, only records that say so stay. */
  private keepRefusals(mark: number): void {
    let kept = mark;
    for (let i = mark; i < this.facts.length; i++) {
      const definition = this.facts[i] as RecordDefinition;
      if (!REFUSALS.has(definition.name)) continue;
      this.facts[kept] = definition;
      this.fields[kept++] = this.fields[i] as Record<string, never>;
    }
    this.facts.length = kept;
    this.fields.length = kept;
  }

  /** Runs `body`; when it returns false its effects and facts are undone and the transaction goes on. */
  attempt(body: () => boolean): boolean {
    const mark = markOf(this.state);
    const factsMark = this.facts.length;
    const logsMark = this.block.logs.length;
    if (body()) return true;
    goBack(this.state, mark);
    this.facts.length = factsMark;
    this.fields.length = factsMark;
    this.block.logs.length = logsMark;
    return false;
  }

  finish(): void {
    const { chain, block, context } = this;
    settleInto(this.state);
    block.version = seal(chain.state, this.state.draft);
    retain(chain.state, block.version);
    context.record(blockProduced, {
      chain: chain.id,
      block: block.id,
      parent: block.parent,
      height: block.height,
      chainUs: block.chainUs,
      proposer: block.proposer,
      transactions: block.transactions.length,
      gas: block.gas,
      stateRoot: rootOf(chain.state, block.version, context.hash),
    });
    if (chain.market !== undefined && block.height > 0) {
      context.record(baseFeeSet, { chain: chain.id, block: block.id, baseFee: block.baseFee });
    }
    for (let i = 0; i < this.facts.length; i++) {
      context.record(this.facts[i] as RecordDefinition, this.fields[i] as Record<string, never>);
    }
  }
}

/** Gas of a transaction before its calls. @source Ethereum yellow paper, G_transaction = 21000. */
export const TRANSACTION_GAS = 21_000;
export const FEES_ACCOUNT = 'fees';
const REFUSALS: ReadonlySet<string> = new Set(['packet-refused', 'message-rejected']);

export interface Executor {
  /** Executes a block whose parent is executed; does nothing when it already was. */
  execute(context: Context, chain: Chain, block: Block): void;
}

export function createExecutor(calls: CallTable, hooks: readonly BlockHook[]): Executor {
  return {
    execute(context, chain, block) {
      if (block.version !== -1) return;
      const parent = blockOf(chain, block.parent);
      assert(parent.version !== -1, 'a parent executes before its child', { block: block.id });
      const draft = beginVersion(chain.state, parent.version);
      const execution = new Execution(context, chain, block, calls, draft);
      // MODEL: who cannot pay leaves the block and the mempool for good; a real builder would try again later. It costs
      // a relayer with a nearly empty wallet one retry.
      const kept = block.transactions.filter((id) => {
        if (execution.run(transactionOf(chain.mempool, id))) return true;
        dropTransaction(context, chain, id, 'cannot-pay');
        return false;
      });
      block.transactions.length = 0;
      block.transactions.push(...kept);
      for (const hook of hooks) hook(execution);
      execution.finish();
    },
  };
}
