/** `l0sim validate --deposits FILE`: deposits as they were measured beside as many simulated ones, sent when those were. */
import { writeFileSync } from 'node:fs';
import { type Deposits, readDeposits } from '../../experiment/lanes/deposit-file.ts';
import {
  CONSTANTS,
  type DepositConstants,
  depositConstants,
  depositScenario,
  distributionDistance,
  runDeposits,
} from '../../experiment/lanes/deposit-run.ts';
import { LaneFileError } from '../../experiment/lanes/lane-file.ts';
import { rank } from '../../experiment/lanes/lane-run.ts';
import { EXIT, guard, UsageError } from '../exit-codes.ts';
import { plainTable } from '../figure-table.ts';
import { presetSource, readInput } from '../files.ts';
import { openTerminal } from '../terminal.ts';

export interface DepositsArguments {
  readonly deposits: string;
  readonly out?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

const SYSTEM = 'nomad-optimistic';
/** Largest distance between two distributions that passes. */
const DISTANCE_MOST = 0.08;
const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95] as const;

export interface ComparedDeposits {
  /** Deposits that were simulated, those whose arrival is known, and those of another regime. */
  readonly simulated: number;
  readonly known: number;
  readonly leftOut: number;
  /** Seconds: least, and quantiles of 5, 25, 50, 75 and 95 %. */
  readonly measuredS: readonly number[];
  readonly simulatedS: readonly number[];
  /** Over those whose arrival is known. */
  readonly distance: number;
  /** Over all that were simulated. */
  readonly leastS: number;
  readonly windowS: number | undefined;
  readonly passes: boolean;
}

export function depositsCommand(given: DepositsArguments): number {
  const compared = compareDeposits(depositsOf(given.deposits), given.seed ?? '1');
  if (given.out !== undefined) {
    const { out } = given;
    guard(() => writeFileSync(out, `${JSON.stringify(compared, undefined, 2)}\n`));
  }
  const terminal = openTerminal(false);
  if (given.json === true) terminal.out(JSON.stringify(compared));
  else if (given.quiet !== true) terminal.out(textOf(compared));
  return compared.passes ? EXIT.asExpected : EXIT.violation;
}

function depositsOf(file: string): Deposits {
  try {
    return readDeposits(new TextDecoder().decode(readInput(file)));
  } catch (error) {
    if (error instanceof LaneFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Simulates all that are of the regime of the constants, those of the shipped file unless given. */
export function compareDeposits(deposits: Deposits, seed: string, constants = shippedConstants()): ComparedDeposits {
  const source = presetSource('-');
  const rows = deposits.rows.filter(({ sentS }) => sentS >= constants.sinceS);
  if (rows.length === 0) throw new UsageError(`no deposit was sent at ${constants.sinceS} or later`);
  const sent = rows.map(({ sentS }) => sentS);
  const text = depositScenario(source.readText, SYSTEM, constants, sent, seed);
  const seconds = runDeposits(text, sent.length, { ...source, file: 'deposits' });
  const known = rows.flatMap(({ sentS, arrivedS }, i) =>
    arrivedS === undefined ? [] : [{ measured: arrivedS - sentS, simulated: seconds[i] as number }],
  );
  const measured = known.map((each) => each.measured);
  const simulated = known.map((each) => each.simulated);
  const distance = distributionDistance(measured, simulated);
  const leastS = seconds.reduce((least, each) => Math.min(least, each), Infinity);
  const { windowS } = deposits;
  return {
    ...{ simulated: rows.length, known: known.length, leftOut: deposits.rows.length - rows.length },
    ...{ measuredS: quantiles(measured), simulatedS: quantiles(simulated), distance, leastS, windowS },
    passes: distance < DISTANCE_MOST && (windowS === undefined || leastS >= windowS),
  };
}

export function shippedConstants(): DepositConstants {
  const constants = depositConstants(presetSource('-').readText, SYSTEM);
  if (constants === undefined) throw new Error(`${CONSTANTS} has no ${SYSTEM}`);
  return constants;
}

function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return SHARES.map((share) => rank(sorted, share) ?? NaN);
}

function textOf({
  simulated,
  known,
  leftOut,
  measuredS,
  simulatedS,
  distance,
  leastS,
  windowS,
  passes,
}: ComparedDeposits) {
  const row = (name: string, values: readonly number[]): string[] => [name, ...values.map((each) => each.toFixed(0))];
  const table = plainTable(
    ['seconds', 'least', '5%', 'q1', 'median', 'q3', '95%'],
    [row('measured', measuredS), row('simulated', simulatedS)],
  );
  const window = windowS === undefined ? '' : `; least ${leastS.toFixed(0)} s, the window is ${windowS} s`;
  const left = leftOut === 0 ? '' : `, ${leftOut} of an earlier regime left out`;
  return `${table}\n\n${simulated} deposits simulated, ${known} of them measured${left}
distance of the distributions ${distance.toFixed(4)}, ${DISTANCE_MOST} allowed${window}: ${passes ? 'pass' : 'FAIL'}`;
}
