/** The reference of the scenario language, generated from its JSON Schema: one section for each map of keys. */
import { z } from 'zod';
import * as quantities from '../../sim/grammar/quantities.ts';

export interface JsonSchema {
  /** Of the root: schemas that refer to themselves, by name. */
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly $ref?: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly const?: string | number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** How each quantity is written: its pattern and a phrase, those of durations before those of instants. */
const WRITTEN: readonly (readonly [pattern: string, phrase: string])[] = [
  quantities.durationText,
  ...Object.values(quantities).filter((each) => each instanceof z.ZodType),
].flatMap((each) =>
  flat(z.toJSONSchema(each, { io: 'input' }) as JsonSchema).flatMap(({ pattern, description }) =>
    pattern === undefined || description === undefined ? [] : [[pattern, description] as const],
  ),
);

const ID = quantities.ID_PATTERN.source;

interface Section {
  readonly path: string;
  readonly schema: JsonSchema;
  /** The kind that the map belongs to, where its place alone does not tell. */
  readonly kind: string;
}

/** Every key of a schema, as paths: `chains.<id>.network.loss`. A union of maps gives the keys of all. */
export function keysOf(schema: JsonSchema, path = ''): string[] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
      const name = path === '' ? key : `${path}.${key}`;
      return [name, ...keysOf(inner, name)];
    }),
    ...(typeof schema.additionalProperties === 'object' ? keysOf(schema.additionalProperties, `${path}.<id>`) : []),
    ...(schema.items === undefined ? [] : keysOf(schema.items, `${path}[]`)),
    ...branchesOf(schema).flatMap((branch) => keysOf(branch, path)),
    ...Object.entries(schema.$defs ?? {}).flatMap(([name, inner]) => keysOf(inner, name)),
  ];
}

export function scenarioReference(schema: JsonSchema): string {
  const laws = lawsOf(schema);
  return [
    '# Scenario reference',
    '',
    'Generated from `scenarios/schema.json` by `npm run schema`: edit the grammar, not this page. Quantities carry their',
    'unit (`250ms`, `30%`, `1.5 ATOM`). An id is a letter, then letters, digits, _ or -. A key that is not here is an error.',
    '',
    ...sectionsOf(schema, '', laws).flatMap(sectionText),
    ...Object.entries(schema.$defs ?? {}).flatMap(([name, inner]) =>
      sectionsOf(inner, name, laws).flatMap(sectionText),
    ),
    '## Laws',
    '',
    'Wherever a value may be *a law*, a bare value is the constant. Sizes have the unit of the key that the law stands at.',
    'Laws of how many (`poisson`, `binomial`, `geometric`, `zipf`) are for keys without a unit.',
    '',
    '| kind | keys |',
    '|---|---|',
    ...[...laws].map(([kind, branch]) => `| \`${kind}\` | ${lawKeys(branch)} |`),
    '',
  ].join('\n');
}

function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
}

/** A union of kinds of which one is `exponential` is a law; all of them share one section. */
function isLaw(schema: JsonSchema): boolean {
  return flat(schema).some((branch) => branch.properties?.['kind']?.const === 'exponential');
}

/** Branches of a union, those of unions within it too. */
function flat(schema: JsonSchema): readonly JsonSchema[] {
  const branches = branchesOf(schema);
  return branches.length === 0 ? [schema] : branches.flatMap(flat);
}

function lawsOf(schema: JsonSchema, found = new Map<string, JsonSchema>()): Map<string, JsonSchema> {
  if (isLaw(schema)) {
    for (const branch of flat(schema)) {
      const kind = branch.properties?.['kind']?.const;
      if (typeof kind === 'string' && !found.has(kind)) found.set(kind, branch);
    }
  }
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...branchesOf(schema),
    ...Object.values(schema.$defs ?? {}),
  ];
  for (const each of inner) lawsOf(each, found);
  return found;
}

function lawKeys(branch: JsonSchema): string {
  const keys = Object.keys(branch.properties ?? {}).filter((key) => key !== 'kind');
  return keys.map((key) => `\`${key}\`${(branch.required ?? []).includes(key) ? '' : ' (optional)'}`).join(', ');
}

