/** Relayers and users of a scenario, and what each owns when the run begins. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { World } from '../../kernel/world.ts';
import {
  type Arrivals,
  trafficsOf,
  type CallContent,
  type TrafficApplication,
  type TrafficState,
} from '../../../models/applications/traffic.ts';
import { startTraffic, userAccount } from '../../../models/applications/traffic.ts';
import { attestersOf, type AttesterState } from '../../../models/attesters/attester.ts';
import { accountId, chainOf } from '../../../models/chains/chain.ts';
import { type Lane, laneOf } from '../../../models/lanes/lane.ts';
import { relayerDeclared, trafficDeclared, trafficRouted } from '../../../models/records.ts';
import { type Outpost, RELAYER_EVENT, relayersOf, type RelayerState } from '../../../models/relayers/relayer.ts';
import type { ProofChainParameters } from '../../../models/verifiers/proof-chain.ts';
import { type Client, clientOf, leavesOf } from '../../../models/verifiers/verifier.ts';
import { voucherOf } from '../../../models/applications/token-transfer.ts';
import type { CallEntry, RelayerEntry, Scenario, TrafficEntry } from '../../scenario/scenario.ts';
import { decimalsOf, DRAWN_DECIMALS_MAX, toBaseUnits } from './amounts.ts';
import { type Endowment, USER_FORTUNE } from './endowments.ts';
import { NOTICE_DELAY_US, subscribe } from './lanes.ts';
import { idOf, type Names } from './names.ts';

export function buildRelayers(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  const endowments: Endowment[] = [];
  for (const [name, entry] of Object.entries(scenario.relayers)) {
    for (let copy = 0; copy < entry.count; copy++) {
      const full = entry.count === 1 ? name : `${name}.${copy + 1}`;
      names.relayers.set(full, relayersOf(simulation.world).length);
      endowments.push(...addRelayer(simulation, scenario, names, full, entry, copy));
    }
  }
  return endowments;
}

function addRelayer(
  simulation: Simulation,
  scenario: Scenario,
  names: Names,
  name: string,
  entry: RelayerEntry,
  place: number,
): Endowment[] {
  const { world } = simulation;
  const lanes = entry.lanes.map((lane) => laneOf(world, idOf(names.lanes, lane)));
  const chains = [...new Set(lanes.flatMap((lane) => [lane.source, lane.destination, ...chainsOnTheWay(world, lane)]))];
  chains.sort((a, b) => a - b);
  const endowments: Endowment[] = [];
  const outposts = chains.map((id): Outpost => {
    const chain = chainOf(world, id);
    const account = accountId(chain, `relayer/${name}`);
    const decimal = entry.wallet[chain.feeAsset];
    const amount = toBaseUnits(decimal ?? USER_FORTUNE, decimalsOf(scenario, chain.feeAsset));
    endowments.push({ chain: id, account, asset: chain.feeAsset, amount });
    return {
      chain: id,
      node: entry.node % chain.nodes.length,
      account,
      head: 0,
      batch: [],
      submitted: new Set(),
      done: [],
      flushTimer: -1,
    };
  });
  const entity = world.entities.length;
  const state = relayerState(simulation, name, entity, entry, place, lanes, outposts);
  simulation.addEntity('relayer', name, state);
  relayersOf(world).push(entity);
  for (const outpost of outposts)
    subscribe(chainOf(world, outpost.chain), outpost.node, entity, RELAYER_EVENT.viewMoved);
  listenToAttesters(simulation, entity, lanes);
  if (state.poll !== undefined) simulation.schedule('timer', entity, RELAYER_EVENT.poll, simulation.now);
  return endowments;
}

/** Hosts of the clients that a lane looks through: its relayers keep those up to date. */
function chainsOnTheWay(world: World, { destinationClient, sourceClient }: Lane): number[] {
  return [destinationClient, sourceClient].flatMap((top) =>
    leavesOf(world, clientOf(world, top)).flatMap(({ parameters }) =>
      ((parameters as Partial<ProofChainParameters>).through ?? []).map((id) => clientOf(world, id).host),
    ),
  );
}

function relayerState(
  simulation: Simulation,
  name: string,
  entity: number,
  entry: RelayerEntry,
  place: number,
  lanes: readonly Lane[],
  outposts: Outpost[],
): RelayerState {
  const { world } = simulation;
  return {
    id: relayersOf(world).length,
    name,
    entity,
    strategy: entry.strategy.kind,
    place,
    places: entry.count,
    watches: lanes.map((lane) => ({
      lane: lane.id,
      // Whoever carries for a committee waits for its signatures, not for depth.
      source: { chain: lane.source, ...waitOf(world, clientOf(world, lane.destinationClient)), at: 0 },
      destination: { chain: lane.destination, ...waitOf(world, clientOf(world, lane.sourceClient)), at: 0 },
      open: new Map(),
    })),
    outposts,
    poll: entry.strategy.poll,
    service: entry.service,
    servers: entry.servers,
    queueMax: entry.queue,
    clears: entry.clears,
    batchSize: entry.batch.size,
    batchWaitUs: entry.batch.wait,
    submitDelay: entry.submit,
    submitLoss: entry.loss ?? 0,
    retry: {
      patienceUs: entry.retry.patience,
      pauseUs: entry.retry.pause,
      factor: entry.retry.factor,
      attemptsMax: entry.retry.attempts,
    },
    streams: {
      poll: simulation.stream(`relayer/${name}/poll`),
      service: simulation.stream(`relayer/${name}/service`),
      submit: simulation.stream(`relayer/${name}/submit`),
    },
    items: new Map(),
    queue: [],
    queueFirst: 0,
    passedOver: new Map(),
    waiting: new Set(),
    updating: new Map(),
    busy: 0,
    polls: 0,
    served: 0,
    isServing: true,
  };
}

