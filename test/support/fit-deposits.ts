/**
 * `npm run fit-deposits FILE`: fits the two constants of `scenarios/presets/deposit-delays.yaml` that no configuration file says:
 * the mean time until the updater signs, and what everything that is not modelled takes. Each mean is simulated once with no
 * delay; a delay only shifts what comes out, so the best one is found without another run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareDeposits, shippedConstants } from '../../sim/cli/commands/validate-deposits.ts';
import { presetSource } from '../../sim/cli/files.ts';
import { readDeposits } from '../../sim/experiment/lanes/deposit-file.ts';
import { depositScenario, distributionDistance, runDeposits } from '../../sim/experiment/lanes/deposit-run.ts';
import { ROOT } from './sources.ts';

const MEANS_S = [140, 150, 160, 170, 180, 190, 200, 210];
const DELAYS_S = Array.from({ length: 121 }, (_, i) => 2 * i);
const SEED = '1';

const [file = ''] = process.argv.slice(2);
const deposits = readDeposits(readFileSync(file, 'utf8'));
const constants = shippedConstants();
const rows = deposits.rows.filter(({ sentS, arrivedS }) => sentS >= constants.sinceS && arrivedS !== undefined);
const measured = rows.map(({ sentS, arrivedS = NaN }) => arrivedS - sentS);
const source = presetSource('-');
let best = { updaterS: 0, delayS: 0, distance: Infinity };
for (const updaterS of MEANS_S) {
  const tried = { ...constants, updaterS, delayS: 0 };
  const sent = rows.map(({ sentS }) => sentS);
  const text = depositScenario(source.readText, 'nomad-optimistic', tried, sent, SEED);
  const seconds = runDeposits(text, sent.length, { ...source, file: 'deposits' });
  for (const delayS of DELAYS_S) {
    const distance = distributionDistance(
      measured,
      seconds.map((each) => each + delayS),
    );
    if (distance < best.distance) best = { updaterS, delayS, distance };
  }
  process.stdout.write(`updater ${updaterS} s: best so far ${JSON.stringify(best)}\n`);
}
const path = join(ROOT, 'scenarios/presets/deposit-delays.yaml');
const text = readFileSync(path, 'utf8')
  .replace(/updaterS: .*/, `updaterS: ${best.updaterS}`)
  .replace(/delayS: .*/, `delayS: ${best.delayS}`);
writeFileSync(path, text);
const { distance, leastS } = compareDeposits(deposits, '2', { ...constants, ...best });
process.stdout.write(`with another seed: distance ${distance.toFixed(4)}, least ${leastS.toFixed(0)} s\n`);
