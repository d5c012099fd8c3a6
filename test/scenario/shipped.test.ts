/** Scenarios and presets as shipped: they load, ask a question, survive being written out, and name where numbers are from. */
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import { unsourced } from '../../sim/scenario/presets.ts';
import { isMap, type PlainMap, type PlainValue } from '../../sim/scenario/text/located.ts';
import { readYaml } from '../../sim/scenario/text/read.ts';
import { optionsFor, shippedPresets, shippedScenarios, SOURCES } from '../support/scenarios.ts';
import { textOf } from '../support/sources.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const { tags: TAGS, vectors: DATA } = valueOf(SOURCES) as { tags: PlainMap; vectors: PlainMap };

const scenarios = shippedScenarios();
const presets = shippedPresets();

function valueOf(path: string): PlainMap {
  return readYaml(textOf(path), path).value as PlainMap;
}

describe('shipped scenarios', () => {
  it('are there -> at least ten', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(10);
  });

  it.each(scenarios)('%s loads, named as its file, with a question', (path) => {
    const { scenario } = loadScenario(textOf(path), optionsFor(path));
    expect(scenario.name).toBe(posix.basename(path, '.yaml'));
    expect(scenario.question).toMatch(/^[A-Z].*\?$/);
  });

  it.each(scenarios)('%s written out with its presets loads to the same scenario', (path) => {
    const loaded = loadScenario(textOf(path), optionsFor(path));
    const again = loadScenario(loaded.resolvedYaml, optionsFor(path));
    expect(again.scenario).toEqual(loaded.scenario);
    expect(again.canonicalHash).toBe(loaded.canonicalHash);
    expect(again.resolvedYaml).toBe(loaded.resolvedYaml);
  });

  it.each(scenarios)('%s keeps its hash under another seed and another order of keys', (path) => {
    const { canonicalHash } = loadScenario(textOf(path), optionsFor(path));
    expect(loadScenario(textOf(path), { ...optionsFor(path), seed: '99' }).canonicalHash).toBe(canonicalHash);
    const backwards = reversed(valueOf(path));
    expect(loadScenario(JSON.stringify(backwards), optionsFor(path)).canonicalHash).toBe(canonicalHash);
  });

  it.each(scenarios)('%s tells editors where its schema is', (path) => {
    const up = '../'.repeat(path.split('/').length - 2);
    expect(textOf(path).split('\n')[0]).toBe(`# yaml-language-server: $schema=${up === '' ? './' : up}schema.json`);
  });

  it('have names and hashes of their own', () => {
    const loaded = scenarios.map((path) => loadScenario(textOf(path), optionsFor(path)));
    expect(new Set(loaded.map(({ canonicalHash }) => canonicalHash)).size).toBe(scenarios.length);
    expect(new Set(loaded.map(({ scenario }) => scenario.name)).size).toBe(scenarios.length);
  });
});

/** Keys of the root backwards. Chains, lanes and the like keep their order, which is that of the world. */
function reversed(map: PlainMap): PlainMap {
  return Object.fromEntries(Object.entries(map).reverse());
}

describe('shipped presets', () => {
  const merged = presets.filter((path) => !path.includes('/regions/'));

  it.each(merged)('%s says of each number where it is from, or that it is assumed', (path) => {
    expect(unsourced(valueOf(path))).toEqual([]);
  });

  it.each(merged.filter((path) => path.includes('/protocols/')))('%s notes its rules of packets too', (path) => {
    const { lane, sources, assumptions } = valueOf(path);
    const noted = [sources, assumptions].filter(isMap).flatMap((notes) => Object.keys(notes));
    const rules = ['ordering', 'replay', 'failure', 'acknowledge'].filter((key) => isMap(lane) && key in lane);
    expect(rules.filter((key) => !noted.includes(`lane.${key}`))).toEqual([]);
  });

  it.each(merged)('%s names sources that are listed, and gives reasons for what it assumes', (path) => {
    const { sources, assumptions } = valueOf(path);
    const named = isMap(sources)
      ? Object.values(sources).map((source) => textOfSource(source).split(' ')[0] ?? '')
      : [];
    expect(named.filter((tag) => !Object.hasOwn(TAGS, tag) && !Object.hasOwn(DATA, tag))).toEqual([]);
    const reasons = isMap(assumptions) ? Object.values(assumptions) : [];
    for (const reason of reasons) expect(reason).toMatch(/\w{3}/);
  });

  it.each(merged)('%s notes only values that it has', (path) => {
    const { sources = {}, assumptions = {}, ...values } = valueOf(path);
    const notes = [...Object.keys(sources ?? {}), ...Object.keys(assumptions ?? {})];
    expect(notes.filter((note) => at(values, note.split('.')) === undefined)).toEqual([]);
  });

  it.each(presets.filter((path) => path.includes('/regions/')))('%s names its source and is square', (path) => {
    const { source, regions, p50_ms: medians, p90_ms: tails } = valueOf(path);
    expect(source).toMatch(/@[0-9a-f]{7}|[a-z_]+\.json/);
    const size = (regions as unknown[]).length;
    for (const rows of [medians, tails] as number[][][]) {
      expect(rows.map((row) => row.length)).toEqual(Array.from({ length: size }, () => size));
    }
    const isRising = (medians as number[][]).every((row, i) =>
      row.every((ms, j) => (tails as number[][])[i]![j]! >= ms),
    );
    expect(isRising).toBe(true);
  });

  it('miss a note -> named by its path', () => {
    expect(unsourced({ block: '6s', gas: { price: 1, limit: 2 }, sources: { 'gas.price': 'cmt' } })).toEqual([
      'block',
      'gas.limit',
    ]);
  });
});

describeWithVectors('sources that are data', () => {
  it.each(presets.filter((path) => !path.includes('/regions/')))('%s names values that the data has', (path) => {
    const { sources } = valueOf(path);
    const inData = Object.values(isMap(sources) ? sources : {})
      .map((source) => textOfSource(source).split(/ (.*)/))
      .filter(([tag = '', place = '']) => Object.hasOwn(DATA, tag) && place !== '');
    const absent = inData.filter(([tag, place = '']) => at(vectors(`${tag}.json`), place.split('.')) === undefined);
    expect(absent).toEqual([]);
  });
});

function textOfSource(source: PlainValue): string {
  return typeof source === 'string' ? source : '';
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return typeof value === 'object' && value !== null ? at((value as PlainMap)[key], rest) : undefined;
}
