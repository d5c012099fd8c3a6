/**
 * YAML text to a located value. Limits come first, then the syntax tree with its positions, and only then values, which
 * are built here from the source text: a parser that rounds a number or expands an alias in silence is not asked to.
 */
import { isAlias, isMap as isMapNode, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, ParsedNode } from 'yaml';
import { type ErrorCode, type Place, type Problem, ScenarioErrors } from './errors.ts';
import { type Located, type Path, pathKey, pathText, type PlainMap, type PlainValue } from './located.ts';

export const LIMITS = { bytes: 262_144, depth: 32, nodes: 50_000 } as const;

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly values: Map<string, Place>;
  readonly keys: Map<string, Place>;
  readonly problems: Problem[];
  nodes: number;
}

/** Throws ScenarioErrors with every syntax problem of the text. */
export function readYaml(input: string | Uint8Array, file: string): Located {
  const text = decode(input, file);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    keepSourceTokens: false,
  });
  const reading: Reading = { file, lines, values: new Map(), keys: new Map(), problems: [], nodes: 0 };
  if (!Array.isArray(documents) || documents.length === 0)
    throw oneProblem(file, 'E107', 'the file is empty', 'a scenario');
  const [document, second] = documents as unknown as Document.Parsed[];
  for (const error of document?.errors ?? []) addSyntaxError(reading, error);
  if (second !== undefined && second.contents !== null) {
    add(reading, 'E103', second.range[0], [], 'a second document', 'one document', '');
  }
  if (reading.problems.length > 0) throw new ScenarioErrors(reading.problems);
  const root = (document?.contents ?? null) as ParsedNode | null;
  if (root === null) throw oneProblem(file, 'E107', 'the file is empty', 'a scenario');
  if (!isMapNode(root)) {
    add(reading, 'E108', offsetOf(root), [], 'a scenario is a map of keys', 'a map', describeNode(root));
    throw new ScenarioErrors(reading.problems);
  }
  const value = build(reading, root, [], 0);
  if (reading.problems.length > 0) throw new ScenarioErrors(reading.problems);
  return { value, values: reading.values, keys: reading.keys, file };
}

function decode(input: string | Uint8Array, file: string): string {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input).length : input.length;
  if (bytes > LIMITS.bytes) {
    throw oneProblem(file, 'E106', 'the file is too large', `at most ${LIMITS.bytes} bytes`, `${bytes} bytes`);
  }
  if (typeof input === 'string') return input;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(input);
  } catch {
    const before = new TextDecoder().decode(input).split('\uFFFD')[0] ?? '';
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const got = 'a byte that is none';
    throw new ScenarioErrors([problemAt({ file, line, column }, 'E109', [], 'the bytes are no UTF-8', 'UTF-8', got)]);
  }
}

function oneProblem(file: string, code: ErrorCode, what: string, expected: string, got = ''): ScenarioErrors {
  return new ScenarioErrors([problemAt({ file, line: 1, column: 1 }, code, [], what, expected, got)]);
}

function problemAt(
  place: Place,
  code: ErrorCode,
  path: Path,
  what: string,
  expected: string,
  got: string,
  hint = '',
): Problem {
  return { ...place, code, path: pathText(path), what, expected, got, hint };
}

function placeAt(reading: Reading, offset: number): Place {
  const { line, col } = reading.lines.linePos(offset);
  return { file: reading.file, line: Math.max(1, line), column: Math.max(1, col) };
}

function add(
  reading: Reading,
  code: ErrorCode,
  offset: number,
  path: Path,
  what: string,
  expected: string,
  got: string,
  hint = '',
): void {
  reading.problems.push(problemAt(placeAt(reading, offset), code, path, what, expected, got, hint));
}

