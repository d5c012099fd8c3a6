/** Who looks after the optimistic verifiers of a scenario: watchers of each, with a wallet on its host. */
import { instant } from '../../base/units.ts';
import { type Law, lawMean } from '../../kernel/random/laws.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import {
  type Turns,
  WATCHER_EVENT,
  watcherAccount,
  watchersOf,
  type WatcherState,
} from '../../../models/attesters/watcher.ts';
import { accountId, chainOf } from '../../../models/chains/chain.ts';
import { laneOf } from '../../../models/lanes/lane.ts';
import { clientOf, nodesOf } from '../../../models/verifiers/verifier.ts';
import type { OptimisticEntry, Scenario } from '../../scenario/scenario.ts';
import { optimisticsOf } from '../../scenario/verifier-tree.ts';
import { subscribe } from './lanes.ts';
import type { Names } from './names.ts';
import { idOf } from './names.ts';
import type { Endowment } from './endowments.ts';

/** Gas that a watcher can pay for: it never runs dry of it. */
const GAS_OF_A_WATCHER = 1_000_000_000n;

export function buildWatchers(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  const { world } = simulation;
  return Object.entries(scenario.lanes).flatMap(([name, entry]) => {
    const lane = laneOf(world, idOf(names.lanes, name));
    const sides = [
      [lane.destinationClient, 'forth', entry.verifier],
      [lane.sourceClient, 'back', entry.returnVerifier],
    ] as const;
    return sides.flatMap(([top, side, tree]) => {
      const clients = nodesOf(world, clientOf(world, top)).filter(({ kind }) => kind === 'optimistic');
      return optimisticsOf(name, tree).flatMap((optimistic, i) => {
        const client = clients[i];
        if (client === undefined) return [];
        return addWatchers(simulation, lane.id, client.id, `${optimistic.name}/${side}`, side, optimistic);
      });
    });
  });
}

function addWatchers(
  simulation: Simulation,
  lane: number,
  clientId: number,
  name: string,
  side: string,
  optimistic: { readonly name: string; readonly entry: OptimisticEntry },
): Endowment[] {
  const { world } = simulation;
  const client = clientOf(world, clientId);
  const host = chainOf(world, client.host);
  const about = chainOf(world, client.counterparty);
  const { count, availabilityPpm, reaction, repair } = optimistic.entry.watchers;
  return Array.from({ length: count }, (_, index): Endowment => {
    const account = accountId(host, watcherAccount(optimistic.name, side, index));
    const state: WatcherState = {
      id: watchersOf(world).length,
      name: `${name}/${index}`,
      lane,
      client: clientId,
      hostNode: index % host.nodes.length,
      counterpartyNode: index % about.nodes.length,
      account,
      host: { chain: host.id, depth: 0, at: 0 },
      availabilityPpm,
      reaction,
      stream: simulation.stream(`watcher/${name}/${index}`),
      seen: 0,
      ...(repair === undefined ? {} : { turns: turnsOf(simulation, `${name}/${index}`, availabilityPpm, repair) }),
    };
    const entity = simulation.addEntity('watcher', state.name, state);
    watchersOf(world).push(entity);
    subscribe(host, state.hostNode, entity, WATCHER_EVENT.viewMoved);
    if (repair !== undefined) simulation.schedule('timer', entity, WATCHER_EVENT.begin, instant(0));
    return { chain: host.id, account, asset: host.feeAsset, amount: host.gasPrice * GAS_OF_A_WATCHER };
  });
}

/** Up for exponential times, so long on average that the share of time that it is up is its availability. */
function turnsOf(simulation: Simulation, name: string, availabilityPpm: number, repair: Law): Turns {
  const mean = (lawMean(repair) * availabilityPpm) / (1_000_000 - availabilityPpm);
  return {
    up: { kind: 'exponential', mean },
    repair,
    stream: simulation.stream(`watcher/${name}/turns`),
    isUp: true,
    count: 0,
    missed: [],
  };
}
