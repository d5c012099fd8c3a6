/**
 * Counts how often the intervals of ten targets hold the closed form, over 200 seeds, and writes the table of
 * docs/validation.md: `npm run coverage`. Takes ids of targets, and then only prints.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadDistributions } from '../../sim/experiment/statistics/distributions.ts';
import { openReplicators } from '../../sim/experiment/workers/replications.ts';
import { COVERED, type Covered, coverageOf } from './interval-coverage.ts';

const SEEDS = 200;
const only = process.argv.slice(2);
const replicators = await openReplicators(availableParallelism());
const dist = await loadDistributions();
const rows: Covered[] = [];
for (const id of only.length > 0 ? only : Object.keys(COVERED)) {
  for (const row of await coverageOf(id, SEEDS, replicators.execute, dist)) {
    rows.push(row);
    process.stdout.write(`${line(row)}\n`);
  }
}
await replicators.close();
if (only.length === 0) {
  const path = fileURLToPath(new URL('../../docs/validation.md', import.meta.url));
  const page = readFileSync(path, 'utf8');
  const table = [
    '| target | figure | closed form | held | mean of estimates |',
    '|---|---|---|---|---|',
    ...rows.map(line),
  ];
  const [before = '', rest = ''] = page.split('<!-- coverage -->');
  const after = rest.split('<!-- end of coverage -->')[1] ?? '';
  writeFileSync(path, `${before}<!-- coverage -->\n${table.join('\n')}\n<!-- end of coverage -->${after}`);
}

function line({ id, figure, target, held, seeds, ratio }: Covered): string {
  const off = (ratio - 1) * 100;
  const sign = off < 0 ? '-' : '+';
  return `| ${id} | ${figure} | ${Number(target.toPrecision(6))} | ${held} of ${seeds} | ${sign}${Math.abs(off).toFixed(3)} % |`;
}
