/** Files of a results folder, read piece by piece: a trace may be larger than memory. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSink } from '../../reports/csv/write.ts';
import { guard } from './exit-codes.ts';

const CHUNK = 1 << 20;
/** Longest piece of a line that is shown. */
const SHOWN = 400;
const NEWLINE = 10;

export function hashFile(path: string): string {
  const hash = createHash('sha256');
  const fd = guard(() => openSync(path, 'r'));
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (let count = -1; count !== 0;) {
      count = guard(() => readSync(fd, chunk));
      hash.update(chunk.subarray(0, count));
    }
    return hash.digest('hex');
  } finally {
    closeSync(fd);
  }
}

export interface Difference {
  /** From 1. */
  readonly line: number;
  readonly stored: string;
  readonly again: string;
}

export interface ComparingSink extends ByteSink {
  /** The first line that differs, undefined where both are equal to the last byte. Call once, when all is written. */
  end(): Difference | undefined;
}

/** Compares what is written into it with a stored file. Writes must end with a line, as those of a run do. */
export function compareWith(path: string): ComparingSink {
  const fd = guard(() => openSync(path, 'r'));
  const size = fstatSync(fd).size;
  let at = 0;
  let lines = 0;
  let found: Difference | undefined;
  return {
    write(bytes) {
      if (found !== undefined) return;
      const again = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const stored = readAt(fd, at, again.length);
      if (!stored.equals(again)) {
        const first = firstDifference(stored, again);
        const from = again.lastIndexOf(NEWLINE, first - 1) + 1;
        const line = lines + countLines(again.subarray(0, from)) + 1;
        found = { line, stored: lineOf(readAt(fd, at + from, SHOWN)), again: lineOf(again.subarray(from)) };
        return;
      }
      at += again.length;
      lines += countLines(again);
    },
    end() {
      if (found === undefined && at < size) {
        found = { line: lines + 1, stored: lineOf(readAt(fd, at, SHOWN)), again: '' };
      }
      closeSync(fd);
      return found;
    },
  };
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let count = 0;
  while (count < length) {
    const more = guard(() => readSync(fd, bytes, count, length - count, position + count));
    if (more === 0) break;
    count += more;
  }
  return bytes.subarray(0, count);
}

function firstDifference(a: Buffer, b: Buffer): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

function lineOf(bytes: Buffer): string {
  const end = bytes.indexOf(NEWLINE);
  const text = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, SHOWN)).toString('utf8');
  return end < 0 || end > SHOWN ? `${text} ...` : text;
}
