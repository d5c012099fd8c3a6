/** Presets: parts of a scenario with sourced numbers, merged under the entries that name them. */
import { nearest } from '../grammar/nearest.ts';
import type { Law } from '../kernel/random/laws.ts';
import type { RegionsEntry } from './scenario.ts';
import { type Problem, ScenarioErrors } from './text/errors.ts';
import {
  isMap,
  type Located,
  mergeOver,
  type Path,
  pathKey,
  placeOf,
  type PlainMap,
  pathText,
} from './text/located.ts';
import { readYaml } from './text/read.ts';

export type PresetFolder = 'chains' | 'protocols' | 'regions';

/** How files come in: `presets/<folder>/<name>.yaml` from those shipped, other paths beside the scenario. Throws if absent. */
export type ReadText = (path: string) => string;

export interface PresetSource {
  readonly readText: ReadText;
  /** Names in a folder, sorted; for hints. */
  readonly list?: (folder: PresetFolder) => readonly string[];
}

/** Keys of a preset that speak about its values and are no values themselves. */
const NOTES = ['sources', 'assumptions', 'source'] as const;

/** Merges the presets of chains and lanes under their entries. The result holds no `preset` and no `protocol` key. */
export function mergePresets(located: Located, source: PresetSource): Located {
  const root = located.value as PlainMap;
  const merged: PlainMap = { ...root };
  const problems: Problem[] = [];
  const sections = [
    ['chains', 'preset', 'chains'],
    ['lanes', 'protocol', 'protocols'],
  ] as const;
  for (const [section, key, folder] of sections) {
    const entries = root[section];
    if (!isMap(entries)) continue;
    const out: PlainMap = {};
    for (const [id, entry] of Object.entries(entries)) {
      const name = isMap(entry) ? entry[key] : undefined;
      if (!isMap(entry) || typeof name !== 'string') {
        out[id] = entry;
        continue;
      }
      const preset = readPreset(located, [section, id, key], folder, name, source, problems);
      const own: PlainMap = { ...entry };
      if (key === 'preset') delete own[key];
      out[id] = preset === undefined ? own : mergeOver(preset, own);
    }
    merged[section] = out;
  }
  if (problems.length > 0) throw new ScenarioErrors(problems);
  return { ...located, value: merged };
}

function readPreset(
  located: Located,
  path: Path,
  folder: PresetFolder,
  name: string,
  source: PresetSource,
  problems: Problem[],
): PlainMap | undefined {
  const file = `presets/${folder}/${name}.yaml`;
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
      expected: known.length === 0 ? 'a preset that is shipped' : `one of ${known.join(', ')}`,
      got: JSON.stringify(name),
      hint: near === undefined ? '' : `did you mean ${near}?`,
    });
    return undefined;
  }
  const preset = readYaml(text, file);
  const value: PlainMap = { ...(preset.value as PlainMap) };
  for (const note of NOTES) delete value[note];
  // What the entry does not say keeps its place in the preset, so that an error there names the preset's file.
  const base = path.slice(0, -1);
  for (const [inner, place] of preset.values) {
    const key = inner === '' ? pathKey(base) : `${pathKey(base)}\n${inner}`;
    if (!located.values.has(key)) located.values.set(key, place);
  }
  for (const [inner, place] of preset.keys) {
    const key = `${pathKey(base)}\n${inner}`;
    if (!located.keys.has(key)) located.keys.set(key, place);
  }
  return value;
}

/** One-way delays of a region matrix preset. @source its `source` key; N(p50/2, (p90-p50)/2), not below 0.1 ms. */
export function readRegions(matrix: string, of: readonly string[], source: PresetSource): RegionsEntry | string {
  let located: Located;
  try {
    located = readYaml(source.readText(`presets/regions/${matrix}.yaml`), `presets/regions/${matrix}.yaml`);
  } catch {
    return `a region matrix that is shipped: ${(source.list?.('regions') ?? []).join(', ')}`;
  }
  const value = located.value as PlainMap;
  const names = value['regions'] as string[];
  const p50 = value['p50_ms'] as number[][];
  const p90 = value['p90_ms'] as number[][];
  const indices = of.map((region) => names.indexOf(region));
  if (indices.includes(-1)) return `regions among ${names.join(', ')}`;
  const latency = p50.map((row, from) =>
    row.map((median, to): Law => {
      const tail = (p90[from]?.[to] ?? median) - median;
      return { kind: 'normal', mean: median * 500, deviation: tail * 500, floor: 100 };
    }),
  );
  return { matrix, of: indices, latency };
}

/**
 * Numbers of a preset that name neither a source nor an assumption, as paths. A note covers the path that it names and all
 * below it.
 */
export function unsourced(preset: PlainMap): string[] {
  const notes = [preset['sources'], preset['assumptions']].filter(isMap).flatMap((map) => Object.keys(map));
  const missing: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (isMap(value)) {
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
      return;
    }
    if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, `${path}.${index}`));
      return;
    }
    // Every quantity begins with its number, whatever its unit.
    const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[-+]?\d/.test(value));
    if (isNumber && !notes.some((note) => path === note || path.startsWith(`${note}.`))) missing.push(path);
  };
  const { sources: _sources, assumptions: _assumptions, ...values } = preset;
  visit(values, '');
  return missing;
}
