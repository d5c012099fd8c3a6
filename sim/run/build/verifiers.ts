/** Clients and committees of a lane, from the trees of its verifiers: a client for each node of the tree, leaves first. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { HeadTag } from '../../../models/chains/finality.ts';
import { type Committee, committeesOf } from '../../../models/attesters/committees.ts';
import { watcherAccount } from '../../../models/attesters/watcher.ts';
import { chainOf } from '../../../models/chains/chain.ts';
import { keysOf } from '../../../models/keys/key-room.ts';
import { createKey } from '../../../models/keys/keys.ts';
import type { CommitteeParameters } from '../../../models/verifiers/committee-set.ts';
import type { CompositionParameters } from '../../../models/verifiers/composition.ts';
import type { Route, RouteParameters } from '../../../models/verifiers/route.ts';
import { laneOf } from '../../../models/lanes/lane.ts';
import type { HashLockParameters } from '../../../models/verifiers/hash-lock.ts';
import type { ProofChainParameters } from '../../../models/verifiers/proof-chain.ts';
import type { ValidityParameters } from '../../../models/verifiers/validity-proof.ts';
import { type Client, clientsOf } from '../../../models/verifiers/verifier.ts';
import type { CommitteeEntry, LaneEntry, Scenario, ValidityEntry, VerifierEntry } from '../../scenario/scenario.ts';
import { atLeastOf, guardiansEntry, guardiansName, partsOf, RETURN } from '../../scenario/verifier-tree.ts';
import { decimalsOf, toBaseUnits } from './amounts.ts';
import { idOf, type Names } from './names.ts';

/** A committee with what its attesters are made from. */
export interface BuiltCommittee {
  readonly committee: Committee;
  readonly entry: CommitteeEntry;
  destinationClient: number;
  sourceClient: number;
}

export interface BuiltVerifiers {
  readonly destinationClient: number;
  readonly sourceClient: number;
  readonly committees: readonly BuiltCommittee[];
}

interface Site {
  readonly simulation: Simulation;
  readonly scenario: Scenario;
  readonly names: Names;
  readonly lane: number;
  readonly committees: BuiltCommittee[];
  readonly host: number;
  readonly counterparty: number;
  readonly rule: FinalityRule;
  readonly side: 'destinationClient' | 'sourceClient';
}

/** Builds both sides of a lane; `paired` are the clients of a lane that it shares them with. */
export function buildVerifiers(
  simulation: Simulation,
  scenario: Scenario,
  names: Names,
  lane: { readonly id: number; readonly name: string; readonly entry: LaneEntry } & Ends,
  paired: { readonly destinationClient: number; readonly sourceClient: number } | undefined,
): BuiltVerifiers {
  const { name, entry, source, destination } = lane;
  const committees: BuiltCommittee[] = [];
  const shared = { simulation, scenario, names, lane: lane.id, committees };
  const forth: Site = {
    ...shared,
    host: destination,
    counterparty: source,
    rule: lane.rule,
    side: 'destinationClient',
  };
  const back: Site = {
    ...forth,
    host: source,
    counterparty: destination,
    rule: lane.returnRule,
    side: 'sourceClient',
  };
  const backName = entry.ownReturn === true ? `${name}.${RETURN}` : name;
  return {
    destinationClient: paired?.sourceClient ?? addVerifier(forth, name, entry.verifier),
    sourceClient: paired?.destinationClient ?? addVerifier(back, backName, entry.returnVerifier),
    committees,
  };
}

/** When a block counts as final: enough blocks on top, or under a named head. */
export interface FinalityRule {
  readonly depth: number;
  readonly tag?: HeadTag;
}

export interface Ends {
  readonly source: number;
  readonly destination: number;
  readonly rule: FinalityRule;
  readonly returnRule: FinalityRule;
}

