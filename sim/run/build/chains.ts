/** Chains of a scenario: networks, keys, nodes, and the consensus that drives them. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Chain } from '../../../models/chains/chain.ts';
import { foundBft } from '../../../models/chains/consensus/bft-founding.ts';
import type { Heads } from '../../../models/chains/consensus/parametric-heads.ts';
import { type ParametricState, startParametric } from '../../../models/chains/consensus/parametric.ts';
import { type ProofOfWorkState, startProofOfWork } from '../../../models/chains/consensus/proof-of-work.ts';
import { foundSlots } from '../../../models/chains/consensus/slots-founding.ts';
import { MOVED_TAGS } from '../../../models/chains/finality.ts';
import { addNode, foundChain } from '../../../models/chains/founding.ts';
import { keysOf } from '../../../models/keys/key-room.ts';
import { createKey } from '../../../models/keys/keys.ts';
import { addNetwork } from '../../../models/network/network.ts';
import { chainDeclared, stakersDeclared, validatorDeclared } from '../../../models/records.ts';
import type { ChainEntry, HeadsEntry, Scenario } from '../../scenario/scenario.ts';
import { blockTimeUs } from './bounds.ts';
import type { Endowment } from './endowments.ts';
import { placeLayer } from './layered.ts';
import type { Names } from './names.ts';

/** A chain with its nodes; `start` sets its consensus going once its genesis stands. */
export interface BuiltChain {
  readonly chain: Chain;
  readonly name: string;
  readonly entry: ChainEntry;
  readonly start: () => void;
  /** What those who work for it elsewhere own. */
  readonly endowments: readonly Endowment[];
}

export function buildChains(simulation: Simulation, scenario: Scenario, names: Names): BuiltChain[] {
  const ids = Object.keys(scenario.chains);
  const founded = ids.map((name) => {
    const entry = scenario.chains[name] as ChainEntry;
    const built = buildChain(simulation, scenario, name, entry);
    names.chains.set(name, built.chain.id);
    return built;
  });
  // What stands on another needs that to be there.
  return founded.map((built) => {
    const { consensus } = built.entry;
    if (consensus.kind !== 'rollup' && consensus.kind !== 'parachain') return built;
    return { ...built, ...placeLayer(simulation, scenario, built.chain, consensus) };
  });
}

function buildChain(simulation: Simulation, scenario: Scenario, name: string, entry: ChainEntry): BuiltChain {
  const partial = scenario.synchrony.model === 'partial' ? scenario.synchrony : undefined;
  const { network: wires } = entry;
  const network = addNetwork(simulation, {
    name,
    latency: wires.latency,
    loss: wires.loss,
    duplication: wires.duplicate,
    reordering: wires.reorder,
    bandwidth: wires.bandwidth,
    gst: partial?.gst,
    delta: partial?.delta,
    regionOf: entry.validators.map((_, index) => wires.regions?.of[index % wires.regions.of.length] ?? -1),
    regionLatency: wires.regions?.latency ?? [],
  });
  const chain = foundChain(simulation.world, {
    name,
    consensus: entry.consensus.kind,
    mode: scenario.proofs,
    network: network.id,
    clock: { offsetUs: entry.clock.skewUs, driftPpm: entry.clock.driftPpm },
    settleDepth: entry.settleDepth,
    keepBlocks: entry.keepBlocks,
    rootLag: entry.consensus.kind === 'bft' ? 1 : 0,
    unbondingUs: entry.unbonding,
    blockTimeUs: blockTimeUs(entry, partial?.delta ?? 1_000_000),
    feeAsset: entry.asset.name,
    gasPrice: entry.gas.price,
    gasLimit: entry.gas.limit,
    market: entry.gas.market,
    others: entry.gas.others,
    upgrades: entry.upgrades,
    below: 'on' in entry.consensus ? Object.keys(scenario.chains).indexOf(entry.consensus.on) : -1,
  });
  return { chain, name, entry, start: placeConsensus(simulation, scenario, chain, entry), endowments: [] };
}

