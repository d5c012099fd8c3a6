/**
 * Deposits as they were measured: `{ rows: [[sent, arrived], ...] }`, block timestamps in whole seconds; `arrived` is null where it
 * is not known. `fraud_window_s`, where it is there, is the window that none of them may have beaten.
 */
import { isMap } from '../../scenario/text/located.ts';
import { LaneFileError } from './lane-file.ts';

export interface Deposit {
  readonly sentS: number;
  readonly arrivedS: number | undefined;
}

export interface Deposits {
  readonly windowS: number | undefined;
  /** By the time at which they were sent. */
  readonly rows: readonly Deposit[];
}

/** Reads a file of deposits. Throws LaneFileError. */
export function readDeposits(text: string): Deposits {
  const value = parse(text);
  const { rows, fraud_window_s: windowS } = value;
  if (!Array.isArray(rows) || rows.length === 0) throw new LaneFileError('it has no rows');
  if (windowS !== undefined && !isSeconds(windowS)) throw new LaneFileError('fraud_window_s is no number of seconds');
  const deposits = rows.map((row: unknown, index): Deposit => {
    const [sentS, arrivedS] = Array.isArray(row) ? (row as unknown[]) : [];
    if (!isSeconds(sentS)) throw new LaneFileError(`row ${index + 1} has no time at which it was sent`);
    if (arrivedS === null || arrivedS === undefined) return { sentS, arrivedS: undefined };
    if (!isSeconds(arrivedS) || arrivedS < sentS) throw new LaneFileError(`row ${index + 1} arrives before it is sent`);
    return { sentS, arrivedS };
  });
  return { windowS, rows: deposits.sort((a, b) => a.sentS - b.sentS) };
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LaneFileError('it is no JSON');
  }
  if (!isMap(value)) throw new LaneFileError('it is no map');
  return value;
}
