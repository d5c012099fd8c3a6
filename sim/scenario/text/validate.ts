/** A located value against a schema: every issue becomes a problem at its place. */
import type { z } from 'zod';
import { nearest } from '../../grammar/nearest.ts';
import type { QuantityFault, QuantityProblem } from '../../grammar/quantity-text.ts';
import type { ErrorCode, Place, Problem } from './errors.ts';
import { type Known, knownOf, phrases } from './expected.ts';
import { isMap, type Located, type Path, pathText, placeOf, placeOfKey, type PlainValue } from './located.ts';

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;
type Details = Partial<Pick<Problem, 'expected' | 'got' | 'hint'>>;

export type Validated<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Collects problems at places of a located value. */
export interface ProblemList {
  readonly problems: Problem[];
  at(path: Path, code: ErrorCode, what: string, details?: Details): void;
  /** Checks the value at a path against a schema that only its meaning tells. */
  conform(path: Path, schema: z.ZodType): void;
}

export function problemList(located: Located): ProblemList {
  const problems: Problem[] = [];
  return {
    problems,
    at(path, code, what, details = {}) {
      problems.push(problem(placeOf(located, path), code, path, what, details));
    },
    conform(path, schema) {
      const validated = validate(located, schema, path);
      if (!validated.ok) problems.push(...validated.problems);
    },
  };
}

/**
 * Checks the value below `base` of a located tree. A bad value stands at the value, an unknown key at the key, a missing
 * key at the map that lacks it. Never throws.
 */
export function validate<T>(located: Located, schema: z.ZodType<T>, base: Path = []): Validated<T> {
  const known: Known = new Map();
  const result = schema.safeParse(valueAt(located.value, base), { error: phrases(known) });
  if (result.success) return { ok: true, value: result.data };
  // Reading the issues is what asks for their words and fills `known`.
  const issues = result.error.issues as readonly Issue[];
  const problems = issues.flatMap((issue) => problemsOf({ located, known }, issue, base));
  return { ok: false, problems: oncePerFault(problems) };
}

/** A number that is both unsafe and above its limit is one mistake. */
function oncePerFault(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path }) => !seen.has(`${code} ${path}`) && seen.add(`${code} ${path}`));
}

export function valueAt(value: PlainValue, path: Path): PlainValue | undefined {
  let at: PlainValue | undefined = value;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isMap(at) && Object.hasOwn(at, key)) at = at[key];
    else return undefined;
  }
  return at;
}

/** A value in a message: short, on one line, escaped. */
export function describe(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return 'nothing';
  if (isMap(value)) return 'a map';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string' && value.length > 60) return JSON.stringify(`${value.slice(0, 60)}...`);
  return JSON.stringify(value);
}

interface Context {
  readonly located: Located;
  readonly known: Known;
}

function problem(place: Place, code: ErrorCode, path: Path, what: string, details: Details): Problem {
  return { ...place, code, path: pathText(path), what, expected: '', got: '', hint: '', ...details };
}

function problemsOf(context: Context, issue: Issue, base: Path): Problem[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(context, [...path, key], knownOf(context.known, issue.keys)));
    case 'invalid_union':
      return unionProblems(context, issue, path);
    case 'invalid_key': {
      const expected = issue.issues[0]?.message ?? '';
      const details = { expected, got: JSON.stringify(String(path.at(-1))) };
      return [problem(placeOfKey(context.located, path), 'E123', path, 'a name is no id', details)];
    }
    default:
      return [valueProblem(context, issue, path)];
  }
}

function unknownKey(context: Context, path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  const expected = known.length === 0 ? 'no keys' : `one of ${known.join(', ')}`;
  const details = { expected, hint: didYouMean(key, known) };
  return problem(placeOfKey(context.located, path), 'E120', path, `unknown key ${key}`, details);
}

function didYouMean(got: unknown, known: readonly string[]): string {
  const near = typeof got === 'string' ? nearest(got, known) : undefined;
  return near === undefined ? '' : `did you mean ${near}?`;
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'number' ? `${String(path.at(-2) ?? '')}[${last}]` : last;
}

/** Of the branches of a union, the problems of the one that the text came nearest to. */
function unionProblems(context: Context, issue: UnionIssue, path: Path): Problem[] {
  const { located, known } = context;
  const place = placeOf(located, path);
  const got = valueAt(located.value, path);
  if (issue.errors.length === 0) {
    const kinds = knownOf(known, issue.errors);
    if (got === undefined) {
      return [problem(place, 'E122', path, `missing key ${nameOf(path)}`, { expected: `one of ${kinds.join(', ')}` })];
    }
    return [unknownWord(place, path, got, kinds)];
  }
  if (got === undefined) {
    return [problem(place, 'E122', path, `missing key ${nameOf(path)}`, { expected: mismatch(issue).join(' or ') })];
  }
  const branches = issue.errors.filter((issues) => !issues.some(isMismatch));
  const words = issue.errors.flatMap((issues) => issues.filter(isMismatch)).flatMap(wordsOf);
  const hint = didYouMean(got, words);
  if (branches.length === 0) {
    if (words.length === issue.errors.flat().length) return [unknownWord(place, path, got, words)];
    const details = { expected: mismatch(issue).join(' or '), got: describe(got), hint };
    return [typeProblem(place, path, nameOf(path), got, details)];
  }
  const best = branches.reduce((least, next) => (weightOf(next) < weightOf(least) ? next : least));
  return best
    .flatMap((inner) => problemsOf(context, inner, path))
    .map((each) => (each.hint === '' ? { ...each, hint } : each));
}

