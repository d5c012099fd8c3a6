/** A data source that shows attesters a packet which was never sent. */
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { AttesterState } from '../attesters/attester.ts';
import { causeOf } from '../attesters/causes.ts';
import { liesOf } from '../attesters/watching.ts';
import { type Chain, chainOf, type LogEntry } from '../chains/chain.ts';
import { laneOf } from '../lanes/lane.ts';
import { sourceTurned } from '../records.ts';
import { addCarrier } from './carrier.ts';
import { defineFault, type Fault, type FaultPlan } from './fault.ts';
import { forge, forgedSequence } from './forgeries.ts';
import { hold, release } from './holds.ts';
import { type MadeUp, madeUp, madeUpSchema, resolveMadeUp } from './made-up.ts';
import { attestersOfTarget } from './people.ts';
import { problem } from './problems.ts';
import type { Targets } from './selectors.ts';

/** Each start is one lie. It is told in the first block that none of the members has read yet, and carried once signed. */
export const dataLie = defineFault({
  summary: 'shows members of a committee a transfer that was never sent, and carries it once they have signed',
  source: 'what was seen where many signers read a chain through one provider',
  touches: ['lying-sources'],
  target: { required: [], oneOf: ['committee', 'causes'], optional: ['members', 'lane'] },
  parameters: madeUpSchema,
  resolve(given, target, directory) {
    const dumb = target.causes.map((id) => directory.causes[id]).find((cause) => !TELLING.includes(cause?.kind ?? ''));
    if (dumb !== undefined) {
      const details = { expected: TELLING.join(' or '), got: `${dumb.name}, ${dumb.kind}` };
      return { ok: false, problems: [problem(['target', 'causes'], 'nobody reads a chain through it', details)] };
    }
    return resolveMadeUp(given, target, directory);
  },
  create: (lie: MadeUp) => ({
    prepare: (simulation, plan) => addCarrier(simulation, plan, lie.lane),
    start: (context, fault) => tell(context, fault, lie),
    stop: (context, fault) => takeBack(context, fault, lie),
  }),
});

/** Kinds of causes that stand between a chain and those who read it. */
const TELLING: readonly string[] = ['rpc-provider', 'client-software'];

function tell(context: Context, { plan, start }: Fault, lie: MadeUp): void {
  const { world } = context;
  const lane = laneOf(world, lie.lane);
  const source = chainOf(world, lane.source);
  const told = toldBy(world, plan.target, lane.id);
  const packet = madeUp(context, plan.name, lane, source, forgedSequence(plan.id, start - 1), lie);
  forge(world, plan.id, packet);
  const entry: LogEntry = Object.freeze({
    kind: 'packet-sent',
    lane: lane.id,
    sequence: packet.sequence,
    packet,
    isSuccess: true,
  });
  // One block for all of them: signatures over different blocks do not add up.
  const height = Math.max(...told.map((attester) => readUpTo(source, attester))) + 1;
  for (const attester of told) {
    const lies = liesOf(world).get(attester.id) ?? [];
    const providers = liarsOf(world, plan.target, attester);
    liesOf(world).set(attester.id, [...lies, { fault: plan.id, height, entry, providers }]);
    turn(context, plan, attester, true);
  }
}

function takeBack(context: Context, { plan }: Fault, { lane }: MadeUp): void {
  const { world } = context;
  for (const attester of toldBy(world, plan.target, lane)) {
    const left = (liesOf(world).get(attester.id) ?? []).filter(({ fault }) => fault !== plan.id);
    if (left.length === 0) liesOf(world).delete(attester.id);
    else liesOf(world).set(attester.id, left);
    turn(context, plan, attester, false);
  }
}

/** Says whose view has become false or true again: who believes one of several providers only when others agree is not lied to. */
function turn(context: Context, plan: FaultPlan, attester: AttesterState, isLying: boolean): void {
  const liars = liarsOf(context.world, plan.target, attester);
  const isDeceived = liars.length === 0 || liars.length >= attester.agree;
  if (!isDeceived) return;
  const move = isLying ? hold : release;
  if (!move(context.world, `source/${attester.id}`, plan.id)) return;
  const { committee, id } = attester;
  context.record(sourceTurned, { committee, attester: id, isLying, fault: plan.id });
}

/** Who reads the lane through what lies. Followers read nothing. */
function toldBy(world: World, target: Targets, lane: number): AttesterState[] {
  return attestersOfTarget(world, target).filter((each) => each.lane === lane && !each.isFollower);
}

/** Providers of an attester that lie; none where all that it reads through does: its own node, or its own software. */
function liarsOf(world: World, { causes }: Targets, attester: AttesterState): number[] {
  const own = causes.filter((id) => causeOf(world, id).attesters.includes(attester.id));
  const isOutright = own.some((id) => causeOf(world, id).kind !== 'rpc-provider');
  return isOutright ? [] : own;
}

/** Height of the last block that an attester has read. */
function readUpTo(source: Chain, attester: AttesterState): number {
  return source.blocks.get(attester.source.at)?.height ?? source.keptFrom;
}
