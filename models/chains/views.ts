/** How blocks come to be, how views move over them, and what is forgotten. */
import { after, type Instant, duration } from '../../sim/base/units.ts';
import { assert } from '../../sim/base/assert.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { get, release, type StateValue } from '../proofs/state-tree.ts';
import { headMoved, transactionDropped, transactionSubmitted } from '../records.ts';
import { type Block, type BlockId, blockOf, type Chain, chainClock, type ChainNode, pathBetween } from './chain.ts';
import { gasOfOthers, leastOffer, nextBaseFee, offeredPrice } from './fee-market.ts';
import { type Call, eachWaiting, enterPool, forget, leavePool, returnToPool, type Transaction } from './mempool.ts';

/** Puts a transaction into the mempool. The fee is only taken when a block includes it. */
export function submit(
  context: Context,
  chain: Chain,
  transaction: {
    readonly account: number;
    readonly calls: readonly Call[];
    readonly gasLimit: number;
    readonly gasPrice?: bigint;
  },
): Transaction {
  const offered = transaction.gasPrice ?? offeredPrice(chain);
  const added = enterPool(chain.mempool, { ...transaction, gasPrice: offered });
  context.record(transactionSubmitted, {
    chain: chain.id,
    transaction: added.id,
    account: added.account,
    calls: added.calls.length,
  });
  demandBlock(context, chain);
  return added;
}

/** Calls for a block where blocks are made on demand. */
export function demandBlock(context: Context, chain: Chain): void {
  const { demand } = chain;
  if (demand === undefined || demand.isDue) return;
  demand.isDue = true;
  context.schedule('block', demand.entity, demand.kind, context.now);
}

/** What a builder on `parent` puts into its block: dearest first within the gas limit, censored accounts left out. */
export function selectTransactions(context: Context, chain: Chain, node: ChainNode, parent: BlockId): number[] {
  const chosen: number[] = [];
  if (chain.conditions.emptying.size > 0) return chosen;
  const baseFee = nextBaseFee(chain, blockOf(chain, parent));
  const least = leastOffer(chain, baseFee);
  let gas = gasOfOthers(chain, baseFee);
  const censored = censoredBy(context, node, parent);
  const take = (transaction: Transaction): boolean => {
    if (gas + transaction.gasLimit > chain.gasLimit) return false;
    if (censored.has(transaction.account) || transaction.gasPrice < least) return true;
    gas += transaction.gasLimit;
    chosen.push(transaction.id);
    return true;
  };
  if (parent === chain.head) {
    eachWaiting(chain.mempool, take);
    return chosen;
  }
  // Off the reference branch: what its side has is taken, what only the other side has is free again.
  const { undone, applied } = pathBetween(chain, chain.head, parent);
  const had = new Set(applied.flatMap((id) => blockOf(chain, id).transactions));
  for (const id of [...undone].reverse()) {
    for (const transactionId of blockOf(chain, id).transactions) {
      const transaction = chain.mempool.transactions.get(transactionId);
      // What has settled on the other side is forgotten, and cannot be included here as well.
      if (transaction === undefined || had.has(transactionId)) continue;
      if (!take(transaction)) return chosen;
    }
  }
  eachWaiting(chain.mempool, (transaction) => had.has(transaction.id) || take(transaction));
  return chosen;
}

/** Accounts that a builder leaves out; whoever builds on the same block again is of the same mind. */
function censoredBy(context: Context, node: ChainNode, parent: BlockId): Set<number> {
  const accounts = new Set<number>();
  for (const { accounts: wanted, by } of node.censored.values()) {
    if (by !== undefined && context.drawKeyed(by.stream, parent, node.index) * 1_000_000 >= by.ppm) continue;
    for (const account of wanted) accounts.add(account);
  }
  return accounts;
}

