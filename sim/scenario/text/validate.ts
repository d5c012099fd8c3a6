/** A located value against a schema: every issue becomes a problem at its place. */
import type { z } from 'zod';
import { nearest } from '../../grammar/nearest.ts';
import type { QuantityIssue } from '../../grammar/quantities.ts';
import { type ErrorCode, type Place, type Problem } from './errors.ts';
import { isMap, type Located, type Path, pathText, placeOf, placeOfKey, type PlainValue } from './located.ts';

type Issue = z.core.$ZodIssue;

export type Validated<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Collects problems at places of a located value. */
export interface ProblemList {
  readonly problems: Problem[];
  at(path: Path, code: ErrorCode, what: string, details?: Partial<Pick<Problem, 'expected' | 'got' | 'hint'>>): void;
}

export function problemList(located: Located): ProblemList {
  const problems: Problem[] = [];
  return {
    problems,
    at(path, code, what, details = {}) {
      const place = placeOf(located, path);
      problems.push({ ...place, code, path: pathText(path), what, expected: '', got: '', hint: '', ...details });
    },
  };
}

/** Checks the value below `base` of a located tree. */
export function validate<T>(located: Located, schema: z.ZodType<T>, base: Path = []): Validated<T> {
  const input = valueAt(located.value, base);
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.flatMap((issue) => problemsOf(located, schema, issue as Issue, base));
  return { ok: false, problems };
}

export function valueAt(value: PlainValue, path: Path): PlainValue | undefined {
  let at: PlainValue | undefined = value;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isMap(at)) at = at[key];
    else return undefined;
  }
  return at;
}

function problemsOf(located: Located, schema: z.ZodType, issue: Issue, base: Path): Problem[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        unknownKey(located, [...path, key], knownKeys(schema, path.slice(base.length), located, base)),
      );
    case 'invalid_union':
      return unionProblems(located, schema, issue, path, base);
    case 'invalid_key':
      return [
        problem(
          located,
          placeOfKey(located, path),
          'E123',
          path,
          'a name is no id',
          'a letter, then letters, digits, _ or -',
        ),
      ];
    default:
      return [plainProblem(located, issue, path)];
  }
}

function problem(
  located: Located,
  place: Place,
  code: ErrorCode,
  path: Path,
  what: string,
  expected: string,
  hint = '',
): Problem {
  const got = describe(valueAt(located.value, path));
  return { ...place, code, path: pathText(path), what, expected, got, hint };
}

function unknownKey(located: Located, path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  const near = nearest(key, known);
  const expected = known.length === 0 ? '' : `one of ${known.join(', ')}`;
  const hint = near === undefined ? '' : `did you mean ${near}?`;
  const place = placeOfKey(located, path);
  return { ...place, code: 'E120', path: pathText(path), what: `unknown key ${key}`, expected, got: '', hint };
}

/** Of the branches of a union, the problems of the one that the text came nearest to. */
function unionProblems(
  located: Located,
  schema: z.ZodType,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  base: Path,
): Problem[] {
  if (issue.errors.length === 0) {
    // A tagged union that does not know the tag.
    const note = issue as { discriminator?: string; options?: readonly unknown[] };
    const tag = note.discriminator ?? 'kind';
    const tagPath = path.at(-1) === tag ? path : [...path, tag];
    const kinds = kindsOf(schema, path.slice(base.length, tagPath === path ? -1 : undefined), tag);
    const got = valueAt(located.value, tagPath);
    if (got === undefined) {
      const expected = `one of ${kinds.join(', ')}`;
      return [problem(located, placeOf(located, path), 'E122', tagPath, `missing key ${tag}`, expected)];
    }
    return [unknownWord(located, tagPath, got, kinds)];
  }
  const branches = issue.errors.map((issues) => issues.flatMap((inner) => problemsOf(located, schema, inner, path)));
  const input = valueAt(located.value, path);
  const scored = branches.map((problems, index) => ({
    problems,
    score: scoreOf(issue.errors[index] as Issue[], input),
  }));
  scored.sort((a, b) => b.score - a.score);
  return scored[0]?.problems ?? [];
}

/** Higher is nearer: a branch that takes the type of the value beats one that does not; problems deep inside beat none. */
function scoreOf(issues: readonly Issue[], input: unknown): number {
  let score = 0;
  for (const issue of issues) {
    if (issue.path.length > 0) score += 2;
    if (issue.code === 'custom') score += 3;
    if (issue.code === 'invalid_type' && issue.path.length === 0) score -= isMap(input) ? 6 : 4;
    if (issue.code === 'too_big' || issue.code === 'too_small') score += 3;
  }
  return score - issues.length * 0.1;
}

