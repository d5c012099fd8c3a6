/** Who is in a world, by name: what selectors are resolved against, before the world is built or after. */
import type { World } from '../../sim/kernel/world.ts';
import { trafficsOf, type TrafficState } from '../applications/traffic.ts';
import { attestersOf, type AttesterState } from '../attesters/attester.ts';
import { causesOf } from '../attesters/causes.ts';
import { committeesOf } from '../attesters/committees.ts';
import { chainsOf } from '../chains/chain.ts';
import { lanesOf } from '../lanes/lane.ts';
import { clientOf, nodesOf } from '../verifiers/verifier.ts';
import { relayersOf, type RelayerState } from '../relayers/relayer.ts';

/** Lists by id, in the order in which the world numbers them. */
export interface Directory {
  readonly chains: readonly { readonly name: string; readonly consensus: string; readonly validators: number }[];
  readonly lanes: readonly {
    readonly name: string;
    readonly source: number;
    readonly destination: number;
    /** Ways on which validity proofs are believed; left out where there are none. */
    readonly proven?: 'forth' | 'back' | 'both';
  }[];
  /** Expanded names: `r2.1`. */
  readonly relayers: readonly { readonly name: string; readonly lanes: readonly number[] }[];
  readonly traffics: readonly { readonly name: string; readonly lane: number }[];
  /** Named as their lane. */
  readonly committees: readonly { readonly name: string; readonly lane: number; readonly members: number }[];
  readonly causes: readonly { readonly name: string; readonly kind: string; readonly lanes: readonly number[] }[];
  readonly assets: readonly { readonly name: string; readonly decimals: number }[];
  /** Instant of GST in microseconds, -1 where delays are never bounded. */
  readonly gstUs: number;
}

/** As a lane of the directory says it. */
export function provenWays(forth: boolean, back: boolean): { readonly proven?: 'forth' | 'back' | 'both' } {
  if (!forth && !back) return {};
  return { proven: forth && back ? 'both' : forth ? 'forth' : 'back' };
}

/** The directory of a world that stands. Decimals and GST are the scenario's to say. */
export function directoryOf(
  world: World,
  told: { readonly assets: Directory['assets']; readonly gstUs: number },
): Directory {
  return {
    ...told,
    chains: chainsOf(world).map(({ name, consensus, nodes }) => ({
      name,
      consensus,
      validators: nodes.filter(({ index, validator }) => index === validator).length,
    })),
    lanes: lanesOf(world).map(({ name, source, destination, destinationClient, sourceClient }) => {
      const [forth, back] = [destinationClient, sourceClient].map((top) =>
        nodesOf(world, clientOf(world, top)).some(({ kind }) => kind === 'validity-proof'),
      ) as [boolean, boolean];
      return { name, source, destination, ...provenWays(forth, back) };
    }),
    relayers: relayersOf(world).map((entity) => {
      const { name, watches } = world.entities[entity]?.state as RelayerState;
      return { name, lanes: watches.map(({ lane }) => lane) };
    }),
    traffics: trafficsOf(world).map((entity) => {
      const { name, lane } = world.entities[entity]?.state as TrafficState;
      return { name, lane };
    }),
    committees: committeesOf(world).map(({ name, lane, keys }) => ({ name, lane, members: keys.length })),
    causes: causesOf(world).map(({ name, kind, attesters }) => ({
      name,
      kind,
      lanes: [
        ...new Set(attesters.map((id) => (world.entities[attestersOf(world)[id] ?? -1]?.state as AttesterState).lane)),
      ],
    })),
  };
}
