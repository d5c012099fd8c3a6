/** Relayers that stop serving. */
import { z } from 'zod';
import type { Context } from '../../sim/kernel/simulation.ts';
import { relayerTurned } from '../records.ts';
import { RELAYER_EVENT } from '../relayers/relayer.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';
import { relayerOf } from './people.ts';

export const relStop = defineFault({
  summary: 'relayers, or all that serve a lane, take up nothing and submit nothing',
  touches: ['honest-relayers'],
  target: { required: [], oneOf: ['relayer', 'relayers', 'lane'] },
  parameters: z.strictObject({}),
  create: () => ({ start, stop }),
});

/** Relayers that stopped by themselves before the fault came: it must not set them going. */
function dryOf(context: Context): Set<number> {
  return (context.world.tables['stopped-before'] ??= new Set()) as Set<number>;
}

function start(context: Context, { plan }: Fault): void {
  for (const id of plan.target.relayers) {
    if (!hold(context.world, `stop/${id}`, plan.id)) continue;
    const relayer = relayerOf(context.world, id);
    if (!relayer.isServing) {
      dryOf(context).add(id);
      continue;
    }
    relayer.isServing = false;
    context.record(relayerTurned, { relayer: id, isServing: false, fault: plan.id });
  }
}

function stop(context: Context, { plan }: Fault): void {
  for (const id of plan.target.relayers) {
    if (!release(context.world, `stop/${id}`, plan.id) || dryOf(context).delete(id)) continue;
    const relayer = relayerOf(context.world, id);
    relayer.isServing = true;
    context.record(relayerTurned, { relayer: id, isServing: true, fault: plan.id });
    context.schedule('timer', relayer.entity, RELAYER_EVENT.resume, context.now);
  }
}
