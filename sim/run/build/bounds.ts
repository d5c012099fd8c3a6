/**
 * The liveness bound of a lane: the longest time, in calm weather after GST, from the moment when a message can be moved
 * on to its end. Computed from the scenario and printed with each result; tight enough that a stall shows.
 */
import type { HeadTag } from '../../../models/chains/finality.ts';
import { lawMean } from '../../kernel/random/laws.ts';
import type { Law } from '../../kernel/random/laws.ts';
import type {
  ChainEntry,
  FinalityEntry,
  LaneEntry,
  ParachainEntry,
  RelayerEntry,
  RollupEntry,
  Scenario,
  VerifierEntry,
} from '../../scenario/scenario.ts';
import {
  closedUs,
  committeesOfLane,
  leavesOf,
  optimisticsOf,
  partsOf,
  validitiesOf,
} from '../../scenario/verifier-tree.ts';

/** Mean time between blocks that the parameters imply, in microseconds. */
export function blockTimeUs(chain: ChainEntry, deltaUs: number): number {
  switch (chain.consensus.kind) {
    case 'parametric':
    case 'rollup':
    case 'parachain':
      return Math.max(1, Math.round(lawMean(chain.consensus.block)));
    case 'bft':
      return Math.round(chain.consensus.commit + 3 * Math.min(deltaUs, 2 * lawMean(chain.network.latency)));
    case 'proof-of-work':
      return chain.consensus.block;
    case 'slots':
      return chain.consensus.slot;
  }
}

/** Time that `blocks` blocks take but once in a million: mean plus spread of an Erlang law for Poisson blocks. */
function blocksBound(chain: ChainEntry, blocks: number, deltaUs: number): number {
  const mean = blockTimeUs(chain, deltaUs);
  const n = blocks + 1;
  if (chain.consensus.kind === 'proof-of-work') return mean * (n + 5 * Math.sqrt(n) + 14);
  // One slot in a row may be missed by chance; more is a fault.
  if (chain.consensus.kind === 'slots') return mean * (n + 4);
  if (chain.consensus.kind === 'bft') {
    const { propose, prevote, precommit } = chain.consensus;
    // One failed round may fall into the wait.
    return mean * n + propose + prevote + precommit + 6 * deltaUs;
  }
  const { consensus } = chain;
  return quantileBound(consensus.block) * n + (consensus.kind === 'parametric' ? quantileBound(consensus.finality) : 0);
}

/** A bound that a draw of the law passes about once in a million; its cap where it has one. */
export function quantileBound(law: Law): number {
  if (law.cap !== undefined) return law.cap;
  switch (law.kind) {
    case 'constant':
      return law.value;
    case 'uniform':
    case 'uniform-integer':
      return law.max;
    default:
      return lawMean(law) * 14;
  }
}

function depthOf(finality: FinalityEntry): number {
  return finality.kind === 'depth' ? finality.blocks : 0;
}

/** Longest time, in calm weather, from a block to its named head. Epochs of slots: three, and one to spare. */
export function tagUs(scenario: Scenario, { consensus }: ChainEntry, finality: FinalityEntry): number {
  if (finality.kind !== 'tag' || finality.tag === 'latest') return 0;
  if (consensus.kind === 'rollup' || consensus.kind === 'parachain')
    return layeredUs(scenario, consensus, finality.tag);
  if (consensus.kind === 'parametric') {
    const head = consensus.heads?.[finality.tag];
    return head === undefined ? 0 : quantileBound(head.after) + (head.every ?? 0);
  }
  if (consensus.kind !== 'slots') return 0;
  return (finality.tag === 'safe' ? 3 : 4) * consensus.slotsPerEpoch * consensus.slot;
}

/** The same for a chain on another: data, outputs and their windows, and the finality of the chain below. */
function layeredUs(scenario: Scenario, consensus: RollupEntry | ParachainEntry, tag: HeadTag): number {
  const below = scenario.chains[consensus.on] as ChainEntry;
  const deltaUs = scenario.synchrony.model === 'partial' ? scenario.synchrony.delta : 1_000_000;
  const block = blocksBound(below, 3, deltaUs);
  const final =
    blocksBound(below, depthOf(consensus.finality) + 3, deltaUs) + tagUs(scenario, below, consensus.finality);
  if (consensus.kind === 'parachain') {
    const included = 2 * block + quantileBound(consensus.availability);
    return tag === 'safe' ? included : included + quantileBound(consensus.approval) + final;
  }
  const { settlement, batch, output } = consensus;
  if (tag === 'safe') return batch + 2 * block;
  if (tag === 'finalized') return batch + block + final;
  // A proof that is being made when the block comes must end first.
  const proving = settlement.kind === 'validity' ? 2 * quantileBound(settlement.proving) : 0;
  return batch + 2 * output + proving + settlement.window + 3 * block + 2 * final;
}

function carryBound(scenario: Scenario, lane: string, deltaUs: number): number {
  let worst = 0;
  for (const relayer of Object.values(scenario.relayers)) {
    if (relayer.lanes.includes(lane)) worst = Math.max(worst, relayerBound(relayer));
  }
  return worst + 2 * deltaUs;
}

function relayerBound(relayer: RelayerEntry): number {
  const poll = relayer.strategy.poll === undefined ? 0 : quantileBound(relayer.strategy.poll);
  const retries = relayer.retry.patience + relayer.retry.pause;
  return poll + 4 * quantileBound(relayer.service) + relayer.batch.wait + quantileBound(relayer.submit) + retries;
}

