/** Lanes of a scenario: clients on both sides, committees with their attesters, and the contract state they start from. */
import { present } from '../../base/assert.ts';
import { instant } from '../../base/units.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { ATTESTER_EVENT, attestersOf, type AttesterState } from '../../../models/attesters/attester.ts';
import { causeOf, causesOf } from '../../../models/attesters/causes.ts';
import { committeesOf } from '../../../models/attesters/committees.ts';
import type { HeadTag } from '../../../models/chains/finality.ts';
import { accountId, type Chain, chainOf, nodeOf } from '../../../models/chains/chain.ts';
import { keysOf } from '../../../models/keys/key-room.ts';
import { addHolder } from '../../../models/keys/keys.ts';
import { escrowAccount } from '../../../models/applications/token-transfer.ts';
import { feeAccount } from '../../../models/lanes/fee-terms.ts';
import { type Lane, lanesOf } from '../../../models/lanes/lane.ts';
import {
  attesterDeclared,
  committeeDeclared,
  laneCharged,
  laneDeclared,
  laneFinality,
  laneRuled,
  memberWeighed,
  verifierDeclared,
} from '../../../models/records.ts';
import type { CommitteeParameters } from '../../../models/verifiers/committee-set.ts';
import type { CompositionParameters } from '../../../models/verifiers/composition.ts';
import { type Client, clientOf, clientsOf, leavesOf } from '../../../models/verifiers/verifier.ts';
import type { FinalityEntry, LaneEntry, Scenario } from '../../scenario/scenario.ts';
import { committeesOfLane } from '../../scenario/verifier-tree.ts';
import { feeTermsOf } from './fees.ts';
import { laneBoundUs } from './bounds.ts';
import { controlsOf, declareLimit } from './controls.ts';
import { idOf, type Names } from './names.ts';
import { type BuiltCommittee, buildVerifiers } from './verifiers.ts';

/** Delay with which those outside hear of a node's new head or of a posted signature, in microseconds. */
export const NOTICE_DELAY_US = 50_000;

export function depthOf(finality: FinalityEntry): number {
  return finality.kind === 'depth' ? finality.blocks : 0;
}

/** The named head that a rule waits for, as a reader keeps it; nothing where depth decides. */
export function tagOf(finality: FinalityEntry): { readonly tag?: HeadTag } {
  return finality.kind === 'tag' ? { tag: finality.tag } : {};
}

/** Adds every lane; the second of a pair shares the clients of the first. */
export function buildLanes(simulation: Simulation, scenario: Scenario, names: Names): void {
  const entries = Object.keys(scenario.lanes);
  entries.forEach((name, id) => names.lanes.set(name, id));
  for (const [name, { kind, node }] of Object.entries(scenario.causes ?? {})) {
    const causes = causesOf(simulation.world);
    causes.push({ id: causes.length, name, kind, node, attesters: [] });
  }
  for (const name of entries) buildLane(simulation, scenario, names, name, scenario.lanes[name] as LaneEntry);
}

function buildLane(simulation: Simulation, scenario: Scenario, names: Names, name: string, entry: LaneEntry): void {
  const { world } = simulation;
  const lanes = lanesOf(world);
  const id = lanes.length;
  const source = idOf(names.chains, entry.from);
  const destination = idOf(names.chains, entry.to);
  const reverse = entry.reverse === undefined ? -1 : idOf(names.lanes, entry.reverse);
  const paired = reverse !== -1 && reverse < id ? present(lanes[reverse], 'lanes are built in order') : undefined;
  const ends = {
    source,
    destination,
    rule: { depth: depthOf(entry.finality), ...tagOf(entry.finality) },
    returnRule: { depth: depthOf(entry.returnFinality), ...tagOf(entry.returnFinality) },
  };
  // A committee attests for one lane; what only follows the two chains serves both directions.
  const follows = (lane: string): boolean => committeesOfLane(lane, scenario.lanes[lane] as LaneEntry).length === 0;
  const isShared = entry.reverse !== undefined && follows(name) && follows(entry.reverse);
  const built = buildVerifiers(
    simulation,
    scenario,
    names,
    { id, name, entry, ...ends },
    isShared ? paired : undefined,
  );
  const terms = feeTermsOf(scenario, entry, name);
  const lane: Lane = {
    id,
    name,
    source,
    destination,
    reverse,
    path: paired?.path ?? name,
    destinationClient: built.destinationClient,
    sourceClient: built.sourceClient,
    timeoutUs: entry.timeout,
    timeoutBlocks: entry.timeoutBlocks,
    inFlightMax: entry.inFlightMax,
    acknowledges: entry.acknowledge,
    ordering: entry.ordering,
    ...(entry.replay === undefined ? {} : { replay: entry.replay }),
    ...(entry.failure === undefined ? {} : { failure: entry.failure }),
    ...(entry.opening === 'handshake' ? { opens: true } : {}),
    ...(entry.refundAfter === undefined ? {} : { refundAfterUs: entry.refundAfter }),
    ...(entry.manualAfter === undefined ? {} : { manualAfterUs: entry.manualAfter }),
    ...controlsOf(simulation, scenario, names, name, entry),
    ...(terms === undefined ? {} : { fees: terms }),
    boundUs: laneBoundUs(scenario, name, entry),
  };
  lanes.push(lane);
  for (const chain of [source, destination]) accountId(chainOf(world, chain), escrowAccount(lane.path));
  const feesAt = terms === undefined ? -1 : terms.kind === 'on-delivery' ? destination : source;
  if (feesAt >= 0) accountId(chainOf(world, feesAt), feeAccount(lane));
  for (const committee of built.committees) addAttesters(simulation, scenario, lane, entry, committee);
}

