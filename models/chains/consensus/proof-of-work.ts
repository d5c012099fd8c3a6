/**
 * Proof of work: Poisson blocks by hash share, propagation over the chain's network, forks, the heaviest branch, and
 * reorgs that move each node's view exactly.
 * MODEL: difficulty is constant and a block's ancestors come with it; retargeting and block download are left out, which
 * matters over weeks and for nodes that were cut off for hours.
 */
import { assert } from '../../../sim/base/assert.ts';
import { after, roundDuration } from '../../../sim/base/units.ts';
import { exponential } from '../../../sim/kernel/random/samplers.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import { arrived, networkOf, transmit } from '../../network/network.ts';
import { type Block, blockOf, type Chain, chainOf, type ChainNode, nodeOf } from '../chain.ts';
import { slowed } from '../conditions.ts';
import type { Executor } from '../execution.ts';
import type { SealBlock } from '../sealing.ts';
import { makeBlock, moveReference, moveView, selectTransactions } from '../views.ts';

export interface ProofOfWorkState {
  readonly chain: number;
  /** Mean time between blocks of all miners together, in microseconds. */
  readonly intervalUs: number;
  /** Hash share of each miner, in units; only ratios matter. */
  readonly shares: number[];
  /** Bytes of a block on the wire. */
  readonly blockBytes: number;
  readonly miningStream: StreamId;
  found: number;
}

const EVENT = { find: 0, receive: 1 } as const;

export function startProofOfWork(context: Context, entity: number, state: ProofOfWorkState): void {
  scheduleFind(context, entity, state);
}

export function createProofOfWork(executor: Executor, sealBlock: SealBlock): Behaviour<ProofOfWorkState> {
  return {
    kind: 'proof-of-work-chain',
    events: ['find-block', 'receive-block'],
    handle(state, event, context) {
      const chain = chainOf(context.world, state.chain);
      if (event.kind === EVENT.receive) {
        arrived(networkOf(context.world, chain.network));
        adopt(context, chain, nodeOf(chain, event.b), event.a);
        return;
      }
      const finder = drawMiner(context, state);
      state.found++;
      scheduleFind(context, event.target, state);
      const node = nodeOf(chain, finder);
      if (node.isUp) mine(context, chain, state, node, executor, sealBlock);
    },
  };
}

/** The next find of all miners together: memoryless, so a draw per find is exact. @source Nakamoto 2008, section 11. */
function scheduleFind(context: Context, entity: number, state: ProofOfWorkState): void {
  const wait = roundDuration(
    exponential(
      context.keyed(state.miningStream, state.found, 0),
      slowed(chainOf(context.world, state.chain), state.intervalUs),
    ),
  );
  context.schedule('block', entity, EVENT.find, after(context.now, wait));
}

function drawMiner(context: Context, state: ProofOfWorkState): number {
  let total = 0;
  for (const share of state.shares) total += share;
  let at = context.drawKeyed(state.miningStream, state.found, 1) * total;
  for (let miner = 0; miner < state.shares.length; miner++) {
    at -= state.shares[miner] as number;
    if (at < 0) return miner;
  }
  return state.shares.length - 1;
}

function mine(
  context: Context,
  chain: Chain,
  state: ProofOfWorkState,
  node: ChainNode,
  executor: Executor,
  sealBlock: SealBlock,
): void {
  const transactions = selectTransactions(context, chain, node, node.head);
  const block = makeBlock(context, chain, { parent: node.head, proposer: node.index, transactions, work: 1 });
  executor.execute(context, chain, block);
  sealBlock(context, chain, block);
  adopt(context, chain, node, block.id);
  if (block.work > blockOf(chain, chain.head).work) moveReference(context, chain, block.id);
  broadcast(context, chain, state, node, block);
}

function broadcast(context: Context, chain: Chain, state: ProofOfWorkState, node: ChainNode, block: Block): void {
  const network = networkOf(context.world, chain.network);
  for (const peer of chain.nodes) {
    if (peer.index === node.index) continue;
    transmit(context, network, {
      from: node.index,
      to: peer.index,
      key: state.found,
      target: node.entity,
      kind: EVENT.receive,
      a: block.id,
      b: peer.index,
      bytes: state.blockBytes,
    });
  }
}

/** A node takes the heavier branch; among equals it keeps the one that it saw first. */
function adopt(context: Context, chain: Chain, node: ChainNode, id: number): void {
  if (!node.isUp) return;
  const block = chain.blocks.get(id);
  // A block below the kept window came too late to matter to anyone.
  if (block === undefined) return;
  assert(block.version !== -1, 'a block is executed before it is sent', { block: id });
  if (block.work > blockOf(chain, node.head).work) moveView(context, chain, node, id);
}
