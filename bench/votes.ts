/** Vote-level BFT: microseconds a delivered envelope, the kernel and the digest included. */
import { chainsOf } from '../models/chains/chain.ts';
import { networksOf } from '../models/network/network.ts';
import { startRun } from '../sim/run/run.ts';
import { median, type Row, time } from './rows.ts';
import { votesScenario } from './scenarios.ts';

/** A chain at both fidelities, over the same seed: microseconds a block, and how many times sooner `quorum` is done. */
export function benchQuorum(): Row[] {
  const rows: Row[] = [];
  for (const [n, blocks, law] of [
    [16, 300, UNIFORM],
    [64, 150, UNIFORM],
    [128, 60, UNIFORM],
    [128, 60, LOGNORMAL],
    [128, 60, '50ms'],
  ] as const) {
    const figure = `n = ${n}, ${law === '50ms' ? 'constant' : law.slice(8, law.indexOf(','))}`;
    const base = perBlock(n, blocks, law, 'votes');
    rows.push({ figure: `${figure}: votes`, value: base, unit: 'us/block' });
    const value = perBlock(n, blocks, law, 'quorum');
    rows.push({ figure: `${figure}: quorum`, value, unit: 'us/block', ratio: { to: 'votes', value: value / base } });
  }
  return rows;
}

const UNIFORM = '{ kind: uniform, min: 50ms, max: 450ms }';
const LOGNORMAL = '{ kind: lognormal, median: 150ms, sigma: 0.5 }';

function perBlock(n: number, blocks: number, latency: string, fidelity: 'votes' | 'quorum'): number {
  return median(
    Array.from({ length: 3 }, () => {
      const run = startRun(votesScenario(n, blocks, { latency, fidelity }));
      const milliseconds = time(() => {
        while (run.advance(Number.MAX_SAFE_INTEGER));
      });
      const decided = chainsOf(run.simulation.world).reduce((sum, chain) => sum + chain.nextBlock - 1, 0);
      return (milliseconds * 1_000) / decided;
    }),
  );
}

export function benchVotes(): Row[] {
  const rows: Row[] = [];
  let base = 0;
  for (const [n, blocks] of [
    [16, 600],
    [32, 150],
    [64, 50],
    [256, 4],
  ] as const) {
    const values = Array.from({ length: 3 }, () => {
      const run = startRun(votesScenario(n, blocks));
      const milliseconds = time(() => {
        while (run.advance(Number.MAX_SAFE_INTEGER));
      });
      const delivered = networksOf(run.simulation.world).reduce((sum, network) => sum + network.delivered, 0);
      return (milliseconds * 1_000) / delivered;
    });
    const value = median(values);
    if (n === 16) base = value;
    rows.push({ figure: `n = ${n}`, value, unit: 'us/vote', ratio: { to: 'n = 16', value: value / base } });
  }
  return rows;
}