function unknownWord(located: Located, path: Path, got: unknown, known: readonly string[]): Problem {
  const near = typeof got === 'string' ? nearest(got, known) : undefined;
  const expected = known.length === 0 ? '' : `one of ${known.join(', ')}`;
  const what = `unknown ${String(path.at(-1))} ${String(got)}`;
  return problem(
    located,
    placeOf(located, path),
    'E121',
    path,
    what,
    expected,
    near === undefined ? '' : `did you mean ${near}?`,
  );
}

function plainProblem(located: Located, issue: Issue, path: Path): Problem {
  const got = valueAt(located.value, path);
  const place = placeOf(located, path);
  const name = String(path.at(-1) ?? 'scenario');
  switch (issue.code) {
    case 'invalid_type': {
      if (got === undefined)
        return problem(located, place, 'E122', path, `missing key ${name}`, article(issue.expected));
      const isFraction = issue.expected === 'int' && typeof got === 'number' && !Number.isInteger(got);
      if (isFraction) return problem(located, place, 'E111', path, `${name} is not whole`, 'a whole number');
      return problem(
        located,
        place,
        'E110',
        path,
        `${name} has the wrong type`,
        article(issue.expected),
        typeHint(got),
      );
    }
    case 'invalid_value': {
      if (got === undefined)
        return problem(located, place, 'E122', path, `missing key ${name}`, issue.values.map(String).join(' or '));
      return unknownWord(located, path, got, issue.values.map(String));
    }
    case 'too_small':
      return problem(located, place, 'E115', path, `${name} is too small`, `at least ${String(issue.minimum)}`);
    case 'too_big':
      return problem(located, place, 'E115', path, `${name} is too large`, `at most ${String(issue.maximum)}`);
    case 'invalid_format':
      return problem(located, place, 'E123', path, `${name} is no id`, 'a letter, then letters, digits, _ or -');
    case 'custom': {
      const quantity = (issue.params as { quantity?: QuantityIssue } | undefined)?.quantity;
      const expected = quantity?.expected ?? issue.message;
      return problem(
        located,
        place,
        'E114',
        path,
        `${name} is not written as its quantity`,
        expected,
        quantity?.hint ?? '',
      );
    }
    default:
      return problem(located, place, 'E110', path, issue.message, '');
  }
}

function article(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
  };
  return names[expected] ?? expected;
}

function typeHint(got: unknown): string {
  return typeof got === 'string' && /^-?[\d.]+$/.test(got) ? 'leave out the quotes' : '';
}

export function describe(value: unknown): string {
  if (value === undefined) return '';
  if (isMap(value)) return 'a map';
  if (Array.isArray(value)) return 'a list';
  return JSON.stringify(value);
}

interface Shaped {
  readonly _zod: { readonly def: Record<string, unknown> & { readonly type: string } };
}

/** Schema that stands at a path, looking through options, defaults and transforms; unions give all that fit. */
function schemasAt(schema: unknown, path: Path): Shaped[] {
  const plain = unwrap(schema as Shaped);
  if (path.length === 0) return plain;
  const [head, ...rest] = path;
  return plain.flatMap((each) => {
    const def = each._zod.def;
    if (def.type === 'object') {
      const inner = (def['shape'] as Record<string, unknown>)[String(head)];
      return inner === undefined ? [] : schemasAt(inner, rest);
    }
    if (def.type === 'record') return schemasAt(def['valueType'], rest);
    if (def.type === 'array') return schemasAt(def['element'], rest);
    return [];
  });
}

function unwrap(schema: Shaped): Shaped[] {
  const def = schema._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return unwrap(def['innerType'] as Shaped);
    case 'pipe':
      return unwrap(def['in'] as Shaped);
    case 'lazy':
      return unwrap((def['getter'] as () => Shaped)());
    case 'union':
      return (def['options'] as Shaped[]).flatMap(unwrap);
    default:
      return [schema];
  }
}

function knownKeys(schema: unknown, path: Path, located: Located, base: Path): string[] {
  const objects = schemasAt(schema, path).filter((each) => each._zod.def.type === 'object');
  const kind = valueAt(located.value, [...base, ...path, 'kind']);
  const shapes = objects.map((each) => each._zod.def['shape'] as Record<string, Shaped>);
  const tagged = shapes.filter((shape) => kind !== undefined && literalsOf(shape['kind']).includes(String(kind)));
  return [...new Set((tagged.length > 0 ? tagged : shapes).flatMap((shape) => Object.keys(shape)))];
}

function kindsOf(schema: unknown, path: Path, tag: string): string[] {
  const objects = schemasAt(schema, path).filter((each) => each._zod.def.type === 'object');
  return objects.flatMap((each) => literalsOf((each._zod.def['shape'] as Record<string, Shaped>)[tag]));
}

function literalsOf(schema: Shaped | undefined): string[] {
  if (schema === undefined) return [];
  const def = schema._zod.def;
  if (def.type === 'literal') return (def['values'] as unknown[]).map(String);
  if (def.type === 'enum') return Object.values(def['entries'] as Record<string, string>);
  return [];
}
