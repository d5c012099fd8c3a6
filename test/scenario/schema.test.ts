/** The JSON Schema that editors use, and the reference that people read: both follow from the grammar. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { mergePresets } from '../../sim/scenario/presets.ts';
import { scenarioJsonSchema } from '../../sim/scenario/json-schema.ts';
import { scenarioSchema } from '../../sim/scenario/schema.ts';
import { readYaml } from '../../sim/scenario/text/read.ts';
import { generatedFiles } from '../support/generated.ts';
import { about, type JsonSchema, keysOf } from '../support/scenario-reference.ts';
import { BASE, changed, optionsFor, shippedScenarios } from '../support/scenarios.ts';
import { textOf } from '../support/sources.ts';

const schema = scenarioJsonSchema() as JsonSchema;
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema as object);

function verdicts(text: string): { zod: boolean; ajv: boolean } {
  const { value } = readYaml(text, 'corpus.yaml');
  return { zod: scenarioSchema.safeParse(value).success, ajv: validate(value) };
}

/** Faults that JSON Schema can express: types, words, keys, patterns and ranges. */
const REFUSED: readonly (readonly [name: string, text: string])[] = [
  ['B10 a number in quotes', changed('validators: 4', 'validators: "4"')],
  ['B11 a fraction', changed('validators: 4', 'validators: 4.5')],
  ['B15 a negative delay', changed('median: 80ms', 'median: -80ms')],
  ['B16 a bare number for a time', changed('timeout: 4min', 'timeout: 240')],
  ['B17 an unknown unit', changed('timeout: 4min', 'timeout: 6 fortnights')],
  ['B18 a probability above 1', changed('loss: 0.01', 'loss: 1.2')],
  ['B19 an unknown key', changed('validators: 4', 'validatorz: 4')],
  ['B19 one in a union', changed('threshold: 2', 'treshold: 2')],
  ['B20 an unknown verifier', changed('kind: light-client', 'kind: lite-client')],
  ['an unknown law', changed('kind: lognormal', 'kind: lognormall')],
  ['an assumption that is not built', changed('byzantine: hub', 'partition: hub')],
  ['B25 a slash in an id', changed('  out:\n', '  out/of:\n')],
  ['B25 a slash in the name', changed('name: base', 'name: a/b')],
  ['B27 a threshold of 0', changed('threshold: 2', 'threshold: 0')],
  ['B31 a billion validators', changed('validators: 4', 'validators: 1e9')],
  ['B37 a seed that is a number', changed('seed: "7"', 'seed: 7')],
  ['B37 seed abc', changed('seed: "7"', 'seed: abc')],
  ['a missing key', changed('    from: hub\n', '')],
  ['nothing', changed('block: 6s', 'block:')],
  ['a word for a list', changed('lanes: [out, back]', 'lanes: out')],
  ['an unknown verdict', changed('safety: hold', 'safety: holds')],
  ['another version', changed('l0sim: 1', 'l0sim: 2')],
  ['an amount without its asset', changed('1.5 ATOM', '"1.5"')],
];

describe('JSON Schema', () => {
  it.each([...generatedFiles()])('%s is as the grammar gives it (npm run schema writes it)', (path, text) => {
    expect(textOf(path)).toBe(text);
  });

  it.each(shippedScenarios())('%s is valid, as for the loader', (path) => {
    expect(validate(readYaml(textOf(path), path).value)).toBe(true);
    const { readText } = optionsFor(path);
    const merged = mergePresets(readYaml(textOf(path), path), { readText: readText! });
    expect(validate(merged.value)).toBe(scenarioSchema.safeParse(merged.value).success);
  });

  it('takes the base scenario, as the loader does', () => {
    expect(verdicts(BASE)).toEqual({ zod: true, ajv: true });
  });

  it.each(REFUSED)('refuses %s, as the loader does', (_name, text) => {
    expect(verdicts(text)).toEqual({ zod: false, ajv: false });
  });
});

/** Every key of a schema with its own schema, where it stands in a map. */
function keysWithSchema(from: JsonSchema, path = ''): [string, JsonSchema][] {
  const children: [string, JsonSchema][] = [
    ...Object.entries(from.properties ?? {}).map(([key, inner]): [string, JsonSchema] => [`${path}.${key}`, inner]),
    ...(typeof from.additionalProperties === 'object'
      ? [[`${path}.<id>`, from.additionalProperties] as [string, JsonSchema]]
      : []),
    ...(from.items === undefined ? [] : [[`${path}[]`, from.items] as [string, JsonSchema]]),
    ...[...(from.anyOf ?? []), ...(from.oneOf ?? [])].map((branch): [string, JsonSchema] => [path, branch]),
    ...Object.entries(from.$defs ?? {}),
  ];
  const own = Object.entries(from.properties ?? {}).map(([key, inner]): [string, JsonSchema] => [
    `${path}.${key}`,
    inner,
  ]);
  return [...own, ...children.flatMap(([inner, each]) => keysWithSchema(each, inner))];
}

const LAW_KEYS =
  /\.(mean|min|max|median|deviation|sigma|alpha|scale|shape|stages|values|weights|points|trials|probability|exponent|count|floor|cap|value)$/;

describe('scenario reference', () => {
  const page = generatedFiles().get('docs/scenario-reference.md') ?? '';

  it('names every key of the grammar', () => {
    const missing = keysOf(schema).filter((path) => !page.includes(`\`${path.split('.').at(-1) ?? ''}\``));
    expect(missing).toEqual([]);
  });

  it('says what every key is for, but for those that only name their kind and those of laws', () => {
    const silent = keysWithSchema(schema)
      .filter(([path, inner]) => inner.const === undefined && !LAW_KEYS.test(path) && about(inner) === '')
      .map(([path]) => path);
    expect([...new Set(silent)]).toEqual([]);
  });
});
