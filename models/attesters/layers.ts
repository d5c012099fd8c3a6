/** Layers of attesters that stop and work again, one by one or by a cause that they have in common. */
import { after, ZERO } from '../../sim/base/units.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { chainOf, nodeOf } from '../chains/chain.ts';
import { laneOf } from '../lanes/lane.ts';
import { layerTurned } from '../records.ts';
import { ATTESTER_EVENT, attestersOf, type AttesterState } from './attester.ts';
import { type Cause, causeKinds, causeOf, type Layer } from './causes.ts';
import { silentProviders } from './watching.ts';

/** Stops the layer that a cause carries, for all who depend on it, or lets it work again. */
export function turnCause(context: Context, cause: Cause, isUp: boolean, fault: number): void {
  const layer = causeKinds[cause.kind];
  if (layer === 'source') {
    if (isUp) silentProviders(context.world).delete(cause.id);
    else silentProviders(context.world).add(cause.id);
  }
  for (const attester of cause.attesters) {
    const state = stateOf(context, attester);
    const { committee } = state;
    context.record(layerTurned, { committee, attester, layer, isUp, fault });
    if (layer === 'source') {
      if (isUp) lookAgain(context, state);
    } else turnLayer(context, state, layer, isUp);
  }
}

function stateOf(context: Context, attester: number): AttesterState {
  return context.world.entities[attestersOf(context.world)[attester] ?? -1]?.state as AttesterState;
}

/** A layer may be held down by two causes: it is listed once for each. */
function turnLayer(context: Context, state: AttesterState, layer: Layer, isUp: boolean): void {
  if (!isUp) {
    state.down.push(layer);
    return;
  }
  state.down.splice(state.down.indexOf(layer), 1);
  if (state.down.includes('process')) return;
  lookAgain(context, state);
  if (state.down.length > 0) return;
  const missed = state.missed;
  state.missed = [];
  const entity = attestersOf(context.world)[state.id] ?? -1;
  for (const order of missed) {
    const { sequence, lane } = order.claim;
    context.schedule('timer', entity, ATTESTER_EVENT.signed, after(context.now, ZERO), sequence, lane, order);
  }
}

/** Goes on from where it stopped: what was included meanwhile is read now. */
function lookAgain(context: Context, state: AttesterState): void {
  const lane = laneOf(context.world, state.lane);
  const entity = attestersOf(context.world)[state.id] ?? -1;
  const sides = [
    [lane.source, state.sourceNode],
    [lane.destination, state.destinationNode],
  ] as const;
  for (const [chain, own] of sides) {
    const node = state.providers.length === 0 ? own : firstNode(context, state, chain);
    const { head } = nodeOf(chainOf(context.world, chain), node);
    context.schedule('delivery', entity, ATTESTER_EVENT.viewMoved, context.now, chain, head);
  }
}

function firstNode(context: Context, state: AttesterState, chain: number): number {
  const provider = causeOf(context.world, state.providers[0] as number);
  return provider.node % chainOf(context.world, chain).nodes.length;
}