/** Makes a block on `parent`. Not executed yet. */
export function makeBlock(
  context: Context,
  chain: Chain,
  made: {
    readonly parent: BlockId;
    readonly proposer: number;
    readonly transactions: number[];
    readonly work: number;
    readonly chainUs?: number;
    readonly origin?: BlockId;
  },
): Block {
  const parent = blockOf(chain, made.parent);
  const baseFee = nextBaseFee(chain, parent);
  const block: Block = {
    id: chain.nextBlock++,
    parent: made.parent,
    height: parent.height + 1,
    // Time is monotone by rule: a clock that lags its parent's stamp still moves on by one microsecond.
    chainUs: Math.max(made.chainUs ?? chainClock(chain, context.now), parent.chainUs + 1),
    madeAt: context.now,
    proposer: made.proposer,
    work: parent.work + made.work,
    transactions: made.transactions,
    version: -1,
    logs: [],
    gas: chain.conditions.emptying.size > 0 ? 0 : gasOfOthers(chain, baseFee),
    baseFee,
    closedAnnounced: false,
    origin: made.origin ?? -1,
    seal: { headerHash: new Uint8Array(0), evidence: null },
  };
  chain.blocks.set(block.id, block);
  return block;
}

/** Moves the reference branch to `to` and says so; moves transactions in and out of the mempool; forgets old blocks. */
export function moveReference(context: Context, chain: Chain, to: BlockId): void {
  if (to === chain.head) return;
  const { undone, applied } = pathBetween(chain, chain.head, to);
  // What lay below was judged and forgotten as settled: the run cannot take it back.
  const isKept = undone.length <= chain.settleDepth || chain.settleDepth === 0;
  assert(isKept, `no reorg of ${chain.name} undoes more than its settle-depth: raise that above`, {
    undone: undone.length,
  });
  for (const id of undone) {
    const block = blockOf(chain, id);
    chain.branch.delete(block.height);
    for (const transaction of block.transactions) returnToPool(chain.mempool, transaction);
  }
  for (const id of applied) {
    const block = blockOf(chain, id);
    chain.branch.set(block.height, id);
    for (const transaction of block.transactions) leavePool(chain.mempool, transaction, id);
  }
  chain.head = to;
  const height = blockOf(chain, to).height;
  context.record(headMoved, { chain: chain.id, head: to, height, undone, applied });
  forgetTransactions(chain, height - chain.settleDepth - FORK_MARGIN);
  forgetBelow(chain, height - chain.keepBlocks);
}

/** Drops what waits and can never be included, such as the transaction of an account that cannot pay. */
export function dropTransaction(context: Context, chain: Chain, id: number, reason: string): void {
  forget(chain.mempool, id);
  context.record(transactionDropped, { chain: chain.id, transaction: id, reason });
}

/** A node takes `to` as its view; those who read through it are told after their delay. */
export function moveView(context: Context, chain: Chain, node: ChainNode, to: BlockId): void {
  if (node.head === to) return;
  node.head = to;
  for (const subscriber of node.subscribers) {
    const at: Instant = after(context.now, duration(subscriber.delayUs));
    context.schedule('delivery', subscriber.entity, subscriber.kind, at, chain.id, to);
  }
}

/** Reads contract state in the view of a block. */
export function readState(chain: Chain, block: BlockId, key: string): StateValue | undefined {
  return get(chain.state, blockOf(chain, block).version, key);
}

/** Blocks that a fork of a chain which should have none may still share transactions with. */
const FORK_MARGIN = 4;

/** What a settled block included waits for nothing any more: only its logs and state are still read. */
function forgetTransactions(chain: Chain, height: number): void {
  for (; chain.settledTo <= height; chain.settledTo++) {
    const id = chain.branch.get(chain.settledTo);
    if (id === undefined) continue;
    for (const transaction of blockOf(chain, id).transactions) forget(chain.mempool, transaction);
  }
}

function forgetBelow(chain: Chain, height: number): void {
  if (height <= chain.keptFrom) return;
  for (; chain.keptFrom < height; chain.keptFrom++) {
    const id = chain.branch.get(chain.keptFrom);
    if (id === undefined) continue;
    chain.branch.delete(chain.keptFrom);
    drop(chain, id);
  }
  // Branches that lost are few: they are swept when the window has passed them.
  if (chain.blocks.size === chain.branch.size) return;
  for (const block of chain.blocks.values()) if (block.height < height) drop(chain, block.id);
}

function drop(chain: Chain, id: BlockId): void {
  const block = blockOf(chain, id);
  if (block.version !== -1) release(chain.state, block.version);
  chain.blocks.delete(id);
}
