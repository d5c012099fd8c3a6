/**
 * `where:` of a sweep: conditions between factors, such as `poll * 2 + 1s <= timeout`. A point that breaks one is left
 * out. Sums of factors and quantities, with numbers to multiply and divide by; nothing else is understood.
 */
import { areAlike, type Quantity, readQuantity } from '../cells/quantity.ts';

export type Values = ReadonlyMap<string, string>;

/** Whether a point keeps to a condition. Throws ConditionError where the condition makes no sense. */
export type Condition = (values: Values) => boolean;

/** A condition that cannot be read, or compares times with numbers. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

type Token = string;
const TOKENS =
  /\s*(<=|>=|!=|[<>=+\-*/()]|[A-Za-z][\w-]*|\d[\d.]*(?:[eE][-+]?\d+)?(?:us|ms|s|min|h|d|%)?(?![\w.])|\S)/gy;
const SIGNS = ['<=', '>=', '!=', '<', '>', '='];

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  readonly text: string;
}
type Term = (values: Values) => Quantity;

/** Reads a condition over factors of these ids. Throws ConditionError, which says where. */
export function parseCondition(text: string, factors: readonly string[]): Condition {
  const tokens = [...text.matchAll(TOKENS)].map((match) => match[1] as string);
  const cursor: Cursor = { tokens, at: 0, text };
  const left = sum(cursor, factors);
  const sign = tokens[cursor.at++];
  if (sign === undefined || !SIGNS.includes(sign)) throw unexpected(cursor, sign, `one of ${SIGNS.join(' ')}`);
  const right = sum(cursor, factors);
  if (cursor.at < tokens.length) throw unexpected(cursor, tokens[cursor.at], 'the end');
  return (values) => compare(left(values), right(values), sign, text);
}

function unexpected(cursor: Cursor, got: Token | undefined, expected: string): ConditionError {
  return new ConditionError(`${JSON.stringify(cursor.text)}: expected ${expected}, got ${got ?? 'the end'}`);
}

function sum(cursor: Cursor, factors: readonly string[]): Term {
  let term = product(cursor, factors);
  for (let sign = cursor.tokens[cursor.at]; sign === '+' || sign === '-'; sign = cursor.tokens[cursor.at]) {
    cursor.at++;
    const [left, right, factor] = [term, product(cursor, factors), sign === '+' ? 1 : -1];
    term = (values) => {
      const [a, b] = [left(values), right(values)];
      mustBeAlike(a, b, cursor.text);
      return { ...a, value: a.value + factor * b.value };
    };
  }
  return term;
}

function product(cursor: Cursor, factors: readonly string[]): Term {
  let term = single(cursor, factors);
  for (let sign = cursor.tokens[cursor.at]; sign === '*' || sign === '/'; sign = cursor.tokens[cursor.at]) {
    cursor.at++;
    const [left, right, divides] = [term, single(cursor, factors), sign === '/'];
    term = (values) => scaled(left(values), right(values), divides, cursor.text);
  }
  return term;
}

function scaled(a: Quantity, b: Quantity, divides: boolean, text: string): Quantity {
  if (divides) {
    if (b.kind === 'number') return { ...a, value: a.value / b.value };
    mustBeAlike(a, b, text);
    return { kind: 'number', value: a.value / b.value, unit: '' };
  }
  if (a.kind !== 'number' && b.kind !== 'number')
    throw new ConditionError(`${JSON.stringify(text)}: multiply by a number`);
  return a.kind === 'number' ? { ...b, value: a.value * b.value } : { ...a, value: a.value * b.value };
}

function single(cursor: Cursor, factors: readonly string[]): Term {
  const token = cursor.tokens[cursor.at++];
  if (token === '(') {
    const inner = sum(cursor, factors);
    const end = cursor.tokens[cursor.at++];
    if (end !== ')') throw unexpected(cursor, end, ')');
    return inner;
  }
  if (token !== undefined && factors.includes(token))
    return (values) => numberOf(values.get(token) ?? '', token, cursor);
  const quantity = token === undefined ? undefined : readQuantity(token);
  if (quantity === undefined) throw unexpected(cursor, token, `a quantity or one of ${factors.join(', ')}`);
  return () => quantity;
}

function numberOf(text: string, factor: string, cursor: Cursor): Quantity {
  const quantity = readQuantity(text);
  if (quantity !== undefined) return quantity;
  throw new ConditionError(`${JSON.stringify(cursor.text)}: ${factor} takes the word ${text}, which is no quantity`);
}

function mustBeAlike(a: Quantity, b: Quantity, text: string): void {
  if (areAlike(a, b) || (a.kind !== 'unit' && a.kind !== 'time' && b.kind !== 'unit' && b.kind !== 'time')) return;
  throw new ConditionError(`${JSON.stringify(text)}: a ${a.kind} does not go with a ${b.kind}`);
}

function compare(a: Quantity, b: Quantity, sign: string, text: string): boolean {
  mustBeAlike(a, b, text);
  switch (sign) {
    case '<':
      return a.value < b.value;
    case '<=':
      return a.value <= b.value;
    case '>':
      return a.value > b.value;
    case '>=':
      return a.value >= b.value;
    case '=':
      return a.value === b.value;
    default:
      return a.value !== b.value;
  }
}
