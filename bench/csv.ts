/** Rows of `transitions.csv` a second, written to nowhere. */
import { readFileSync } from 'node:fs';
import { transitionsFile } from '../reports/csv/columns.ts';
import { createCsvWriter } from '../reports/csv/write.ts';
import { simulate } from '../sim/run/run.ts';
import { loadScenario } from '../sim/scenario/load.ts';
import { median, type Row, time } from './rows.ts';

const ROUNDS = 5;
const ROWS = 200_000;

export function benchCsv(): Row[] {
  const { transitions } = simulate(loadScenario(readFileSync('scenarios/quickstart.yaml')).scenario);
  const rates = Array.from({ length: ROUNDS }, () => {
    let bytes = 0;
    const writer = createCsvWriter(transitionsFile, { write: (chunk) => void (bytes += chunk.length) });
    let written = 0;
    const milliseconds = time(() => {
      for (; written < ROWS; written += transitions.length) writer.write(transitions);
      writer.end();
    });
    return { rows: (written * 1_000) / milliseconds, megabytes: bytes / 1_000 / milliseconds };
  });
  return [
    { figure: 'transitions', value: median(rates.map((each) => each.rows)), unit: 'rows/s' },
    { figure: 'transitions', value: median(rates.map((each) => each.megabytes)), unit: 'MB/s' },
  ];
}
