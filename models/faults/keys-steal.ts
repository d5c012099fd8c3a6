/** Keys that somebody else signs with: the process and its data source are honest, and it makes no difference. */
import type { Context } from '../../sim/kernel/simulation.ts';
import type { AttesterState, SignOrder } from '../attesters/attester.ts';
import { postAs } from '../attesters/signing.ts';
import { chainOf } from '../chains/chain.ts';
import { finalBlock } from '../chains/reading.ts';
import { keysOf } from '../keys/key-room.ts';
import { addHolder, removeHolder } from '../keys/keys.ts';
import { packetCommitmentOf } from '../lanes/commitments.ts';
import { laneOf } from '../lanes/lane.ts';
import { commitmentClaim } from '../lanes/packet-calls.ts';
import { attesterTurned } from '../records.ts';
import type { Claim } from '../verifiers/verifier.ts';
import { addCarrier } from './carrier.ts';
import { guardiansOf, provenClients, replaceProgram } from './false-roots.ts';
import { defineFault, type Fault } from './fault.ts';
import { forge, forgedSequence } from './forgeries.ts';
import { hold, release } from './holds.ts';
import { type MadeUp, madeUp, madeUpSchema, resolveMadeUp } from './made-up.ts';
import { attestersOfTarget } from './people.ts';

/** Each start is one transfer that the thief signs with all the keys it holds, and carries when they are enough. */
export const keysSteal = defineFault({
  summary: 'gives the keys of members to a thief, who signs a transfer that was never sent and carries it',
  source: 'what was seen where one custodian, or one intruder, came by most keys of a bridge',
  touches: ['honest-committee'],
  target: { required: [], oneOf: ['committee', 'causes'], optional: ['members', 'lane'] },
  parameters: madeUpSchema,
  resolve: resolveMadeUp,
  create: (loot: MadeUp) => ({
    prepare: (simulation, plan) => addCarrier(simulation, plan, loot.lane),
    start: (context, fault) => steal(context, fault, loot),
    stop: (context, fault) => lose(context, fault, loot),
  }),
});

function steal(context: Context, fault: Fault, loot: MadeUp): void {
  const { plan, start } = fault;
  const { world } = context;
  const lane = laneOf(world, loot.lane);
  const source = chainOf(world, lane.source);
  const packet = madeUp(context, plan.name, lane, source, forgedSequence(plan.id, start - 1), loot);
  forge(world, plan.id, packet);
  const claim = commitmentClaim(lane, packet, packetCommitmentOf(context.hash, source.mode, lane, packet));
  const robbed = attestersOfTarget(world, plan.target).filter((each) => each.lane === lane.id);
  for (const attester of robbed) {
    const { committee, id, key } = attester;
    addHolder(keysOf(world), { key, process: thiefOf(plan.name) });
    if (!hold(world, `key/${id}`, plan.id)) continue;
    context.record(attesterTurned, { committee, attester: id, isByzantine: true, fault: plan.id });
  }
  replacePrograms(context, fault, lane.id, claim, robbed);
  // Of what the thief claims nothing is true, so any block will do that the rule of the lane takes for final.
  const block = finalBlock(source, source.head, robbed[0]?.source.depth ?? 0);
  if (block === undefined) return;
  const signed = new Set<number>();
  for (const attester of robbed) {
    // Twins share a key: one signature is all that it is good for.
    if (attester.destinationClient === -1 || signed.has(attester.key)) continue;
    signed.add(attester.key);
    const { height, chainUs, id } = block;
    const order: SignOrder = { claim, client: attester.destinationClient, height, chainUs, block: id };
    postAs(context, attester, thiefOf(plan.name), order);
  }
}

/** Those who guard a circuit sign for no transfer: with their keys the thief has the client take a circuit of its own. */
function replacePrograms(
  context: Context,
  { plan: { name }, start }: Fault,
  lane: number,
  claim: Claim,
  robbed: readonly AttesterState[],
): void {
  for (const client of provenClients(context.world, lane)) {
    const own = robbed.filter(({ committee }) => committee === guardiansOf(client)?.committee);
    if (own.length > 0) replaceProgram(context, { name, start }, client, claim, own, thiefOf(name));
  }
}

function thiefOf(fault: string): string {
  return `thief/${fault}`;
}

function lose(context: Context, { plan }: Fault, loot: MadeUp): void {
  const { world } = context;
  for (const { committee, id, key, lane } of attestersOfTarget(world, plan.target)) {
    if (lane !== loot.lane) continue;
    removeHolder(keysOf(world), { key, process: thiefOf(plan.name) });
    if (!release(world, `key/${id}`, plan.id)) continue;
    context.record(attesterTurned, { committee, attester: id, isByzantine: false, fault: plan.id });
  }
}
