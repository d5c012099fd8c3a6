/** What waits for a block: the order in which it is taken, and that it stands in line once. */
import { describe, expect, it } from 'vitest';
import {
  createMempool,
  eachWaiting,
  enterPool,
  leavePool,
  type Mempool,
  returnToPool,
} from '../../models/chains/mempool.ts';

function add(pool: Mempool, gasPrice: bigint): number {
  return enterPool(pool, { account: 0, calls: [], gasLimit: 1, gasPrice }).id;
}

function waiting(pool: Mempool): number[] {
  const ids: number[] = [];
  eachWaiting(pool, ({ id }) => ids.push(id) > 0);
  return ids;
}

describe('chains: mempool', () => {
  it('gives the dearest first, the oldest among equals', () => {
    const pool = createMempool();
    for (const price of [1n, 3n, 1n, 3n, 2n]) add(pool, price);
    expect(waiting(pool)).toEqual([1, 3, 4, 0, 2]);
  });

  it('gives what a block held that was undone once, behind those that came since', () => {
    const pool = createMempool();
    const [first, second] = [add(pool, 1n), add(pool, 1n)];
    leavePool(pool, first, 7);
    // Nobody looked between inclusion and undoing: it still stands where it stood.
    returnToPool(pool, first);
    expect(waiting(pool)).toEqual([second, first]);
    expect(pool.waiting).toBe(2);
  });

  it('gives it once after any order of inclusions and undoings', () => {
    const pool = createMempool();
    const ids = Array.from({ length: 5 }, () => add(pool, 1n));
    for (const id of ids) leavePool(pool, id, 1);
    for (const id of [...ids].reverse()) returnToPool(pool, id);
    for (const id of ids.slice(0, 2)) leavePool(pool, id, 2);
    for (const id of ids.slice(0, 2)) returnToPool(pool, id);
    expect(waiting(pool).sort((a, b) => a - b)).toEqual(ids);
    expect(waiting(pool).length).toBe(5);
  });
});
