/** The message path: a lane between two chains, with life cycle, digest and default observers on, and CSV off. */
import { spawnSync } from 'node:child_process';
import { nobleHash } from '../sim/base/noble-hash.ts';
import { startRun } from '../sim/run/run.ts';
import { runBareMessages } from './bare/messages.ts';
import { nodeHash } from './node-hash.ts';
import { median, peakMegabytes, type Row, time } from './rows.ts';
import { laneScenario } from './scenarios.ts';

export interface Measured {
  readonly microseconds: number;
  readonly peakMegabytes: number;
  readonly acknowledged: number;
}

export type Proofs = 'hashed' | 'modelled';
export type Backend = 'noble' | 'node';
export type Verifier = 'committee' | 'light-client';

export function measureLane(
  messages: number,
  proofs: Proofs,
  verifier: Verifier,
  backend: Backend = 'noble',
): Measured {
  const hash = backend === 'node' ? nodeHash : nobleHash;
  const run = startRun(laneScenario({ messages, proofs, verifier }), { keepsRows: false, hash });
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

function measureApart({ messages, proofs, verifier, backend = 'noble' }: Case): Measured {
  const script = new URL('lane-once.ts', import.meta.url).pathname;
  const child = spawnSync(
    process.execPath,
    [...process.execArgv, script, String(messages), proofs, verifier, backend],
    {
      encoding: 'utf8',
    },
  );
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
  readonly backend?: Backend;
  readonly rounds: number;
}

/** `L0SIM_BENCH_LARGE=1` adds a million messages, which takes minutes. */
function casesOf(isLarge: boolean): readonly Case[] {
  const small: readonly Case[] = [
    { messages: 100_000, proofs: 'modelled', verifier: 'committee', rounds: 3 },
    { messages: 50_000, proofs: 'hashed', verifier: 'committee', rounds: 1 },
    { messages: 50_000, proofs: 'hashed', verifier: 'committee', backend: 'node', rounds: 1 },
    { messages: 50_000, proofs: 'modelled', verifier: 'light-client', rounds: 1 },
    { messages: 10_000, proofs: 'hashed', verifier: 'light-client', rounds: 1 },
  ];
  const large: Case = { messages: 1_000_000, proofs: 'modelled', verifier: 'committee', rounds: 1 };
  return isLarge ? [...small, large] : small;
}

export function benchLane(): Row[] {
  const rows: Row[] = [];
  for (const each of casesOf(process.env['L0SIM_BENCH_LARGE'] === '1')) {
    const { messages, proofs, verifier, backend, rounds } = each;
    const bare: number[] = [];
    const all: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(bareMicroseconds(messages));
      all.push(measureApart(each));
      bare.push(bareMicroseconds(messages));
    }
    const label = `${messages / 1_000}k ${proofs} ${verifier}${backend === undefined ? '' : ` over ${backend}`}`;
    const value = median(all.map((measured) => measured.microseconds));
    const base = median(bare);
    rows.push({ figure: `${label}, bare loop`, value: base, unit: 'us/message' });
    rows.push({ figure: label, value, unit: 'us/message', ratio: { to: 'bare loop', value: value / base } });
    rows.push({
      figure: `${label}, peak`,
      value: median(all.map((measured) => measured.peakMegabytes)),
      unit: 'MB RSS',
    });
  }
  return rows;
}
