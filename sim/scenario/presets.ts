/** Presets: parts of a scenario with sourced numbers, merged under the entries that name them. */
import type { Law } from '../kernel/random/laws.ts';
import type { RegionsEntry } from './scenario.ts';
import { mergeProtocols } from './presets-protocols.ts';
import { adoptPlaces, nameOf, type PresetSource, readPreset } from './read-preset.ts';
import { type Problem, ScenarioErrors } from './text/errors.ts';
import { isMap, type Located, mergeOver, type PlainMap } from './text/located.ts';
import { readYaml } from './text/read.ts';

/** Keys of a chain preset that speak about its values and are no values themselves. */
const NOTES = ['sources', 'assumptions', 'source'] as const;

export interface MergeOptions {
  /** System that every lane is to use, in place of what it is written with; its relayers are those of that system. */
  readonly protocol?: string | undefined;
}

/**
 * Merges the presets of chains, lanes and relayers under their entries, and adds the relayers that systems bring. The
 * result holds no `preset` and no `protocol` key, so that it merges to itself.
 */
export function mergePresets(located: Located, source: PresetSource, options: MergeOptions = {}): Located {
  const root = located.value as PlainMap;
  const problems: Problem[] = [];
  const merged: PlainMap = { ...root };
  const { entries, presets } = mergeChains(located, source, problems);
  if (entries !== undefined) merged['chains'] = entries;
  Object.assign(merged, mergeProtocols({ located, source, problems }, merged, presets, options.protocol));
  if (problems.length > 0) throw new ScenarioErrors(problems);
  return { ...located, value: merged };
}

function mergeChains(
  located: Located,
  source: PresetSource,
  problems: Problem[],
): { entries: PlainMap | undefined; presets: ReadonlyMap<string, string> } {
  const chains = (located.value as PlainMap)['chains'];
  const presets = new Map<string, string>();
  if (!isMap(chains)) return { entries: undefined, presets };
  const entries: PlainMap = {};
  for (const [id, entry] of Object.entries(chains)) {
    entries[id] = entry;
    const name = isMap(entry) ? entry['preset'] : undefined;
    if (!isMap(entry) || typeof name !== 'string') continue;
    const { preset: _preset, ...own } = entry;
    entries[id] = own;
    const preset = readPreset(located, ['chains', id, 'preset'], 'chains', name, source, problems);
    if (preset === undefined) continue;
    presets.set(id, nameOf(name));
    const values: PlainMap = { ...(preset.value as PlainMap) };
    for (const note of NOTES) delete values[note];
    adoptPlaces(located, ['chains', id], preset, []);
    entries[id] = mergeOver(values, own);
  }
  return { entries, presets };
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
  const { sources: _sources, assumptions: _assumptions, differences: _differences, ...values } = preset;
  visit(values, '');
  return missing;
}
