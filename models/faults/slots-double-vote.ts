/** Operators of a chain of slots who vote twice, and are slashed for it. */
import { z } from 'zod';
import { chainOf } from '../chains/chain.ts';
import { slashOnSlots, slotsOf } from '../chains/consensus/slots.ts';
import { validatorTurned } from '../records.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';

/**
 * MODEL: the second vote reaches whoever reports it at once and weighs nothing: two thirds would be needed to finalise a
 * second branch, and this chain has one view. What shows is the price: the stake that is lost, more of it in company.
 */
export const slotsDoubleVote = defineFault({
  summary: 'operators vote for two blocks of one slot, and all of their validators are slashed',
  touches: ['byzantine'],
  target: { required: ['chain'], optional: ['validators'], consensus: 'slots' },
  parameters: z.strictObject({}),
  create: () => {
    const turn =
      (isOn: boolean) =>
      (context: Context, { plan }: Fault): void => {
        const chain = chainOf(context.world, plan.target.chain);
        for (const node of plan.target.validators) {
          const move = isOn ? hold : release;
          if (!move(context.world, `byzantine/${chain.id}/${node}`, plan.id)) continue;
          const power = slotsOf(context.world, chain).stake.powers[node] ?? 0;
          context.record(validatorTurned, { chain: chain.id, node, power, isByzantine: isOn, fault: plan.id });
          if (isOn) slashOnSlots(context, chain, node);
        }
      };
    return { start: turn(true), stop: turn(false) };
  },
});
