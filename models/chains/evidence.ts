/**
 * Evidence of double signing: two votes of one key for one height, round and step. Found by a node, shared with all, and
 * written into the next block.
 */
import { chainClock } from './chain.ts';
import type { Chain } from './chain.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { evidenceFound } from '../records.ts';
import type { BlockHook } from './execution.ts';

export interface Evidence {
  readonly validator: number;
  readonly key: number;
  readonly height: number;
  readonly round: number;
  readonly step: 'prevote' | 'precommit';
  /** When it was found, by the chain's clock. */
  readonly chainUs: number;
}

/** Evidence of one chain in the order in which it was found; numbered from 0. */
interface EvidencePool {
  readonly list: Evidence[];
  /** Number of the first in the list; those before are too old to be of use. */
  first: number;
  readonly known: Set<string>;
}

/** @source cometbft/cometbft@5bba72c1 types/params.go:142: evidence is void once older than 48 h and 100,000 blocks. */
export const EVIDENCE_AGE = { us: 172_800_000_000, blocks: 100_000 };
/** MODEL: the pool keeps this many. More than that between two blocks is no double signing but a broken chain. */
const POOL_MAX = 10_000;

const TABLE = 'evidence';

function poolsOf(world: World): Map<number, EvidencePool> {
  return (world.tables[TABLE] ??= new Map()) as Map<number, EvidencePool>;
}

/** Adds evidence that `node` has found; nothing happens where it is known. */
// MODEL: whoever finds it, every proposer has it at once; gossip of evidence costs nothing and takes no time.
export function reportEvidence(context: Context, chain: Chain, node: number, found: Omit<Evidence, 'chainUs'>): void {
  const pools = poolsOf(context.world);
  let pool = pools.get(chain.id);
  if (pool === undefined) pools.set(chain.id, (pool = { list: [], first: 0, known: new Set() }));
  const id = evidenceKey(found);
  if (pool.known.has(id)) return;
  pool.known.add(id);
  // Evidence is as old as what it speaks of, however late it is found.
  const spokenOf = chain.blocks.get(chain.branch.get(found.height) ?? -1);
  pool.list.push({ ...found, chainUs: spokenOf?.chainUs ?? chainClock(chain, context.now) });
  if (pool.list.length > POOL_MAX) {
    const dropped = pool.list.splice(0, POOL_MAX / 2);
    pool.first += dropped.length;
    for (const old of dropped) pool.known.delete(evidenceKey(old));
  }
  const { key, height, round, step } = found;
  context.record(evidenceFound, { chain: chain.id, node, key, height, round, step });
}

/** Contract-state key that stands once a block holds the evidence. */
export function evidenceKey(of: Pick<Evidence, 'validator' | 'height' | 'round' | 'step'>): string {
  return `evidence/${of.validator}/${of.height}/${of.round}/${of.step}`;
}

/** Evidence found so far on a chain and still kept. */
export function evidenceOn(world: World, chain: number): readonly Evidence[] {
  return poolsOf(world).get(chain)?.list ?? [];
}

/** Contract state: number of the first piece that this branch has not looked at. */
const NEXT_KEY = 'evidence/next';

/** End-of-block work: writes what was found since the last block of this branch, where it is not too old. */
export const includeEvidence: BlockHook = (execution) => {
  const { chain, block, context } = execution;
  const pool = poolsOf(context.world).get(chain.id);
  if (pool === undefined) return;
  const from = (execution.get(NEXT_KEY) as number | undefined) ?? 0;
  const end = pool.first + pool.list.length;
  if (from === end) return;
  for (let number = Math.max(from, pool.first); number < end; number++) {
    const each = pool.list[number - pool.first] as Evidence;
    const isOld = block.chainUs - each.chainUs > EVIDENCE_AGE.us && block.height - each.height > EVIDENCE_AGE.blocks;
    // What was bound when it signed is free by now: there is nothing left to take.
    const isUnbound = block.chainUs - each.chainUs > chain.unbondingUs;
    if (!isOld && !isUnbound) execution.set(evidenceKey(each), each.key);
  }
  execution.set(NEXT_KEY, end);
};
