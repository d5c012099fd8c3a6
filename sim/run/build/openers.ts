/** Openers of a scenario: for each lane that is opened by messages, the first relayer that serves it pays for them. */
import type { Simulation } from '../../kernel/simulation.ts';
import { accountId, chainOf } from '../../../models/chains/chain.ts';
import { laneOf } from '../../../models/lanes/lane.ts';
import { OPENER_EVENT, type OpenerState } from '../../../models/relayers/opener.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { subscribe } from './lanes.ts';
import { idOf, type Names } from './names.ts';

export function buildOpeners(simulation: Simulation, scenario: Scenario, names: Names): void {
  const { world } = simulation;
  for (const [name, entry] of Object.entries(scenario.lanes)) {
    if (entry.opening !== 'handshake') continue;
    const found = Object.entries(scenario.relayers).find(([, { lanes }]) => lanes.includes(name));
    if (found === undefined) continue;
    const [relayer, { count, retry }] = found;
    const lane = laneOf(world, idOf(names.lanes, name));
    const full = count === 1 ? relayer : `${relayer}.1`;
    const account = (chain: number): number => accountId(chainOf(world, chain), `relayer/${full}`);
    const state: OpenerState = {
      lane: lane.id,
      accounts: { source: account(lane.source), destination: account(lane.destination) },
      relayer: idOf(names.relayers, full),
      patienceUs: retry.patience,
      step: 0,
      submittedAt: 0,
    };
    const entity = simulation.addEntity('opener', name, state);
    for (const chain of [lane.source, lane.destination]) {
      subscribe(chainOf(world, chain), 0, entity, OPENER_EVENT.viewMoved);
    }
  }
}
