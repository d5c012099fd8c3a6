/** Files grown from the grammar itself, and shipped scenarios with parts exchanged: each loads or is refused in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import { scenarioJsonSchema } from '../../sim/scenario/json-schema.ts';
import { ScenarioErrors } from '../../sim/scenario/text/errors.ts';
import type { PlainMap, PlainValue } from '../../sim/scenario/text/located.ts';
import { readYaml } from '../../sim/scenario/text/read.ts';
import type { JsonSchema } from '../support/scenario-reference.ts';
import { BASE, optionsFor, shippedScenarios } from '../support/scenarios.ts';
import { textOf } from '../support/sources.ts';

/** Milliseconds that one file may take. */
const FILE_MAX = 1_000;
const OPTIONS = optionsFor('scenarios/fuzz.yaml');

/** Values that hurt: edges of ranges, wrong types, names of what is there, laws without a mean. */
const NASTY: readonly PlainValue[] = [
  ...[0, 1, -1, 0.5, 1e15, 9007199254740991, 1e300, true, false, null, '', 'x', '0s', '1us', '4503599627370496us'],
  ...['-1s', '1e-7/s', '1e9/s', '1 ATOM', '0.000000000000000000000000000001 ATOM', '1/3', '0', '1', '100%', 'gst'],
  ...['hub', 'pow', 'out', 'back', 'r1', 'r1.1', 't', 'constructor', 'toString', 'a.b', '0..9999', '9999', '../../x'],
  ...['cosmos-hub', 'ethereum-pow', 'ibc-v2', 'aws', 'net.partition', 'node.crash', 'data.lie'],
  [],
  {},
  [1, 2, 3],
  ['out', 'out'],
  { kind: 'pareto', min: '1s', alpha: 0.5 },
  { kind: 'lognormal', median: '1s', sigma: 1000 },
  { kind: 'weibull', scale: '1s', shape: 0.001 },
  { kind: 'discrete', values: ['1s', '2s'], weights: [0, 0] },
  { kind: 'empirical', points: [[0.5, '1s']] },
  { kind: 'zipf', exponent: 0, count: 9007199254740991 },
];
const nasty = fc.constantFrom(...NASTY);
const id = fc.constantFrom('hub', 'pow', 'out', 'back', 'r1', 't', 'a');

/** Values of a schema, now and then none of them. */
function grown(schema: JsonSchema, depth = 0): fc.Arbitrary<PlainValue> {
  const fitting = fittingTo(schema, depth);
  return fc.oneof({ weight: 60, arbitrary: fitting }, { weight: 1, arbitrary: nasty });
}

function fittingTo(schema: JsonSchema, depth: number): fc.Arbitrary<PlainValue> {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (branches.length > 0) return fc.oneof(...branches.map((branch) => fittingTo(branch, depth)));
  if (schema.const !== undefined) return fc.constant(schema.const as PlainValue);
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as PlainValue[]));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberIn(schema);
    case 'string':
      return schema.examples === undefined ? id : fc.constantFrom(...(schema.examples as string[]));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return schema.prefixItems === undefined
        ? fc.array(grown(schema.items ?? {}, depth + 1), { maxLength: 3 })
        : fc.tuple(...schema.prefixItems.map((item) => grown(item, depth + 1)));
    case 'object':
      return mapOf(schema, depth);
    default:
      return nasty;
  }
}

function numberIn({ type, minimum, maximum, exclusiveMinimum }: JsonSchema): fc.Arbitrary<number> {
  const least = Math.max(minimum ?? exclusiveMinimum ?? -10, -1_000);
  const most = Math.min(maximum ?? least + 20, least + 20);
  if (type === 'integer') return fc.integer({ min: Math.ceil(least), max: Math.floor(most) });
  return fc.integer({ min: 0, max: 100 }).map((percent) => least + ((most - least) * percent) / 100);
}

function mapOf(schema: JsonSchema, depth: number): fc.Arbitrary<PlainMap> {
  const entries = schema.additionalProperties;
  if (typeof entries === 'object') return fc.dictionary(id, grown(entries, depth + 1), { minKeys: 1, maxKeys: 3 });
  const required = new Set(schema.required ?? []);
  const record = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([key, each]) => [key, grown(each, depth + 1)]),
  );
  return fc.record(record, { requiredKeys: [...required] }) as fc.Arbitrary<PlainMap>;
}

/** Loads, or throws ScenarioErrors and nothing else. What loads is written out and loads again to the same. */
function verdict(value: PlainValue): 'loaded' | 'refused' {
  const began = performance.now();
  try {
    const loaded = loadScenario(JSON.stringify(value), OPTIONS);
    expect(loadScenario(loaded.resolvedYaml, OPTIONS).canonicalHash).toBe(loaded.canonicalHash);
    return 'loaded';
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    for (const { line, column, what } of error.problems) expect(line > 0 && column > 0 && what !== '').toBe(true);
    return 'refused';
  } finally {
    expect(performance.now() - began).toBeLessThan(2 * FILE_MAX);
  }
}

/** Every place of a value, the root left out. */
function placesOf(value: PlainValue, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) => placesOf(each as PlainValue, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** `undefined` takes the key out. */
function withAt(value: PlainValue, [key, ...rest]: readonly string[], put: PlainValue | undefined): PlainValue {
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as PlainMap;
  const inner = rest.length === 0 ? put : withAt(copy[key] ?? null, rest, put);
  if (inner !== undefined) copy[key] = inner;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

describe('loading any file of the grammar', () => {
  it('always: 1,200 files grown from the grammar load or are refused, within a second each', () => {
    fc.assert(
      fc.property(grown(scenarioJsonSchema() as JsonSchema), (value) => {
        verdict(value);
      }),
      { numRuns: 1_200 },
    );
  });

  it('always: 800 scenarios with one to three parts exchanged load or are refused, and both happen', () => {
    const bases = [BASE, ...shippedScenarios().map(textOf)].map((text) => readYaml(text, 'base.yaml').value);
    const verdicts = { loaded: 0, refused: 0 };
    const change = fc.record({ at: fc.nat(), put: fc.oneof(nasty, fc.constant(undefined)) });
    fc.assert(
      fc.property(fc.constantFrom(...bases), fc.array(change, { minLength: 1, maxLength: 3 }), (base, changes) => {
        let value = base;
        for (const { at, put } of changes) {
          const places = placesOf(value);
          value = withAt(value, places[at % places.length] ?? [], put);
        }
        verdicts[verdict(value)]++;
      }),
      { numRuns: 800 },
    );
    expect(verdicts.loaded).toBeGreaterThan(20);
    expect(verdicts.refused).toBeGreaterThan(200);
  });
});
