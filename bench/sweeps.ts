/** Sweeps: cells a second with one worker and with two, what a cell costs beside its bare run, memory of many cells. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as fuzzing from '../sim/experiment/fuzz/fuzz.ts';
import type * as fuzzers from '../sim/experiment/workers/fuzzers.ts';
import type * as execute from '../sim/experiment/workers/execute.ts';
import type * as journals from '../sim/experiment/workers/journal.ts';
import type * as pools from '../sim/experiment/workers/pool.ts';
import type * as tables from '../sim/experiment/cells/tables.ts';
import { nobleHash } from '../sim/base/noble-hash.ts';
import { createPlan, type Plan, type Point } from '../sim/experiment/cells/plan.ts';
import { loadDistributions } from '../sim/experiment/statistics/distributions.ts';
import { heapBytes, median, type Row } from './rows.ts';
import type * as runs from '../sim/run/run.ts';
import type * as loads from '../sim/scenario/load.ts';

const SCENARIO = `l0sim: 1
name: cell
horizon: 20min
proofs: modelled
chains:
  a: { consensus: { kind: parametric }, block: 5s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, timeout: 10min, verifier: { kind: committee, members: 1, threshold: 1 } } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: poisson, rate: 1/s }, amount: 1 A } }
`;
const TINY =
  'l0sim: 1\nname: tiny\nhorizon: 1s\nchains: { a: { consensus: { kind: parametric }, block: 1s, asset: { name: A, decimals: 6 } } }\n';

/** Threads need JavaScript: what is measured is what was built. */
async function built<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join('dist', path)).href)) as T;
}

function planOf(scenario: string, points: readonly Point[], replications: number): Plan {
  const rest = {
    version: '0',
    kind: 'sweep',
    name: 'bench',
    question: '',
    seed: '1',
    level: 0.95,
    factors: [],
  } as const;
  const metrics = [{ name: 'latency-p95', unit: 'us' } as const];
  return createPlan({ ...rest, metrics, replications, points, variants: [{ name: 'cell', scenario }] }, nobleHash);
}

const CELLS = 96;
const REPEATS = 3;

