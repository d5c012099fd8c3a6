/** Vote-level BFT: microseconds a delivered envelope, the kernel and the digest included. */
import { networksOf } from '../models/network/network.ts';
import { startRun } from '../sim/run/run.ts';
import { median, type Row, time } from './rows.ts';
import { votesScenario } from './scenarios.ts';

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
