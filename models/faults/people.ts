/** The state of those whom faults act on, by id. */
import { present } from '../../sim/base/assert.ts';
import type { World } from '../../sim/kernel/world.ts';
import { trafficsOf, type TrafficState } from '../applications/traffic.ts';
import { attestersOf, type AttesterState } from '../attesters/attester.ts';
import { causeOf } from '../attesters/causes.ts';
import { committeeOf } from '../attesters/committees.ts';
import { relayersOf, type RelayerState } from '../relayers/relayer.ts';
import type { Targets } from './selectors.ts';

export function relayerOf(world: World, id: number): RelayerState {
  return stateOf(world, relayersOf(world)[id]) as RelayerState;
}

export function trafficOf(world: World, id: number): TrafficState {
  return stateOf(world, trafficsOf(world)[id]) as TrafficState;
}

/** The processes of some members of a committee, twins included. */
export function attestersOfMembers(world: World, committee: number, members: readonly number[]): AttesterState[] {
  return committeeOf(world, committee)
    .attesters.map((id) => stateOf(world, attestersOf(world)[id]) as AttesterState)
    .filter(({ member }) => members.includes(member));
}

/** The processes that a target stands for: of members of a committee, or of all who depend on a cause. By attester id. */
export function attestersOfTarget(world: World, { committee, members, causes }: Targets): AttesterState[] {
  if (committee !== -1) return attestersOfMembers(world, committee, members);
  const ids = new Set(causes.flatMap((id) => causeOf(world, id).attesters));
  return [...ids].sort((a, b) => a - b).map((id) => stateOf(world, attestersOf(world)[id]) as AttesterState);
}

function stateOf(world: World, entity: number | undefined): unknown {
  return present(world.entities[entity ?? -1], 'who has an id has an entity', { entity }).state;
}
