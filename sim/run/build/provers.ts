/** Who proves for the validity-proof verifiers of a scenario, who brings the proofs, and who pays for them. */
import { START } from '../../base/units.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { POSTER_EVENT, type PosterState } from '../../../models/attesters/poster.ts';
import { PROVER_EVENT, proverOf, proversOf, type ProverState } from '../../../models/attesters/prover.ts';
import { accountId, chainOf } from '../../../models/chains/chain.ts';
import { keysOf } from '../../../models/keys/key-room.ts';
import { addHolder } from '../../../models/keys/keys.ts';
import { laneOf } from '../../../models/lanes/lane.ts';
import { proverDeclared } from '../../../models/records.ts';
import { proofRequestsOf } from '../../../models/verifiers/proof-requests.ts';
import { sponsorAccount, type ValidityParameters } from '../../../models/verifiers/validity-proof.ts';
import { type Client, clientOf, nodesOf } from '../../../models/verifiers/verifier.ts';
import type { Scenario, ValidityEntry } from '../../scenario/scenario.ts';
import { validitiesOf } from '../../scenario/verifier-tree.ts';
import { decimalsOf, toBaseUnits } from './amounts.ts';
import { subscribe } from './lanes.ts';
import { idOf, type Names } from './names.ts';
import { type Endowment, USER_FORTUNE } from './endowments.ts';

/** Blocks of the host, and least time, after which a proof that has not shown is brought again. */
const PATIENCE = { blocks: 10, leastUs: 30_000_000 };

export function buildProvers(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  const { world } = simulation;
  const posters = new Map<string, number>();
  const endowments: Endowment[] = [];
  for (const [name, entry] of Object.entries(scenario.lanes)) {
    const lane = laneOf(world, idOf(names.lanes, name));
    const sides = [
      [lane.destinationClient, 'forth', entry.verifier],
      [lane.sourceClient, 'back', entry.returnVerifier],
    ] as const;
    for (const [top, side, tree] of sides) {
      const clients = nodesOf(world, clientOf(world, top)).filter(({ kind }) => kind === 'validity-proof');
      validitiesOf(name, tree).forEach((validity, i) => {
        const client = clients[i];
        if (client === undefined) return;
        // Two lanes that are the way back of each other share their clients.
        const known = proversOf(world).findIndex((_entity, id) => proverOf(world, id).client === client.id);
        if (known !== -1) {
          const { lanes } = proverOf(world, known);
          if (!lanes.includes(lane.id)) lanes.push(lane.id);
          return;
        }
        const own = `${validity.name}/${side}`;
        const poster = posterOf(simulation, posters, own, client, validity.entry, endowments);
        addProver(simulation, lane.id, client, own, poster, validity.entry);
        endowments.push(sponsorOf(simulation, scenario, client));
      });
    }
  }
  return endowments;
}

/** The poster of a client: its own, or one for all on a host that name the same. */
function posterOf(
  simulation: Simulation,
  posters: Map<string, number>,
  name: string,
  client: Client,
  { aggregate }: ValidityEntry,
  endowments: Endowment[],
): number {
  const { world } = simulation;
  const host = chainOf(world, client.host);
  const shared = aggregate?.with === undefined ? name : `${aggregate.with}/${host.name}`;
  const known = posters.get(shared);
  if (known !== undefined) return known;
  const account = accountId(host, `prover/${shared}`);
  const entity = world.entities.length;
  const state: PosterState = {
    name: shared,
    entity,
    host: host.id,
    hostNode: 0,
    account,
    count: aggregate?.count ?? 1,
    withinUs: aggregate?.within ?? 0,
    folding: aggregate?.proving ?? { kind: 'constant', value: 0 },
    stream: simulation.stream(`prover/${shared}/folding`),
    provers: [],
    patienceUs: Math.max(PATIENCE.leastUs, PATIENCE.blocks * host.blockTimeUs),
    waiting: [],
    folds: [],
    nextFold: 0,
  };
  simulation.addEntity('proof-poster', shared, state);
  subscribe(host, 0, entity, POSTER_EVENT.viewMoved);
  posters.set(shared, entity);
  // Whoever proves never runs dry of gas: what a proof costs is told by the fees that it pays.
  const price = host.market === undefined ? host.gasPrice : 8n * (2n * host.market.initial + host.gasPrice);
  endowments.push({ chain: host.id, account, asset: host.feeAsset, amount: price * 1_000_000_000_000n });
  return entity;
}

function addProver(
  simulation: Simulation,
  lane: number,
  client: Client,
  name: string,
  poster: number,
  { batch, proving, provers }: ValidityEntry,
): void {
  const { world } = simulation;
  const source = chainOf(world, client.counterparty);
  const entity = world.entities.length;
  const state: ProverState = {
    id: proversOf(world).length,
    name: `prover/${name}`,
    entity,
    client: client.id,
    lanes: [lane],
    poster,
    source: { chain: source.id, depth: client.depth, ...(client.tag === undefined ? {} : { tag: client.tag }), at: 0 },
    batch: { blocks: batch.blocks, everyUs: batch.every, isOnDemand: batch.onDemand },
    fixed: proving.fixed,
    perBlockUs: proving.perBlock,
    breaks: provers.breaks,
    streams: {
      proving: simulation.stream(`prover/${name}/proving`),
      breaking: simulation.stream(`prover/${name}/breaking`),
    },
    machines: Array.from({ length: provers.count }, () => ({
      isBroken: false,
      isStopped: false,
      job: -1,
      turn: 0,
      changes: 0,
    })),
    final: { block: 0, height: 0 },
    assigned: { block: 0, height: 0 },
    isClosing: false,
    batchNumber: 0,
    jobs: [],
    nextJob: 1,
  };
  simulation.addEntity('prover', state.name, state);
  proversOf(world).push(entity);
  (world.entities[poster]?.state as PosterState).provers.push(state.id);
  addHolder(keysOf(world), { key: (client.parameters as ValidityParameters).program, process: state.name });
  for (const chain of [source, chainOf(world, client.host)]) subscribe(chain, 0, entity, PROVER_EVENT.viewMoved);
  if (batch.onDemand) {
    proofRequestsOf(world).set(client.id, { entity, kind: PROVER_EVENT.asked, height: 0 });
  }
  if (provers.breaks !== undefined) simulation.schedule('timer', entity, PROVER_EVENT.begin, START);
}

/** MODEL: whoever pays for proofs never runs out of money. */
function sponsorOf(simulation: Simulation, scenario: Scenario, client: Client): Endowment {
  const host = chainOf(simulation.world, client.host);
  const account = accountId(host, sponsorAccount(client.id));
  const amount = toBaseUnits(USER_FORTUNE, decimalsOf(scenario, host.feeAsset));
  return { chain: host.id, account, asset: host.feeAsset, amount };
}

export function declareProvers(simulation: Simulation): void {
  const { world } = simulation;
  proversOf(world).forEach((_entity, prover) => {
    const { name, lanes, client, machines } = proverOf(world, prover);
    simulation.record(proverDeclared, { prover, name, lanes: [...lanes], client, machines: machines.length });
  });
}
