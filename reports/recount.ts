/**
 * The second count: every figure of `messages.csv`, `summary.csv` and `properties.csv` that follows from the moves,
 * counted again from the text of `transitions.csv` alone. Written apart from the observers and sharing nothing with
 * them but the CSV parser, so that one mistake is not made twice.
 */
import { parse } from 'csv-parse/browser/esm/sync';

type Line = Readonly<Record<string, string | undefined>>;

export interface Mismatch {
  readonly file: string;
  /** Which row: message, property and component, or the empty string for the one row of a run. */
  readonly row: string;
  readonly column: string;
  readonly reported: string;
  readonly recounted: string;
}

/** Texts of the files of a run. */
export interface RecountInputs {
  readonly transitions: string;
  readonly messages: string;
  readonly summary: string;
  readonly properties: string;
}

/** How far a state is: a reorg that leads to a state takes back the times of those further on. */
const PROGRESS: Readonly<Record<string, number>> = {
  requested: 0,
  orphaned: 0,
  sent: 1,
  rejected: 1,
  final: 2,
  attesting: 3,
  attested: 4,
  held: 4,
  verified: 4,
  executed: 5,
  failed: 5,
  stranded: 5,
  'ack-pending': 6,
  acknowledged: 7,
  unwound: 7,
  discarded: 7,
  forged: 7,
};

/** Columns of `messages.csv` that give the time of a state. */
const TIME_COLUMNS: Readonly<Record<string, string>> = {
  requested: 'requested_ms',
  sent: 'sent_ms',
  final: 'final_ms',
  attested: 'attested_ms',
  executed: 'executed_ms',
  failed: 'failed_ms',
  'ack-pending': 'ack_pending_ms',
};

/** A packet that a chain in the middle sent on: part of a message, and none that anybody asked for. */
const HOP = /\/h\d+(\.\d+)?$/;

interface Told {
  readonly name: string;
  readonly lane: string;
  state: string;
  reason: string;
  since: bigint;
  /** Microseconds by state. */
  readonly times: Map<string, bigint>;
  /** Fees by asset, and by chain. */
  readonly fees: Map<string, bigint>;
  readonly feesByChain: Map<string, bigint>;
  gas: bigint;
  executions: number;
}

/** `12.345` -> 12345n. NaN-free: anything else throws. */
function microseconds(cell: string): bigint {
  const found = /^(-?)(\d+)\.(\d{3})$/.exec(cell);
  if (found === null) throw new TypeError(`expected milliseconds with three decimals, got "${cell}"`);
  const size = BigInt(`${found[2]}${found[3]}`);
  return found[1] === '-' ? -size : size;
}

function milliseconds(us: bigint): string {
  const text = (us < 0n ? -us : us).toString().padStart(4, '0');
  return `${us < 0n ? '-' : ''}${text.slice(0, -3)}.${text.slice(-3)}`;
}

function readLines(text: string): Line[] {
  return parse(text, { columns: true, skip_empty_lines: true }) as Line[];
}