/** Longest time until a secret is shown; counted as a window, since a leg is locked by a delivery of its own. */
function revealUs(name: string, verifier: VerifierEntry): number {
  const reveals = leavesOf(name, verifier).map(({ entry }) =>
    entry.kind === 'hash-lock' ? Math.max(1, quantileBound(entry.reveal)) : 0,
  );
  return Math.max(0, ...reveals);
}

/** A claim takes a delivery of its own, and then its window, before what is carried counts. */
function claimed(carry: number, window = 0): number {
  return window === 0 ? carry : 2 * carry + window;
}

/** Microseconds. Counted from the latest of GST, sending, and timeout. */
export function laneBoundUs(scenario: Scenario, name: string, lane: LaneEntry): number {
  const source = scenario.chains[lane.from] as ChainEntry;
  const destination = scenario.chains[lane.to] as ChainEntry;
  const deltaUs = scenario.synchrony.model === 'partial' ? scenario.synchrony.delta : 1_000_000;
  const signing = Math.max(
    0,
    ...committeesOfLane(name, lane).map(({ entry }) => quantileBound(entry.signing) + closedUs(entry)),
  );
  const windows = [lane.verifier, lane.returnVerifier].map(
    (each) => optimisticsOf(name, each).reduce((sum, { entry }) => sum + entry.window, 0) + revealUs(name, each),
  );
  const carry = carryBound(scenario, name, deltaUs) + signing;
  const forth =
    blocksBound(source, depthOf(lane.finality) + 2, deltaUs) +
    tagUs(scenario, source, lane.finality) +
    claimed(carry, windows[0]);
  const backWait = tagUs(scenario, destination, lane.returnFinality) + claimed(carry, windows[1]);
  const back = blocksBound(destination, depthOf(lane.returnFinality) + 2, deltaUs) + backWait;
  const last = blocksBound(source, 2, deltaUs);
  const delays =
    delayUs(lane.verifier, destination, deltaUs) +
    2 * delayUs(lane.returnVerifier, source, deltaUs) +
    provingUs(lane.verifier, source, destination, deltaUs, scenario.horizon) +
    2 * provingUs(lane.returnVerifier, destination, source, deltaUs, scenario.horizon);
  const isTwoStep = lane.ordering === 'lazy-gap' || (lane.failure ?? 'error-ack') !== 'error-ack';
  const executing = isTwoStep ? blocksBound(destination, 1, deltaUs) + carry + retryBound(scenario, name) : 0;
  return Math.ceil(
    forth + back + last + executing + delays + wayUs(scenario, lane, deltaUs, carry) + (lane.refundAfter ?? 0),
  );
}

/** Longest that proofs wait for what a client learned, where it is told to make them wait. Of a tree the longest part. */
function delayUs(verifier: VerifierEntry, host: ChainEntry, deltaUs: number): number {
  if (verifier.kind !== 'light-client') {
    return Math.max(0, ...partsOf(verifier).map(({ entry }) => delayUs(entry, host, deltaUs)));
  }
  const { delay } = verifier;
  return delay === undefined
    ? 0
    : Math.max(delay.us, blocksBound(host, delay.blocks, deltaUs)) + blocksBound(host, 2, deltaUs);
}

/**
 * Longest that a final block waits for its proof to stand on the host: a batch to fill, a batch before it that is still
 * proven, its own, and folding. Of a tree the longest part.
 */
function provingUs(
  verifier: VerifierEntry,
  source: ChainEntry,
  host: ChainEntry,
  deltaUs: number,
  horizonUs: number,
): number {
  const waits = validitiesOf('', verifier).map(({ entry: { batch, proving, aggregate } }) => {
    const filling = batch.blocks === 0 ? batch.every : blocksBound(source, batch.blocks, deltaUs);
    // On demand, the first to ask has all proven that went by since the last.
    const gathered = batch.onDemand ? horizonUs : batch.every;
    const covered = batch.blocks === 0 ? gathered / blockTimeUs(source, deltaUs) + 2 : batch.blocks;
    const folding = aggregate === undefined ? 0 : aggregate.within + quantileBound(aggregate.proving);
    return filling + 2 * (quantileBound(proving.fixed) + covered * proving.perBlock) + folding;
  });
  return waits.length === 0 ? 0 : Math.max(...waits) + blocksBound(host, 3, deltaUs);
}

/** Longest that headers take over the chains that a lane looks through, both ways. */
function wayUs(scenario: Scenario, { verifier }: LaneEntry, deltaUs: number, carry: number): number {
  if (verifier.kind !== 'proof-chain') return 0;
  const between = verifier.through.slice(1).map((lane) => scenario.chains[scenario.lanes[lane]?.from ?? '']);
  return between.reduce(
    (sum, chain) => sum + (chain === undefined ? 0 : 2 * (blocksBound(chain, 3, deltaUs) + carry)),
    0,
  );
}

/** Longest time until relayers of a lane have tried calls again that fail for a time, past that time. */
function retryBound(scenario: Scenario, lane: string): number {
  const lasts = Math.max(
    0,
    ...Object.values(scenario.traffic).map((each) =>
      each.lane === lane ? Math.max(each.failureLasts ?? 0, each.call?.failureLasts ?? 0) : 0,
    ),
  );
  let worst = 0;
  for (const { lanes, retry } of Object.values(scenario.relayers)) {
    if (!lanes.includes(lane)) continue;
    let waited: number = 0;
    for (let pause: number = retry.pause; waited < lasts; pause *= retry.factor) waited += retry.patience + pause;
    worst = Math.max(worst, waited);
  }
  return worst;
}
