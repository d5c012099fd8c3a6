import { SECOND } from '../../base/units.ts';
import { lawMean } from '../../kernel/random/laws.ts';
import type {
  ChainEntry,
  FinalityEntry,
  LaneEntry,
  Scenario,
  VerifierEntry,
  ParachainEntry,
  RollupEntry,
} from '../scenario.ts';
import { closedUs, committeesOfLane, validitiesOf } from '../verifier-tree.ts';
import type { LintRule } from './rule.ts';

export const shortTimeout: LintRule = {
  summary: 'packets time out before finality and a round trip have passed',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => {
      if (lane.timeout === 0) return [];
      const needed = finalityUs(scenario, lane) + roundTripUs(scenario, name, lane);
      if (lane.timeout >= needed) return [];
      const seconds = (us: number): string => `${Math.round(us / SECOND)} s`;
      return [
        {
          path: ['lanes', name, 'timeout'],
          what: `${name} gives a packet ${seconds(lane.timeout)}, and ${seconds(needed)} are needed on average`,
          reason: 'finality, signing, carrying and a block on either side; what comes later is refused and unwound',
        },
      ];
    }),
};

/** Mean time from a block of the source to its finality under the rule of a lane, in microseconds. */
export function finalityUs(scenario: Scenario, lane: LaneEntry): number {
  const source = scenario.chains[lane.from];
  if (source === undefined) return 0;
  return (depthOf(lane.finality) + 1) * blockUs(source) + tagMeanUs(scenario, source, lane.finality);
}

/** Mean time from a block to its named head: of the slots of an epoch, two and a half epochs. */
function tagMeanUs(scenario: Scenario, { consensus }: ChainEntry, finality: FinalityEntry): number {
  if (finality.kind !== 'tag' || finality.tag === 'latest') return 0;
  if (consensus.kind === 'rollup' || consensus.kind === 'parachain') {
    return layeredMeanUs(scenario, consensus, finality.tag);
  }
  if (consensus.kind === 'parametric') {
    const head = consensus.heads?.[finality.tag];
    return head === undefined ? 0 : lawMean(head.after) + (head.every ?? 0) / 2;
  }
  if (consensus.kind !== 'slots') return 0;
  return (finality.tag === 'safe' ? 1.5 : 2.5) * consensus.slotsPerEpoch * consensus.slot;
}

/** The same for a chain on another. Batches and outputs come at their times, blocks in the middle of them. */
function layeredMeanUs(scenario: Scenario, consensus: RollupEntry | ParachainEntry, tag: string): number {
  const below = scenario.chains[consensus.on];
  if (below === undefined) return 0;
  const block = blockUs(below);
  const final = depthOf(consensus.finality) * block + tagMeanUs(scenario, below, consensus.finality);
  if (consensus.kind === 'parachain') {
    const included = 1.5 * block + Math.ceil(lawMean(consensus.availability) / block) * block;
    return tag === 'safe' ? included : included + Math.max(final, lawMean(consensus.approval));
  }
  const { settlement, batch, output } = consensus;
  const posted = batch / 2 + block;
  if (tag === 'safe') return posted;
  if (tag === 'finalized') return posted + final;
  if (settlement.kind === 'validity')
    return posted + output / 2 + lawMean(settlement.proving) + settlement.window + block;
  return posted + final + output / 2 + settlement.window + 2 * block + final;
}

/** To the destination and back: signing, carrying and a block each way. */
function roundTripUs(scenario: Scenario, name: string, lane: LaneEntry): number {
  const signing = Math.max(
    0,
    ...committeesOfLane(name, lane).map(({ entry }) => lawMean(entry.signing) + closedUs(entry) / 2),
  );
  const proving = provingUs(lane.verifier) + provingUs(lane.returnVerifier);
  const carriers = Object.values(scenario.relayers).filter(({ lanes }) => lanes.includes(name));
  const carrying = carriers.map(({ strategy, service, submit, batch }) => {
    const poll = strategy.poll === undefined ? 0 : lawMean(strategy.poll);
    return poll + lawMean(service) + lawMean(submit) + batch.wait;
  });
  const blocks = [lane.from, lane.to].map((id) => scenario.chains[id]).map((chain) => (chain ? blockUs(chain) : 0));
  const carry = carrying.length === 0 ? 0 : Math.min(...carrying);
  return 2 * (signing + carry) + proving + blocks.reduce((sum, block) => sum + block, 0);
}

/** Mean time from a final block to its proof: half of what a batch gathers, proving, and half of what folding waits. */
function provingUs(verifier: VerifierEntry): number {
  return Math.max(
    0,
    ...validitiesOf('', verifier).map(({ entry: { batch, proving, aggregate } }) => {
      const folding = aggregate === undefined ? 0 : aggregate.within / 2 + lawMean(aggregate.proving);
      return batch.every / 2 + lawMean(proving.fixed) + batch.blocks * proving.perBlock + folding;
    }),
  );
}

/** Blocks that a lane waits for on top of one. */
export function depthOf(finality: FinalityEntry): number {
  return finality.kind === 'depth' ? finality.blocks : 0;
}

/** Mean time between blocks, as far as the parameters of a chain tell. */
export function blockUs({ consensus, network }: ChainEntry): number {
  switch (consensus.kind) {
    case 'parametric':
    case 'rollup':
    case 'parachain':
      return lawMean(consensus.block);
    case 'bft':
      return consensus.commit + 3 * lawMean(network.latency);
    case 'slots':
      return consensus.slot;
    default:
      return 'block' in consensus && typeof consensus.block === 'number' ? consensus.block : 0;
  }
}
