/** `npm run bench [-- name ...]`: measures, and prints ratios within the run. Nothing is asserted on time. */
import { benchCsv } from './csv.ts';
import { benchLane } from './lane.ts';
import { benchMemory } from './memory.ts';
import { benchPhold } from './phold.ts';
import { benchQuickstart } from './quickstart.ts';
import { type Row, table } from './rows.ts';
import { benchFuzz, benchSweeps } from './sweeps.ts';
import { benchQuorum, benchVotes } from './votes.ts';

const benches: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  phold: benchPhold,
  votes: benchVotes,
  quorum: benchQuorum,
  quickstart: benchQuickstart,
  csv: benchCsv,
  memory: benchMemory,
  lane: benchLane,
  sweeps: benchSweeps,
  fuzz: benchFuzz,
};

const wanted = process.argv.slice(2).filter((name) => name in benches);
const names = wanted.length > 0 ? wanted : Object.keys(benches);
process.stdout.write(
  `Node ${process.version}, ${process.arch}; medians of processor time; only ratios within one run count\n`,
);
for (const name of names) {
  const rows = (await benches[name]?.()) ?? [];
  process.stdout.write(`\n${name}\n${table(rows)}\n`);
}
