/** What faults may do to a voting node. They publish no record: who turned whom, and why, is the fault's to say. */
import { present } from '../../../sim/base/assert.ts';
import type { Context } from '../../../sim/kernel/simulation.ts';
import type { World } from '../../../sim/kernel/world.ts';
import { networkOf } from '../../network/network.ts';
import { type Chain, nodeOf } from '../chain.ts';
import { readAgain, stopReading } from './bft-quorum.ts';
import { BFT_EVENT, bftNodeOf, bftOf, type BftNode } from './bft-state.ts';

/** From now on the node sends nothing, though it listens and decides; or speaks again, from where the others are. */
export function setSilent(world: World, chain: Chain, node: number, isSilent: boolean): void {
  bftNodeOf(world, nodeOf(chain, node)).isSilent = isSilent;
  const { post } = bftOf(world, chain.id);
  if (post !== undefined && !isSilent) post.returns++;
}

/** The node stops: it hears nothing, its timers run out unseen. Its locks and votes are on disk. */
export function crashBftNode(world: World, chain: Chain, node: number): void {
  const stopped = nodeOf(chain, node);
  stopped.isUp = false;
  bftNodeOf(world, stopped).wasUp = false;
  const { post } = bftOf(world, chain.id);
  if (post !== undefined) stopReading(post, node, world.now);
}

/**
 * The node runs again, with the locks and votes it had, and asks the others where they are. Where `isUp` alone was set, the
 * node finds out within a second.
 */
export function restartBftNode(context: Context, chain: Chain, node: number): void {
  const started = nodeOf(chain, node);
  started.isUp = true;
  const { post } = bftOf(context.world, chain.id);
  if (post !== undefined) networkOf(context.world, chain.network).delivered += readAgain(post, node, context.now);
  context.schedule('timer', started.entity, BFT_EVENT.resume, context.now);
}

/** Nodes that run with the key of a validator: itself first, then its twins. */
export function nodesOfValidator(chain: Chain, validator: number): number[] {
  return chain.nodes.filter((node) => node.validator === validator).map((node) => node.index);
}

/** Voting power of a validator in the set that rules the height after the chain's head. */
export function powerOf(world: World, chain: Chain, validator: number): number {
  const bft = bftOf(world, chain.id);
  const plan = present(bft.plans.get(chain.head), 'the reference head is planned on', { head: chain.head });
  return bft.sets[plan.set]?.powers[validator] ?? 0;
}

/** The consensus state of a node, for adversaries that read their own. */
export function consensusOf(world: World, chain: Chain, node: number): BftNode {
  return bftNodeOf(world, nodeOf(chain, node));
}
