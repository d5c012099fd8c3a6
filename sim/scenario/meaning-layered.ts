/** What a chain that stands on another must mean: a chain below that is there, heads that it has, time that passes. */
import { lawMean } from '../kernel/random/laws.ts';
import { known } from './meaning-names.ts';
import { blockMeanUs } from './resolve-layered.ts';
import type { ChainEntry, ConsensusEntry, FinalityEntry, RollupEntry, Scenario } from './scenario.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

export function checkLayer(scenario: Scenario, id: string, list: ProblemList): void {
  const chain = scenario.chains[id] as ChainEntry;
  const { consensus } = chain;
  if (consensus.kind !== 'rollup' && consensus.kind !== 'parachain') return;
  const path: Path = ['chains', id, 'consensus'];
  if (consensus.on === id) {
    list.at([...path, 'on'], 'E131', 'a chain stands on itself', { expected: 'another chain', got: id });
    return;
  }
  if (!known(list, [...path, 'on'], 'chain', consensus.on, Object.keys(scenario.chains))) return;
  const below = scenario.chains[consensus.on] as ChainEntry;
  if ('on' in below.consensus) {
    const hint = `let it stand on ${below.consensus.on}`;
    list.at([...path, 'on'], 'E139', `${consensus.on} stands on another chain itself`, {
      expected: 'a chain that stands alone',
      got: below.consensus.kind,
      hint,
    });
    return;
  }
  if (below.consensus.kind === 'parametric' && below.consensus.sealing === 'on-demand') {
    const expected = 'a chain with blocks on schedule';
    list.at([...path, 'on'], 'E139', 'no time passes below while nobody sends there', { expected, got: 'on-demand' });
  }
  checkHead(below, consensus.on, consensus.origin, [...path, 'origin'], list);
  checkHead(below, consensus.on, consensus.finality, [...path, 'finality'], list);
  if (consensus.kind === 'rollup') checkRollup(chain, consensus, below, path, list);
}

function checkHead(below: ChainEntry, name: string, finality: FinalityEntry, path: Path, list: ProblemList): void {
  if (finality.kind !== 'tag' || finality.tag === 'latest' || hasNamed(below.consensus, finality.tag)) return;
  list.at([...path, 'tag'], 'E139', `${name} names no head ${finality.tag}`, { expected: 'instant, or depth' });
}

function hasNamed(consensus: ConsensusEntry, tag: 'safe' | 'finalized' | 'settled'): boolean {
  return consensus.kind === 'slots' || (consensus.kind === 'parametric' && consensus.heads?.[tag] !== undefined);
}

function checkRollup(
  chain: ChainEntry,
  consensus: RollupEntry,
  below: ChainEntry,
  path: Path,
  list: ProblemList,
): void {
  for (const key of ['batch', 'output'] as const) {
    if (consensus[key] > 0) continue;
    list.at([...path, key], 'E115', 'no time passes from one to the next', { expected: 'a time above 0' });
  }
  const { settlement } = consensus;
  const decimals = settlement.kind === 'challenge' ? (settlement.bond.split('.')[1]?.length ?? 0) : 0;
  if (decimals > below.asset.decimals) {
    list.at([...path, 'settlement', 'bond'], 'E138', `finer than the base unit of ${below.asset.name}`, {
      expected: `at most ${below.asset.decimals} decimals`,
      got: `${decimals} decimals`,
    });
  }
  // What is believed below must still be there to be proven under it.
  const needed = Math.ceil(
    (settlement.window + consensus.output + consensus.batch) / Math.max(1, blockMeanUs(consensus)),
  );
  if (needed <= chain.keepBlocks) return;
  const hint = `keep-blocks: ${2 * needed}, longer blocks (now ${lawMean(consensus.block) / 1_000_000} s), or a shorter window`;
  list.at(['chains', path[1] as string, 'keep-blocks'], 'E139', 'blocks are forgotten before they are believed below', {
    expected: `more than ${needed}`,
    got: String(chain.keepBlocks),
    hint,
  });
}
