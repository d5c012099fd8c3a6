/** Chains that stand on others: their block makers, and what works for them on the chain below. */
import type { Simulation } from '../../kernel/simulation.ts';
import { keysOf } from '../../../models/keys/key-room.ts';
import { present } from '../../base/assert.ts';
import { accountId, type Chain, chainOf, nodeOf } from '../../../models/chains/chain.ts';
import { addNode } from '../../../models/chains/founding.ts';
import { createErrand } from '../../../models/chains/layered/errand.ts';
import type { OriginRule } from '../../../models/chains/layered/layered-blocks.ts';
import {
  PARACHAIN_EVENT,
  PARACHAIN_KIND,
  type ParachainState,
  startParachain,
} from '../../../models/chains/layered/parachain.ts';
import { backersAccount, parachainsOf } from '../../../models/chains/layered/parachain-contract.ts';
import { rollupsOf } from '../../../models/chains/layered/rollup-contract.ts';
import {
  OPERATOR_EVENT,
  OPERATOR_KIND,
  placeOperator,
  type RollupOperatorState,
  startOperator,
} from '../../../models/chains/layered/rollup-operator.ts';
import {
  SEQUENCER_EVENT,
  SEQUENCER_KIND,
  type SequencerState,
  startSequencer,
} from '../../../models/chains/layered/sequencer.ts';
import type { FinalityEntry, ParachainEntry, RollupEntry, Scenario } from '../../scenario/scenario.ts';
import { decimalsOf, toBaseUnits } from './amounts.ts';
import { type Endowment, USER_FORTUNE } from './endowments.ts';

export interface PlacedLayer {
  readonly start: () => void;
  readonly endowments: readonly Endowment[];
}

/** What each of its processes owns below, in whole units: they never run dry. */
const FORTUNE = USER_FORTUNE;

/** Delay with which a chain hears of the one below, in microseconds: its nodes follow that themselves. */
const HEARS_AFTER_US = 50_000;

export function placeLayer(
  simulation: Simulation,
  scenario: Scenario,
  chain: Chain,
  consensus: RollupEntry | ParachainEntry,
): PlacedLayer {
  return consensus.kind === 'rollup'
    ? placeRollup(simulation, scenario, chain, consensus)
    : placeParachain(simulation, scenario, chain, consensus);
}

function keyOfMaker(simulation: Simulation, { name }: Chain): number {
  return present(keysOf(simulation.world).byName.get(`chain/${name}/0`), 'a chain has the key of its maker', { name });
}

function ruleOf(finality: FinalityEntry): OriginRule {
  if (finality.kind === 'tag') return { depth: 0, tag: finality.tag };
  return { depth: finality.kind === 'depth' ? finality.blocks : 0 };
}

function hear(below: Chain, entity: number, kind: number): void {
  nodeOf(below, 0).subscribers.push({ entity, kind, delayUs: HEARS_AFTER_US });
}

function endow(scenario: Scenario, below: Chain, names: readonly string[]): Endowment[] {
  const amount = toBaseUnits(FORTUNE, decimalsOf(scenario, below.feeAsset));
  return names.map((name) => ({ chain: below.id, account: accountId(below, name), asset: below.feeAsset, amount }));
}

function placeRollup(simulation: Simulation, scenario: Scenario, chain: Chain, entry: RollupEntry): PlacedLayer {
  const { name } = chain;
  const below = chainOf(simulation.world, chain.below);
  const sequencer: SequencerState = {
    chain: chain.id,
    key: keyOfMaker(simulation, chain),
    interval: entry.block,
    intervalStream: simulation.stream(`chain/${name}/interval`),
    origin: ruleOf(entry.origin),
    made: 0,
  };
  const sequencerEntity = simulation.addEntity(SEQUENCER_KIND, name, sequencer);
  addNode(chain, { name: `${name}/0`, entity: sequencerEntity, validator: 0 });
  const { settlement } = entry;
  const isProven = settlement.kind === 'validity';
  const count = isProven ? 0 : settlement.challengers.count;
  const proposer = `rollup/${name}/proposer`;
  const batcher = `rollup/${name}/batcher`;
  const challengers = Array.from({ length: count }, (_, i) => `rollup/${name}/challenger/${i}`);
  const endowments = endow(scenario, below, [batcher, proposer, ...challengers]);
  rollupsOf(simulation.world).push({
    chain: chain.id,
    isProven,
    windowUs: settlement.window,
    bond: isProven ? 0n : toBaseUnits(settlement.bond, decimalsOf(scenario, below.feeAsset)),
    proposer,
    challengers,
    proofGas: isProven ? settlement.gas : 0,
  });
  const operator: RollupOperatorState = {
    chain: chain.id,
    finality: ruleOf(entry.finality),
    batchEveryUs: entry.batch,
    outputEveryUs: entry.output,
    provingLaw: isProven ? settlement.proving : undefined,
    availabilityPpm: isProven ? 0 : settlement.challengers.availabilityPpm,
    reaction: isProven ? { kind: 'constant', value: 0 } : settlement.challengers.reaction,
    stream: simulation.stream(`chain/${name}/below`),
    batcher: createErrand(accountId(below, batcher)),
    proposer: createErrand(accountId(below, proposer)),
    settler: createErrand(accountId(below, proposer)),
    challengers: challengers.map((account) => ({ errand: createErrand(accountId(below, account)), seen: 0 })),
    stopped: new Set(),
    liesNow: false,
    proofs: 0,
    inProof: -1,
  };
  const operatorEntity = simulation.addEntity(OPERATOR_KIND, `${name}/below`, operator);
  placeOperator(simulation.world, chain.id, operatorEntity);
  hear(below, sequencerEntity, SEQUENCER_EVENT.belowMoved);
  hear(below, operatorEntity, OPERATOR_EVENT.belowMoved);
  const start = (): void => {
    startSequencer(simulation, sequencerEntity, sequencer);
    startOperator(simulation, operatorEntity, operator);
  };
  return { start, endowments };
}

function placeParachain(simulation: Simulation, scenario: Scenario, chain: Chain, entry: ParachainEntry): PlacedLayer {
  const { name } = chain;
  const below = chainOf(simulation.world, chain.below);
  const backers = backersAccount(name);
  const endowments = endow(scenario, below, [backers]);
  const account = accountId(below, backers);
  const state: ParachainState = {
    chain: chain.id,
    key: keyOfMaker(simulation, chain),
    interval: entry.block,
    origin: ruleOf(entry.origin),
    finality: ruleOf(entry.finality),
    availability: entry.availability,
    approval: entry.approval,
    ahead: entry.ahead,
    stream: simulation.stream(`chain/${name}/candidates`),
    backers: createErrand(account),
    includers: createErrand(account),
    made: 0,
    pending: -1,
    checkedTo: 0,
    approvedTo: 0,
    wrong: new Set(),
    wrongNow: false,
  };
  parachainsOf(simulation.world).push(chain.id);
  const entity = simulation.addEntity(PARACHAIN_KIND, name, state);
  addNode(chain, { name: `${name}/0`, entity, validator: 0 });
  hear(below, entity, PARACHAIN_EVENT.belowMoved);
  return { start: () => startParachain(simulation, entity, state), endowments };
}
