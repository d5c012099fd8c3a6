/** The message path: a lane between two chains, with life cycle, digest and default observers on, and CSV off. */
import { startRun } from '../sim/run/run.ts';
import { heapMegabytes, median, peakMegabytes, type Row } from './rows.ts';
import { laneScenario } from './scenarios.ts';

interface Measured {
  readonly microseconds: number;
  readonly bytesOpen: number;
  readonly peak: number;
}

const DISCARD = { write: () => undefined };

function measure(messages: number, proofs: 'hashed' | 'modelled', verifier: 'committee' | 'light-client'): Measured {
  const before = heapMegabytes();
  const run = startRun(laneScenario(messages, proofs, verifier), { output: () => DISCARD });
  const start = performance.now();
  let paused = 0;
  let bytesOpen = 0;
  let more = true;
  for (let slice = 0; more; slice++) {
    more = run.advance(100_000);
    if (slice !== 2) continue;
    const from = performance.now();
    const { open } = run.progress().messages;
    bytesOpen = ((heapMegabytes() - before) * 1_048_576) / Math.max(1, open);
    paused += performance.now() - from;
  }
  run.finish();
  return {
    microseconds: ((performance.now() - start - paused) * 1_000) / messages,
    bytesOpen,
    peak: peakMegabytes(),
  };
}

export function benchLane(): Row[] {
  const rows: Row[] = [];
  const large = process.env['L0SIM_BENCH_LARGE'] === '1';
  const sizes = large ? [100_000, 1_000_000] : [100_000];
  for (const messages of sizes) {
    for (const [proofs, verifier] of [
      ['modelled', 'committee'],
      ['hashed', 'committee'],
      ['modelled', 'light-client'],
      ['hashed', 'light-client'],
    ] as const) {
      const rounds = messages > 100_000 ? 1 : 3;
      const all = Array.from({ length: rounds }, () => measure(messages, proofs, verifier));
      const label = `${messages / 1_000}k, ${proofs}, ${verifier}`;
      rows.push({ figure: label, value: median(all.map((each) => each.microseconds)), unit: 'us/message' });
      rows.push({ figure: `${label}, open`, value: median(all.map((each) => each.bytesOpen)), unit: 'bytes/open' });
      rows.push({ figure: `${label}, peak so far`, value: all.at(-1)?.peak ?? 0, unit: 'MB' });
    }
  }
  return rows;
}
