/**
 * The second count of hops and ways: every row of `hops.csv` against `messages.csv` and the moves of its packet, and
 * `routes.csv` against those rows. Shares nothing with the observers but the CSV parser.
 */
import { parse } from 'csv-parse/browser/esm/sync';
import type { Mismatch } from './recount.ts';

type Line = Readonly<Record<string, string | undefined>>;

/** Texts of the files of a run. */
export interface HopInputs {
  readonly transitions: string;
  readonly messages: string;
  readonly hops: string;
  readonly routes: string;
}

function readLines(text: string): Line[] {
  return parse(text, { columns: true, skip_empty_lines: true }) as Line[];
}

/** Thousandths of the unit of the cell; undefined for an empty one. */
function thousandths(cell: string | undefined): bigint | undefined {
  return cell === undefined || cell === '' ? undefined : BigInt(cell.replace('.', ''));
}

function cellOf(us: bigint | undefined): string {
  if (us === undefined) return '';
  const text = us.toString().padStart(4, '0');
  return `${text.slice(0, -3)}.${text.slice(-3)}`;
}

function minus(later: bigint | undefined, earlier: bigint | undefined): bigint | undefined {
  return later === undefined || earlier === undefined ? undefined : later - earlier;
}

/** Every cell of hops.csv and routes.csv that differs from what the other files say; none when all agree. */
export function recountHops(files: HopInputs): Mismatch[] {
  const mismatches: Mismatch[] = [];
  const expect = (file: string, row: string, column: string, reported: string | undefined, recounted: string): void => {
    if ((reported ?? '') !== recounted) mismatches.push({ file, row, column, reported: reported ?? '', recounted });
  };
  const messages = new Map(readLines(files.messages).map((line) => [line['message'] ?? '', line]));
  const arrivals = arrivalsOf(readLines(files.transitions));
  const samples = new Map<string, { hop: bigint[]; origin: bigint[] }>();
  for (const line of readLines(files.hops)) {
    const packet = line['packet'] ?? '';
    const own = messages.get(packet);
    const at = (column: string, recounted: string): void => expect('hops.csv', packet, column, line[column], recounted);
    const [started, ended] = [thousandths(own?.['requested_ms']), thousandths(own?.['ended_ms'])];
    const origin = thousandths(messages.get(line['message'] ?? '')?.['requested_ms']);
    const arrived = thousandths(line['arrived_ms']);
    at('lane', own?.['lane'] ?? '');
    at('outcome', own?.['outcome'] ?? '');
    at('started_ms', cellOf(started));
    at('ended_ms', cellOf(ended));
    if (arrived !== undefined && !(arrivals.get(packet)?.has(cellOf(arrived)) ?? false))
      at('arrived_ms', 'no such move');
    at('hop_ms', cellOf(minus(arrived, started)));
    at('since_origin_ms', cellOf(minus(arrived, origin)));
    at('back_ms', cellOf(minus(ended, arrived)));
    const lanes = (line['route'] ?? '').split(' > ');
    at('hop', `${lanes.length}`);
    expect('hops.csv', packet, 'last lane', lanes.at(-1), own?.['lane'] ?? '');
    const [hop, since] = [minus(arrived, started), minus(arrived, origin)];
    if (hop === undefined || since === undefined) continue;
    const sample = samples.get(line['route'] ?? '') ?? { hop: [], origin: [] };
    samples.set(line['route'] ?? '', sample);
    sample.hop.push(hop);
    sample.origin.push(since);
  }
  for (const line of readLines(files.routes)) {
    const route = line['route'] ?? '';
    const sample = samples.get(route) ?? { hop: [], origin: [] };
    samples.delete(route);
    const at = (column: string, recounted: string): void =>
      expect('routes.csv', route, column, line[column], recounted);
    at('packets', `${sample.hop.length}`);
    at('hop', `${route.split(' > ').length}`);
    for (const percent of [50, 95, 99]) {
      at(`hop_p${percent}_ms`, cellOf(nearestRank(sample.hop, percent)));
      at(`since_origin_p${percent}_ms`, cellOf(nearestRank(sample.origin, percent)));
    }
  }
  for (const route of samples.keys()) expect('routes.csv', route, 'route', 'never', 'once');
  return mismatches;
}

/** Times at which the destination had a packet, executed or held, by the packet. */
function arrivalsOf(lines: readonly Line[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const line of lines) {
    if (!['executed', 'held', 'ack-pending', 'failed'].includes(line['to'] ?? '')) continue;
    const name = line['message'] ?? '';
    const times = found.get(name) ?? new Set();
    found.set(name, times.add(line['time_ms'] ?? ''));
  }
  return found;
}

function nearestRank(values: readonly bigint[], percent: number): bigint | undefined {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1];
}
