/** What a chain is: blocks, versioned contract state, mempool, nodes with their views, and a clock of its own. */
import { assert, present } from '../../sim/base/assert.ts';
import type { Instant } from '../../sim/base/units.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { EntityId } from '../../sim/kernel/world.ts';
import type { ProofMode } from '../proofs/proof-mode.ts';
import type { StateTree, Version } from '../proofs/state-tree.ts';
import type { Conditions } from './conditions.ts';
import type { FeeMarket } from './fee-market.ts';
import type { Upgrade } from './upgrades.ts';
import type { Mempool } from './mempool.ts';

export type ChainId = number;
/** Dense on its chain from 0, the genesis. */
export type BlockId = number;

/** What a contract wrote for those who watch: never read by contracts. */
export interface LogEntry {
  readonly kind:
    'packet-sent' | 'acknowledgement-written' | 'packet-closed' | 'packet-verified' | 'packet-nilified' | 'claim-made';
  readonly lane: number;
  readonly sequence: number;
  /** Frozen packet, as the lane wrote it: chains do not look inside. */
  readonly packet: unknown;
  /** Of an acknowledgement: whether it is the success one. */
  readonly isSuccess: boolean;
  /** Of an acknowledgement that names who is paid for the delivery: that account's name. */
  readonly payee?: string;
}

export interface Block {
  readonly id: BlockId;
  readonly parent: BlockId;
  readonly height: number;
  /** Timestamp by the chain's clock, in microseconds; above the parent's. */
  readonly chainUs: number;
  /** Instant at which it was made: a ghost, no protocol reads it. */
  readonly madeAt: Instant;
  readonly proposer: number;
  /** Work, or height, summed from genesis: the fork choice. */
  readonly work: number;
  readonly transactions: number[];
  /** State after it; -1 until it is executed. */
  version: Version;
  readonly logs: LogEntry[];
  gas: number;
  /** Burnt for each unit of gas, in base units; 0 where there is no market. */
  readonly baseFee: bigint;
  /** Whether what it closed was handed on to be forgotten. */
  closedAnnounced: boolean;
  /** Newest block of the chain below that its builder had seen; -1 where there is no chain below. */
  readonly origin: BlockId;
  /** Consensus data of the block (round, commit, seal), as the consensus part keeps it. */
  readonly seal: BlockSeal;
}

/** What proves a block to those outside of its chain. */
export interface BlockSeal {
  headerHash: Uint8Array;
  /** The header and its proof, in the form of the light client of this consensus; null where there is none. */
  evidence: unknown;
}

/** A process that keeps a view of the chain. */
export interface ChainNode {
  readonly index: number;
  readonly name: string;
  readonly entity: EntityId;
  /** Index of the validator or miner it runs for; twins share one. -1 for a node that only follows. */
  readonly validator: number;
  /** The block whose branch it holds to be the chain. */
  head: BlockId;
  isUp: boolean;
  readonly subscribers: Subscriber[];
  /** What it leaves out of its blocks while a fault says so, by fault id. */
  readonly censored: Map<number, Censorship>;
}

export interface Censorship {
  /** Whose transactions are left out. */
  readonly accounts: readonly number[];
  /** Chance of each block to leave them out, in parts per million; certain where it is not there. */
  readonly by?: { readonly stream: StreamId; readonly ppm: number };
}

export interface Subscriber {
  readonly entity: EntityId;
  readonly kind: number;
  readonly delayUs: number;
}

/** An event that makes a block as soon as a transaction waits. */
export interface BlockDemand {
  readonly entity: EntityId;
  readonly kind: number;
  /** Whether the event is scheduled already. */
  isDue: boolean;
}

