/** `l0sim check FILE`: everything that `run` would refuse, and nothing run. */
import { estimateEvents } from '../../scenario/meaning.ts';
import { EXIT } from '../exit-codes.ts';
import { loadFile } from '../files.ts';
import { openTerminal } from '../terminal.ts';
import { parseOverrides } from './run.ts';

export function checkCommand(given: {
  readonly file: string;
  readonly set?: readonly string[] | undefined;
  readonly quiet: boolean;
}): number {
  const { scenario, canonicalHash } = loadFile(given.file, { overrides: parseOverrides(given.set ?? []) });
  const counts = [
    `${Object.keys(scenario.chains).length} chains`,
    `${Object.keys(scenario.lanes).length} lanes`,
    `${Object.keys(scenario.relayers).length} relayers`,
    `${Object.keys(scenario.traffic).length} sources of traffic`,
    `${Object.keys(scenario.faults).length} faults`,
  ];
  const about = estimateEvents(scenario).toLocaleString('en-US');
  if (!given.quiet) {
    openTerminal(false).out(
      `${scenario.name}: ${counts.join(', ')}; about ${about} events; hash ${canonicalHash.slice(0, 8)}`,
    );
  }
  return EXIT.asExpected;
}
