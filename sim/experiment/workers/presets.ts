/** Presets that come with the package, for a process that has only their folder. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PresetSource } from '../../scenario/read-preset.ts';

/** `folder` is the one that holds `presets`. Resolved scenarios name no other file. */
export function shippedPresets(folder: string): PresetSource {
  return {
    readText: (path) => readFileSync(join(folder, path), 'utf8'),
    list: (kind) =>
      readdirSync(join(folder, 'presets', kind))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => name.slice(0, -'.yaml'.length))
        .sort((a, b) => (a < b ? -1 : 1)),
  };
}

/** Folder of the package that holds `presets`: beside the sources, or beside what was built from them. */
export function presetsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'scenarios')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'scenarios');
}
