/** Arrivals from a CSV trace: columns `time_ms` and, for transfers, `amount` in whole units. */
import { parse } from 'csv-parse/browser/esm/sync';
import { canonicalDecimal } from '../grammar/quantity-text.ts';
import { instant } from '../base/units.ts';
import type { TraceEntry } from './scenario.ts';
import type { TrafficText } from './schema-lanes.ts';
import type { ReadText } from './read-preset.ts';
import type { ProblemList } from './text/validate.ts';

/** Entries in order of time. Adds a problem, and returns none, for a file that cannot be read or is not in order. */
export function readTrace(id: string, traffic: TrafficText, readText: ReadText, list: ProblemList): TraceEntry[] {
  const { arrivals } = traffic;
  if (arrivals.kind !== 'trace') return [];
  if (arrivals.entries !== undefined) {
    return arrivals.entries.map((entry) => ({ at: instant(entry.at_us), amount: entry.amount }));
  }
  const path = ['traffic', id, 'arrivals', 'file'];
  if (arrivals.file === undefined) {
    list.at(path, 'E122', 'a trace names its file', { expected: 'file: a CSV with the column time_ms' });
    return [];
  }
  let rows: Record<string, string>[];
  try {
    rows = parse(readText(arrivals.file), { columns: true, skip_empty_lines: true });
  } catch {
    list.at(path, 'E141', 'a file that the scenario names cannot be read', { got: JSON.stringify(arrivals.file) });
    return [];
  }
  const entries: TraceEntry[] = [];
  let last = 0;
  rows.forEach((row, index) => {
    const us = Math.round(Number(row['time_ms']) * 1000);
    const amount = row['amount'] === undefined ? undefined : canonicalDecimal(row['amount']);
    if (!(us >= last) || !Number.isSafeInteger(us) || (row['amount'] !== undefined && amount === undefined)) {
      const what = `row ${index + 1} of the trace is not usable`;
      list.at(path, 'E114', what, { expected: 'time_ms in order and a decimal amount', got: JSON.stringify(row) });
      return;
    }
    last = us;
    entries.push({ at: instant(us), amount });
  });
  return entries;
}