function addSyntaxError(reading: Reading, error: { code: string; message: string; pos: [number, number] }): void {
  const [what] = error.message.split('\n');
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return add(reading, 'E102', error.pos[0], [], 'a key stands twice in one map', 'each key once', '');
    case 'TAB_AS_INDENT':
      return add(reading, 'E101', error.pos[0], [], 'a tab indents', 'spaces', 'a tab');
    case 'MULTIPLE_DOCS':
      return add(reading, 'E103', error.pos[0], [], 'a second document', 'one document', '');
    default:
      add(reading, 'E101', error.pos[0], [], (what ?? '').replace(/ at line \d+, column \d+:?$/, ''), '', '');
  }
}

function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

function describeNode(node: Node): string {
  if (isScalar(node)) return JSON.stringify(node.source ?? node.value);
  return isSeq(node) ? 'a list' : 'a map';
}

function build(reading: Reading, node: Node | null, path: Path, depth: number): PlainValue {
  reading.nodes++;
  reading.values.set(pathKey(path), placeAt(reading, offsetOf(node)));
  if (depth > LIMITS.depth || reading.nodes > LIMITS.nodes) {
    const expected = `at most ${LIMITS.depth} levels and ${LIMITS.nodes} values`;
    const known = reading.problems.some((problem) => problem.code === 'E105');
    if (!known) add(reading, 'E105', offsetOf(node), path, 'the text is nested too deeply or too long', expected, '');
    return null;
  }
  if (node === null) return null;
  if (isAlias(node) || (node as { anchor?: string }).anchor !== undefined || hasTag(node)) {
    add(
      reading,
      'E104',
      offsetOf(node),
      path,
      'anchors, aliases and tags are not part of the grammar',
      'plain values',
      '',
    );
    return null;
  }
  if (isScalar(node)) return buildScalar(reading, node, path);
  if (isSeq(node)) return node.items.map((item, i) => build(reading, item as Node, [...path, i], depth + 1));
  if (isMapNode(node)) return buildMap(reading, node.items, path, depth);
  return null;
}

function hasTag(node: Node): boolean {
  const { tag } = node as { tag?: string };
  return tag !== undefined && !tag.startsWith('tag:yaml.org,2002:');
}

function buildMap(reading: Reading, items: readonly unknown[], path: Path, depth: number): PlainMap {
  const map: PlainMap = {};
  for (const item of items) {
    if (!isPair(item)) continue;
    const key = item.key as Node;
    if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
      add(reading, 'E110', offsetOf(key), path, 'a key is text', 'text', describeNode(key));
      continue;
    }
    const name = String(key.source ?? key.value);
    const inner = [...path, name];
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      add(reading, 'E124', offsetOf(key), inner, `a key that no map may have: ${name}`, '', '');
      continue;
    }
    reading.keys.set(pathKey(inner), placeAt(reading, offsetOf(key)));
    map[name] = build(reading, item.value as Node | null, inner, depth + 1);
    if (item.value === null) reading.values.set(pathKey(inner), placeAt(reading, offsetOf(key)));
  }
  return map;
}

function buildScalar(
  reading: Reading,
  node: { value: unknown; source?: string; type?: string; range?: unknown },
  path: Path,
): PlainValue {
  const { value } = node;
  const source = node.source ?? '';
  if (typeof value === 'bigint' || typeof value === 'number') {
    const offset = (node.range as [number] | undefined)?.[0] ?? 0;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      add(reading, 'E112', offset, path, 'a number is not finite', 'a finite number', source);
      return null;
    }
    if (/^[-+]?0\d/.test(source)) {
      add(
        reading,
        'E110',
        offset,
        path,
        'a number starts with a zero',
        'a decimal number',
        source,
        'quote it if it is text',
      );
      return null;
    }
    if (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(Number(source))) {
      const hint = 'an amount keeps all its digits: write it with its asset, in quotes or plain';
      add(
        reading,
        'E113',
        offset,
        path,
        'a number has more digits than can be kept',
        'at most 9007199254740991',
        source,
        hint,
      );
      return null;
    }
    return Number(value);
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return source;
}