interface Retold {
  readonly messages: Map<string, Told>;
  /** By lane. */
  readonly moves: Map<string, number>;
  readonly repeated: Map<string, number>;
  readonly forged: Map<string, number>;
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function addAmount(amounts: Map<string, bigint>, key: string, amount: bigint): void {
  amounts.set(key, (amounts.get(key) ?? 0n) + amount);
}

function retell(lines: readonly Line[]): Retold {
  const told: Retold = { messages: new Map(), moves: new Map(), repeated: new Map(), forged: new Map() };
  for (const line of lines) {
    const lane = line['lane'] ?? '';
    const name = line['message'] ?? '';
    const [from, to, reason] = [line['from'] ?? '', line['to'] ?? '', line['reason'] ?? ''];
    if (reason === 'repeated') increase(told.repeated, lane, 1);
    if (name.includes('#')) continue;
    const isMove = from !== '' && !name.startsWith('forged/');
    if (isMove || (name.startsWith('forged/') && reason === 'destination-reorg')) increase(told.moves, lane, 1);
    let message = told.messages.get(name);
    if (message === undefined) {
      message = startOf(name, lane);
      told.messages.set(name, message);
    }
    follow(told, message, line, { from, to, reason });
  }
  return told;
}

function startOf(name: string, lane: string): Told {
  return {
    name,
    lane,
    state: '',
    reason: '',
    since: 0n,
    times: new Map(),
    fees: new Map(),
    feesByChain: new Map(),
    gas: 0n,
    executions: 0,
  };
}

function follow(told: Retold, message: Told, line: Line, move: { from: string; to: string; reason: string }): void {
  const { from, to, reason } = move;
  const time = microseconds(line['time_ms'] ?? '');
  const fee = BigInt(line['fee_base_units'] ?? '0');
  if (fee !== 0n) {
    addAmount(message.fees, line['fee_asset'] ?? '', fee);
    addAmount(message.feesByChain, line['chain'] ?? '', fee);
  }
  message.gas += BigInt(line['gas'] ?? '0');
  const isReorg = reason === 'source-reorg' || reason === 'destination-reorg';
  // One execution less: only a reorg of the destination that leaves an executed message where it is says so.
  if (from === to && reason === 'destination-reorg' && message.executions > 1) {
    message.executions--;
    increase(told.repeated, message.lane, -1);
  } else if (to === 'executed' && from !== to && !isReorg && message.executions === 0) message.executions = 1;
  if (reason === 'repeated') message.executions++;
  if (isReorg && from !== to && (PROGRESS[to] ?? 0) < 5) message.executions = 0;
  if (to === 'forged' && from === '') increase(told.forged, message.lane, 1);
  if (from === to) return;
  if (isReorg) {
    for (const state of [...message.times.keys()]) {
      if ((PROGRESS[state] ?? 0) > (PROGRESS[to] ?? 0)) message.times.delete(state);
    }
  }
  message.state = to;
  // A row that opens a life says who asked, and is no move into a state by a reason.
  if (from !== '') message.reason = reason;
  message.since = time;
  const isReturn = isReorg || reason === 'taken-up';
  if (!isReturn || !message.times.has(to)) message.times.set(to, time);
}

interface Checker {
  readonly mismatches: Mismatch[];
  expect(file: string, row: string, column: string, reported: string | undefined, recounted: string): void;
}

function createChecker(): Checker {
  const mismatches: Mismatch[] = [];
  return {
    mismatches,
    expect: (file, row, column, reported, recounted) => {
      if ((reported ?? '') === recounted) return;
      mismatches.push({ file, row, column, reported: reported ?? '', recounted });
    },
  };
}

const CARRIED_ENDS = ['acknowledged', 'unwound', 'executed'];

function timeCell(message: Told, state: string): string {
  const time = message.times.get(state);
  return time === undefined ? '' : milliseconds(time);
}

function between(message: Told, earlier: string, later: string): bigint | undefined {
  const [a, b] = [message.times.get(earlier), message.times.get(later)];
  return a === undefined || b === undefined ? undefined : b - a;
}

/**
 * Latencies of one message by column of `messages.csv`. `isEnded` is the file's own word: lanes differ in their ends.
 */
function latenciesOf(message: Told, isEnded: boolean): Map<string, bigint> {
  const found = new Map<string, bigint>();
  const put = (column: string, value: bigint | undefined): void => {
    if (value !== undefined) found.set(column, value);
  };
  put('request_to_sent_ms', between(message, 'requested', 'sent'));
  put('sent_to_final_ms', between(message, 'sent', 'final'));
  put('final_to_executed_ms', between(message, 'final', 'executed'));
  const executed = message.times.get('executed');
  if (message.state === 'acknowledged' && executed !== undefined) {
    found.set('executed_to_acknowledged_ms', message.since - executed);
  }
  const requested = message.times.get('requested');
  const isCarried = message.executions > 0 || message.state === 'unwound';
  if (isEnded && isCarried && CARRIED_ENDS.includes(message.state) && requested !== undefined) {
    found.set('total_ms', message.since - requested);
  }
  return found;
}

const LATENCY_COLUMNS = [
  'request_to_sent_ms',
  'sent_to_final_ms',
  'final_to_executed_ms',
  'executed_to_acknowledged_ms',
  'total_ms',
];

interface Totals {
  readonly outcomes: Map<string, number>;
  readonly latencies: Map<string, bigint[]>;
  readonly fees: Map<string, bigint>;
  readonly byLane: Map<string, number>;
  gas: bigint;
  messages: number;
}

function recountMessages(told: Retold, lines: readonly Line[], check: Checker): Totals {
  const totals: Totals = {
    outcomes: new Map(),
    latencies: new Map(),
    fees: new Map(),
    byLane: new Map(),
    gas: 0n,
    messages: 0,
  };
  const seen = new Set<string>();
  for (const line of lines) {
    const name = line['message'] ?? '';
    const message = told.messages.get(name);
    check.expect(
      'messages.csv',
      name,
      'message',
      seen.has(name) ? 'twice' : 'once',
      message === undefined ? 'never' : 'once',
    );
    seen.add(name);
    if (message === undefined) continue;
    recountMessage(message, line, check, totals);
  }
  for (const message of told.messages.values()) {
    // A forgery that a reorg unmade has moves and no row.
    const isUnmade = message.name.startsWith('forged/') && message.state === 'discarded';
    if (!seen.has(message.name) && !isUnmade) check.expect('messages.csv', message.name, 'message', 'never', 'once');
  }
  return totals;
}

function recountMessage(message: Told, line: Line, check: Checker, totals: Totals): void {
  const expect = (column: string, recounted: string): void => {
    check.expect('messages.csv', message.name, column, line[column], recounted);
  };
  const isForged = message.name.startsWith('forged/');
  const isEnded = (line['ended_ms'] ?? '') !== '';
  expect('lane', message.lane);
  expect('outcome', message.state);
  expect('reason', message.reason);
  for (const state of Object.keys(TIME_COLUMNS)) {
    if (isForged && state === 'requested') continue;
    expect(TIME_COLUMNS[state] as string, timeCell(message, state));
  }
  if (isEnded) expect('ended_ms', milliseconds(message.since));
  const latencies = isForged ? new Map<string, bigint>() : latenciesOf(message, isEnded);
  for (const column of LATENCY_COLUMNS) {
    const value = latencies.get(column);
    expect(column, value === undefined ? '' : milliseconds(value));
  }
  expect('gas', message.gas.toString());
  let fees = 0n;
  for (const fee of message.feesByChain.values()) fees += fee;
  const reported = BigInt(line['source_fee_base_units'] ?? '0') + BigInt(line['destination_fee_base_units'] ?? '0');
  check.expect('messages.csv', message.name, 'fees', reported.toString(), fees.toString());

  increase(totals.outcomes, message.state, 1);
  totals.gas += message.gas;
  for (const [asset, fee] of message.fees) addAmount(totals.fees, asset, fee);
  if (isForged) return;
  totals.messages++;
  if (!message.name.startsWith('unrequested/') && !HOP.test(message.name)) increase(totals.byLane, message.lane, 1);
  const delivery = between(message, 'requested', 'executed');
  if (delivery !== undefined) latencies.set('delivery_ms', delivery);
  for (const [column, value] of latencies) {
    const list = totals.latencies.get(column);
    if (list === undefined) totals.latencies.set(column, [value]);
    else list.push(value);
  }
}

/** The value at rank ceil(percent/100 * n) of the sorted list. */
function nearestRank(sorted: readonly bigint[], percent: number): string {
  if (sorted.length === 0) return '';
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100));
  return milliseconds(sorted[rank - 1] as bigint);
}

