/** Presets that come with the package, for a process that has only their folder. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
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
