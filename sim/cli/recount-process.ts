/** Recounts the figures of a results folder from its moves alone; prints a line for each that differs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recount } from '../../reports/recount.ts';

const folder = process.argv[2] ?? '.';
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
try {
  const mismatches = recount({
    transitions: read('transitions.csv'),
    messages: read('messages.csv'),
    summary: read('summary.csv'),
    properties: read('properties.csv'),
  });
  for (const mismatch of mismatches) process.stdout.write(`FIGURE ${JSON.stringify(mismatch)}\n`);
} catch (error) {
  process.stdout.write(`FIGURE none could be recounted: ${(error as Error).message}\n`);
}
