/**
 * The end of a run for its reports: verdict, summary, and the rows of every file that is not streamed while it runs.
 */
import { assert } from '../sim/base/assert.ts';
import type { Checkpoint } from '../sim/kernel/digest.ts';
import * as columns from './csv/columns.ts';
import { type ByteSink, createCsvWriter, type CsvWriter, formatDataPackage } from './csv/write.ts';
import { utf8 } from '../sim/base/bytes.ts';
import { drainHops, routeRows } from './observers/hops.ts';
import { drainFinished, drainMoves } from './observers/judge.ts';
import { drainTimeseries } from './observers/metrics.ts';
import {
  assumptionRows,
  assumptionsOf,
  judgedProperties,
  judgeOf,
  participantRows,
  propertyRows,
  violationRows,
} from './results.ts';
import { type JudgedThreshold, judgeThresholds, type Threshold } from './thresholds.ts';
import { formatSummary, type RunName, type Summary, summarise } from './summary.ts';
import { decideVerdict, type Expectation } from './verdict.ts';

export interface RunResult {
  readonly summary: Summary;
  readonly text: readonly string[];
  readonly properties: columns.PropertyRow[];
  readonly assumptions: columns.AssumptionRow[];
  readonly participants: columns.ParticipantRow[];
  readonly violations: columns.ViolationRow[];
  /** Latency by the ways of forwarded transfers. */
  readonly routes: columns.RouteRow[];
  readonly thresholds: readonly JudgedThreshold[];
}

/** What a run was asked for. */
export interface Asked extends RunName {
  readonly expect: Expectation;
  readonly thresholds?: Readonly<Record<string, Threshold>>;
  /** Native assets of the chains. */
  readonly assets?: readonly string[];
}

interface Observed {
  readonly observers: readonly { readonly kind: string; readonly state: unknown }[];
}

/** Judges a world whose run has ended, which its `run-ended` record said. Throws InvariantError before that. */
export function finishRun(world: Observed, run: Asked): RunResult {
  const judge = judgeOf(world.observers);
  assert(judge.endedUs >= 0, 'a run is judged after its end: run-ended was published');
  const assumptions = assumptionsOf(world.observers);
  const thresholds = judgeThresholds(judge, run.thresholds ?? {}, run.assets ?? []);
  const verdict = decideVerdict({
    thresholds,
    properties: judgedProperties(judge),
    assumptions,
    expect: run.expect,
    horizonUs: judge.declarations.horizonUs,
  });
  const summary = summarise(judge, run, verdict);
  return {
    summary,
    text: formatSummary(summary, judge),
    properties: propertyRows(judge),
    assumptions: assumptionRows(assumptions),
    participants: participantRows(judge),
    violations: violationRows(judge),
    routes: routeRows(judge),
    thresholds,
  };
}

/** Writers of the files that grow with the run. */
export interface RunFiles {
  /** Moves rows out of the observers of the world. Call between events, every few thousand, and once after the end. */
  drain(world: Observed): void;
  checkpoint(checkpoint: Checkpoint): void;
  /** Writes the files that are known at the end, `datapackage.json` included. `drain` was called after the end. */
  end(result: RunResult, name: string): void;
}

/** Opens a sink for each file by name, at once for those that are streamed. */
export function openRunFiles(open: (file: string) => ByteSink): RunFiles {
  const writer = <C extends columns.ColumnMap>(file: columns.CsvFile<C>): CsvWriter<C> =>
    createCsvWriter(file, open(file.name));
  const messages = writer(columns.messagesFile);
  const hops = writer(columns.hopsFile);
  const transitions = writer(columns.transitionsFile);
  const timeseries = writer(columns.timeseriesFile);
  const checkpoints = writer(columns.checkpointsFile);
  return {
    drain: (world) => {
      const judge = judgeOf(world.observers);
      messages.write(drainFinished(judge));
      hops.write(drainHops(judge));
      transitions.write(drainMoves(judge));
      timeseries.write(drainTimeseries(judge));
    },
    checkpoint: (checkpoint) => {
      const { event, record, timeUs, digest } = checkpoint;
      checkpoints.write([{ event, record, timeUs, digest }]);
    },
    end: (result, name) => {
      for (const streamed of [messages, hops, transitions, timeseries, checkpoints]) streamed.end();
      writeAll(writer(columns.summaryFile), [result.summary.row]);
      writeAll(writer(columns.routesFile), result.routes);
      writeAll(writer(columns.propertiesFile), result.properties);
      writeAll(writer(columns.assumptionsFile), result.assumptions);
      writeAll(writer(columns.participantsFile), result.participants);
      writeAll(writer(columns.violationsFile), result.violations);
      open('datapackage.json').write(utf8(formatDataPackage(name, columns.csvFiles)));
    },
  };
}

function writeAll<C extends columns.ColumnMap>(
  writer: CsvWriter<C>,
  rows: readonly columns.RowOf<columns.CsvFile<C>>[],
): void {
  writer.write(rows);
  writer.end();
}
