/**
 * YAML text to a located value. Limits come first, then the syntax tree with its positions, and only then values, which
 * are built here from the source text: a parser that rounds a number or expands an alias in silence is not asked to.
 */
import { isMap as isMapNode, isPair, isScalar, isSeq, LineCounter, type Node, Scalar } from 'yaml';
import { controlAt, decodeText } from './decode.ts';
import { type Place, type Problem, ScenarioErrors } from './errors.ts';
import { type Located, type Path, pathKey, pathText, type PlainMap, type PlainValue } from './located.ts';
import { readPlain } from './scalars.ts';
import { parseSyntax, type SyntaxProblem } from './syntax.ts';

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly values: Map<string, Place>;
  readonly keys: Map<string, Place>;
  readonly problems: Problem[];
  readonly rounds: boolean;
}

/** How other files than scenarios are read. */
export interface ReadOptions {
  /** What a file is; a map unless given. */
  readonly root?: 'map' | 'list';
  /** Whether a number of more digits than can be kept is rounded to the nearest, as JSON has it, and not refused. */
  readonly rounds?: boolean;
}

type Details = Partial<Pick<Problem, 'expected' | 'got' | 'hint'>>;

/** Names of every object of the language: as a key, one of them would be found where nothing was written. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads one file. Lines and columns count from 1, columns in UTF-16 code units.
 * Throws ScenarioErrors with every problem of the text's syntax; what its keys mean is for `validate`.
 */
export function readYaml(input: string | Uint8Array, file: string, options: ReadOptions = {}): Located {
  const text = decodeText(input, file);
  const reading: Reading = {
    file,
    lines: new LineCounter(),
    values: new Map(),
    keys: new Map(),
    problems: [],
    rounds: options.rounds === true,
  };
  const { document, problems } = parseSyntax(text, reading.lines);
  for (const problem of problems) addSyntax(reading, problem);
  throwIfAny(reading);
  const root = (document?.contents ?? null) as Node | null;
  if (root === null || (isScalar(root) && plainSource(root) === '')) {
    const expected = options.root === 'list' ? 'a list' : 'a map of keys';
    add(reading, 'E107', 0, [], 'the file is empty', { expected });
  } else if (options.root === 'list') {
    const got = describeNode(root);
    if (!isSeq(root)) add(reading, 'E108', offsetOf(root), [], 'the file is a list', { expected: 'a list', got });
  } else if (!isMapNode(root)) {
    add(reading, 'E108', offsetOf(root), [], 'a file is a map of keys', { expected: 'a map', got: describeNode(root) });
  }
  throwIfAny(reading);
  const value = build(reading, root, []);
  throwIfAny(reading);
  return { value, values: reading.values, keys: reading.keys, file };
}

function throwIfAny(reading: Reading): void {
  if (reading.problems.length > 0) throw new ScenarioErrors(reading.problems);
}

function placeAt(reading: Reading, offset: number): Place {
  const { line, col } = reading.lines.linePos(offset);
  return { file: reading.file, line: Math.max(1, line), column: Math.max(1, col) };
}

function addSyntax(reading: Reading, { offset, ...rest }: SyntaxProblem): void {
  reading.problems.push({ ...placeAt(reading, offset), path: '', ...rest });
}

function add(
  reading: Reading,
  code: Problem['code'],
  offset: number,
  path: Path,
  what: string,
  details: Details = {},
): void {
  const place = placeAt(reading, offset);
  reading.problems.push({ ...place, code, path: pathText(path), what, expected: '', got: '', hint: '', ...details });
}

function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

function describeNode(node: Node): string {
  if (isScalar(node)) return describeText(String(node.value));
  return isSeq(node) ? 'a list' : 'a map';
}

function describeText(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

/** Source of an unquoted word; undefined for quoted and block text. */
function plainSource(node: Scalar): string | undefined {
  const isPlain = node.type === undefined || node.type === Scalar.PLAIN;
  return isPlain ? (node.source ?? '') : undefined;
}

/** The tree is within the limit of depth, so this may recurse. */
function build(reading: Reading, node: Node | null, path: Path): PlainValue {
  reading.values.set(pathKey(path), placeAt(reading, offsetOf(node)));
  if (isScalar(node)) return buildScalar(reading, node, path);
  if (isSeq(node)) return node.items.map((item, index) => build(reading, item as Node, [...path, index]));
  if (isMapNode(node)) return buildMap(reading, node.items, path);
  return null;
}

function buildMap(reading: Reading, items: readonly unknown[], path: Path): PlainMap {
  const map: PlainMap = {};
  for (const item of items) {
    if (!isPair(item)) continue;
    const key = item.key as Node | null;
    if (!isScalar(key) || plainSource(key) === '') {
      const got = key === null || isScalar(key) ? 'nothing' : describeNode(key);
      add(reading, 'E110', offsetOf(key), path, 'a key is text', { expected: 'text', got });
      continue;
    }
    const name = String(key.value);
    const inner = [...path, name];
    const place = placeAt(reading, offsetOf(key));
    const first = reading.keys.get(pathKey(inner));
    if (FORBIDDEN_KEYS.has(name)) {
      add(reading, 'E124', offsetOf(key), inner, `a key that no map may have: ${name}`);
    } else if (controlAt(name) !== undefined || name.includes('\n')) {
      add(reading, 'E101', offsetOf(key), path, 'a control character in a key', { got: describeText(name) });
    } else if (first !== undefined) {
      const details = { expected: 'each key once', hint: `it stands at ${first.line}:${first.column} already` };
      add(reading, 'E102', offsetOf(key), inner, `key ${name} stands twice in one map`, details);
    } else {
      reading.keys.set(pathKey(inner), place);
      const value = item.value as Node | null;
      map[name] = build(reading, value, inner);
      // A value that is not there stands where its key does.
      if (value === null || (isScalar(value) && plainSource(value) === '')) reading.values.set(pathKey(inner), place);
    }
  }
  return map;
}

function buildScalar(reading: Reading, node: Scalar, path: Path): PlainValue {
  const source = plainSource(node);
  if (source === undefined) {
    const text = String(node.value);
    // Escapes of quoted text can name any character; what is printed to terminals and tables may not.
    if (controlAt(text) !== undefined) {
      add(reading, 'E101', offsetOf(node), path, 'a control character in text', { got: describeText(text) });
    }
    return text;
  }
  const read = readPlain(source);
  if (read.ok) return read.value;
  if (read.code === 'E113' && reading.rounds) return Number(source);
  const { code, what, expected, hint } = read;
  add(reading, code, offsetOf(node), path, what, { expected, got: source.slice(0, 60), hint });
  return null;
}
