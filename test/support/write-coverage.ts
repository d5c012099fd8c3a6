/**
 * Counts how often the intervals of some targets hold the closed form, over 200 seeds, and writes the table of
 * docs/validation.md: `npm run coverage`. Takes ids of targets, and then writes their rows alone.
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
const path = fileURLToPath(new URL('../../docs/validation.md', import.meta.url));
const page = readFileSync(path, 'utf8');
const [before = '', rest = ''] = page.split('<!-- coverage -->');
const [table = '', after = ''] = rest.split('<!-- end of coverage -->');
const kept = new Map<string, string[]>(Object.keys(COVERED).map((id) => [id, []]));
for (const row of table.split('\n')) kept.get(row.split(' ')[1] ?? '')?.push(row);
for (const id of new Set(rows.map((row) => row.id))) kept.set(id, rows.filter((row) => row.id === id).map(line));
const head = ['| target | figure | closed form | held | mean of estimates |', '|---|---|---|---|---|'];
const text = [...head, ...[...kept.values()].flat()].join('\n');
writeFileSync(path, `${before}<!-- coverage -->\n${text}\n<!-- end of coverage -->${after}`);

function line({ id, figure, target, held, seeds, ratio }: Covered): string {
  const off = (ratio - 1) * 100;
  const sign = off < 0 ? '-' : '+';
  return `| ${id} | ${figure} | ${Number(target.toPrecision(6))} | ${held} of ${seeds} | ${sign}${Math.abs(off).toFixed(3)} % |`;
}