function addAttesters(
  simulation: Simulation,
  scenario: Scenario,
  lane: Lane,
  entry: LaneEntry,
  built: BuiltCommittee,
): void {
  const { members, twins } = built.entry;
  for (let member = 0; member < members; member++) addAttester(simulation, scenario, lane, entry, built, member, '');
  for (const member of twins) addAttester(simulation, scenario, lane, entry, built, member, '-twin');
}

/** Whether a member depends on a cause, by the scenario. */
function dependsOn(scenario: Scenario, cause: number, committee: string, member: number): boolean {
  const entry = Object.values(scenario.causes ?? {})[cause];
  return entry?.of.some((each) => each.committee === committee && each.members.includes(member)) === true;
}

function addAttester(
  simulation: Simulation,
  scenario: Scenario,
  lane: Lane,
  entry: LaneEntry,
  { committee, entry: { signing, hours, providersAgree, rotation }, destinationClient, sourceClient }: BuiltCommittee,
  member: number,
  suffix: string,
): void {
  const { world } = simulation;
  const entities = attestersOf(world);
  const name = `${committee.name}/${member}${suffix}`;
  const key = present(committee.keys[member], 'a member has a key', { name });
  const source = chainOf(world, lane.source);
  const destination = chainOf(world, lane.destination);
  // Twins read through another node than their double, so that what they see can part.
  const place = suffix === '' ? member : member + 1;
  const causes = causesOf(world).filter(({ id }) => dependsOn(scenario, id, committee.name, member));
  const providers = causes.filter(({ kind }) => kind === 'rpc-provider').map(({ id }) => id);
  const state: AttesterState = {
    id: entities.length,
    name,
    committee: committee.id,
    member,
    key,
    lane: lane.id,
    threshold: committee.threshold,
    destinationClient,
    sourceClient,
    sourceNode: place % readable(source),
    destinationNode: place % readable(destination),
    source: { chain: source.id, depth: depthOf(entry.finality), ...tagOf(entry.finality), at: 0 },
    destination: { chain: destination.id, depth: depthOf(entry.returnFinality), ...tagOf(entry.returnFinality), at: 0 },
    providers,
    agree: providersAgree ?? providers.length,
    isFollower: committee.delegates?.members.includes(member) === false,
    signing,
    signingStream: simulation.stream(`attester/${name}/signing`),
    ...(hours === undefined ? {} : { hours: { fromUs: hours.from, toUs: hours.to, days: hours.days } }),
    open: new Map(),
    signsEveryFork: false,
    down: [],
    missed: [],
    rotationUs: rotation?.every ?? 0,
    standing: new Map(),
    listeners: [],
  };
  addHolder(keysOf(world), { key, process: name });
  const entity = simulation.addEntity('attester', name, state);
  entities.push(entity);
  committee.attesters.push(state.id);
  if (rotation !== undefined) {
    simulation.schedule('timer', entity, ATTESTER_EVENT.rotated, instant(rotation.every), 1);
  }
  for (const cause of causes) cause.attesters.push(state.id);
  // Guardians of a circuit read no chain.
  if (state.isFollower || (destinationClient === -1 && sourceClient === -1)) return;
  for (const chain of [source, destination]) {
    const own = chain === source ? state.sourceNode : state.destinationNode;
    const nodes = providers.map((id) => causeOf(world, id).node % chain.nodes.length);
    for (const node of new Set(nodes.length === 0 ? [own] : nodes)) {
      subscribe(chain, node, entity, ATTESTER_EVENT.viewMoved);
    }
  }
}

/** Nodes that those outside read through: first ones of their validators. A twin runs only while a fault lets it. */
function readable(chain: Chain): number {
  const twin = chain.nodes.findIndex(({ index, validator }) => validator !== -1 && validator !== index);
  return twin === -1 ? chain.nodes.length : twin;
}

