/** The folder of a run: written beside, renamed at the end, so that nothing half-written ever has its name. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import type { ByteSink } from '../../reports/csv/write.ts';
import { asEnvironmentError, guard, UsageError } from './exit-codes.ts';
import { findManifest, MANIFEST } from './manifest.ts';

export interface RunFolder {
  /** Where it will stand. */
  readonly path: string;
  /** A sink for a file of that name. */
  open(file: string): ByteSink;
  /** Closes all files and gives their SHA-256 by name. */
  seal(): Map<string, string>;
  /** Gives the folder its name. Throws UsageError when another one has taken it meanwhile. */
  publish(): void;
  /** Removes what was written; nothing after `publish`. */
  abandon(): void;
}

interface OpenFile {
  readonly fd: number;
  readonly hash: ReturnType<typeof createHash>;
  isOpen: boolean;
}

/** Throws UsageError when the folder exists and may not be replaced, or lies above the working directory. */
export function openRunFolder(path: string, mayReplace: boolean): RunFolder {
  checkPath(path);
  checkReplaceable(path, mayReplace);
  const place = resolve(path);
  const beside = join(dirname(place), `.${basename(place)}.${process.pid}.part`);
  const files = new Map<string, OpenFile>();
  const made = makeFolder(path, dirname(place));
  guard(() => mkdirSync(beside));
  const seal = (): Map<string, string> => sealFiles(files);
  return {
    path,
    open(file) {
      const entry = { fd: guard(() => openSync(join(beside, file), 'wx')), hash: createHash('sha256'), isOpen: true };
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
    seal,
    publish() {
      seal();
      syncFolder(beside);
      checkReplaceable(path, mayReplace);
      guard(() => exchange(beside, place));
      syncFolder(dirname(place));
    },
    abandon() {
      for (const entry of files.values()) if (entry.isOpen) closeSync(entry.fd);
      rmSync(beside, { recursive: true, force: true });
      if (made !== undefined) removeEmpty(dirname(place), made);
    },
  };
}

function sealFiles(files: ReadonlyMap<string, OpenFile>): Map<string, string> {
  const digests = new Map<string, string>();
  for (const name of [...files.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const entry = files.get(name) as OpenFile;
    if (entry.isOpen) {
      guard(() => fsyncSync(entry.fd));
      entry.isOpen = false;
      guard(() => closeSync(entry.fd));
    }
    digests.set(name, entry.hash.copy().digest('hex'));
  }
  return digests;
}

function checkPath(path: string): void {
  if (!isAbsolute(path) && normalize(path).split('/')[0] === '..') {
    throw new UsageError(`--out ${path} leads out of the working directory; give an absolute path if that is meant`);
  }
  const down = relative(resolve(path), process.cwd());
  if (down === '' || !(down.startsWith('..') || isAbsolute(down))) {
    throw new UsageError(`--out ${path} is the working directory, or holds it; name a folder of its own`);
  }
}

/**
 * What is in the way of a run. `--force` replaces results and nothing else: a folder that was named by mistake, or that
 * has somebody's notes in it, must not be lost to a simulator.
 */
function checkReplaceable(path: string, mayReplace: boolean): void {
  if (!isTaken(path)) return;
  if (!mayReplace) throw new UsageError(`${path} exists; --force replaces it, --out names another`);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const written = isFolder ? findManifest(path) : undefined;
  const others = isFolder
    ? readdirSync(path).filter((name) => name !== MANIFEST && !Object.hasOwn(written?.files ?? {}, name))
    : [];
  if (isFolder && written === undefined && others.length === 0) return;
  if (written === undefined) {
    throw new UsageError(`${path} exists and is no results folder; --force replaces only those, --out names another`);
  }
  if (others.length > 0) {
    const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
    throw new UsageError(`${path} also holds ${others[0]}${more}, which no run wrote; move it, or name another --out`);
  }
}

/** Links that lead nowhere count: a rename cannot go through them. */
function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw nameProblem(path, error);
  }
}

/** Makes a folder with those above it. Returns the topmost that was made, undefined where all were there. */
function makeFolder(path: string, folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw nameProblem(path, error);
  }
}

/** A retry does not help where the name itself is wrong. */
function nameProblem(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isName = code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENAMETOOLONG';
  return isName ? new UsageError(`--out ${path} cannot be a folder (${code})`) : asEnvironmentError(error);
}

/** Removes the folders that we made on the way, as far as they are empty. */
function removeEmpty(from: string, top: string): void {
  for (let folder = from; folder.startsWith(top); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** ORDER: the old results are moved away first and removed last, so that no failure in between leaves neither. */
function exchange(beside: string, place: string): void {
  if (!isTaken(place)) return renameSync(beside, place);
  const old = join(dirname(place), `.${basename(place)}.${process.pid}.old`);
  renameSync(place, old);
  try {
    renameSync(beside, place);
  } catch (error) {
    renameSync(old, place);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** A rename is on the disk once its folder is. Some file systems cannot sync a folder: theirs is the best there is. */
function syncFolder(folder: string): void {
  const fd = guard(() => openSync(folder, 'r'));
  try {
    fsyncSync(fd);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw asEnvironmentError(error);
  } finally {
    closeSync(fd);
  }
}
