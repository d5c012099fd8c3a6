/** One run of a scenario, in pieces small enough to show progress, to be interrupted, and to be resumed. */
import type { HashBackend } from '../base/bytes.ts';
import type { Checkpoint } from '../kernel/digest.ts';
import { restoreWorld, Simulation, type Sink } from '../kernel/simulation.ts';
import type { ByteSink } from '../../reports/csv/write.ts';
import { finishRun, openRunFiles, type RunFiles, type RunResult as JudgedRun } from '../../reports/finish-run.ts';
import { drainHops } from '../../reports/observers/hops.ts';
import { drainFinished, drainMoves } from '../../reports/observers/judge.ts';
import { drainTimeseries } from '../../reports/observers/metrics.ts';
import { builtInObservers, judgeOf } from '../../reports/results.ts';
import type { HopRow, MessageRow, TransitionRow } from '../../reports/csv/columns.ts';
import { measureAll, type PhaseName, type Scalar, seriesOf } from '../../reports/scalars.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { assetsOf } from '../scenario/thresholds.ts';
import { buildWorld, type RunParts } from './build/world.ts';
import { drive, type DriveEnd, planOf } from './drive.ts';
import { createRunParts } from './parts.ts';
import { checkEnvelopes } from './self-checks.ts';

export interface RunOptions {
  /** Hash backend; digests must not depend on it. */
  readonly hash?: HashBackend;
  readonly sinks?: readonly Sink[];
  /** Opens the sink of a file by name. Without it rows are kept in memory and returned with the result. */
  readonly output?: (file: string) => ByteSink;
  /** False makes no rows at all, in memory or in files: what is wanted is the verdict, the summary and the digest. */
  readonly keepsRows?: boolean;
  readonly parts?: RunParts;
}

export interface Progress {
  readonly simulatedUs: number;
  readonly horizonUs: number;
  /** Latest time that the run can reach. */
  readonly capUs: number;
  readonly events: number;
  readonly messages: { readonly requested: number; readonly open: number };
}

export interface RunResult extends JudgedRun {
  /** Hex digest of the whole run: that of its last checkpoint. */
  readonly digest: string;
  readonly checkpoints: readonly Checkpoint[];
  readonly events: number;
  readonly records: number;
  readonly simulatedUs: number;
  readonly end: DriveEnd;
  /** Rows in memory; empty where `output` took them. */
  readonly messages: readonly MessageRow[];
  readonly transitions: readonly TransitionRow[];
  readonly hops: readonly HopRow[];
}

export interface Run {
  readonly simulation: Simulation;
  /** Runs about that many events more. False once the run has ended. */
  advance(events: number): boolean;
  progress(): Progress;
  /** Figures of a run that has ended, in the order asked for; undefined where nothing was there to measure. */
  measure(scalars: readonly Scalar[]): (number | undefined)[];
  /** Latencies of a phase in microseconds, in the order in which messages ended. */
  series(phase: PhaseName): Float64Array;
  /** Judges a run that has ended and closes its files. Throws InvariantError before the end, and where a self-check fails. */
  finish(): RunResult;
}

/** Events between two hand-overs of rows to their files. */
const DRAIN_EVENTS = 8_192;

/** Builds the world of a scenario and stands ready at time 0. */
export function startRun(scenario: Scenario, options: RunOptions = {}): Run {
  const parts = options.parts ?? createRunParts(builtInObservers, options.hash);
  return runOf(scenario, options, buildWorld(scenario, parts, options.sinks));
}

/** Goes on from a snapshot of a run of the same scenario: ends in the same digest. Rows before it are not written again. */
export function resumeRun(scenario: Scenario, snapshot: Uint8Array, options: RunOptions = {}): Run {
  const parts = options.parts ?? createRunParts(builtInObservers, options.hash);
  const simulation = new Simulation(restoreWorld(snapshot), parts);
  for (const sink of options.sinks ?? []) simulation.addSink(sink);
  return runOf(scenario, options, simulation);
}

/** Runs a scenario to its end in memory. */
export function simulate(scenario: Scenario, options: RunOptions = {}): RunResult {
  const run = startRun(scenario, options);
  while (run.advance(Number.MAX_SAFE_INTEGER));
  return run.finish();
}

function runOf(scenario: Scenario, options: RunOptions, simulation: Simulation): Run {
  const { world } = simulation;
  const rows = { messages: [] as MessageRow[], transitions: [] as TransitionRow[], hops: [] as HopRow[] };
  const files: RunFiles | undefined = options.output === undefined ? undefined : openRunFiles(options.output);
  for (const checkpoint of world.digest.checkpoints) files?.checkpoint(checkpoint);
  if (files !== undefined) simulation.addSink({ onCheckpoint: (checkpoint) => files.checkpoint(checkpoint) });
  const judge = judgeOf(world.observers);
  judge.keepsRows = options.keepsRows ?? true;
  const drain = (): void => {
    if (files !== undefined) return files.drain(world);
    for (const row of drainFinished(judge)) rows.messages.push(row);
    for (const row of drainMoves(judge)) rows.transitions.push(row);
    for (const row of drainHops(judge)) rows.hops.push(row);
    drainTimeseries(judge);
  };
  let end: DriveEnd = 'stopped';
  return {
    simulation,
    advance(events) {
      if (end !== 'stopped') return false;
      const until = world.eventCount + events;
      end = drive(simulation, {
        isResolved: () => judge.unresolved === 0,
        everyEvents: Math.min(DRAIN_EVENTS, events),
        onPause: () => {
          drain();
          return world.eventCount < until;
        },
      });
      return end === 'stopped';
    },
    progress() {
      const { horizonUs, drainUs } = planOf(world);
      return {
        simulatedUs: world.now,
        horizonUs,
        capUs: horizonUs + drainUs,
        events: world.eventCount,
        messages: { requested: judge.requested, open: judge.unresolved },
      };
    },
    measure: (scalars) => measureAll(judge, scalars),
    series: (phase) => seriesOf(judge, phase),
    finish() {
      checkEnvelopes(world);
      drain();
      const judged = finishRun(world, {
        scenario: scenario.name,
        seed: scenario.seed,
        expect: scenario.expect,
        thresholds: scenario.thresholds,
        assets: assetsOf(scenario.chains),
      });
      drain();
      files?.end(judged, scenario.name);
      return {
        ...judged,
        digest: world.digest.checkpoints.at(-1)?.digest ?? '',
        checkpoints: world.digest.checkpoints,
        events: world.eventCount,
        records: world.recordCount,
        simulatedUs: world.now,
        end,
        ...rows,
      };
    },
  };
}
