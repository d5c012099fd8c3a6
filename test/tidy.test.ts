/** The tree keeps the architecture and the house style that no compiler sees. */
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKnownRoom, mayImport, PACKAGES, roomOf, ROOMS_WITH_README } from './support/rooms.ts';
import { filesBelow, importsOf, isThere, textOf } from './support/sources.ts';

const README_LINES = 40;
const TEXT = /\.(ts|js|mjs|md|yaml|yml|json)$/;
/** Data of others, data of ours that a tool writes, and what only names other packages. */
const UNREAD = /^(test\/vectors\/|test\/golden\/digests\.json$|package-lock\.json$|scenarios\/schema\.json$)/;

/**
 * Tables of parts and the folder whose files each must name: a file that no table names is a part that no scenario reaches.
 * `besides` are files of the folder that are no parts.
 */
const TABLES: readonly { table: string; folder: string; besides?: readonly string[] }[] = [
  { table: 'reports/observers/properties/table.ts', folder: 'reports/observers/properties' },
];

/** Words that STYLE section 2 replaces, and marks that section 5 does not know. The split keeps them out of this file. */
const BANNED_WORDS: readonly (readonly [what: RegExp, instead: string])[] = [
  // Not in a path: other projects have such folders, and sources cite them.
  [/(?<![\w/])(?:sr[c]|ds[t])(?:[A-Z_]\w*)?\b(?!\/)/, 'source and destination'],
  [/\b(?:FIXM[E]|XX[X]|HAC[K])\b/, 'TODO(issue), MODEL or ORDER'],
  [/\bTOD[O]\b(?!\()/, 'TODO(issue)'],
  [/\b(?:describe|it|test)\.onl[y]\(/, 'the whole suite'],
  [/\beslint-disabl[e](?:-next-line|-line)?(?![\w-])(?!.* -- \S)/, 'a disable that says why after --'],
  [/@ts-(?:ignor[e]|nochec[k])\b/, '@ts-expect-error with a reason'],
  [/(?<![\w.~])\/(?:wor[k]|far[m]|roo[t]|hom[e])\/\w/, 'a path from the root of the repository'],
];

const sources = ['sim', 'models', 'reports'].flatMap(filesBelow).filter((path) => path.endsWith('.ts'));
const ownText = filesBelow('.').filter((path) => TEXT.test(path) && !UNREAD.test(path));
const imports = sources.flatMap((from) => importsOf(from, textOf(from)).map((target) => ({ from, ...target })));

function bannedWordsIn(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      BANNED_WORDS.filter(([word]) => word.test(line)).map(([, instead]) => `${path}:${index + 1}: say ${instead}`),
    );
}

function isPlacedWell(from: string, specifier: string): boolean {
  const row = PACKAGES.find(([name]) => name.test(specifier));
  return row !== undefined && row[1].some((place) => from.startsWith(place));
}

function faultOfReadme(path: string): string[] {
  if (!isThere(path)) return [`${path} is missing`];
  const lines = textOf(path).trimEnd().split('\n').length;
  if (lines < 3) return [`${path} says nothing`];
  return lines > README_LINES ? [`${path} has ${lines} lines, at most ${README_LINES}`] : [];
}

describe('tidy: imports', () => {
  it('keep every source file in a room of the architecture', () => {
    expect(sources.filter((path) => !isKnownRoom(roomOf(path) ?? ''))).toEqual([]);
  });

  it('point down only', () => {
    const wrong = imports.filter(({ from, path }) => path !== undefined && !mayImport(from, path));
    expect(wrong.map(({ from, path }) => `${from} -> ${path}`)).toEqual([]);
  });

  it('name files with their extension', () => {
    const wrong = imports.filter(({ path }) => path !== undefined && !/\.(ts|json)$/.test(path));
    expect(wrong.map(({ from, specifier }) => `${from} -> ${specifier}`)).toEqual([]);
  });

  it('let the validation know neither models nor samplers: it would check them against themselves', () => {
    const files = sources.filter((path) => path.startsWith('sim/experiment/validation/'));
    expect(files.length).toBeGreaterThan(5);
    const wrong = imports.filter(
      ({ from, path }) => files.includes(from) && /^(models|sim\/kernel)\//.test(path ?? ''),
    );
    expect(wrong.map(({ from, specifier }) => `${from} -> ${specifier}`)).toEqual([]);
  });

  it('keep each package, and node itself, where the table of packages says', () => {
    const wrong = imports.filter(({ from, path, specifier }) => path === undefined && !isPlacedWell(from, specifier));
    expect(wrong.map(({ from, specifier }) => `${from} -> ${specifier}`)).toEqual([]);
  });

  // The figures of the arrows are ARCHITECTURE section 2.
  it.each([
    ['sim/kernel/queue.ts', 'sim/base/assert.ts', true],
    ['sim/base/assert.ts', 'sim/kernel/queue.ts', false],
    ['models/lanes/lane.ts', 'models/verifiers/verifier.ts', true],
    ['models/verifiers/verifier.ts', 'models/lanes/lane.ts', false],
    ['models/chains/consensus/bft.ts', 'models/chains/chain.ts', true],
    ['models/network/network.ts', 'models/records.ts', true],
    ['models/records.ts', 'models/network/network.ts', false],
    ['models/lanes/lane.ts', 'sim/scenario/parse.ts', false],
    ['reports/observers/facts.ts', 'models/records.ts', true],
    ['reports/observers/facts.ts', 'models/chains/chain.ts', false],
    ['reports/observers/facts.ts', 'sim/run/run.ts', false],
    ['sim/scenario/parse.ts', 'reports/csv/columns.ts', false],
    ['sim/run/run.ts', 'reports/csv/columns.ts', true],
    ['sim/run/run.ts', 'sim/cli/main.ts', false],
    ['sim/cli/main.ts', 'sim/entry/library.ts', false],
    ['sim/entry/library.ts', 'sim/experiment/sweep.ts', true],
    ['sim/entry/library.ts', 'sim/cli/main.ts', false],
    ['sim/entry/parts.ts', 'models/lanes/lane.ts', true],
    ['sim/entry/parts.ts', 'sim/scenario/parse.ts', false],
    ['sim/kernel/queue.ts', 'test/support/vectors.ts', false],
  ])('judge %s -> %s as %s', (from, to, verdict) => {
    expect(mayImport(from, to)).toBe(verdict);
  });
});

describe('tidy: files', () => {
  it('have no index.ts and kebab-case names', () => {
    const named = [...sources, ...filesBelow('test'), ...filesBelow('bench')].filter((path) => path.endsWith('.ts'));
    const wrong = named.filter((path) => !/^[a-z0-9-]+(\.test|\.d|\.bench)?\.ts$/.test(posix.basename(path)));
    expect(wrong).toEqual([]);
    expect(named.filter((path) => posix.basename(path) === 'index.ts')).toEqual([]);
  });

  it('use the words of the house', () => {
    expect(ownText.flatMap((path) => bannedWordsIn(path, textOf(path)))).toEqual([]);
  });

  it.each([
    ['const sr' + 'cChain = 1;', 1],
    ['// TOD' + 'O later', 1],
    ['// TOD' + 'O(12): a limit for each asset', 0],
    ['// eslint-disabl' + 'e-next-line no-bitwise', 1],
    ['/* eslint-disable max-lines -- every record is declared in one place */', 0],
    ['see /hom' + 'e/someone/notes', 1],
    ['source: examples/estimator/sr' + 'c/p50.json', 0],
    ['const source = destination;', 0],
  ])('find in %j %i banned words', (line, count) => {
    expect(bannedWordsIn('planted.ts', line)).toHaveLength(count);
  });
});

describe('tidy: rooms', () => {
  it('each open with a README of at most 40 lines', () => {
    const rooms = ROOMS_WITH_README.filter((room) => filesBelow(room).length > 0);
    expect(rooms.flatMap((room) => faultOfReadme(`${room}/README.md`))).toEqual([]);
  });

  it.each(TABLES.filter(({ table }) => isThere(table)))(
    '$table names every part of $folder',
    ({ table, folder, besides = [] }) => {
      const named = new Set(importsOf(table, textOf(table)).map(({ path }) => path));
      const parts = filesBelow(folder).filter((path) => path.endsWith('.ts') && posix.dirname(path) === folder);
      expect(parts.length).toBeGreaterThan(0);
      expect(parts.filter((path) => path !== table && !besides.includes(path) && !named.has(path))).toEqual([]);
    },
  );

  it('put every part that is defined into a table', () => {
    const tables = sources.filter((path) => textOf(path).includes('satisfies Record<string,'));
    const named = new Set(tables.flatMap((table) => importsOf(table, textOf(table)).map(({ path }) => path)));
    const parts = sources.filter((path) => /^export const \w+ = definePart\(/m.test(textOf(path)));
    expect(parts.filter((path) => !named.has(path) && !tables.includes(path))).toEqual([]);
  });
});
