/** `l0sim check FILE`: everything that `run` would refuse, and nothing run. */
import { formatFinding, lintScenario, trustLines } from '../../scenario/lint/lint.ts';
import { estimateEvents } from '../../scenario/meaning.ts';
import { EXIT } from '../exit-codes.ts';
import { loadAsTold, type ScenarioFlags } from '../files.ts';
import { openTerminal } from '../terminal.ts';

export function checkCommand(
  given: ScenarioFlags & { readonly quiet?: boolean | undefined; readonly lint?: boolean | undefined },
): number {
  const loaded = loadAsTold(given);
  const { scenario, canonicalHash } = loaded;
  const counts = [
    `${Object.keys(scenario.chains).length} chains`,
    `${Object.keys(scenario.lanes).length} lanes`,
    `${Object.keys(scenario.relayers).length} relayers`,
    `${Object.keys(scenario.traffic).length} sources of traffic`,
    `${Object.keys(scenario.faults).length} faults`,
  ];
  const about = Math.round(estimateEvents(scenario)).toLocaleString('en-US');
  if (given.quiet !== true) {
    openTerminal(false).out(
      `${scenario.name}: ${counts.join(', ')}; about ${about} events; hash ${canonicalHash.slice(0, 8)}`,
    );
  }
  if (given.lint === true) {
    const terminal = openTerminal(false);
    for (const finding of lintScenario(loaded)) terminal.out(formatFinding(finding));
    if (given.quiet !== true) for (const line of trustLines(scenario)) terminal.out(line);
  }
  return EXIT.asExpected;
}
