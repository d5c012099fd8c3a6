/** Validators of a voting chain that break its rules. */
import { z } from 'zod';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Chain, chainOf } from '../chains/chain.ts';
import { nodesOfValidator, powerOf, setSilent } from '../chains/consensus/bft-faults.ts';
import { validatorTurned } from '../records.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';
import { setNodeUp } from './nodes.ts';

/** A second process with the same key runs beside the first. Neither knows of the other. */
export const bftTwin = defineFault({
  summary: 'runs a second process of each validator with the same key',
  source: 'Twins, OPODIS 2021',
  touches: ['byzantine'],
  target: { required: ['chain'], optional: ['validators'], consensus: 'bft' },
  parameters: z.strictObject({}),
  create: () => turning('twin', setTwin),
});

export const bftSilent = defineFault({
  summary: 'lets validators listen and say nothing',
  touches: ['byzantine'],
  target: { required: ['chain'], optional: ['validators'], consensus: 'bft' },
  parameters: z.strictObject({}),
  create: () =>
    turning('silent', (context, chain, validator, isSilent) => setSilent(context.world, chain, validator, isSilent)),
});

function setTwin(context: Context, chain: Chain, validator: number, isUp: boolean): void {
  for (const node of nodesOfValidator(chain, validator)) if (node !== validator) setNodeUp(context, chain, node, isUp);
}

type Effect = (context: Context, chain: Chain, validator: number, isOn: boolean) => void;

/** An effect on each validator, and the word that it is Byzantine for as long as any fault makes it so. */
function turning(name: string, effect: Effect) {
  const turn = (context: Context, { plan }: Fault, isOn: boolean): void => {
    const { world } = context;
    const chain = chainOf(world, plan.target.chain);
    const move = isOn ? hold : release;
    for (const validator of plan.target.validators) {
      if (move(world, `${name}/${chain.id}/${validator}`, plan.id)) effect(context, chain, validator, isOn);
      if (!move(world, `byzantine/${chain.id}/${validator}`, plan.id)) continue;
      context.record(validatorTurned, {
        chain: chain.id,
        node: validator,
        power: powerOf(world, chain, validator),
        isByzantine: isOn,
        fault: plan.id,
      });
    }
  };
  return {
    start: (context: Context, fault: Fault) => turn(context, fault, true),
    stop: (context: Context, fault: Fault) => turn(context, fault, false),
  };
}
