/**
 * Transactions that wait for a block. One pool a chain.
 * MODEL: a transaction reaches every builder the moment it is submitted; gossip of transactions costs nothing and races
 * for inclusion are decided by price and order of submission alone.
 */
import { present } from '../../sim/base/assert.ts';
import type { BlockId } from './chain.ts';

export interface Call {
  /** Name in the table of calls. */
  readonly action: string;
  /** Frozen plain record: what the handler of the action expects, or garbage, which it refuses. */
  readonly arguments: unknown;
}

export interface Transaction {
  readonly id: number;
  readonly account: number;
  readonly calls: readonly Call[];
  readonly gasLimit: number;
  /** Price offered for a unit of gas, at least the chain's. */
  readonly gasPrice: bigint;
  /** Block of the reference branch that holds it, -1 while it waits. */
  includedIn: BlockId;
}

interface Tier {
  readonly price: bigint;
  /** Transaction ids in order of submission; those below `first` are gone. */
  ids: number[];
  first: number;
}

export interface Mempool {
  readonly transactions: Map<number, Transaction>;
  /** By price, dearest first. */
  readonly tiers: Tier[];
  nextId: number;
  waiting: number;
}

export function createMempool(): Mempool {
  return { transactions: new Map(), tiers: [], nextId: 0, waiting: 0 };
}

export function transactionOf(pool: Mempool, id: number): Transaction {
  return present(pool.transactions.get(id), 'a transaction is kept until its block has settled', { id });
}

/** Adds a transaction and returns its id. */
export function enterPool(pool: Mempool, transaction: Omit<Transaction, 'id' | 'includedIn'>): Transaction {
  const added: Transaction = { ...transaction, id: pool.nextId++, includedIn: -1 };
  pool.transactions.set(added.id, added);
  line(pool, added);
  pool.waiting++;
  return added;
}

/** A block of the reference branch includes it. */
export function leavePool(pool: Mempool, id: number, block: BlockId): void {
  const transaction = transactionOf(pool, id);
  if (transaction.includedIn === -1) pool.waiting--;
  transaction.includedIn = block;
}

/** The block that included it left the reference branch: it waits again, behind those that came since. */
export function returnToPool(pool: Mempool, id: number): void {
  const transaction = transactionOf(pool, id);
  transaction.includedIn = -1;
  pool.waiting++;
  leaveLine(pool, transaction);
  line(pool, transaction);
}

/** Takes it out of the line where nobody has looked since it was included: it would stand there twice, and be included twice. */
function leaveLine(pool: Mempool, { id, gasPrice }: Transaction): void {
  const tier = pool.tiers.find(({ price }) => price === gasPrice);
  const place = tier === undefined ? -1 : tier.ids.indexOf(id, tier.first);
  if (place !== -1) tier?.ids.splice(place, 1);
}

/** Forgets a transaction for good: its block has settled, or it was dropped. */
export function forget(pool: Mempool, id: number): void {
  const transaction = pool.transactions.get(id);
  if (transaction === undefined) return;
  if (transaction.includedIn === -1) pool.waiting--;
  pool.transactions.delete(id);
}

/** Visits what waits, dearest first, oldest first among equals, until `visit` returns false. */
export function eachWaiting(pool: Mempool, visit: (transaction: Transaction) => boolean): void {
  for (const tier of pool.tiers) {
    compact(pool, tier);
    for (let i = tier.first; i < tier.ids.length; i++) {
      const transaction = pool.transactions.get(tier.ids[i] as number);
      if (transaction === undefined || transaction.includedIn !== -1) continue;
      if (!visit(transaction)) return;
    }
  }
}

function line(pool: Mempool, transaction: Transaction): void {
  let index = 0;
  while (index < pool.tiers.length && (pool.tiers[index] as Tier).price > transaction.gasPrice) index++;
  const tier = pool.tiers[index];
  if (tier !== undefined && tier.price === transaction.gasPrice) tier.ids.push(transaction.id);
  else pool.tiers.splice(index, 0, { price: transaction.gasPrice, ids: [transaction.id], first: 0 });
}

function compact(pool: Mempool, tier: Tier): void {
  while (tier.first < tier.ids.length) {
    const transaction = pool.transactions.get(tier.ids[tier.first] as number);
    if (transaction !== undefined && transaction.includedIn === -1) break;
    tier.first++;
  }
  if (tier.first > 1024 && tier.first * 2 > tier.ids.length) {
    tier.ids = tier.ids.slice(tier.first);
    tier.first = 0;
  }
}