const OUTCOME_COLUMNS = Object.keys(PROGRESS).filter((state) => state !== 'held' && state !== 'verified');

function recountSummary(totals: Totals, line: Line, check: Checker): void {
  const expect = (column: string, recounted: string): void => {
    check.expect('summary.csv', '', column, line[column], recounted);
  };
  expect('messages', `${totals.messages}`);
  for (const state of OUTCOME_COLUMNS) expect(state.replace('-', '_'), `${totals.outcomes.get(state) ?? 0}`);
  for (const column of [...LATENCY_COLUMNS, 'delivery_ms']) {
    const sorted = [...(totals.latencies.get(column) ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const stem = column.replace(/_ms$/, '');
    for (const percent of [50, 95, 99]) expect(`${stem}_p${percent}_ms`, nearestRank(sorted, percent));
  }
  const fees = [...totals.fees].filter(([, amount]) => amount !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
  expect('message_fees', fees.map(([asset, amount]) => `${amount} ${asset}`).join(', '));
  expect('message_gas', totals.gas.toString());
}

function recountProperties(told: Retold, totals: Totals, lines: readonly Line[], check: Checker): void {
  for (const line of lines) {
    const lane = line['component'] ?? '';
    const property = line['property'] ?? '';
    const row = `${property} ${lane}`;
    const expect = (column: string, reported: string, recounted: number): void => {
      check.expect('properties.csv', row, column, reported, `${recounted}`);
    };
    if (property === 'legal-moves') expect('checked', line['checked'] ?? '', told.moves.get(lane) ?? 0);
    if (property === 'at-most-once') expect('missed', line['missed'] ?? '', told.repeated.get(lane) ?? 0);
    if (property === 'resolution') {
      const checked = Number(line['checked'] ?? '0');
      expect('met + missed', `${Number(line['met'] ?? '0') + Number(line['missed'] ?? '0')}`, checked);
      expect('checked + not_due', `${checked + Number(line['not_due'] ?? '0')}`, totals.byLane.get(lane) ?? 0);
    }
  }
}

/**
 * Counts again from `transitions` and compares with the other files. Returns every cell that differs, none when all
 * agree.
 * Throws TypeError on a text that is not one of these files.
 */
export function recount(files: RecountInputs): Mismatch[] {
  const check = createChecker();
  const told = retell(readLines(files.transitions));
  const totals = recountMessages(told, readLines(files.messages), check);
  const summary = readLines(files.summary);
  check.expect('summary.csv', '', 'rows', `${summary.length}`, '1');
  if (summary[0] !== undefined) recountSummary(totals, summary[0], check);
  recountProperties(told, totals, readLines(files.properties), check);
  return check.mismatches;
}