/** Whether a branch of a union takes another type, or other words, altogether. */
function isMismatch(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value') return !isNotWhole(issue);
  return (
    issue.code === 'invalid_union' && issue.errors.length > 0 && issue.errors.every((each) => each.some(isMismatch))
  );
}

/** A fraction where a whole number is due has the right type. */
function isNotWhole(issue: Issue): boolean {
  return issue.code === 'invalid_type' && 'format' in issue;
}

/** What the branches of a union would have taken. */
function mismatch(issue: Issue): string[] {
  if (issue.code !== 'invalid_union') return [issue.message];
  return [...new Set(issue.errors.flatMap((issues) => issues.slice(0, 1).flatMap(mismatch)))];
}

function wordsOf(issue: Issue): string[] {
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

/** Fewer is nearer; a key that is unknown or missing weighs more than a value that is nearly right. */
function weightOf(issues: readonly Issue[]): number {
  let weight = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') weight += 2 * issue.keys.length;
    else weight += issue.code === 'invalid_type' ? 2 : 1;
  }
  return weight;
}

function unknownWord(place: Place, path: Path, got: unknown, known: readonly string[]): Problem {
  const expected = known.length === 1 ? (known[0] ?? '') : `one of ${known.join(', ')}`;
  const what =
    typeof got === 'string' ? `unknown ${nameOf(path)} ${describe(got)}` : `${nameOf(path)} is none of its words`;
  const details = { expected, got: typeof got === 'string' ? '' : describe(got), hint: didYouMean(got, known) };
  return problem(place, 'E121', path, what, details);
}

function valueProblem(context: Context, issue: Issue, path: Path): Problem {
  const got = valueAt(context.located.value, path);
  const place = placeOf(context.located, path);
  const name = nameOf(path);
  const details = { expected: issue.message, got: describe(got) };
  if (got === undefined) return problem(place, 'E122', path, `missing key ${name}`, { expected: issue.message });
  switch (issue.code) {
    case 'invalid_type':
      if (isNotWhole(issue)) return problem(place, 'E111', path, `${name} is not whole`, details);
      return typeProblem(place, path, name, got, details);
    case 'invalid_value':
      return unknownWord(place, path, got, issue.values.map(String));
    case 'too_small':
    case 'too_big':
    case 'not_multiple_of':
      return problem(place, 'E115', path, `${name} is out of its range`, details);
    case 'invalid_format':
      return problem(place, 'E123', path, `${name} is not written as it must be`, details);
    case 'custom':
      return customProblem(place, path, issue, details);
    default:
      return problem(place, 'E110', path, `${name} has the wrong type`, details);
  }
}

function typeProblem(place: Place, path: Path, name: string, got: PlainValue, details: Details): Problem {
  const { expected = '', hint = '' } = details;
  // The phrase of a quantity names an example, which shows whether a bare number lacks a unit or quotes.
  if (typeof got === 'number' && / such as [^ ]*\d[^ ]* ?[A-Za-z%/]/.test(expected)) {
    return problem(place, 'E116', path, `${name} has no unit`, details);
  }
  return problem(place, 'E110', path, `${name} has the wrong type`, {
    ...details,
    hint: hint === '' ? quotesHint(got, expected) : hint,
  });
}

function quotesHint(got: PlainValue, expected: string): string {
  if (typeof got === 'string' && /^-?\d+(?:\.\d+)?$/.test(got) && /^a (?:whole )?number/.test(expected)) {
    return 'leave out the quotes';
  }
  const isBare = typeof got === 'number' || typeof got === 'boolean';
  return isBare && /^(?:text|a decimal number in quotes)/.test(expected) ? 'put it in quotes' : '';
}

const FAULTS: Readonly<Record<QuantityFault, readonly [ErrorCode, string]>> = {
  form: ['E114', 'is not written as its quantity'],
  range: ['E115', 'is out of its range'],
  'no-unit': ['E116', 'has no unit'],
  'unknown-unit': ['E117', 'has an unknown unit'],
  negative: ['E118', 'is negative'],
  fine: ['E119', 'is finer than the clock counts'],
};

/** A quantity's own problem, or a rule that values break together. */
function customProblem(place: Place, path: Path, issue: Issue, details: Details): Problem {
  const { quantity } = ((issue as { params?: unknown }).params ?? {}) as { quantity?: QuantityProblem };
  if (quantity === undefined) return problem(place, 'E139', path, `${nameOf(path)} does not fit together`, details);
  const [code, what] = FAULTS[quantity.fault ?? 'form'];
  const hint = quantity.hint ?? '';
  return problem(place, code, path, `${nameOf(path)} ${what}`, { ...details, expected: quantity.expected, hint });
}
