/** How a chain begins: an empty state, a genesis block with its balances, and nodes that hold it. */
import { assert } from '../../sim/base/assert.ts';
import { START } from '../../sim/base/units.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { beginVersion, createStateTree } from '../proofs/state-tree.ts';
import { headMoved } from '../records.ts';
import { accountId, type Block, type Chain, chainClock, type ChainNode, chainsOf } from './chain.ts';
import { createConditions } from './conditions.ts';
import type { Demand, FeeMarket } from './fee-market.ts';
import type { Upgrade } from './upgrades.ts';
import { Execution, FEES_ACCOUNT } from './execution.ts';
import { createMempool } from './mempool.ts';

export type ChainSettings = Pick<
  Chain,
  | 'name'
  | 'consensus'
  | 'mode'
  | 'network'
  | 'clock'
  | 'settleDepth'
  | 'keepBlocks'
  | 'rootLag'
  | 'unbondingUs'
  | 'blockTimeUs'
  | 'feeAsset'
  | 'gasPrice'
  | 'gasLimit'
> & {
  /** None unless given. */
  readonly upgrades?: readonly Upgrade[] | undefined;
  /** The chain below; none unless given. */
  readonly below?: number | undefined;
  readonly market?: FeeMarket | undefined;
  /** What others always want of each block. */
  readonly others?: Demand | undefined;
};

export const GENESIS = 0;

/** Adds a chain without nodes and without a genesis block. */
export function foundChain(world: World, settings: ChainSettings): Chain {
  assert(settings.keepBlocks >= settings.settleDepth, 'a chain keeps what has not settled', { chain: settings.name });
  const chains = chainsOf(world);
  const { market, others, below = -1, upgrades = [], ...rest } = settings;
  const chain: Chain = {
    ...rest,
    below,
    upgrades,
    market,
    conditions: createConditions(others),
    id: chains.length,
    state: createStateTree(settings.mode),
    blocks: new Map(),
    nextBlock: 0,
    head: GENESIS,
    branch: new Map(),
    settledTo: 0,
    keptFrom: 0,
    mempool: createMempool(),
    demand: undefined,
    nodes: [],
    accounts: [],
    accountIds: new Map(),
    tags: { safe: GENESIS, finalized: GENESIS, settled: GENESIS },
  };
  accountId(chain, FEES_ACCOUNT);
  chains.push(chain);
  return chain;
}

export function addNode(
  chain: Chain,
  node: { readonly name: string; readonly entity: number; readonly validator: number },
): ChainNode {
  const added: ChainNode = {
    ...node,
    index: chain.nodes.length,
    head: GENESIS,
    isUp: true,
    subscribers: [],
    censored: new Map(),
  };
  chain.nodes.push(added);
  return added;
}

/** Makes the genesis block; `write` puts the first balances and contracts into its state. Publishes its facts. */
export function makeGenesis(context: Context, chain: Chain, write: (execution: Execution) => void): Block {
  assert(chain.nextBlock === GENESIS, 'a chain has one genesis', { chain: chain.name });
  const block: Block = {
    id: chain.nextBlock++,
    parent: -1,
    height: 0,
    chainUs: chainClock(chain, START),
    madeAt: START,
    proposer: -1,
    work: 0,
    transactions: [],
    version: -1,
    logs: [],
    gas: 0,
    baseFee: 0n,
    closedAnnounced: true,
    origin: originOfGenesis(chain),
    seal: { headerHash: new Uint8Array(32), evidence: null },
  };
  chain.blocks.set(block.id, block);
  chain.branch.set(0, block.id);
  const execution = new Execution(context, chain, block, {}, beginVersion(chain.state, EMPTY_VERSION));
  write(execution);
  execution.finish();
  context.record(headMoved, { chain: chain.id, head: block.id, height: 0, undone: [], applied: [block.id] });
  return block;
}

/** A chain on another begins with the genesis of that one. */
function originOfGenesis(chain: Chain): number {
  return chain.below === -1 ? -1 : GENESIS;
}

const EMPTY_VERSION = 0;
