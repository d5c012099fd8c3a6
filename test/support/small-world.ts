/** Tiny worlds for tests: a network, chains that vote, keys, and a list of every record. */
import type { HashBackend } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { duration, SECOND } from '../../sim/base/units.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';
import { type Behaviour, createWorld, Simulation } from '../../sim/kernel/simulation.ts';
import type { Chain } from '../../models/chains/chain.ts';
import { createBft } from '../../models/chains/consensus/bft.ts';
import { foundBft } from '../../models/chains/consensus/bft-founding.ts';
import type { BftTimeouts } from '../../models/chains/consensus/bft-state.ts';
import { updateValidator } from '../../models/chains/consensus/bft-sets.ts';
import { includeEvidence } from '../../models/chains/evidence.ts';
import { type CallTable, createExecutor, type Execution, type Executor } from '../../models/chains/execution.ts';
import { foundChain, makeGenesis } from '../../models/chains/founding.ts';
import { keysOf, placeKeys } from '../../models/keys/key-room.ts';
import { createKey, createKeyTable } from '../../models/keys/keys.ts';
import { addNetwork, type Network } from '../../models/network/network.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { records } from '../../models/records.ts';

export interface SeenRecord {
  readonly name: string;
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SmallWorld {
  readonly simulation: Simulation;
  readonly seen: SeenRecord[];
  readonly mode: ProofMode;
}

/** CometBFT's defaults. @source cometbft config/config.go, DefaultConsensusConfig. */
export const TIMEOUTS: BftTimeouts = {
  propose: duration(3_000_000),
  prevote: duration(1_000_000),
  precommit: duration(1_000_000),
  step: duration(500_000),
  commit: SECOND,
};

export interface SmallWorldOptions {
  readonly seed?: string;
  readonly hash?: HashBackend;
  readonly mode?: ProofMode;
  readonly calls?: CallTable;
  /** Makes the simulation: a subclass may listen in. */
  readonly construct?: typeof Simulation;
  readonly behaviours?: (executor: Executor) => readonly Behaviour[];
  /** Records are not collected where false. */
  readonly isWatched?: boolean;
}

export function smallWorld(options: SmallWorldOptions = {}): SmallWorld {
  const world = createWorld(options.seed ?? '7');
  const mode = options.mode ?? 'modelled';
  const calls: CallTable = { 'validator-update': updateValidator, write: writeCall, ...options.calls };
  const executor = createExecutor(calls, [includeEvidence]);
  const Kind = options.construct ?? Simulation;
  const simulation = new Kind(world, {
    hash: options.hash ?? nobleHash,
    records,
    behaviours: [createBft(executor) as Behaviour, ...(options.behaviours?.(executor) ?? [])],
    observers: [],
  });
  const seen: SeenRecord[] = [];
  if (options.isWatched !== false) {
    simulation.addSink({
      onRecord: (place, definition, fields) =>
        seen.push({ name: definition.name, at: place.time, fields: { ...fields } }),
    });
  }
  placeKeys(world, createKeyTable(mode, options.seed ?? '7'));
  return { simulation, seen, mode };
}

/** Contract call of the tests: writes `value` at `key`, or removes what stands there. */
const writeCall: CallTable[string] = (execution, given) => {
  const { key, value } = given as { key: string; value?: Uint8Array };
  if (value === undefined) execution.remove(key);
  else execution.set(key, value);
  return { kind: 'done', gas: 1_000 };
};

export interface SmallChainOptions {
  readonly name?: string;
  readonly powers?: readonly number[];
  readonly twins?: readonly number[];
  readonly latency?: Law;
  readonly loss?: number;
  readonly timeouts?: Partial<BftTimeouts>;
  readonly keepBlocks?: number;
  readonly unbondingUs?: number;
  readonly fidelity?: 'votes' | 'quorum';
  readonly duplication?: number;
  readonly genesis?: (execution: Execution) => void;
}

export interface SmallChain {
  readonly chain: Chain;
  readonly network: Network;
}

/** Adds a chain without nodes, and its network. */
export function addBareChain(
  { simulation, mode }: SmallWorld,
  settings: SmallChainOptions & { readonly consensus: string; readonly rootLag: 0 | 1; readonly settleDepth?: number },
): SmallChain {
  const name = settings.name ?? 'hub';
  const network = addNetwork(simulation, {
    name,
    latency: settings.latency ?? { kind: 'constant', value: 100_000 },
    loss: settings.loss ?? 0,
    duplication: settings.duplication ?? 0,
  });
  const chain = foundChain(simulation.world, {
    name,
    consensus: settings.consensus,
    mode,
    network: network.id,
    clock: { offsetUs: 0, driftPpm: 0 },
    settleDepth: settings.settleDepth ?? 0,
    keepBlocks: settings.keepBlocks ?? 200,
    rootLag: settings.rootLag,
    unbondingUs: settings.unbondingUs ?? 21 * 86_400_000_000,
    blockTimeUs: 1_300_000,
    feeAsset: 'GAS',
    gasPrice: 0n,
    gasLimit: 60_000_000,
  });
  return { chain, network };
}

/** Adds a chain of equal or given powers that votes, and starts it at once. */
export function addVotingChain(small: SmallWorld, options: SmallChainOptions = {}): SmallChain {
  const added = addBareChain(small, { ...options, consensus: 'bft', rootLag: 1 });
  const { simulation } = small;
  const { chain } = added;
  const powers = options.powers ?? [1, 1, 1, 1];
  const keys = powers.map((_, index) =>
    createKey(keysOf(simulation.world), `chain/${chain.name}/${index}`, [`${chain.name}/${index}`], simulation.hash),
  );
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const { fidelity = 'votes' } = options;
  const start = foundBft(simulation, chain, { powers, keys, twins: options.twins ?? [], timeouts, fidelity });
  makeGenesis(simulation, chain, options.genesis ?? (() => undefined));
  start();
  return added;
}

/** Runs all events up to `until`, in microseconds. */
export function runUntil({ simulation }: SmallWorld, until: number): void {
  for (let next = simulation.nextEventTime(); next !== undefined && next <= until; next = simulation.nextEventTime()) {
    simulation.step();
  }
}

/** Fields of the records of one kind. */
export function recordsOf({ seen }: SmallWorld, name: string): (Readonly<Record<string, unknown>> & { at: number })[] {
  return seen.filter((record) => record.name === name).map(({ fields, at }) => ({ ...fields, at }));
}

/** Heights at which two nodes hold different blocks for final. */
export function forkedHeights(small: SmallWorld): number[] {
  const blocks = new Map<number, Set<unknown>>();
  for (const { height, block } of recordsOf(small, 'block-decided')) {
    const known = blocks.get(height as number) ?? new Set();
    blocks.set(height as number, known.add(block));
  }
  return [...blocks].filter(([, set]) => set.size > 1).map(([height]) => height);
}

/** Cuts the network into groups, by node; undefined heals it. */
export function partition(network: Network, groupOf?: readonly number[]): void {
  network.rules.length = 0;
  if (groupOf !== undefined) network.rules.push({ fault: 0, kind: 'partition', groupOf, isSymmetric: true });
}