/** The maps below a schema, outermost first. */
function sectionsOf(schema: JsonSchema, path: string, laws: ReadonlyMap<string, JsonSchema>, kind = ''): Section[] {
  if (isLaw(schema)) return [];
  const own = schema.properties === undefined ? [] : [{ path, schema, kind }];
  const below = String(tagOf(schema) ?? kind);
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, each]) =>
    sectionsOf(each, path === '' ? key : `${path}.${key}`, laws, below),
  );
  const entries = schema.additionalProperties;
  return [
    ...own,
    ...inner,
    ...(typeof entries === 'object' ? sectionsOf(entries, `${path}.<id>`, laws, below) : []),
    ...(schema.items === undefined ? [] : sectionsOf(schema.items, `${path}[]`, laws, below)),
    ...branchesOf(schema).flatMap((branch) => sectionsOf(branch, path, laws, kind)),
  ];
}

function sectionText({ path, schema, kind }: Section): string[] {
  const tag = Object.entries(schema.properties ?? {}).find(([, inner]) => inner.const !== undefined);
  const isKind = tag !== undefined && ['kind', 'model'].includes(tag[0]);
  const required = new Set(schema.required ?? []);
  const first = path.endsWith('[]') ? `, \`${Object.keys(schema.properties ?? {})[0] ?? ''}\`` : '';
  const of = kind === '' ? '' : ` of \`${kind}\``;
  const name =
    path === '' ? 'The file' : `\`${path}\`${isKind ? `, ${tag[0]} \`${String(tag[1].const)}\`` : first + of}`;
  return [
    `## ${name}`,
    '',
    ...(schema.description === undefined ? [] : [schema.description, '']),
    '| key | value | what |',
    '|---|---|---|',
    ...Object.entries(schema.properties ?? {}).map(([key, inner]) => {
      const what = [required.has(key) ? 'required' : '', about(inner)].filter((part) => part !== '').join('; ');
      return `| \`${key}\` | ${cell(valueOf(inner))} | ${cell(what)} |`;
    }),
    '',
  ];
}

/** What a key is for. How a quantity is written is in the column of values. */
export function about({ description = '' }: JsonSchema): string {
  return WRITTEN.some(([, phrase]) => phrase === description) ? '' : description;
}

function valueOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return `a *${schema.$ref.slice('#/$defs/'.length)}*`;
  if (isLaw(schema)) return `a law of ${quantityOf(schema)}`;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(' or ');
  const branches = branchesOf(schema);
  if (branches.length > 0) {
    const isTagged = branches.every((branch) => tagOf(branch) !== undefined);
    if (isTagged) return `a map, by kind: ${branches.map((branch) => `\`${String(tagOf(branch))}\``).join(', ')}`;
    return [...new Set(branches.map(valueOf))].join(' or ');
  }
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'string':
      return textOf(schema);
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return schema.items === undefined ? 'a list' : `a list of: ${valueOf(schema.items)}`;
    case 'object':
      return mapOf(schema);
    default:
      return 'any value';
  }
}

function textOf({ pattern }: JsonSchema): string {
  if (pattern === undefined) return 'text';
  return pattern === ID ? 'an id' : (WRITTEN.find(([each]) => each === pattern)?.[1] ?? 'text');
}

function mapOf({ additionalProperties }: JsonSchema): string {
  if (typeof additionalProperties !== 'object') return 'a map';
  const value = valueOf(additionalProperties);
  return value === 'a map' || value === 'any value' ? 'a map by id' : `a map of: ${value}`;
}

function quantityOf(schema: JsonSchema): string {
  const bare = flat(schema).find((branch) => branch.type !== 'object');
  return bare === undefined ? 'a value' : valueOf(bare);
}

function tagOf({ properties = {} }: JsonSchema): string | number | undefined {
  return (properties['kind'] ?? properties['model'])?.const;
}

function numberOf({ type, minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const noun = type === 'integer' ? 'a whole number' : 'a number';
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER) {
    return isBounded ? `${noun} from ${minimum} to ${maximum}` : `${noun} of at least ${minimum}`;
  }
  if (exclusiveMinimum !== undefined) return `${noun} above ${exclusiveMinimum}`;
  return isBounded ? `${noun} of at most ${maximum}` : noun;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
