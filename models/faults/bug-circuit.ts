/** A circuit that proves what is not true: the defect is declared, and so is no fault of the protocol's rules. */
import type { Context } from '../../sim/kernel/simulation.ts';
import { chainOf } from '../chains/chain.ts';
import { keysOf } from '../keys/key-room.ts';
import { addHolder, removeHolder } from '../keys/keys.ts';
import { packetCommitmentOf } from '../lanes/commitments.ts';
import { laneOf } from '../lanes/lane.ts';
import { commitmentClaim } from '../lanes/packet-calls.ts';
import { circuitTurned } from '../records.ts';
import type { ProgramParameters } from '../verifiers/program-key.ts';
import { addCarrier } from './carrier.ts';
import { provenClients, proveFalse } from './false-roots.ts';
import { defineFault, type Fault } from './fault.ts';
import { forge, forgedSequence } from './forgeries.ts';
import { hold, release } from './holds.ts';
import { type MadeUp, madeUp, madeUpSchema, resolveMadeUp } from './made-up.ts';
import { problem } from './problems.ts';

/** Each start is one transfer that was never sent. */
export const bugCircuit = defineFault({
  summary:
    'the circuit of a validity proof accepts anything from who knows its defect, who proves a transfer that was never sent',
  source: 'the defect class of soundness bugs in circuits and verifiers: assumption A12, declared',
  touches: ['sound-circuit'],
  target: { required: ['lane'] },
  parameters: madeUpSchema,
  resolve(given, target, directory) {
    const lane = directory.lanes[target.lane];
    if (lane?.proven !== 'forth' && lane?.proven !== 'both') {
      const details = { expected: 'a lane with a validity-proof', got: lane?.name ?? '' };
      return { ok: false, problems: [problem(['target', 'lane'], 'nothing is proven to its destination', details)] };
    }
    return resolveMadeUp(given, target, directory);
  },
  create: (loot: MadeUp) => ({
    prepare: (simulation, plan) => addCarrier(simulation, plan, loot.lane),
    start: (context, fault) => start(context, fault, loot),
    stop: (context, fault) => stop(context, fault, loot),
  }),
});

function finderOf(fault: string): string {
  return `finder/${fault}`;
}

function start(context: Context, { plan, start: number }: Fault, loot: MadeUp): void {
  const { world } = context;
  const lane = laneOf(world, loot.lane);
  const source = chainOf(world, lane.source);
  const packet = madeUp(context, plan.name, lane, source, forgedSequence(plan.id, number - 1), loot);
  forge(world, plan.id, packet);
  for (const client of provenClients(world, lane.id)) {
    const { program: key } = client.parameters as ProgramParameters;
    addHolder(keysOf(world), { key, process: finderOf(plan.name) });
    if (!hold(world, `circuit/${client.id}`, plan.id)) continue;
    context.record(circuitTurned, { client: client.id, lane: lane.id, isSound: false, fault: plan.id });
  }
  const claim = commitmentClaim(lane, packet, packetCommitmentOf(context.hash, source.mode, lane, packet));
  proveFalse(context, plan.name, lane.id, claim, finderOf(plan.name));
}

function stop(context: Context, { plan }: Fault, { lane }: MadeUp): void {
  const { world } = context;
  for (const client of provenClients(world, lane)) {
    const { program: key } = client.parameters as ProgramParameters;
    removeHolder(keysOf(world), { key, process: finderOf(plan.name) });
    if (!release(world, `circuit/${client.id}`, plan.id)) continue;
    context.record(circuitTurned, { client: client.id, lane, isSound: true, fault: plan.id });
  }
}
