/**
 * Parts: what a scenario names by `kind`. A table of them gives the grammar, the JSON Schema and the reference, so that a
 * new part is one file and one line.
 */
import { z } from 'zod';
import { nearest } from './nearest.ts';

/** What is said of a part without running it. */
export interface PartDescription {
  /** One sentence for `l0sim list` and the reference. */
  readonly summary: string;
  /** Where its rule or its numbers come from. */
  readonly source?: string;
  /** Its parameters, without `kind`. */
  readonly parameters: z.ZodObject;
}

/** A part whose parameter type is hidden: `Made` is the interface that its folder declares for all of its parts. */
export interface Part<Made> extends PartDescription {
  /** Makes the behaviour. `parameters` are those that a schema from `taggedUnion` or `parameters` itself gave. */
  readonly create: (parameters: PartParameters) => Made;
}

/** Parameters as they left the part's own schema; only `create` knows their types. */
export type PartParameters = Readonly<Record<string, unknown>>;

export type PartTable<Made> = Readonly<Record<string, Part<Made>>>;

/** A choice of part as it leaves `taggedUnion`. */
export interface ChosenPart {
  readonly kind: string;
  readonly [parameter: string]: unknown;
}

/** Declares a part. The type of its parameters is inferred from their schema, and goes no further than `create`. */
export function definePart<Shape extends z.ZodRawShape, Made>(part: {
  readonly summary: string;
  readonly source?: string;
  readonly parameters: z.ZodObject<Shape>;
  readonly create: (parameters: z.output<z.ZodObject<Shape>>) => Made;
}): Part<Made> {
  const { create, parameters, ...rest } = part;
  return Object.freeze({
    ...rest,
    parameters: parameters as unknown as z.ZodObject,
    create: (given: PartParameters) => create(given as z.output<z.ZodObject<Shape>>),
  });
}

/** Tables of parts by folder: `{ verifiers, limiters, ... }`. */
export type Parts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A plug-in that does not fit the tables: its own mistake, not the scenario's. */
export class PartsError extends Error {
  override readonly name = 'PartsError';
}

/**
 * The tables of a run: the built-in ones with those of each plug-in added, frozen.
 * Throws PartsError when a plug-in names an unknown table, or a kind that is there already.
 */
export function createParts<Tables extends Parts>(builtIn: Tables, ...plugins: readonly Partial<Tables>[]): Tables {
  const tables = new Map(Object.entries(builtIn).map(([name, table]) => [name, new Map(Object.entries(table))]));
  for (const plugin of plugins) {
    for (const [name, added] of Object.entries(plugin)) addTo(tables, name, (added ?? {}) as object);
  }
  const frozen = [...tables].map(([name, table]) => [name, Object.freeze(Object.fromEntries(table))] as const);
  return Object.freeze(Object.fromEntries(frozen)) as Tables;
}

function addTo(tables: ReadonlyMap<string, Map<string, unknown>>, name: string, added: object): void {
  const table = tables.get(name);
  if (table === undefined) throw new PartsError(unknownName(`table of parts`, name, [...tables.keys()]));
  for (const [kind, part] of Object.entries(added)) {
    if (table.has(kind)) throw new PartsError(`${name}: expected a new kind, got ${kind}, which is there already`);
    table.set(kind, part);
  }
}

/** Throws PartsError with the known kinds and the nearest, where `kind` is none of the table. */
export function findPart<Made>(table: Readonly<Record<string, Made>>, kind: string, what = 'kind'): Made {
  const part = Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (part === undefined) throw new PartsError(unknownName(what, kind, Object.keys(table)));
  return part;
}

function unknownName(what: string, got: string, known: readonly string[]): string {
  const near = nearest(got, known);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `unknown ${what} ${JSON.stringify(got)} (expected one of ${known.join(', ')})${hint}`;
}

/**
 * Schema of `{ kind, ...parameters }` over a table: unknown kinds and unknown keys are refused. Rules that the object of
 * parameters carries (`refine`) hold. Throws PartsError for an empty table or for parameters named `kind`.
 */
export function taggedUnion(table: Readonly<Record<string, PartDescription>>): z.ZodType<ChosenPart, unknown> {
  const options = Object.entries(table).map(([kind, { summary, parameters }]) => {
    if ('kind' in parameters.shape) throw new PartsError(`${kind}: expected no parameter named kind`);
    const tag = z.literal(kind).describe(summary);
    return parameters.safeExtend({ kind: tag }).strict().meta({ title: kind, description: summary });
  });
  const [first, ...rest] = options;
  if (first === undefined) throw new PartsError('expected a table with at least one part');
  return z.discriminatedUnion('kind', [first, ...rest]) as unknown as z.ZodType<ChosenPart, unknown>;
}
