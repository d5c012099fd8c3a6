/**
 * Systems as data: what a lane of a system is made of, by the chain that it comes from, and the relayer that it brings.
 * A file of `presets/protocols` has `summary`, `lane`, `chains`, `relayer`, `differences`, and the notes on its numbers.
 */
import { nearest } from '../grammar/nearest.ts';
import { adoptPlaces, nameOf, type PresetSource, readPreset } from './read-preset.ts';
import type { Problem } from './text/errors.ts';
import { isMap, type Located, mergeOver, type Path, placeOfKey, type PlainMap } from './text/located.ts';

/** Sections of a system, and what each is. */
export const PROTOCOL_SECTIONS = {
  summary: 'what it is, in a line',
  lane: 'keys of a lane that uses it',
  chains: 'by chain preset: what differs on lanes from such a chain',
  relayer: 'keys of the relayer that it brings',
  differences: 'what the model does otherwise than the system, each in a line',
  sources: 'by path: where a value is from',
  assumptions: 'by path: why a value is assumed',
} as const;

/** What stays of a lane that is given another system: where it leads, and what its operators have put on it. */
const KEPT_OF_LANE = ['from', 'to', 'reverse', 'limiter', 'pause'] as const;
/** What stays of a relayer: whom it serves, how many it is, and what it owns. */
const KEPT_OF_RELAYER = ['lanes', 'count', 'wallet', 'node'] as const;

const OF_COMMITTEES = ['lying-sources', 'honest-committee'] as const;

interface Reader {
  readonly located: Located;
  readonly source: PresetSource;
  readonly problems: Problem[];
}

/** The lanes and relayers of a scenario over those of their systems. `presets` are those of the chains. */
export function mergeProtocols(
  reader: Reader,
  root: PlainMap,
  presets: ReadonlyMap<string, string>,
  instead: string | undefined,
): PlainMap {
  const { lanes, relayers } = root;
  const out: PlainMap = {};
  const brought = new Map<string, { readonly preset: Located; readonly relayer: PlainMap }>();
  if (isMap(lanes)) {
    const merged: PlainMap = {};
    for (const [id, entry] of Object.entries(lanes)) {
      const written =
        isMap(entry) && instead !== undefined ? { ...only(entry, KEPT_OF_LANE), protocol: instead } : entry;
      const name = isMap(written) ? written['protocol'] : undefined;
      merged[id] = written;
      if (!isMap(written) || typeof name !== 'string') continue;
      const preset = readProtocol(reader, ['lanes', id, 'protocol'], name);
      const { protocol: _protocol, ...own } = written;
      merged[id] = preset === undefined ? own : mergeLane(reader, id, own, nameOf(name), preset, presets);
      const relayer = (preset?.value as PlainMap | undefined)?.['relayer'];
      if (preset !== undefined && isMap(relayer)) brought.set(id, { preset, relayer });
    }
    out['lanes'] = merged;
  }
  if (instead !== undefined && Array.isArray(root['assume'])) {
    // What a system's own committees are relied on for says nothing of another.
    out['assume'] = root['assume'].filter(
      (each) => !isMap(each) || !OF_COMMITTEES.some((key) => Object.hasOwn(each, key)),
    );
  }
  const served = isMap(relayers) ? mergeRelayers(reader, relayers, instead) : {};
  const carried = new Set(Object.values(served).flatMap((entry) => (isMap(entry) ? (entry['lanes'] ?? []) : [])));
  for (const [lane, { preset, relayer }] of brought) {
    const id = `${lane}-relayer`;
    if (carried.has(lane) || Object.hasOwn(served, id)) continue;
    adoptPlaces(reader.located, ['relayers', id], preset, ['relayer']);
    served[id] = { lanes: [lane], ...relayer };
  }
  if (isMap(relayers) || Object.keys(served).length > 0) out['relayers'] = served;
  return out;
}

function mergeLane(
  { located }: Reader,
  id: string,
  own: PlainMap,
  system: string,
  preset: Located,
  presets: ReadonlyMap<string, string>,
): PlainMap {
  const value = preset.value as PlainMap;
  const path: Path = ['lanes', id];
  const lane = isMap(value['lane']) ? value['lane'] : {};
  const chains = isMap(value['chains']) ? value['chains'] : {};
  const source = presets.get(textOf(own['from']));
  const from = source === undefined ? undefined : chains[source];
  const destination = presets.get(textOf(own['to']));
  const to = destination === undefined ? undefined : chains[destination];
  if (source !== undefined && from !== undefined) adoptPlaces(located, path, preset, ['chains', source]);
  adoptPlaces(located, path, preset, ['lane']);
  const back = isMap(to) && to['finality'] !== undefined ? { 'return-finality': to['finality'] } : {};
  if (destination !== undefined && isMap(to)) {
    adoptPlaces(located, [...path, 'return-finality'], preset, ['chains', destination, 'finality']);
  }
  const merged = mergeOver(mergeOver({ ...lane, ...back }, from ?? {}), own);
  return { system, ...(merged as PlainMap) };
}

function mergeRelayers(reader: Reader, relayers: PlainMap, instead: string | undefined): PlainMap {
  const merged: PlainMap = {};
  for (const [id, entry] of Object.entries(relayers)) {
    const written =
      isMap(entry) && instead !== undefined ? { ...only(entry, KEPT_OF_RELAYER), protocol: instead } : entry;
    const name = isMap(written) ? written['protocol'] : undefined;
    merged[id] = written;
    if (!isMap(written) || typeof name !== 'string') continue;
    const { protocol: _protocol, ...own } = written;
    const preset = readProtocol(reader, ['relayers', id, 'protocol'], name);
    if (preset !== undefined) adoptPlaces(reader.located, ['relayers', id], preset, ['relayer']);
    merged[id] = mergeOver((preset?.value as PlainMap | undefined)?.['relayer'] ?? {}, own);
  }
  return merged;
}

/** A system by its name, with the sections that are known only. */
function readProtocol({ located, source, problems }: Reader, path: Path, name: string): Located | undefined {
  const preset = readPreset(located, path, 'protocols', name, source, problems);
  const known = Object.keys(PROTOCOL_SECTIONS);
  const sections = preset === undefined || !isMap(preset.value) ? {} : preset.value;
  for (const section of Object.keys(sections)) {
    if (preset === undefined || known.includes(section)) continue;
    const near = nearest(section, known);
    problems.push({
      ...placeOfKey(preset, [section]),
      code: 'E120',
      path: section,
      what: `unknown section ${section} of a system`,
      expected: `one of ${known.join(', ')}`,
      got: '',
      hint: near === undefined ? '' : `did you mean ${near}?`,
    });
  }
  return preset;
}

function only(entry: PlainMap, keys: readonly string[]): PlainMap {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => keys.includes(key)));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
