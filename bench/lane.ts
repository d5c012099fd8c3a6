/** The message path: a lane between two chains, with life cycle, digest and default observers on, and CSV off. */
import { spawnSync } from 'node:child_process';
import { startRun } from '../sim/run/run.ts';
import { runBareMessages } from './bare/messages.ts';
import { median, peakMegabytes, type Row, time } from './rows.ts';
import { laneScenario } from './scenarios.ts';

export interface Measured {
  readonly microseconds: number;
  readonly peakMegabytes: number;
  readonly acknowledged: number;
}

export type Proofs = 'hashed' | 'modelled';
export type Verifier = 'committee' | 'light-client';

export function measureLane(messages: number, proofs: Proofs, verifier: Verifier): Measured {
  const run = startRun(laneScenario({ messages, proofs, verifier }), { keepsRows: false });
  const milliseconds = time(() => {
    while (run.advance(Number.MAX_SAFE_INTEGER));
  });
  const { summary } = run.finish();
  return {
    microseconds: (milliseconds * 1_000) / messages,
    peakMegabytes: peakMegabytes(),
    acknowledged: summary.row.acknowledged,
  };
}

function measureApart(messages: number, proofs: Proofs, verifier: Verifier): Measured {
  const script = new URL('lane-once.ts', import.meta.url).pathname;
  const child = spawnSync(process.execPath, [...process.execArgv, script, String(messages), proofs, verifier], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`the measuring process ended with ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Measured;
}

function bareMicroseconds(messages: number): number {
  return (time(() => runBareMessages(messages)) * 1_000) / messages;
}

interface Case {
  readonly messages: number;
  readonly proofs: Proofs;
  readonly verifier: Verifier;
  readonly rounds: number;
}

/** `L0SIM_BENCH_LARGE=1` adds a million messages, which takes minutes. */
function casesOf(isLarge: boolean): readonly Case[] {
  const small: readonly Case[] = [
    { messages: 100_000, proofs: 'modelled', verifier: 'committee', rounds: 3 },
    { messages: 100_000, proofs: 'hashed', verifier: 'committee', rounds: 1 },
    { messages: 100_000, proofs: 'modelled', verifier: 'light-client', rounds: 1 },
    { messages: 20_000, proofs: 'hashed', verifier: 'light-client', rounds: 1 },
  ];
  const large: Case = { messages: 1_000_000, proofs: 'modelled', verifier: 'committee', rounds: 1 };
  return isLarge ? [...small, large] : small;
}

export function benchLane(): Row[] {
  const rows: Row[] = [];
  for (const { messages, proofs, verifier, rounds } of casesOf(process.env['L0SIM_BENCH_LARGE'] === '1')) {
    const bare: number[] = [];
    const all: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(bareMicroseconds(messages));
      all.push(measureApart(messages, proofs, verifier));
      bare.push(bareMicroseconds(messages));
    }
    const label = `${messages / 1_000}k ${proofs} ${verifier}`;
    const value = median(all.map((each) => each.microseconds));
    const base = median(bare);
    rows.push({ figure: `${label}, bare loop`, value: base, unit: 'us/message' });
    rows.push({ figure: label, value, unit: 'us/message', ratio: { to: 'bare loop', value: value / base } });
    rows.push({ figure: `${label}, peak`, value: median(all.map((each) => each.peakMegabytes)), unit: 'MB RSS' });
  }
  return rows;
}
