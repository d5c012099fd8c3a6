/** `manifest.json`: what a run was, and the SHA-256 of every file that it wrote. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedScenario } from '../scenario/load.ts';
import { UsageError } from './exit-codes.ts';

export const MANIFEST = 'manifest.json';

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

/** What makes two runs the same: meaning (proof mode included), seed, version. */
export function identityOf(loaded: LoadedScenario, version: string): string {
  const text = JSON.stringify([loaded.canonicalHash, loaded.scenario.seed, version]);
  return createHash('sha256').update(text).digest('hex');
}

/** Undefined where a folder has no manifest of l0sim. */
export function findManifest(folder: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
    return isManifest(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Throws UsageError when there is none or it cannot be read. */
export function readManifest(folder: string): Manifest {
  const manifest = findManifest(folder);
  if (manifest !== undefined) return manifest;
  const what = existsSync(join(folder, MANIFEST)) ? `its ${MANIFEST} is none of l0sim` : `it has no ${MANIFEST}`;
  throw new UsageError(`${folder} is no results folder: ${what}`);
}

const TEXTS = ['version', 'scenario', 'scenarioHash', 'identity', 'seed', 'proofs', 'digest'] as const;

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { tool, verdict, files, ...rest } = value as Partial<Manifest>;
  const areTexts = TEXTS.every((key) => typeof rest[key] === 'string');
  if (tool !== 'l0sim' || typeof verdict !== 'number' || !areTexts) return false;
  if (typeof files !== 'object' || files === null) return false;
  // Names only: a manifest from elsewhere must not make `verify` open a file outside of the folder.
  return Object.entries(files).every(([name, hash]) => /^[\w-][\w.-]*$/.test(name) && typeof hash === 'string');
}
