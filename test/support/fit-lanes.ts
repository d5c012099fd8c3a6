/**
 * `npm run fit-lanes FILE`: fits the one constant a system and destination that its preset does not explain, from a file of
 * measured lanes, and writes `scenarios/presets/lane-delays.yaml` and, simulated once more with it, `docs/lane-validation.csv`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareLanes } from '../../sim/cli/commands/validate-lanes.ts';
import { readLanes } from '../../sim/experiment/lanes/lane-file.ts';
import { errorOf, fittedDelays } from '../../sim/experiment/lanes/lane-report.ts';
import { ROOT } from './sources.ts';

const [file = ''] = process.argv.slice(2);
const lanes = readLanes(readFileSync(file, 'utf8'));
const compared = compareLanes(lanes, { fit: false }, (line) => process.stdout.write(`${line}\n`));
const text = [...fittedDelays(compared)].map(([bridge, byDestination]) => {
  const entries = [...byDestination].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${bridge}: { ${entries.map(([destination, delay]) => `${destination}: ${Number(delay.toFixed(1))}`).join(', ')} }\n`;
});
const head = `# Seconds that a system takes more at a destination than its preset explains: one constant for each, fitted by
# \`npm run fit-lanes\` to the medians of lane_latency (see sources.yaml). Only \`l0sim validate --lanes\` reads it.
`;
writeFileSync(join(ROOT, 'scenarios/presets/lane-delays.yaml'), head + text.join(''));

const cell = (value: number | undefined): string => (value === undefined ? '' : String(Number(value.toFixed(2))));
const rows = compareLanes(lanes, {}, (line) => process.stdout.write(`${line}\n`)).map((each) => {
  const { bridge, source, destination, n, q1, median, q3 } = each.measured;
  const { simulated } = each;
  const numbers = [q1, median, q3, simulated?.q1, simulated?.median, simulated?.q3, errorOf(each)];
  return [bridge, source, destination, String(n), ...numbers.map(cell)].join(',');
});
const columns = 'bridge,from,to,n,measured_q1_s,measured_median_s,measured_q3_s,simulated_q1_s,simulated_median_s';
const csv = `${columns},simulated_q3_s,error\n${rows.join('\n')}\n`;
writeFileSync(join(ROOT, 'docs/lane-validation.csv'), csv);
