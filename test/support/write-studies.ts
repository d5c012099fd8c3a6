/** Runs the sweeps of docs/studies.md and writes their tables: `npm run studies`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadDistributions } from '../../sim/experiment/statistics/distributions.ts';
import { runStudy, tableOf, tablesIn, withTables } from './studies.ts';

const path = fileURLToPath(new URL('../../docs/studies.md', import.meta.url));
const page = readFileSync(path, 'utf8');
const dist = await loadDistributions();
const tables = new Map([...tablesIn(page).keys()].map((sweep) => [sweep, tableOf(runStudy(sweep, dist))]));
writeFileSync(path, withTables(page, tables));
