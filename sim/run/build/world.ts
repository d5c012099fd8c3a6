/** A world from a scenario: everything in place at time 0, declarations and genesis published, nothing run yet. */
import { freezeDeep } from '../../base/freeze.ts';
import { createWorld, Simulation, type SimulationParts, type Sink } from '../../kernel/simulation.ts';
import { makeGenesis } from '../../../models/chains/founding.ts';
import { moveAsset } from '../../../models/economy/ledger.ts';
import { placeKeys } from '../../../models/keys/key-room.ts';
import { createKeyTable } from '../../../models/keys/keys.ts';
import { accountDeclared, assetDeclared, assumptionDeclared, runDeclared } from '../../../models/records.ts';
import { clientsOf, type VerifierTable } from '../../../models/verifiers/verifier.ts';
import type { AssumptionEntry, Scenario } from '../../scenario/scenario.ts';
import { placePlan } from '../drive.ts';
import { type BuiltChain, buildChains, declareChain } from './chains.ts';
import { buildOperators } from './controls.ts';
import { buildFaults } from './faults.ts';
import { buildLanes, declareLanes } from './lanes.ts';
import { buildStaking } from './staking.ts';
import { buildOpeners } from './openers.ts';
import { buildProvers, declareProvers } from './provers.ts';
import { buildWatchers } from './watchers.ts';
import { createNames, idOf, type Names } from './names.ts';
import { type Endowment } from './endowments.ts';
import { buildRelayers, buildTraffic, declarePeople } from './people.ts';

/** Code that a world needs: behaviours, observers, and the verifiers that genesis founds clients with. */
export interface RunParts extends SimulationParts {
  readonly verifiers: VerifierTable;
}

/** Builds the world of a resolved scenario. `hash` is that of `parts`. */
export function buildWorld(scenario: Scenario, parts: RunParts, sinks: readonly Sink[] = []): Simulation {
  // Its laws and settings stand in many entities: frozen, they are values.
  freezeDeep(scenario);
  const world = createWorld(scenario.seed);
  for (const observer of parts.observers) Simulation.observe(world, observer);
  const simulation = new Simulation(world, parts);
  for (const sink of sinks) simulation.addSink(sink);
  placePlan(world, { horizonUs: scenario.horizon, drainUs: scenario.drain });
  placeKeys(world, createKeyTable(scenario.proofs, scenario.seed));
  const names = createNames();
  const chains = buildChains(simulation, scenario, names);
  buildLanes(simulation, scenario, names);
  const endowments = [
    ...chains.flatMap((built) => built.endowments),
    ...buildWatchers(simulation, scenario, names),
    ...buildProvers(simulation, scenario, names),
    ...buildRelayers(simulation, scenario, names),
    ...buildTraffic(simulation, scenario, names),
  ];
  buildOpeners(simulation, scenario, names);
  const operators = buildOperators(simulation, scenario, names);
  const stakers = buildStaking(simulation, scenario, chains);
  const stolen = buildFaults(simulation, scenario, names);
  declare(simulation, scenario, names, chains);
  makeGeneses(simulation, parts, chains, [...endowments, ...operators, ...stakers, ...stolen]);
  for (const { start } of chains) start();
  return simulation;
}

function declare(simulation: Simulation, scenario: Scenario, names: Names, chains: readonly BuiltChain[]): void {
  const partial = scenario.synchrony.model === 'partial' ? scenario.synchrony : undefined;
  simulation.record(runDeclared, {
    horizonUs: scenario.horizon,
    drainUs: scenario.drain,
    gstUs: partial?.gst ?? -1,
    deltaUs: partial?.delta ?? -1,
  });
  for (const built of chains) {
    declareChain(simulation, built);
    const { asset } = built.entry;
    simulation.record(assetDeclared, { asset: asset.name, chain: built.chain.id, decimals: asset.decimals });
  }
  for (const { chain } of chains) {
    chain.accounts.forEach((name, account) => {
      simulation.record(accountDeclared, { chain: chain.id, account, name, role: name.split('/')[0] ?? '' });
    });
  }
  declareLanes(simulation);
  declareProvers(simulation);
  declarePeople(simulation, scenario);
  scenario.assume.forEach((entry, assumption) => {
    const subject = subjectOf(names, entry);
    const { numerator, denominator } = limitOf(entry);
    simulation.record(assumptionDeclared, {
      assumption,
      kind: entry.kind,
      subject,
      subjectName: entry.subject,
      limitNumerator: numerator,
      limitDenominator: denominator,
    });
  });
}

function subjectOf(names: Names, entry: AssumptionEntry): number {
  switch (entry.kind) {
    case 'byzantine':
    case 'reorg':
    case 'block-gap':
      return idOf(names.chains, entry.subject);
    case 'honest-relayers':
    case 'serving-provers':
    case 'sound-circuit':
      return idOf(names.lanes, entry.subject);
    case 'lying-sources':
    case 'honest-committee':
      return idOf(names.committees, entry.subject);
  }
}

function limitOf(entry: AssumptionEntry): { readonly numerator: number; readonly denominator: number } {
  switch (entry.kind) {
    case 'byzantine':
      return entry.below;
    case 'reorg':
    case 'block-gap':
      return { numerator: entry.atMost, denominator: 1 };
    case 'honest-relayers':
    case 'serving-provers':
      return { numerator: entry.atLeast, denominator: 1 };
    case 'sound-circuit':
      return { numerator: 1, denominator: 1 };
    case 'lying-sources':
    case 'honest-committee':
      return { numerator: entry.below, denominator: 1 };
  }
}

function makeGeneses(
  simulation: Simulation,
  parts: RunParts,
  chains: readonly BuiltChain[],
  endowments: readonly Endowment[],
): void {
  const { world } = simulation;
  for (const built of chains) {
    const { chain } = built;
    makeGenesis(simulation, chain, (execution) => {
      for (const { account, asset, amount, chain: home } of merged(endowments)) {
        if (home === chain.id) moveAsset(execution, { asset, from: -1, to: account, amount, why: 'genesis' });
      }
      for (const client of clientsOf(world)) {
        if (client.host === chain.id) parts.verifiers[client.kind]?.found(execution, client);
      }
    });
  }
}

/** One endowment an account and asset: users of two traffics may be the same. */
function merged(endowments: readonly Endowment[]): Endowment[] {
  const byAccount = new Map<string, Endowment>();
  for (const each of endowments) byAccount.set(`${each.chain}/${each.account}/${each.asset}`, each);
  return [...byAccount.values()];
}
