/** Relayers and provers that stop serving. */
import { z } from 'zod';
import type { Context } from '../../sim/kernel/simulation.ts';
import { proverOf, proversOf } from '../attesters/prover.ts';
import { turnMachine } from '../attesters/proving.ts';
import { relayerTurned } from '../records.ts';
import { RELAYER_EVENT } from '../relayers/relayer.ts';
import { defineFault, type Fault } from './fault.ts';
import { hold, release } from './holds.ts';
import { relayerOf } from './people.ts';
import { problem } from './problems.ts';

export const relStop = defineFault({
  summary: 'relayers, or all that serve a lane, or the machines of its provers, take up nothing and submit nothing',
  touches: ['honest-relayers', 'serving-provers'],
  target: { required: [], oneOf: ['relayer', 'relayers', 'lane', 'provers'] },
  parameters: z.strictObject({}),
  resolve(parameters, { provers }, directory) {
    const lane = directory.lanes[provers];
    if (lane === undefined || lane.proven !== undefined) return { ok: true, value: parameters };
    const details = { expected: 'a lane with a validity-proof', got: lane.name };
    return { ok: false, problems: [problem(['target', 'provers'], 'nobody proves for that lane', details)] };
  },
  create: () => ({ start, stop }),
});

/** Relayers that stopped by themselves before the fault came: it must not set them going. */
function dryOf(context: Context): Set<number> {
  return (context.world.tables['stopped-before'] ??= new Set()) as Set<number>;
}

/** MODEL: whoever brings proofs to the host stops with the last machine. */
function turnProvers(context: Context, { plan }: Fault, isStopped: boolean): void {
  if (plan.target.provers === -1) return;
  for (let id = 0; id < proversOf(context.world).length; id++) {
    const prover = proverOf(context.world, id);
    if (!prover.lanes.includes(plan.target.provers)) continue;
    for (const machine of prover.machines.keys()) {
      const subject = `prover/${id}/${machine}`;
      const isMoved = isStopped ? hold(context.world, subject, plan.id) : release(context.world, subject, plan.id);
      if (isMoved) turnMachine(context, prover, machine, { isStopped, fault: plan.id });
    }
  }
}

function start(context: Context, fault: Fault): void {
  const { plan } = fault;
  turnProvers(context, fault, true);
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

function stop(context: Context, fault: Fault): void {
  const { plan } = fault;
  turnProvers(context, fault, false);
  for (const id of plan.target.relayers) {
    if (!release(context.world, `stop/${id}`, plan.id) || dryOf(context).delete(id)) continue;
    const relayer = relayerOf(context.world, id);
    relayer.isServing = true;
    context.record(relayerTurned, { relayer: id, isServing: true, fault: plan.id });
    context.schedule('timer', relayer.entity, RELAYER_EVENT.resume, context.now);
  }
}
