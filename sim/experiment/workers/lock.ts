/** One process a folder: two that wrote one journal would ruin it. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** Another process that is alive has the folder. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** Takes the lock, also one that a dead process of this machine has left. Returns what gives it back. Throws LockedError. */
export function takeLock(path: string): () => void {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const fd = openSync(path, 'wx');
      writeSync(fd, `${process.pid} ${hostname()}\n`);
      closeSync(fd);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = read(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new LockedError(`process ${holder.pid} on ${holder.host} works in this folder; ${path} says so`);
      }
      rmSync(path, { force: true });
    }
  }
  throw new LockedError(`${path} is taken again and again by others`);
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

function read(path: string): Holder | undefined {
  try {
    const [pid, host = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return Number.isSafeInteger(Number(pid)) && Number(pid) > 0 ? { pid: Number(pid), host } : undefined;
  } catch {
    return undefined;
  }
}

/** MODEL: a process of another machine counts as alive: nobody here can tell. Its lock has to be removed by hand. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
