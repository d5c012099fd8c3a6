/** What befalls a chain as a whole: it stands still, its blocks are slow or empty, others crowd it. */
import { z } from 'zod';
import { count, positiveCount } from '../../sim/grammar/quantities.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Chain, chainOf } from '../chains/chain.ts';
import { demandBlock } from '../chains/views.ts';
import { chainTurned } from '../records.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';
import { setNodeUp } from './nodes.ts';

const TARGET = { required: ['chain'] } as const;

/** Says so, and gives the chain. */
function turn(context: Context, { plan }: Fault, condition: string, isOn: boolean): Chain {
  const chain = chainOf(context.world, plan.target.chain);
  context.record(chainTurned, { chain: chain.id, condition, isOn, fault: plan.id });
  // What waited for room is asked for again, where nothing else would.
  if (!isOn) demandBlock(context, chain);
  return chain;
}

// The nodes' own faults hold the same subjects, so that a node that crashed meanwhile stays down when the chain goes on.
function setHalted(context: Context, fault: Fault, isHalted: boolean): void {
  const chain = turn(context, fault, 'halt', isHalted);
  for (const node of fault.plan.target.validators) {
    const move = isHalted ? hold : release;
    if (!move(context.world, `crash/${chain.id}/${node}`, fault.plan.id)) continue;
    setNodeUp(context, chain, node, !isHalted);
  }
}

export const chainHalt = defineFault({
  summary: 'the chain makes no block: all of its nodes, or a rollup its sequencer, stand still and go on together',
  touches: ['block-gap'],
  target: TARGET,
  parameters: z.strictObject({}),
  create: () => ({
    start: (context, fault) => setHalted(context, fault, true),
    stop: (context, fault) => setHalted(context, fault, false),
  }),
});

export const chainSlowBlocks = defineFault({
  summary: 'blocks take longer than they should; of slots, so many are missed',
  touches: ['block-gap'],
  target: TARGET,
  parameters: z.strictObject({
    factor: z.number().min(1).max(1_000).describe('how many times longer a block takes'),
  }),
  create: ({ factor }) => ({
    start: (context, fault) => turn(context, fault, 'slow-blocks', true).conditions.slowing.set(fault.plan.id, factor),
    stop: (context, fault) => turn(context, fault, 'slow-blocks', false).conditions.slowing.delete(fault.plan.id),
  }),
});

export const chainEmptyBlocks = defineFault({
  summary: 'builders make blocks and put no transaction into them',
  touches: [],
  target: TARGET,
  parameters: z.strictObject({}),
  create: () => ({
    start: (context, fault) => turn(context, fault, 'empty-blocks', true).conditions.emptying.add(fault.plan.id),
    stop: (context, fault) => turn(context, fault, 'empty-blocks', false).conditions.emptying.delete(fault.plan.id),
  }),
});

export const chainCongestion = defineFault({
  summary: 'others want gas of every block, and drive its price up where there is a market',
  touches: [],
  target: TARGET,
  parameters: z.strictObject({
    gas: positiveCount.describe('gas of each block that they want'),
    price: count.default(0).describe('highest base fee that they pay, in base units; 0 for any'),
  }),
  create: ({ gas, price }) => ({
    start(context, fault) {
      const chain = turn(context, fault, 'congestion', true);
      chain.conditions.demand.set(fault.plan.id, { gas, price: BigInt(price) });
    },
    stop: (context, fault) => turn(context, fault, 'congestion', false).conditions.demand.delete(fault.plan.id),
  }),
});
