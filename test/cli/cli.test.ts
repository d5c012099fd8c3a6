import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const example = join(root, 'docs/examples/ten-lines.yaml');
let folder = '';
let first: Result;

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function l0sim(args: readonly string[], input?: string, env: NodeJS.ProcessEnv = {}): Result {
  const program = ['--import', 'tsx', join(root, 'sim/cli/main.ts'), ...args];
  const result = spawnSync(process.execPath, program, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1', NODE_PATH: join(root, 'node_modules'), ...env },
    ...(input === undefined ? {} : { input }),
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-cli-'));
  cpSync(join(root, 'node_modules/tsx'), join(folder, 'node_modules/tsx'), { recursive: true });
  for (const name of ['esbuild', '@esbuild', 'get-tsconfig', 'resolve-pkg-maps']) {
    const from = join(root, 'node_modules', name);
    if (existsSync(from)) cpSync(from, join(folder, 'node_modules', name), { recursive: true });
  }
  first = l0sim(['run', example, '--out', 'first', '--trace', 'jsonl']);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('cli: run', () => {
  it('prints what the README shows, to the letter', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const shown = /```console\n\$ [^\n]*\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const plain = (text: string): string =>
      text
        .replace(/^results: .*$/m, '')
        .replace(/ --out \S+ --force/, '')
        .replaceAll(example, 'docs/examples/ten-lines.yaml');
    expect(first.code).toBe(0);
    expect(plain(first.out)).toBe(plain(shown));
    expect(readme).toContain(readFileSync(example, 'utf8').trimEnd());
  });

  it('leaves exactly the files of the results folder, and nothing beside it', () => {
    expect(readdirSync(join(folder, 'first')).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'assumptions.csv',
      'checkpoints.csv',
      'datapackage.json',
      'manifest.json',
      'messages.csv',
      'participants.csv',
      'properties.csv',
      'scenario.resolved.yaml',
      'summary.csv',
      'timeseries.csv',
      'trace.jsonl',
      'transitions.csv',
      'violations.csv',
    ]);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('refuses to overwrite -> 2, and nothing changes', () => {
    const before = readFileSync(join(folder, 'first/manifest.json'), 'utf8');
    const again = l0sim(['run', example, '--out', 'first']);
    expect(again.code).toBe(2);
    expect(again.err).toContain('first exists; --force replaces it');
    expect(readFileSync(join(folder, 'first/manifest.json'), 'utf8')).toBe(before);
  });

  it('reads standard input, prints one JSON object and nothing else', () => {
    const result = l0sim(['run', '-', '--json', '--out', 'stdin'], readFileSync(example, 'utf8'), { TZ: 'Asia/Tokyo' });
    expect(result.err).toBe('');
    const object = JSON.parse(result.out) as { digest: string; code: number };
    const manifest = JSON.parse(readFileSync(join(folder, 'first/manifest.json'), 'utf8')) as { digest: string };
    expect(object.digest).toBe(manifest.digest);
    expect(object.code).toBe(0);
    // The same bytes in another process, under another time zone.
    for (const file of ['messages.csv', 'transitions.csv', 'summary.csv', 'properties.csv', 'timeseries.csv']) {
      expect(readFileSync(join(folder, 'stdin', file), 'utf8')).toBe(readFileSync(join(folder, 'first', file), 'utf8'));
    }
  });

  it.each([
    [['run', example, '--sede', '4'], 2, /did you mean --seed/],
    [['run', example, '--out', '../../x'], 2, /leads out of the working directory/],
    [['run', example, '--seed', '1.5', '--out', 'x'], 2, /E114|seed/],
    [['run', 'no-such.yaml'], 2, /cannot read no-such.yaml \(ENOENT\)/],
    [['run', example, '--set', 'lanes.a-c.timeout=1s', '--out', 'x'], 2, /did you mean a-b/],
    [['run', example, '--expect-digest', 'ffff', '--out', 'mismatch', '--quiet'], 5, /DIGEST MISMATCH/],
    [['list', 'recods'], 2, /did you mean records/],
    [[], 2, /name a command/],
  ])('%j -> %i', (args, code, words) => {
    const result = l0sim(args);
    expect(result.err).toMatch(words);
    expect(result.code).toBe(code);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});

describe('cli: explain and verify', () => {
  it('tells the life of a message', () => {
    const result = l0sim(['explain', 'first', 't/12']);
    expect(result.code).toBe(0);
    expect(result.out).toContain('t/12 on lane a-b, scenario ten-lines, seed 1');
    expect(result.out).toContain('was committed in a source block on a at height');
    expect(result.out).toMatch(/outcome: unwound \(timeout\)/);
  });

  it('finds a run as it was written -> 0', () => {
    const result = l0sim(['verify', 'first']);
    expect(result.out).toContain('VERIFIED first');
    expect(result.code).toBe(0);
  }, 30_000);

  it('finds a doctored figure, a doctored checkpoint and a doctored record -> 5', () => {
    cpSync(join(folder, 'first'), join(folder, 'doctored'), { recursive: true });
    const edit = (file: string, change: (text: string) => string): void => {
      const path = join(folder, 'doctored', file);
      writeFileSync(path, change(readFileSync(path, 'utf8')));
    };
    edit('messages.csv', (text) => text.replace('acknowledged', 'unwound'));
    edit('checkpoints.csv', (text) => text.replace(/[0-9a-f]{60}/, '0'.repeat(60)));
    edit('trace.jsonl', (text) => text.replace('"kind":"head-moved","chain":0', '"kind":"head-moved","chain":1'));
    const result = l0sim(['verify', 'doctored']);
    expect(result.code).toBe(5);
    expect(result.err).toContain('FILE messages.csv is not what the run wrote');
    expect(result.err).toContain('CHECKPOINT 1 differs');
    expect(result.err).toMatch(/RECORD \d+ differs/);
    expect(result.err).toMatch(/FIGURE .*messages\.csv/);
    expect(result.err).toContain('RESULTS VOID');
  }, 30_000);
});
