/** Files that the user names, and those that come with the tool. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type LoadedScenario, loadScenario, type LoadOptions } from '../scenario/load.ts';
import { properties } from '../../reports/observers/properties/table.ts';
import { scalarsOf } from '../../reports/scalars.ts';
import { UsageError } from './exit-codes.ts';
import { packageRoot } from './package-facts.ts';

/** Bytes read of a scenario at most. The grammar refuses far fewer; this is what an endless file may cost. */
const READ_MAX = 32 * 1024 * 1024;
const CHUNK = 65_536;
const WAIT_MS = 5;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Bytes of a scenario file; `-` is standard input. Throws UsageError when it cannot be read. */
export function readInput(file: string): Uint8Array {
  let fd = 0;
  try {
    if (file !== '-') fd = openSync(file, 'r');
    return readAtMost(fd, READ_MAX);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${file} (${code ?? 'unknown'})`);
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

function readAtMost(fd: number, most: number): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < most) {
    const chunk = Buffer.alloc(CHUNK);
    let count = 0;
    try {
      count = readSync(fd, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      // A pipe that another process made non-blocking, and whose writer is not ready yet.
      Atomics.wait(nobody, 0, 0, WAIT_MS);
      continue;
    }
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  return Buffer.concat(chunks);
}

/** Loads a scenario with presets from the package and traces from beside the file. */
export function loadFile(
  file: string,
  options: Pick<LoadOptions, 'overrides' | 'seed' | 'proofs' | 'eventBudget' | 'protocol'>,
): LoadedScenario {
  const bytes = readInput(file);
  return loadScenario(bytes, { ...options, ...presetSource(file), file: file === '-' ? 'stdin' : file });
}

/** What a command was told about its scenario, as the loader takes it. */
export interface ScenarioFlags {
  readonly file: string;
  readonly seed?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly proofs?: 'hashed' | 'modelled' | undefined;
  readonly 'event-budget'?: number | undefined;
  /** System that every lane is to use. */
  readonly protocol?: string | undefined;
}

/** Throws ScenarioErrors, or UsageError on what is no `path=value`. */
export function loadAsTold(given: ScenarioFlags): LoadedScenario {
  return loadFile(given.file, {
    overrides: (given.set ?? []).map(parseOverride),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.protocol === undefined ? {} : { protocol: given.protocol }),
    ...(given.proofs === undefined ? {} : { proofs: given.proofs }),
    ...(given['event-budget'] === undefined ? {} : { eventBudget: given['event-budget'] }),
  });
}

/** `path=value` by its first equals sign. */
export function parseOverride(text: string): { path: string; value: string; flag: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--set ${text} is not path=value, such as --set lanes.hub-eth.timeout=20min`);
  return { path: text.slice(0, at), value: text.slice(at + 1), flag: '--set' };
}

export function presetSource(
  file: string,
): Required<Pick<LoadOptions, 'readText' | 'list' | 'properties' | 'metrics'>> {
  const shipped = join(packageRoot(), 'scenarios');
  const beside = file === '-' ? process.cwd() : dirname(resolve(file));
  return {
    readText: (path) => readFileSync(join(path.startsWith('presets/') ? shipped : beside, path), 'utf8'),
    list: presetNames,
    properties: properties.map((property) => property.slug),
    metrics: scalarsOf,
  };
}

export function presetNames(folder: string): string[] {
  const names = readdirSync(join(packageRoot(), 'scenarios', 'presets', folder));
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort((a, b) => (a < b ? -1 : 1));
}
