/** `l0sim validate --lanes FILE`: lanes as they were measured beside the same lanes simulated. */
import { writeFileSync } from 'node:fs';
import { LaneFileError, type MeasuredLane, readLanes, systemOf } from '../../experiment/lanes/lane-file.ts';
import { type ComparedLane, errorOf, systemErrors } from '../../experiment/lanes/lane-report.ts';
import { laneScenario, runLane } from '../../experiment/lanes/lane-run.ts';
import { ScenarioErrors } from '../../scenario/text/errors.ts';
import { isMap } from '../../scenario/text/located.ts';
import { readYaml } from '../../scenario/text/read.ts';
import { EXIT, guard, UsageError } from '../exit-codes.ts';
import { plainTable } from '../figure-table.ts';
import { presetSource, readInput } from '../files.ts';
import { openTerminal } from '../terminal.ts';

export interface LanesArguments {
  readonly lanes: string;
  /** No fitted constants. */
  readonly fit?: boolean | undefined;
  readonly out?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

const DELAYS = 'presets/lane-delays.yaml';

export function lanesCommand(given: LanesArguments): number {
  const compared = compareLanes(lanesOf(given.lanes), given, (line) =>
    openTerminal(given.quiet === true || given.json === true).say(line),
  );
  const errors = systemErrors(compared);
  if (given.out !== undefined) {
    const { out } = given;
    const rows = compared.map((each) => resultOf(each));
    guard(() => writeFileSync(out, `${JSON.stringify({ lanes: rows, errors }, undefined, 2)}\n`));
  }
  const terminal = openTerminal(false);
  if (given.json === true) terminal.out(JSON.stringify({ lanes: compared.map((each) => resultOf(each)), errors }));
  else if (given.quiet !== true) terminal.out(lanesText(compared));
  return compared.some(({ problem }) => problem !== '') ? EXIT.input : EXIT.asExpected;
}

function lanesOf(file: string): MeasuredLane[] {
  try {
    return readLanes(new TextDecoder().decode(readInput(file)));
  } catch (error) {
    if (error instanceof LaneFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Simulates each lane, with the fitted constants unless told otherwise. */
export function compareLanes(
  lanes: readonly MeasuredLane[],
  given: Pick<LanesArguments, 'fit' | 'seed'>,
  say: (line: string) => void,
): ComparedLane[] {
  const source = presetSource('-');
  const delays = given.fit === false ? {} : readYaml(source.readText(DELAYS), DELAYS).value;
  return lanes.map((measured) => {
    const { bridge, source: from, destination } = measured;
    const byDestination = isMap(delays) ? delays[bridge] : undefined;
    const delay = isMap(byDestination) ? Number(byDestination[destination] ?? 0) : 0;
    const text = laneScenario(from, destination, systemOf(bridge), delay, given.seed ?? '1');
    try {
      const simulated = runLane(text, { ...source, file: `${bridge} ${from} ${destination}` });
      say(`${bridge} ${from} -> ${destination}: ${simulated.median ?? '-'} s, measured ${measured.median ?? '-'} s`);
      return { measured, problem: '', simulated };
    } catch (error) {
      if (!(error instanceof ScenarioErrors)) throw error;
      return { measured, problem: error.problems[0]?.what ?? error.message, simulated: undefined };
    }
  });
}

function resultOf(each: ComparedLane): Record<string, unknown> {
  const { measured, simulated, problem } = each;
  const { bridge, source, destination, n, q1, median, q3 } = measured;
  const error = errorOf(each);
  return {
    bridge,
    from: source,
    to: destination,
    measured: { n, q1, median, q3 },
    ...(simulated === undefined ? { problem } : { simulated }),
    ...(error === undefined ? {} : { error: Number(error.toPrecision(4)) }),
  };
}

function lanesText(compared: readonly ComparedLane[]): string {
  const seconds = (value: number | undefined): string => (value === undefined ? '-' : String(Number(value.toFixed(1))));
  const percent = (value: number | undefined): string => (value === undefined ? '-' : `${(value * 100).toFixed(1)}%`);
  const rows = compared.map((each) => {
    const { measured, simulated, problem } = each;
    const told =
      simulated === undefined ? [problem, '', ''] : [simulated.q1, simulated.median, simulated.q3].map(seconds);
    const { bridge, source, destination, q1, median, q3 } = measured;
    return [bridge, source, destination, ...[q1, median, q3].map(seconds), ...told, percent(errorOf(each))];
  });
  const head = ['bridge', 'from', 'to', 'measured q1', 'median', 'q3', 'simulated q1', 'median', 'q3', 'error'];
  const errors = systemErrors(compared).map(({ bridge, lanes, medianError }) => [
    bridge,
    String(lanes),
    percent(medianError),
  ]);
  const summary = plainTable(['bridge', 'lanes', 'median absolute relative error'], errors);
  return `${plainTable(head, rows, 3)}\n\nseconds from block to block; error is that of the median\n\n${summary}`;
}
