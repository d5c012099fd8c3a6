/** Recounts the figures of a results folder from its moves alone; prints a line for each that differs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recount } from '../../reports/recount.ts';
import { recountHops } from '../../reports/recount-hops.ts';

const folder = process.argv[2] ?? '.';
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
try {
  const mismatches = recount({
    transitions: read('transitions.csv'),
    messages: read('messages.csv'),
    summary: read('summary.csv'),
    properties: read('properties.csv'),
  });
  // Folders of before had no such files.
  if (existsSync(join(folder, 'hops.csv'))) {
    const [transitions, messages] = [read('transitions.csv'), read('messages.csv')];
    mismatches.push(...recountHops({ transitions, messages, hops: read('hops.csv'), routes: read('routes.csv') }));
  }
  for (const mismatch of mismatches) process.stdout.write(`FIGURE ${JSON.stringify(mismatch)}\n`);
} catch (error) {
  process.stdout.write(`FIGURE none could be recounted: ${(error as Error).message}\n`);
}
