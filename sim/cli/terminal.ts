/** What a person sees: data on standard output, messages on standard error. */
import { writeSync } from 'node:fs';

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
    out: (text) => writeAll(1, `${text}\n`),
    say: (text) => {
      if (!isQuiet) writeAll(2, `${text}\n`);
    },
    fail: (text) => writeAll(2, `${text}\n`),
  };
}

/** Writes all of it even into a slow pipe, and forgives a reader who has left. */
function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
