/**
 * The journal of an experiment: one line a finished cell, with its checksum. A process that dies at any byte loses the
 * cell that it was writing and nothing else; what is damaged in the middle is refused, not guessed at.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { cellCount, type Plan } from '../cells/plan.ts';
import type { CellOutcome } from '../cells/run-cell.ts';

/** A journal of another plan, or damaged where no crash can have damaged it. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

interface Header {
  readonly journal: 'l0sim';
  readonly plan: string;
}

export interface Journal {
  readonly count: number;
  has(cell: number): boolean;
  /** Writes a cell that is not there yet. A second outcome of a cell must equal the first: throws JournalError. */
  add(outcome: CellOutcome): void;
  read(cell: number): CellOutcome;
  /** Waits until what was added is on the disk. */
  sync(): void;
  close(): void;
}

const NEWLINE = 10;
const ABSENT = -1;
/** Milliseconds between two syncs while cells come in: what a power cut may cost. A kill costs nothing. */
const SYNC_MS = 1_000;

/** Opens the journal of a plan, or starts one. Throws JournalError where the file is of something else. */
export function openJournal(path: string, plan: Plan): Journal {
  const fd = openSync(path, existsSync(path) ? 'r+' : 'wx+');
  const index = createIndex(cellCount(plan));
  try {
    const kept = scan(readFileSync(fd), path, plan, index);
    if (kept.end < fstatSync(fd).size) ftruncateSync(fd, kept.end);
    return journalOf({ fd, path, plan, index, count: kept.count, end: kept.end, syncedMs: Date.now() });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Where the line of each cell stands. */
interface Index {
  readonly starts: Float64Array;
  readonly lengths: Int32Array;
}

function createIndex(cells: number): Index {
  return { starts: new Float64Array(cells).fill(ABSENT), lengths: new Int32Array(cells) };
}

interface State {
  readonly fd: number;
  readonly path: string;
  readonly plan: Plan;
  readonly index: Index;
  count: number;
  end: number;
  syncedMs: number;
}

function journalOf(state: State): Journal {
  const { fd, index, plan, path } = state;
  if (state.end === 0) append(state, lineOf({ journal: 'l0sim', plan: plan.hash } satisfies Header));
  const read = (cell: number): CellOutcome => {
    const bytes = Buffer.alloc(index.lengths[cell] as number);
    readSync(fd, bytes, 0, bytes.length, index.starts[cell] as number);
    return parseLine(bytes) as CellOutcome;
  };
  return {
    get count() {
      return state.count;
    },
    has: (cell) => index.starts[cell] !== ABSENT,
    add(outcome) {
      const { cell } = outcome;
      const line = lineOf(outcome);
      if (index.starts[cell] !== ABSENT) {
        if (lineOf(read(cell)).equals(line)) return;
        throw new JournalError(
          `cell ${cell} came out twice, and differently, in ${path}: the simulator is not deterministic`,
        );
      }
      index.starts[cell] = state.end;
      index.lengths[cell] = line.length - 1;
      append(state, line);
      state.count++;
      if (Date.now() - state.syncedMs >= SYNC_MS) sync(state);
    },
    read,
    sync: () => sync(state),
    close: () => {
      sync(state);
      closeSync(fd);
    },
  };
}

function sync(state: State): void {
  fsyncSync(state.fd);
  state.syncedMs = Date.now();
}

function append(state: State, line: Buffer): void {
  for (let at = 0; at < line.length;) at += writeSync(state.fd, line, at, line.length - at, state.end + at);
  state.end += line.length;
}

/** `<crc32 in hex> <json>` and a line feed. */
function lineOf(value: Header | CellOutcome): Buffer {
  const json = JSON.stringify(value);
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`);
}

/** Undefined where the line is not what was written. */
function parseLine(bytes: Buffer): unknown {
  const json = bytes.subarray(9).toString('utf8');
  if (
    bytes.length < 10 ||
    bytes.subarray(0, 9).toString('latin1') !== `${crc32(json).toString(16).padStart(8, '0')} `
  ) {
    return undefined;
  }
  return JSON.parse(json) as unknown;
}

/** Fills the index. The last line may be torn; any other must be whole. Returns where the good part ends. */
function scan(bytes: Buffer, path: string, plan: Plan, index: Index): { count: number; end: number } {
  let count = 0;
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const at = bytes.indexOf(NEWLINE, start);
    const value = at < 0 ? undefined : parseLine(bytes.subarray(start, at));
    if (value === undefined) {
      if (at < 0 || at === bytes.length - 1) return { count, end: start };
      throw new JournalError(
        `${path}:${line} is damaged, and not by a crash: lines follow it; restore it, or use --force`,
      );
    }
    if (line === 1) checkHeader(value, path, plan);
    else if (addToIndex(value as CellOutcome, start, at - start, index, `${path}:${line}`)) count++;
    start = at + 1;
  }
  return { count, end: start };
}

function checkHeader(value: unknown, path: string, plan: Plan): void {
  const { journal, plan: hash } = value as Partial<Header>;
  if (journal !== 'l0sim') throw new JournalError(`${path} is no journal of l0sim`);
  if (hash !== plan.hash) {
    throw new JournalError(
      `${path} belongs to plan ${String(hash).slice(0, 8)}, and this is plan ${plan.hash.slice(0, 8)}`,
    );
  }
}

function addToIndex(outcome: CellOutcome, start: number, length: number, index: Index, place: string): boolean {
  const { cell } = outcome;
  if (!Number.isSafeInteger(cell) || cell < 0 || cell >= index.starts.length) {
    throw new JournalError(`${place} has cell ${cell}, which the plan does not have`);
  }
  const isNew = index.starts[cell] === ABSENT;
  index.starts[cell] = start;
  index.lengths[cell] = length;
  return isNew;
}
