/** Validation vectors: those shipped in test/vectors, and those of other projects, which L0SIM_VECTORS points at. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const SHIPPED = fileURLToPath(new URL('../vectors', import.meta.url));

/** The parsed file `name` (`rfc6962/hashes.json`) of the folder L0SIM_VECTORS. Throws where it is not there. */
export function vectors<T>(name: string): T {
  const folder = vectorFolder();
  if (folder === undefined) throw new Error(`vectors: set L0SIM_VECTORS to the folder that has ${name}`);
  return readJson<T>(join(folder, name));
}

/** The parsed file `name` of test/vectors, which is always there. */
export function shippedVectors<T>(name: string): T {
  return readJson<T>(join(SHIPPED, name));
}

/**
 * A `describe` whose tests need L0SIM_VECTORS: skipped with a note where it is not set, failing in CI without it.
 * Call `vectors` inside `body`, which does not run when skipped.
 */
export function describeWithVectors(title: string, body: () => void): void {
  const missing = whyMissing();
  if (missing === undefined) {
    describe(title, body);
  } else if (isCi()) {
    describe(title, () => {
      it('finds its vectors', () => {
        throw new Error(`${missing}: CI must not skip a validation`);
      });
    });
  } else {
    describe(title, () => {
      it.skip(`needs vectors: ${missing}`, () => undefined);
    });
  }
}

function whyMissing(): string | undefined {
  const folder = vectorFolder();
  if (folder === undefined) return 'L0SIM_VECTORS is not set';
  return existsSync(folder) ? undefined : `L0SIM_VECTORS is not a folder: ${folder}`;
}

function vectorFolder(): string | undefined {
  const folder = process.env['L0SIM_VECTORS'];
  return folder === undefined || folder === '' ? undefined : folder;
}

function isCi(): boolean {
  const flag = process.env['CI'];
  return flag !== undefined && flag !== '' && flag !== '0' && flag !== 'false';
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
