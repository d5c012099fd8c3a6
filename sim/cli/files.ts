/** Files that the user names, and those that come with the tool. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadedScenario, loadScenario, type LoadOptions } from '../scenario/load.ts';
import { properties } from '../../reports/observers/properties/table.ts';
import { UsageError } from './exit-codes.ts';

/** Folder of the package: where `scenarios` lies, both in the source tree and beside the built one. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'scenarios')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Bytes of a scenario file; `-` is standard input. Throws UsageError when it cannot be read. */
export function readInput(file: string): Uint8Array {
  try {
    return file === '-' ? readFileSync(0) : readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${file} (${code ?? 'unknown'})`);
  }
}

/** Loads a scenario with presets from the package and traces from beside the file. */
export function loadFile(
  file: string,
  options: Pick<LoadOptions, 'overrides' | 'seed' | 'proofs' | 'eventBudget'>,
): LoadedScenario {
  const bytes = readInput(file);
  return loadScenario(bytes, { ...options, ...presetSource(file), file: file === '-' ? 'stdin' : file });
}

export function presetSource(file: string): Required<Pick<LoadOptions, 'readText' | 'list' | 'properties'>> {
  const shipped = join(packageRoot(), 'scenarios');
  const beside = file === '-' ? process.cwd() : dirname(resolve(file));
  return {
    readText: (path) => readFileSync(join(path.startsWith('presets/') ? shipped : beside, path), 'utf8'),
    list: presetNames,
    properties: properties.map((property) => property.slug),
  };
}

export function presetNames(folder: string): string[] {
  const names = readdirSync(join(packageRoot(), 'scenarios', 'presets', folder));
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort((a, b) => (a < b ? -1 : 1));
}
