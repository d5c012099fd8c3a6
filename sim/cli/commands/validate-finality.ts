/** `l0sim validate --finality FILE`: how long chain presets take to be final beside what tables say. */
import { writeFileSync } from 'node:fs';
import {
  type ComparedChain,
  compareFinality,
  readFinalityTables,
  runFinality,
} from '../../experiment/lanes/finality.ts';
import { LaneFileError } from '../../experiment/lanes/lane-file.ts';
import { EXIT, guard, UsageError } from '../exit-codes.ts';
import { plainTable } from '../figure-table.ts';
import { presetNames, presetSource, readInput } from '../files.ts';
import { openTerminal } from '../terminal.ts';

export interface FinalityArguments {
  readonly finality: string;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

export function finalityCommand(given: FinalityArguments): number {
  const text = new TextDecoder().decode(readInput(given.finality));
  const compared = compareTables(text, given.finality);
  if (given.out !== undefined) {
    const { out } = given;
    guard(() => writeFileSync(out, `${JSON.stringify(compared, undefined, 2)}\n`));
  }
  const terminal = openTerminal(false);
  if (given.json === true) terminal.out(JSON.stringify(compared));
  else if (given.quiet !== true) terminal.out(plainTable(HEAD, compared.map(finalityRow)));
  return compared.some(({ verdict }) => verdict === 'OFF') ? EXIT.violation : EXIT.asExpected;
}

/** Simulates every chain preset that the tables name. */
export function compareTables(text: string, file: string): ComparedChain[] {
  const source = presetSource('-');
  try {
    return readFinalityTables(text, presetNames('chains')).map((chain) => {
      const longest = Math.max(...chain.told.map(({ seconds }) => seconds));
      return compareFinality(chain, runFinality(chain.preset, 1.5 * longest, { ...source, file: chain.preset }));
    });
  } catch (error) {
    if (error instanceof LaneFileError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

export const HEAD = ['chain', 'Wormhole', 'CCIP', 'Axelar', 'within 25 % of'];

/** Of each table: what it says, and beside it the simulated time that is nearest. */
export function finalityRow({ preset, told, nearest, verdict }: ComparedChain): string[] {
  const cells = ['Wormhole', 'CCIP', 'Axelar'].map((table) => {
    const i = told.findIndex((each) => each.table === table);
    const [each, near] = [told[i], nearest[i]];
    if (each === undefined || near === undefined) return '-';
    return `${short(each.seconds)}: ${short(near.seconds)} (${near.what})${near.isClose ? '' : ', no'}`;
  });
  return [preset, ...cells, verdict];
}

function short(seconds: number): string {
  return String(Number(seconds.toPrecision(3)));
}