export interface Chain {
  readonly id: ChainId;
  readonly name: string;
  readonly consensus: string;
  readonly mode: ProofMode;
  readonly network: number;
  readonly clock: { readonly offsetUs: number; readonly driftPpm: number };
  readonly state: StateTree;
  readonly blocks: Map<BlockId, Block>;
  nextBlock: BlockId;
  /** Head of the reference branch: the heaviest published, the first published among equals. */
  head: BlockId;
  /** Reference branch by height, within the kept window. */
  readonly branch: Map<number, BlockId>;
  /** Lowest height whose transactions are still kept. */
  settledTo: number;
  /** Lowest height that is still kept. */
  keptFrom: number;
  /** Blocks above a block after which it is held to be never undone. */
  readonly settleDepth: number;
  /** Blocks and states kept behind the head, at least the settle depth: how old a proof can still be read. */
  readonly keepBlocks: number;
  /** 0: a header commits to the state after its own block; 1: to the state after its parent, as CometBFT does. */
  readonly rootLag: 0 | 1;
  readonly unbondingUs: number;
  readonly blockTimeUs: number;
  readonly feeAsset: string;
  /** Price of a unit of gas in base units, and gas that a block may use. */
  readonly gasPrice: bigint;
  readonly gasLimit: number;
  readonly mempool: Mempool;
  /** Whoever makes a block at once when a transaction waits; undefined where blocks come by themselves. */
  demand: BlockDemand | undefined;
  /** By height, lowest first. */
  readonly upgrades: readonly Upgrade[];
  /** The chain below, whose contracts hold what is believed of this one; -1 where it stands alone. */
  readonly below: ChainId;
  readonly nodes: ChainNode[];
  readonly accounts: string[];
  readonly accountIds: Map<string, number>;
  /** How the price of gas moves; undefined where it does not. */
  readonly market: FeeMarket | undefined;
  readonly conditions: Conditions;
  /** Newest block of the reference branch that carries each tag; genesis where the consensus moves none. */
  readonly tags: { safe: BlockId; finalized: BlockId; settled: BlockId };
}

const TABLE = 'chains';

export function chainsOf(world: World): Chain[] {
  return (world.tables[TABLE] ??= []) as Chain[];
}

export function chainOf(world: World, id: ChainId): Chain {
  return present(chainsOf(world)[id], 'a chain exists', { id });
}

export function blockOf(chain: Chain, id: BlockId): Block {
  return present(chain.blocks.get(id), 'a block is within the kept window', { chain: chain.name, block: id });
}

export function nodeOf(chain: Chain, index: number): ChainNode {
  return present(chain.nodes[index], 'a node exists', { chain: chain.name, node: index });
}

/** The chain's own time, in microseconds; never negative. */
export function chainClock(chain: Chain, now: Instant): number {
  const drift = Math.floor((now / 1_000_000) * chain.clock.driftPpm);
  return Math.max(0, now + chain.clock.offsetUs + drift);
}

/** The block at `height` on the branch that ends in `head`; undefined below the kept window or above the head. */
export function blockAtHeight(chain: Chain, head: BlockId, height: number): Block | undefined {
  let block = chain.blocks.get(head);
  if (block === undefined || height > block.height || height < chain.keptFrom) return undefined;
  while (block !== undefined && block.height > height) {
    // Where the reference branch runs through here, its table saves the rest of the walk.
    if (chain.branch.get(block.height) === block.id) return chain.blocks.get(chain.branch.get(height) ?? -1);
    block = chain.blocks.get(block.parent);
  }
  return block;
}

/** Whether `ancestor` is on the branch that ends in `head` (itself included). */
export function isOnBranch(chain: Chain, head: BlockId, ancestor: BlockId): boolean {
  const block = chain.blocks.get(ancestor);
  return block !== undefined && blockAtHeight(chain, head, block.height)?.id === ancestor;
}

/** What must be undone (newest first) and applied (oldest first) to move a view from one block to another. */
export function pathBetween(chain: Chain, from: BlockId, to: BlockId): { undone: BlockId[]; applied: BlockId[] } {
  const undone: BlockId[] = [];
  const applied: BlockId[] = [];
  let left = blockOf(chain, from);
  let right = blockOf(chain, to);
  while (left.id !== right.id) {
    if (left.height >= right.height) {
      undone.push(left.id);
      left = blockOf(chain, left.parent);
    } else {
      applied.push(right.id);
      right = blockOf(chain, right.parent);
    }
  }
  return { undone, applied: applied.reverse() };
}

/** The account of that name, opened at first use. */
export function accountId(chain: Chain, name: string): number {
  const known = chain.accountIds.get(name);
  if (known !== undefined) return known;
  const id = chain.accounts.length;
  chain.accounts.push(name);
  chain.accountIds.set(name, id);
  return id;
}

/** The block whose state a header at this block commits to. */
export function provenBlock(chain: Chain, block: Block): Block {
  assert(block.height >= chain.rootLag, 'genesis proves itself');
  return chain.rootLag === 0 || block.height === 0 ? block : blockOf(chain, block.parent);
}