export function subscribe(chain: Chain, node: number, entity: number, kind: number): void {
  nodeOf(chain, node).subscribers.push({ entity, kind, delayUs: NOTICE_DELAY_US });
}

/** Rules that need no word. */
const USUAL = {
  ordering: 'unordered',
  replay: 'receipt',
  timeout: 'destination',
  acknowledgement: 'sync',
  failure: 'error-ack',
  pause: 'never',
};

function timeoutRuleOf({ refundAfterUs, timeoutUs, timeoutBlocks }: Lane): string {
  if (refundAfterUs !== undefined) return 'dual-lock';
  return timeoutUs === 0 && timeoutBlocks === 0 ? 'none' : USUAL.timeout;
}

function rulesOf(lane: Lane): typeof USUAL {
  const { ordering, replay, failure, pause, acknowledges } = lane;
  return {
    ...USUAL,
    ordering,
    replay: replay ?? USUAL.replay,
    failure: failure ?? USUAL.failure,
    timeout: timeoutRuleOf(lane),
    pause,
    acknowledgement: acknowledges ? 'sync' : 'none',
  };
}

function declareFees(simulation: Simulation, lane: Lane): void {
  if (lane.fees === undefined) return;
  const { kind } = lane.fees;
  const isHeld = kind !== 'on-delivery';
  const account = isHeld ? accountId(chainOf(simulation.world, lane.source), feeAccount(lane)) : -1;
  simulation.record(laneCharged, { lane: lane.id, scheme: kind, account });
}

export function declareLanes(simulation: Simulation): void {
  const { world } = simulation;
  const clients = clientsOf(world);
  for (const lane of lanesOf(world)) {
    simulation.record(laneDeclared, {
      lane: lane.id,
      name: lane.name,
      source: lane.source,
      destination: lane.destination,
      reverse: lane.reverse,
      path: lane.path,
      verifier: (clients[lane.destinationClient] as Client).kind,
      sourceDepth: (clients[lane.destinationClient] as Client).depth,
      destinationDepth: (clients[lane.sourceClient] as Client).depth,
      acknowledges: lane.acknowledges,
      boundUs: lane.boundUs,
    });
  }
  for (const lane of lanesOf(world)) {
    const sourceTag = (clients[lane.destinationClient] as Client).tag ?? '';
    const destinationTag = (clients[lane.sourceClient] as Client).tag ?? '';
    if (sourceTag !== '' || destinationTag !== '') {
      simulation.record(laneFinality, { lane: lane.id, sourceTag, destinationTag });
    }
  }
  for (const lane of lanesOf(world)) declareTree(simulation, lane);
  for (const lane of lanesOf(world)) {
    const rules = rulesOf(lane);
    if (Object.keys(USUAL).some((rule) => rules[rule as keyof typeof USUAL] !== USUAL[rule as keyof typeof USUAL])) {
      simulation.record(laneRuled, { lane: lane.id, ...rules });
    }
    declareLimit(simulation, lane.id, lane.limit);
    declareFees(simulation, lane);
  }
  for (const committee of committeesOf(world)) {
    const { id, name, lane, threshold, keys } = committee;
    simulation.record(committeeDeclared, { committee: id, name, lane, threshold, members: keys.length });
    for (const attester of committee.attesters) {
      const entity = world.entities[attestersOf(world)[attester] as number];
      const state = present(entity, 'an attester has an entity').state as AttesterState;
      simulation.record(attesterDeclared, {
        attester,
        name: state.name,
        committee: id,
        member: state.member,
        key: state.key,
      });
      const weight = committee.weights?.[state.member];
      if (weight !== undefined) simulation.record(memberWeighed, { committee: id, attester, weight });
    }
  }
}

/** One verifier alone is declared with its lane. */
function declareTree(simulation: Simulation, lane: Lane): void {
  const { world } = simulation;
  let next = 0;
  const visit = (id: number, name: string, above: number, isRequired: boolean): void => {
    const { kind, parameters } = clientOf(world, id);
    const { parts = [], atLeast, committee } = parameters as Partial<CompositionParameters & CommitteeParameters>;
    const part = next++;
    simulation.record(verifierDeclared, {
      lane: lane.id,
      part,
      above,
      name,
      kind,
      isRequired,
      atLeast: atLeast ?? (kind === 'route' ? 1 : 0),
      committee: committee ?? -1,
    });
    for (const each of parts) visit(each.client, each.name, part, each.isRequired ?? false);
  };
  const top = clientOf(world, lane.destinationClient);
  if (leavesOf(world, top)[0] !== top) visit(top.id, lane.name, -1, true);
}
