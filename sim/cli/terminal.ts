/** What a person sees: data on standard output, messages on standard error. */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import colors from 'picocolors';
import { asEnvironmentError } from './exit-codes.ts';

export interface Terminal {
  readonly isQuiet: boolean;
  /** Data. */
  out(text: string): void;
  /** Messages; silent when quiet. */
  say(text: string): void;
  /** Errors; never silent. */
  fail(text: string): void;
}

export function openTerminal(isQuiet: boolean): Terminal {
  return {
    isQuiet,
    out: (text) => writeAll(1, `${paint(text, hasColor(1))}\n`),
    say: (text) => {
      if (!isQuiet) writeAll(2, `${paint(text, hasColor(2))}\n`);
    },
    fail: (text) => writeAll(2, `${paint(text, hasColor(2))}\n`),
  };
}

/**
 * Whether a stream is coloured: terminals are, unless someone asked for none. picocolors decides by standard output
 * alone, and colours pipes where CI is set.
 * @source https://no-color.org, https://force-color.org
 */
function hasColor(fd: 1 | 2): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if ((NO_COLOR ?? '') !== '' || process.argv.includes('--no-color')) return false;
  return (FORCE_COLOR ?? '') !== '' || (isatty(fd) && TERM !== 'dumb');
}

const good = /^(AS EXPECTED|VERIFIED)/;
const open = /^(INCONCLUSIVE|interrupted)/;
const bad =
  /^(UNEXPLAINED|UNMET EXPECTATION|THRESHOLD BROKEN|SIMULATOR DEFECT|DIGEST MISMATCH|ENVIRONMENT|RESULTS VOID|error\[E\d+\])/;

/** Colours the words that a line opens with. Lines without such words stay as they are. */
export function paint(text: string, isColored: boolean): string {
  if (!isColored) return text;
  const { green, yellow, red } = colors.createColors(true);
  const line = (each: string): string => each.replace(good, green).replace(open, yellow).replace(bad, red);
  return text.split('\n').map(line).join('\n');
}

/** A pipe whose reader is slow. */
const WAIT_MS = 5;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of it even into a slow pipe, and forgives a reader who has left. Throws EnvironmentError on a full disk,
 * but not for messages: where those cannot be written, nobody can be told so, and the exit code still has to be right.
 */
function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN' && fd === 2) return;
      if (code !== 'EAGAIN') throw asEnvironmentError(error);
      Atomics.wait(nobody, 0, 0, WAIT_MS);
    }
  }
}