export async function benchSweeps(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'l0sim-bench-'));
  try {
    return [...(await pace(folder)), ...(await memory(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pace(folder: string): Promise<Row[]> {
  const { openJournal } = await built<typeof journals>('sim/experiment/workers/journal.js');
  const { executeCells } = await built<typeof execute>('sim/experiment/workers/execute.js');
  const { openPool } = await built<typeof pools>('sim/experiment/workers/pool.js');
  const plan = planOf(SCENARIO, [{ variant: 0, settings: [], factors: [] }], CELLS * (REPEATS + 1));
  const cellsOf = (repeat: number): number[] => Array.from({ length: CELLS }, (_, i) => repeat * CELLS + i);
  const bareRuns = await bareRunner();
  const [pool1, pool2] = [await openPool(plan, 1, 'scenarios'), await openPool(plan, 2, 'scenarios')];
  const [journal1, journal2] = [1, 2].map((jobs) => openJournal(join(folder, `journal-${jobs}`), plan)) as [
    journals.Journal,
    journals.Journal,
  ];
  const seconds = { bare: [] as number[], one: [] as number[], two: [] as number[] };
  // In turns, so that what else the machine does befalls all three alike. The first turn warms up.
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const times = {
      bare: await clock(() => Promise.resolve(bareRuns(repeat))),
      one: await clock(() => executeCells(cellsOf(repeat), journal1, pool1)),
      two: await clock(() => executeCells(cellsOf(repeat), journal2, pool2)),
    };
    if (repeat === 0) continue;
    seconds.bare.push(times.bare);
    seconds.one.push(times.one);
    seconds.two.push(times.two);
  }
  for (const each of [journal1, journal2]) each.close();
  await Promise.all([pool1.close(), pool2.close()]);
  const [bare, one, two] = [median(seconds.bare), median(seconds.one), median(seconds.two)];
  return [
    { figure: 'cells, bare runs', value: CELLS / bare, unit: 'cells/s' },
    { figure: 'cells, 1 worker', value: CELLS / one, unit: 'cells/s', ratio: { to: 'bare', value: bare / one } },
    { figure: 'cells, 2 workers', value: CELLS / two, unit: 'cells/s', ratio: { to: '1 worker', value: one / two } },
    { figure: 'overhead of a cell', value: ((one - bare) / CELLS) * 1_000, unit: 'ms' },
  ];
}

/** Seconds on the clock: threads share the work, and the processor time of both would hide it. */
async function clock(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** The same runs without plan, journal or figures. */
async function bareRunner(): Promise<(repeat: number) => void> {
  const { loadScenario } = await built<typeof loads>('sim/scenario/load.js');
  const { startRun } = await built<typeof runs>('sim/run/run.js');
  const { scenario } = loadScenario(SCENARIO);
  return (repeat) => {
    for (let seed = 0; seed < CELLS; seed++) {
      const run = startRun({ ...scenario, seed: String(repeat * CELLS + seed) }, { keepsRows: false });
      while (run.advance(Number.MAX_SAFE_INTEGER));
      run.finish();
    }
  };
}

const POINTS = 5_000;
const PER_POINT = 20;

/** Heap that a sweep of 100,000 cells holds at its end, journal and tables included, beside one of a tenth of them. */
async function memory(folder: string): Promise<Row[]> {
  const { openJournal } = await built<typeof journals>('sim/experiment/workers/journal.js');
  const { executeCells } = await built<typeof execute>('sim/experiment/workers/execute.js');
  const { openPool } = await built<typeof pools>('sim/experiment/workers/pool.js');
  const { writeTables } = await built<typeof tables>('sim/experiment/cells/tables.js');
  const dist = await loadDistributions();
  const held = async (points: number): Promise<number> => {
    const settings = (i: number) => [{ path: 'chains.a.block', value: `${1 + i}ms` }];
    const all = Array.from({ length: points }, (_, i): Point => ({
      variant: 0,
      settings: settings(i + 900),
      factors: [],
    }));
    const plan = planOf(TINY, all, PER_POINT);
    const before = heapBytes();
    const pool = await openPool(plan, 1, 'scenarios');
    const journal = openJournal(join(folder, `memory-${points}`), plan);
    await executeCells(
      Array.from({ length: points * PER_POINT }, (_, cell) => cell),
      journal,
      pool,
    );
    let peak = heapBytes() - before;
    const sink = { write: () => undefined };
    writeTables({ plan, read: (cell) => journal.read(cell), open: () => sink, dist }, (point) => {
      if (point % 1_000 === 0) peak = Math.max(peak, heapBytes() - before);
    });
    journal.close();
    return peak / 1e6;
  };
  const small = await held(POINTS / 10);
  const large = await held(POINTS);
  return [
    { figure: 'heap, 10,000 cells', value: small, unit: 'MB' },
    { figure: 'heap, 100,000 cells', value: large, unit: 'MB', ratio: { to: '10,000 cells', value: large / small } },
  ];
}

const FUZZED = 160;

/** Random scenarios a second, drawn, run, judged and replayed where an assumption was broken. */
export async function benchFuzz(): Promise<Row[]> {
  const { openFuzzers } = await built<typeof fuzzers>('sim/experiment/workers/fuzzers.js');
  const { fuzz } = await built<typeof fuzzing>('sim/experiment/fuzz/fuzz.js');
  const options = { seed: '1', faults: 'inside-assumptions', messagesMax: 8, faultsMax: 4, base: undefined } as const;
  const pools = [await openFuzzers(options, 1), await openFuzzers(options, 2)];
  const seconds: number[][] = pools.map(() => []);
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    for (const [i, pool] of pools.entries()) {
      const limits = { from: 0, runs: FUZZED, isTimeUp: () => false, onProgress: () => undefined };
      const took = await clock(async () => void (await fuzz(pool, limits)));
      if (repeat > 0) seconds[i]?.push(took);
    }
  }
  await Promise.all(pools.map((pool) => pool.close()));
  const [one = 0, two = 0] = seconds.map(median);
  return [
    { figure: 'fuzz, 1 worker', value: FUZZED / one, unit: 'scenarios/s' },
    {
      figure: 'fuzz, 2 workers',
      value: FUZZED / two,
      unit: 'scenarios/s',
      ratio: { to: '1 worker', value: one / two },
    },
  ];
}