/** Validators whose process some fault doubles. */
function twinsOf(scenario: Scenario, chain: string, validators: number): number[] {
  const doubled = new Set<number>();
  for (const fault of Object.values(scenario.faults)) {
    if (fault.kind !== 'bft.twin' || fault.target.chain !== chain) continue;
    const selected = fault.target.validators;
    if (selected !== undefined) for (const index of selected) doubled.add(index);
    else for (let index = 0; index < validators; index++) doubled.add(index);
  }
  return [...doubled].sort((a, b) => a - b);
}

function headsOf(simulation: Simulation, name: string, heads: HeadsEntry | undefined): { heads?: Heads } {
  if (heads === undefined) return {};
  const named = MOVED_TAGS.flatMap((tag) => {
    const head = heads[tag];
    return head === undefined ? [] : [{ tag, ...head }];
  });
  return { heads: { named, stream: simulation.stream(`chain/${name}/heads`), steps: named.map(() => 0) } };
}

function placeConsensus(simulation: Simulation, scenario: Scenario, chain: Chain, entry: ChainEntry): () => void {
  const { name } = chain;
  const keys = entry.validators.map((_, index) =>
    createKey(keysOf(simulation.world), `chain/${name}/${index}`, [`${name}/${index}`], simulation.hash),
  );
  const { consensus } = entry;
  switch (consensus.kind) {
    case 'parametric': {
      const state: ParametricState = {
        chain: chain.id,
        isOnDemand: consensus.sealing === 'on-demand',
        interval: consensus.block,
        finality: consensus.finality,
        intervalStream: simulation.stream(`chain/${name}/interval`),
        finalityStream: simulation.stream(`chain/${name}/finality`),
        ...headsOf(simulation, name, consensus.heads),
        key: keys[0] as number,
        tip: 0,
      };
      const entity = simulation.addEntity('parametric-chain', name, state);
      addNode(chain, { name: `${name}/0`, entity, validator: 0 });
      return () => startParametric(simulation, entity, state);
    }
    case 'proof-of-work': {
      const state: ProofOfWorkState = {
        chain: chain.id,
        intervalUs: consensus.block,
        shares: [...entry.validators],
        blockBytes: consensus.blockBytes,
        miningStream: simulation.stream(`chain/${name}/mining`),
        found: 0,
      };
      const entity = simulation.addEntity('proof-of-work-chain', name, state);
      entry.validators.forEach((_, index) => addNode(chain, { name: `${name}/${index}`, entity, validator: index }));
      return () => startProofOfWork(simulation, entity, state);
    }
    case 'slots': {
      const { slotsPerEpoch, leakQuotient, stepGwei, correlation } = consensus;
      return foundSlots(simulation, chain, {
        powers: entry.validators,
        keys,
        slotUs: consensus.slot,
        lateness: consensus.late,
        rules: { slotsPerEpoch, leakQuotient, stepGwei, correlationMultiplier: correlation },
      });
    }
    case 'rollup':
    case 'parachain':
      return () => {};
    case 'bft':
      return foundBft(simulation, chain, {
        powers: entry.validators,
        keys,
        twins: twinsOf(scenario, name, entry.validators.length),
        timeouts: consensus,
        fidelity: consensus.fidelity,
      });
  }
}

export function declareChain(simulation: Simulation, { chain, entry }: BuiltChain): void {
  simulation.record(chainDeclared, {
    chain: chain.id,
    name: chain.name,
    consensus: chain.consensus,
    nodes: entry.validators.length,
    totalPower: entry.validators.reduce((sum, power) => sum + power, 0),
    settleDepth: chain.settleDepth,
    blockTimeUs: chain.blockTimeUs,
  });
  const { consensus } = entry;
  if (consensus.kind === 'slots' && consensus.stakers !== undefined) {
    simulation.record(stakersDeclared, {
      chain: chain.id,
      stakers: consensus.stakers.count,
      averageGwei: consensus.stakers.averageEth * 1_000_000_000,
      epochUs: consensus.slotsPerEpoch * consensus.slot,
      unbondingUs: entry.unbonding,
    });
  }
  entry.validators.forEach((power, node) => {
    const name = `${chain.name}/${node}`;
    const key = keysOf(simulation.world).byName.get(`chain/${name}`) ?? -1;
    simulation.record(validatorDeclared, { chain: chain.id, node, name, key, power });
  });
}
