/** Nodes as faults see them: the processes of validators, and whether they run. */
import { causeOf } from '../attesters/causes.ts';
import { turnCause } from '../attesters/layers.ts';
import { type Chain, chainOf, nodeOf } from '../chains/chain.ts';
import { crashBftNode, nodesOfValidator, restartBftNode } from '../chains/consensus/bft-faults.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { nodeCrashed, nodeRestarted } from '../records.ts';
import type { Fault } from './fault.ts';
import { hold, release } from './holds.ts';
import type { Targets } from './selectors.ts';

/** Indices of the nodes that a rule on links names: empty for all of the chain, and with their copies otherwise. */
export function linkedNodes(chain: Chain, target: Targets): number[] {
  return target.isWholeChain ? [] : target.validators.flatMap((validator) => nodesOfValidator(chain, validator));
}

/** Stops the nodes of the target, or lets them run again where no other fault holds them down. */
export function setUp(context: Context, fault: Fault, isUp: boolean): void {
  const { id, target } = fault.plan;
  for (const cause of target.causes) {
    const subject = `cause/${cause}`;
    const isMoved = isUp ? release(context.world, subject, id) : hold(context.world, subject, id);
    if (isMoved) turnCause(context, causeOf(context.world, cause), isUp, id);
  }
  if (target.chain === -1) return;
  const chain = chainOf(context.world, target.chain);
  for (const node of target.validators) {
    const subject = `crash/${chain.id}/${node}`;
    const isMoved = isUp ? release(context.world, subject, id) : hold(context.world, subject, id);
    if (!isMoved) continue;
    setNodeUp(context, chain, node, isUp);
    context.record(isUp ? nodeRestarted : nodeCrashed, { chain: chain.id, node, fault: id });
  }
}

/** Starts or stops one process, as its consensus does it. */
export function setNodeUp(context: Context, chain: Chain, node: number, isUp: boolean): void {
  if (chain.consensus !== 'bft') nodeOf(chain, node).isUp = isUp;
  else if (isUp) restartBftNode(context, chain, node);
  else crashBftNode(context.world, chain, node);
}
