/** The folder of a run: written beside, renamed at the end, so that nothing half-written ever has its name. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { EnvironmentError, UsageError } from './exit-codes.ts';

export interface RunFolder {
  /** Where it will stand. */
  readonly path: string;
  /** A sink for a file of that name. */
  open(file: string): { write(bytes: Uint8Array): void };
  /** Closes all files and gives their SHA-256 by name. */
  seal(): Map<string, string>;
  /** Gives the folder its name. */
  publish(): void;
  /** Removes what was written. */
  abandon(): void;
}

/** Throws UsageError when the folder exists and may not be replaced, or lies above the working directory. */
export function openRunFolder(path: string, mayReplace: boolean): RunFolder {
  if (!isAbsolute(path) && normalize(path).split('/')[0] === '..') {
    throw new UsageError(`--out ${path} leads out of the working directory; give an absolute path if that is meant`);
  }
  if (existsSync(path) && !mayReplace) throw new UsageError(`${path} exists; --force replaces it, --out names another`);
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const files = new Map<string, { fd: number; hash: ReturnType<typeof createHash>; isOpen: boolean }>();
  guard(() => mkdirSync(beside, { recursive: true }));
  return {
    path,
    open(file) {
      const entry = { fd: guard(() => openSync(join(beside, file), 'w')), hash: createHash('sha256'), isOpen: true };
      files.set(file, entry);
      return {
        write(bytes) {
          entry.hash.update(bytes);
          guard(() => {
            for (let at = 0; at < bytes.length;) at += writeSync(entry.fd, bytes, at);
          });
        },
      };
    },
    seal() {
      const digests = new Map<string, string>();
      for (const name of [...files.keys()].sort((a, b) => (a < b ? -1 : 1))) {
        const entry = files.get(name);
        if (entry === undefined) continue;
        if (entry.isOpen) {
          guard(() => fsyncSync(entry.fd));
          closeSync(entry.fd);
        }
        entry.isOpen = false;
        digests.set(name, entry.hash.copy().digest('hex'));
      }
      return digests;
    },
    publish() {
      this.seal();
      guard(() => {
        if (existsSync(path)) rmSync(path, { recursive: true });
        renameSync(beside, path);
      });
    },
    abandon() {
      for (const entry of files.values()) if (entry.isOpen) closeSync(entry.fd);
      rmSync(beside, { recursive: true, force: true });
    },
  };
}

function guard<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EnvironmentError(`${code ?? 'error'}: ${message}`);
  }
}

export interface Manifest {
  readonly tool: string;
  readonly version: string;
  readonly scenario: string;
  readonly scenarioHash: string;
  readonly identity: string;
  readonly seed: string;
  readonly proofs: string;
  readonly digest: string;
  readonly verdict: number;
  readonly files: Readonly<Record<string, string>>;
  /** Facts of the machine and the clock, outside of everything that is compared. */
  readonly environment: Readonly<Record<string, string | number>>;
}

/** Throws UsageError when there is none or it cannot be read. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) throw new UsageError(`${folder} is no results folder: it has no manifest.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
