/** One preset: where its text is, and where its parts stand for messages. */
import { nearest } from '../grammar/nearest.ts';
import type { Problem } from './text/errors.ts';
import { type Located, type Path, pathKey, pathText, placeOf } from './text/located.ts';
import { readYaml } from './text/read.ts';

export type PresetFolder = 'chains' | 'protocols' | 'regions';

/** How files come in: `presets/<folder>/<name>.yaml` from those shipped, other paths beside the scenario. Throws if absent. */
export type ReadText = (path: string) => string;

export interface PresetSource {
  readonly readText: ReadText;
  /** Names in a folder, sorted; for hints. */
  readonly list?: (folder: PresetFolder) => readonly string[];
}

const OWN_FILE = /\.ya?ml$/;

/** Name of a preset: that of a file beside the scenario is without its folder and ending. */
export function nameOf(name: string): string {
  return OWN_FILE.test(name) ? name.replace(/^.*\//, '').replace(OWN_FILE, '') : name;
}

/** The preset of a name among those shipped, or of a file beside the scenario. Notes a problem where there is none. */
export function readPreset(
  located: Located,
  path: Path,
  folder: PresetFolder,
  name: string,
  source: PresetSource,
  problems: Problem[],
): Located | undefined {
  const file = OWN_FILE.test(name) ? name : `presets/${folder}/${name}.yaml`;
  let text: string;
  try {
    text = source.readText(file);
  } catch {
    const known = source.list?.(folder) ?? [];
    const near = nearest(name, known);
    problems.push({
      ...placeOf(located, path),
      code: 'E130',
      path: pathText(path),
      what: `unknown ${String(path.at(-1))} ${name}`,
      expected: known.length === 0 ? 'a preset that is shipped' : `one of ${known.join(', ')}, or a file of your own`,
      got: JSON.stringify(name),
      hint: near === undefined ? '' : `did you mean ${near}?`,
    });
    return undefined;
  }
  return readYaml(text, file);
}

/** What an entry does not say keeps its place in the preset, so that an error there names the preset's file. */
export function adoptPlaces(located: Located, base: Path, preset: Located, section: Path): void {
  const prefix = pathKey(section);
  for (const [from, to] of [
    [preset.values, located.values],
    [preset.keys, located.keys],
  ] as const) {
    for (const [inner, place] of from) {
      if (prefix !== '' && inner !== prefix && !inner.startsWith(`${prefix}\n`)) continue;
      const rest = prefix === '' ? inner : inner.slice(prefix.length + 1);
      const key = rest === '' ? pathKey(base) : `${pathKey(base)}\n${rest}`;
      if (!to.has(key)) to.set(key, place);
    }
  }
}
