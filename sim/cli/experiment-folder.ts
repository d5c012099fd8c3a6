/**
 * The folder of an experiment: plan and scenarios at the start, a journal while it runs, tables and a manifest at the end.
 * What stands under its final name is whole; what is interrupted goes on from the journal.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ByteSink } from '../../reports/csv/write.ts';
import type { Plan } from '../experiment/cells/plan.ts';
import { scenarioFile } from '../experiment/cells/replay-cell.ts';
import { takeLock } from '../experiment/workers/lock.ts';
import { guard, UsageError } from './exit-codes.ts';

export const PLAN = 'plan.json';
export const DONE = 'manifest.json';
const LOCK = 'lock';

export interface ExperimentFolder {
  readonly path: string;
  /** Whether its tables are there already. */
  readonly isFinished: boolean;
  file(name: string): string;
  /** A sink for a file that gets its name in `publish`. */
  open(name: string): ByteSink;
  /** Gives the written files their names, the manifest last. */
  publish(manifest: Readonly<Record<string, unknown>>): void;
  close(): void;
}

/**
 * Opens the folder of a plan, new or half done. Throws UsageError where it holds another experiment (and `mayReplace` is
 * false) or anything else, LockedError where another process works in it.
 */
export function openExperimentFolder(path: string, plan: Plan, mayReplace: boolean): ExperimentFolder {
  clear(path, plan, mayReplace);
  makeFolders(resolve(path));
  const release = takeLock(join(path, LOCK));
  const isFinished = existsSync(join(path, DONE));
  // A kill between the manifest and the end of the process leaves them.
  if (isFinished)
    for (const name of readdirSync(path)) if (/^\..*\.part$|^journal$/.test(name)) rmSync(join(path, name));
  const open = new Map<string, { fd: number; hash: ReturnType<typeof createHash> }>();
  const folder: ExperimentFolder = {
    path,
    isFinished,
    file: (name) => join(path, name),
    open(name) {
      const entry = { fd: guard(() => openSync(join(path, `.${name}.part`), 'w')), hash: createHash('sha256') };
      open.set(name, entry);
      return {
        write(bytes) {
          entry.hash.update(bytes);
          guard(() => {
            for (let at = 0; at < bytes.length;) at += writeSync(entry.fd, bytes, at);
          });
        },
      };
    },
    publish(manifest) {
      const files = Object.fromEntries([...open].map(([name, { hash }]) => [name, hash.digest('hex')]));
      for (const [name, { fd }] of open) settle(path, name, fd);
      open.clear();
      writeWhole(path, DONE, `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
    },
    close() {
      for (const [name, { fd }] of open) {
        closeSync(fd);
        rmSync(join(path, `.${name}.part`), { force: true });
      }
      release();
    },
  };
  if (isFinished) return folder;
  writeWhole(path, PLAN, `${JSON.stringify(plan)}\n`);
  plan.variants.forEach((variant, i) => writeWhole(path, scenarioFile(plan, i), variant.scenario));
  return folder;
}

/** The plan that a folder holds. Throws UsageError where there is none. */
export function readPlan(path: string): Plan {
  const plan = findPlan(path);
  if (plan === undefined) throw new UsageError(`${path} is no folder of an experiment: it has no ${PLAN} of l0sim`);
  return plan;
}

function findPlan(path: string): Plan | undefined {
  try {
    const plan = JSON.parse(readFileSync(join(path, PLAN), 'utf8')) as Partial<Plan>;
    return typeof plan.hash === 'string' && Array.isArray(plan.points) ? (plan as Plan) : undefined;
  } catch {
    return undefined;
  }
}

function clear(path: string, plan: Plan, mayReplace: boolean): void {
  if (!existsSync(path) || isUnused(path)) return;
  const held = findPlan(path);
  if (held === undefined) {
    throw new UsageError(`${path} exists and is no folder of an experiment; name another with --out`);
  }
  if (mayReplace) {
    takeLock(join(path, LOCK))();
    rmSync(path, { recursive: true, force: true });
  } else if (held.hash !== plan.hash) {
    const hashes = `${held.hash.slice(0, 8)}, not ${plan.hash.slice(0, 8)}`;
    throw new UsageError(`${path} holds another plan (${hashes}); --force replaces it, --out names another`);
  }
}

/** Nothing in it, or only what a process that was killed in its first moment has left. */
function isUnused(path: string): boolean {
  return readdirSync(path).every((name) => name === LOCK || name === `.${PLAN}.part`);
}

/** Made step by step: Node's own recursion never ends below /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  guard(() => mkdirSync(path));
}

function settle(path: string, name: string, fd: number): void {
  guard(() => fsyncSync(fd));
  closeSync(fd);
  guard(() => renameSync(join(path, `.${name}.part`), join(path, name)));
}

function writeWhole(path: string, name: string, text: string): void {
  const fd = guard(() => openSync(join(path, `.${name}.part`), 'w'));
  guard(() => writeFileSync(fd, text));
  settle(path, name, fd);
}