function addVerifier(site: Site, name: string, entry: VerifierEntry): number {
  switch (entry.kind) {
    case 'light-client':
    case 'header-chain':
    case 'shared-security':
      return addClient(site, entry.kind, { ...entry });
    case 'hash-lock':
      return addClient(site, entry.kind, hashLockParameters(site, name, entry));
    case 'proof-chain': {
      const lanes = entry.through.map((lane) => laneOf(site.simulation.world, idOf(site.names.lanes, lane)));
      const isForth = lanes[0]?.source === site.counterparty;
      const through = isForth
        ? lanes.map(({ destinationClient }) => destinationClient)
        : lanes.map(({ sourceClient }) => sourceClient).reverse();
      const parameters: ProofChainParameters = { through: Object.freeze(through) };
      return addClient(site, entry.kind, parameters);
    }
    case 'committee': {
      const built = committeeFor(site, name, entry);
      built[site.side] = addClient(site, 'committee', committeeParameters(built.committee, entry));
      return built[site.side];
    }
    case 'validity-proof': {
      const { feeAsset } = chainOf(site.simulation.world, site.host);
      const circuit = `circuit/${clientsOf(site.simulation.world).length}`;
      const parameters: ValidityParameters = {
        program: createKey(keysOf(site.simulation.world), circuit, [], site.simulation.hash),
        verificationGas: entry.verificationGas,
        price: toBaseUnits(entry.price, decimalsOf(site.scenario, feeAsset)),
        ...(entry.trustingPeriod === undefined ? {} : { trustingPeriodUs: entry.trustingPeriod }),
        ...(entry.clockDrift === undefined ? {} : { clockDriftUs: entry.clockDrift }),
        ...guardiansOf(site, name, entry),
      };
      return addClient(site, entry.kind, parameters);
    }
    case 'optimistic': {
      const [claim] = partsOf(entry).map((part) =>
        Object.freeze({ name: part.name, client: addVerifier(site, `${name}.${part.name}`, part.entry) }),
      );
      const { feeAsset } = chainOf(site.simulation.world, site.host);
      const side = site.side === 'destinationClient' ? 'forth' : 'back';
      const watchers = Array.from({ length: entry.watchers.count }, (_, index) => watcherAccount(name, side, index));
      return addClient(site, entry.kind, {
        parts: Object.freeze([claim]),
        windowUs: entry.window,
        bond: toBaseUnits(entry.bond, decimalsOf(site.scenario, feeAsset)),
        watchers: Object.freeze(watchers),
      });
    }
    case 'route': {
      const parts = partsOf(entry).map((part): Route => {
        const client = addVerifier(site, `${name}.${part.name}`, part.entry);
        return Object.freeze({ name: part.name, client, ...conditionsOf(site, entry.routes[part.name]) });
      });
      const parameters: RouteParameters = { parts: Object.freeze(parts) };
      return addClient(site, entry.kind, parameters);
    }
    default: {
      const parts = partsOf(entry).map((part) => {
        const client = addVerifier(site, `${name}.${part.name}`, part.entry);
        return Object.freeze({ name: part.name, client, isRequired: part.isRequired });
      });
      const parameters: CompositionParameters = { parts: Object.freeze(parts), atLeast: atLeastOf(entry) };
      return addClient(site, entry.kind, parameters);
    }
  }
}

function guardiansOf(site: Site, name: string, { key }: ValidityEntry): Pick<ValidityParameters, 'guardians'> {
  if (key === undefined) return {};
  const { committee } = committeeFor(site, guardiansName(name), guardiansEntry(key));
  const { id, keys, threshold } = committee;
  const timelockUs = key.timelock;
  return { guardians: Object.freeze({ committee: id, keys: Object.freeze([...keys]), threshold, timelockUs }) };
}

function hashLockParameters(
  { simulation }: Site,
  name: string,
  { lock, reveal, abandonsPpm }: Extract<VerifierEntry, { kind: 'hash-lock' }>,
): HashLockParameters {
  return { lockUs: lock, reveal, abandonsPpm, stream: simulation.stream(`verifier/${name}/secrets`) };
}

function conditionsOf(
  { scenario }: Site,
  route: { readonly upTo: RouteLimit | undefined; readonly senders: readonly string[] | undefined } | undefined,
): Pick<Route, 'upTo' | 'senders'> {
  const upTo = route?.upTo;
  const senders = route?.senders?.map((traffic) => `user/${traffic}/`);
  return {
    ...(upTo === undefined
      ? {}
      : {
          upTo: Object.freeze({
            asset: upTo.asset,
            amount: toBaseUnits(upTo.decimal, decimalsOf(scenario, upTo.asset)),
          }),
        }),
    ...(senders === undefined ? {} : { senders: Object.freeze(senders) }),
  };
}

interface RouteLimit {
  readonly decimal: string;
  readonly asset: string;
}

function addClient({ simulation, host, counterparty, rule }: Site, kind: string, parameters: object): number {
  const clients = clientsOf(simulation.world);
  const client: Client = {
    id: clients.length,
    kind,
    host,
    counterparty,
    ...rule,
    parameters: Object.freeze(parameters),
  };
  clients.push(client);
  return client.id;
}

function committeeParameters({ id, name, threshold, keys }: Committee, entry: CommitteeEntry): CommitteeParameters {
  const { weights, rotation } = entry;
  return {
    committee: id,
    threshold,
    keys: Object.freeze([...keys]),
    ...(weights === undefined ? {} : { weights: Object.freeze([...weights]) }),
    ...(rotation === undefined
      ? {}
      : {
          name,
          rotation: Object.freeze({
            everyUs: rotation.every,
            graceUs: rotation.grace,
            replaced: rotation.replaced,
          }),
        }),
  };
}

/** The committee of that name: who signs for the way forth signs for the way back. */
function committeeFor(site: Site, name: string, entry: CommitteeEntry): BuiltCommittee {
  const known = site.committees.find(({ committee }) => committee.name === name);
  if (known !== undefined) return known;
  const { simulation, names, lane } = site;
  const committees = committeesOf(simulation.world);
  const keys: number[] = [];
  for (let member = 0; member < entry.members; member++) {
    keys.push(createKey(keysOf(simulation.world), `committee/${name}/${member}`, [], simulation.hash));
  }
  const { threshold } = entry;
  const committee: Committee = {
    id: committees.length,
    name,
    lane,
    threshold,
    delegates: entry.delegates,
    weights: entry.weights,
    keys,
    attesters: [],
  };
  committees.push(committee);
  names.committees.set(name, committee.id);
  const built: BuiltCommittee = { committee, entry, destinationClient: -1, sourceClient: -1 };
  site.committees.push(built);
  return built;
}