function waitOf(world: World, client: Client): Pick<Client, 'depth' | 'tag'> {
  if (leavesOf(world, client).some(({ kind }) => kind === 'committee')) return { depth: 0 };
  return client.tag === undefined ? { depth: client.depth } : { depth: client.depth, tag: client.tag };
}

function listenToAttesters(simulation: Simulation, entity: number, lanes: readonly Lane[]): void {
  const { world } = simulation;
  for (const attester of attestersOf(world)) {
    const state = world.entities[attester]?.state as AttesterState;
    if (!lanes.some((lane) => lane.id === state.lane)) continue;
    state.listeners.push({ entity, kind: RELAYER_EVENT.attested, delayUs: NOTICE_DELAY_US });
  }
}

export function buildTraffic(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  const endowments: Endowment[] = [];
  for (const [name, entry] of Object.entries(scenario.traffic)) {
    names.traffic.set(name, trafficsOf(simulation.world).length);
    endowments.push(...addTraffic(simulation, scenario, names, name, entry));
  }
  return endowments;
}

function addTraffic(
  simulation: Simulation,
  scenario: Scenario,
  names: Names,
  name: string,
  entry: TrafficEntry,
): Endowment[] {
  const { world } = simulation;
  const lane = laneOf(world, idOf(names.lanes, entry.lane));
  const chain = chainOf(world, lane.source);
  const state: TrafficState = {
    id: trafficsOf(world).length,
    name,
    lane: lane.id,
    application: applicationOf(scenario, names, entry, chain.feeAsset, lane.path),
    arrivals: arrivalsOf(scenario, entry),
    sender: entry.as,
    users: entry.users,
    startUs: entry.start,
    endUs: Math.min(entry.end, scenario.horizon),
    limit: entry.limit,
    arrivalStream: simulation.stream(`traffic/${name}/arrivals`),
    contentStream: simulation.stream(`traffic/${name}/content`),
    requested: 0,
  };
  const entity = simulation.addEntity('traffic', name, state);
  trafficsOf(world).push(entity);
  startTraffic(simulation, entity, state);
  const endowments: Endowment[] = [];
  for (let user = 0; user < entry.users; user++) {
    const account = accountId(chain, userAccount(entry.as, user));
    const amount = toBaseUnits(USER_FORTUNE, decimalsOf(scenario, chain.feeAsset));
    endowments.push({ chain: chain.id, account, asset: chain.feeAsset, amount });
  }
  return endowments;
}

function contentOf({ bytes, gas, failure, failureLasts }: CallEntry): CallContent {
  return { bytes, gas, failure, ...(failureLasts === undefined ? {} : { failureLastsUs: failureLasts }) };
}

function applicationOf(
  scenario: Scenario,
  names: Names,
  entry: TrafficEntry,
  native: string,
  path: string,
): TrafficApplication {
  if (entry.application === 'remote-call') {
    return { kind: 'remote-call', ...contentOf(entry) };
  }
  const { asset, law } = entry.amount;
  const decimals = decimalsOf(scenario, asset);
  const drawn = Math.min(decimals, DRAWN_DECIMALS_MAX);
  return {
    kind: 'token-transfer',
    asset: asset === native ? asset : voucherOf(path, asset),
    ...(entry.route === undefined
      ? {}
      : { route: Object.freeze(entry.route.map((name) => idOf(names.lanes, name))), retries: entry.retries ?? 0 }),
    ...(entry.call === undefined ? {} : { call: contentOf(entry.call) }),
    amount: law,
    perUnit: tenTo(drawn),
    scale: BigInt(tenTo(Math.min(decimals - drawn, 15))),
  };
}

function tenTo(digits: number): number {
  let power = 1;
  for (let i = 0; i < digits; i++) power *= 10;
  return power;
}

function arrivalsOf(scenario: Scenario, entry: TrafficEntry): Arrivals {
  const { arrivals } = entry;
  switch (arrivals.kind) {
    case 'poisson':
      return { kind: 'poisson', perSecond: arrivals.rate };
    case 'periodic':
      return { kind: 'periodic', everyUs: arrivals.every };
    case 'burst':
      return { kind: 'burst', everyUs: arrivals.every, size: arrivals.size };
    case 'trace': {
      const decimals = entry.application === 'token-transfer' ? decimalsOf(scenario, entry.amount.asset) : 0;
      const entries = arrivals.entries.map(({ at, amount }) =>
        amount === undefined ? { atUs: at } : { atUs: at, amount: toBaseUnits(amount, decimals) },
      );
      return { kind: 'trace', entries };
    }
  }
}

export function declarePeople(simulation: Simulation, scenario: Scenario): void {
  const { world } = simulation;
  relayersOf(world).forEach((entity, relayer) => {
    const state = world.entities[entity]?.state as RelayerState;
    simulation.record(relayerDeclared, {
      relayer,
      name: state.name,
      lanes: state.watches.map((watch) => watch.lane),
      accounts: state.outposts.flatMap((outpost) => [outpost.chain, outpost.account]),
    });
  });
  trafficsOf(world).forEach((entity, traffic) => {
    const state = world.entities[entity]?.state as TrafficState;
    const application = scenario.traffic[state.name]?.application ?? '';
    simulation.record(trafficDeclared, { traffic, name: state.name, lane: state.lane, application });
    const route = state.application.kind === 'token-transfer' ? state.application.route : undefined;
    if (route !== undefined) simulation.record(trafficRouted, { traffic, lanes: [...route] });
  });
}
