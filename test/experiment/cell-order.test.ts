import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scalarsOf } from '../../reports/scalars.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { cellCount, type Plan } from '../../sim/experiment/cells/plan.ts';
import { writeTables } from '../../sim/experiment/cells/tables.ts';
import { loadDistributions, type Distributions } from '../../sim/experiment/statistics/distributions.ts';
import { loadSweep } from '../../sim/experiment/sweep/load-sweep.ts';
import { executeCells } from '../../sim/experiment/workers/execute.ts';
import { openJournal } from '../../sim/experiment/workers/journal.ts';
import { openPool } from '../../sim/experiment/workers/pool.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

const BASE = `l0sim: 1
name: base
seed: "5"
horizon: 10s
chains:
  a: { consensus: { kind: parametric }, block: 1s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 } }
lanes: { ab: { from: a, to: b, timeout: 1min } }
relayers: { r: { lanes: [ab], strategy: { kind: racing, poll: { kind: exponential, mean: 4s } } } }
traffic: { t: { lane: ab, application: token-transfer, arrivals: { kind: poisson, rate: 0.3/s }, amount: 1 A } }
`;

const SWEEP = `l0sim-sweep: 1
name: s
base: base.yaml
replications: 2
vary:
  poll: { path: relayers.r.strategy.poll.mean, values: [1s, 4s, 9s] }
  copies: { path: relayers.r.count, values: [1, 2] }
`;

let folder = '';
let dist: Distributions;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-order-'));
  dist = await loadDistributions();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function planOf(): Plan {
  const { plan } = loadSweep(SWEEP, {
    file: 's.sweep.yaml',
    loadBase: (_, settings) => loadScenario(BASE, { file: 'base.yaml', overrides: settings, metrics: scalarsOf }),
    readText: () => {
      throw new Error('no such file');
    },
    version: '0',
    hash: nobleHash,
  });
  return plan;
}

interface Finished {
  /** Cells in the order in which they came in. */
  readonly came: readonly number[];
  readonly digests: readonly string[];
  readonly tables: Readonly<Record<string, string>>;
}

async function finish(plan: Plan, cells: readonly number[], name: string): Promise<Finished> {
  const journal = openJournal(join(folder, name), plan);
  const pool = await openPool(plan, 1, 'scenarios');
  const came: number[] = [];
  await executeCells(cells, journal, pool, { onCell: ({ cell }) => void came.push(cell) });
  await pool.close();
  const chunks: Record<string, Uint8Array[]> = {};
  const open = (file: string) => {
    const written: Uint8Array[] = (chunks[file] = []);
    return { write: (bytes: Uint8Array) => void written.push(bytes.slice()) };
  };
  writeTables({ plan, read: (cell) => journal.read(cell), open, dist }, () => undefined);
  const digests = Array.from({ length: cellCount(plan) }, (_, cell) => journal.read(cell).digest);
  journal.close();
  const texts = Object.entries(chunks).map(([file, parts]) => [file, Buffer.concat(parts).toString('latin1')]);
  return { came, digests, tables: Object.fromEntries(texts) as Record<string, string> };
}

/** Seven is prime to the number of cells: each comes once, and no two neighbours share a point. */
const shuffled = (cells: readonly number[]): number[] => cells.map((_, place) => (place * 7 + 5) % cells.length);

describe('cells of a sweep', () => {
  it('give the same tables, byte for byte, forward, shuffled and backward', async () => {
    const plan = planOf();
    const cells = Array.from({ length: cellCount(plan) }, (_, cell) => cell);
    expect(cells).toHaveLength(12);
    const forward = await finish(plan, cells, 'forward');
    expect(Object.keys(forward.tables)).toEqual(expect.arrayContaining(['cells.csv', 'points.csv']));
    expect(forward.tables['cells.csv']?.trimEnd().split('\n')).toHaveLength(13);
    // Cells that ran, and each on its own: without this all orders would agree on nothing.
    expect(new Set(forward.digests).size).toBe(12);
    for (const [name, order] of [
      ['shuffled', shuffled(cells)],
      ['backward', [...cells].reverse()],
    ] as const) {
      const other = await finish(plan, order, name);
      expect(other.came).toEqual(order);
      expect(other.came).not.toEqual(forward.came);
      expect(other.digests).toEqual(forward.digests);
      expect(other.tables).toEqual(forward.tables);
    }
  });
});
