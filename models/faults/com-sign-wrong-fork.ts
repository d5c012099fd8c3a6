/** Attesters that sign what is not final. */
import { z } from 'zod';
import type { Context } from '../../sim/kernel/simulation.ts';
import { attesterTurned } from '../records.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';
import { attestersOfTarget } from './people.ts';

export const comSignWrongFork = defineFault({
  summary: 'members of a committee sign the newest block that their node shows, on whatever branch it is',
  touches: ['honest-committee'],
  target: { required: [], oneOf: ['committee', 'causes'], optional: ['members'] },
  parameters: z.strictObject({}),
  create: () => ({
    start: (context, fault) => turn(context, fault, true),
    stop: (context, fault) => turn(context, fault, false),
  }),
});

function turn(context: Context, { plan }: Fault, isOn: boolean): void {
  const move = isOn ? hold : release;
  for (const attester of attestersOfTarget(context.world, plan.target)) {
    if (!move(context.world, `rash/${attester.id}`, plan.id)) continue;
    const { committee } = attester;
    attester.signsEveryFork = isOn;
    context.record(attesterTurned, { committee, attester: attester.id, isByzantine: isOn, fault: plan.id });
  }
}
