/** docs/examples/ci as a project of its own: built package, own folder, own test runner. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
let home = '';
let project = '';
let main = '';

/** The package as it is published, with the modules of the repository around it: no registry is asked. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'l0sim-ci-'));
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  const built = join(home, 'l0sim');
  mkdirSync(built);
  const tsc = join(dirname(require.resolve('typescript')), 'tsc.js');
  const flags = [
    '-p',
    join(root, 'tsconfig.build.json'),
    '--noCheck',
    '--declaration',
    'false',
    '--outDir',
    join(built, 'dist'),
  ];
  execFileSync(process.execPath, [tsc, ...flags]);
  cpSync(join(root, 'package.json'), join(built, 'package.json'));
  symlinkSync(join(root, 'scenarios'), join(built, 'scenarios'));
  main = join(built, 'dist/sim/cli/main.js');
  project = join(home, 'project');
  cpSync(join(root, 'docs/examples/ci'), project, { recursive: true });
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  symlinkSync(built, join(modules, 'l0sim'));
  for (const name of ['vitest', 'fast-check']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(args: readonly string[]): { code: number | null; text: string } {
  const {
    VITEST: _vitest,
    VITEST_WORKER_ID: _id,
    VITEST_POOL_ID: _pool,
    NODE_ENV: _env,
    NODE_TEST_CONTEXT: _context,
    ...env
  } = process.env;
  const result = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', env: { ...env, NO_COLOR: '1' } });
  return { code: result.status, text: `${result.stdout}${result.stderr}` };
}

const vitest = (): string => join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

describe('docs/examples/ci', () => {
  it('passes as it is, with vitest', () => {
    const { code, text } = run([vitest(), 'run']);
    expect(text).toContain('3 passed');
    expect(code).toBe(0);
    expect(existsSync(join(project, 'l0sim-failures'))).toBe(false);
  }, 120_000);

  it('passes as it is, with node alone', () => {
    const { code, text } = run(['--test', 'test/worlds.plain.js']);
    expect(text).toMatch(/pass 1/);
    expect(code).toBe(0);
  }, 120_000);

  it('fails where the bridge is broken, and leaves a scenario that the command line replays', () => {
    const test = join(project, 'test/bridge.test.ts');
    const before = readFileSync(test, 'utf8');
    // Nobody carries anything: what is sent is stuck.
    const scenario = join(project, 'scenario.yaml');
    const bridge = readFileSync(scenario, 'utf8');
    const dead = 'faults: { gone: { kind: rel.stop, target: { relayers: [first, second] }, when: { at: 0s } } }\n';
    const short = bridge.replace('drain: 2h', 'drain: 20min');
    writeFileSync(scenario, `${short.replace(/ {2}- \{ honest-relayers: .*\n/g, '')}${dead}`);
    try {
      const { code, text } = run([vitest(), 'run', '-t', 'is safe and live']);
      expect(code).toBe(1);
      expect(text).toContain('expected liveness, and L2 resolution was violated');
      const [file = ''] = readdirSync(join(project, 'l0sim-failures'));
      const replay = new RegExp(`l0sim run (l0sim-failures/${file}) --expect-digest ([0-9a-f]{16})`).exec(text);
      expect(replay).not.toBeNull();
      const again = run([main, 'run', replay?.[1] ?? '', '--expect-digest', replay?.[2] ?? '']);
      expect(again.text).toContain('UNEXPLAINED L2 resolution');
      expect(again.code).toBe(1);
      const kept = readFileSync(join(project, 'l0sim-failures', file), 'utf8');
      expect(kept.match(/at_us/g)).toHaveLength(1);
      expect(kept.match(/kind: (rel|net|node|bft|mev|com|data)\./g)).toEqual(['kind: rel.']);
    } finally {
      writeFileSync(scenario, bridge);
      writeFileSync(test, before);
      rmSync(join(project, 'l0sim-failures'), { recursive: true, force: true });
    }
  }, 120_000);
});
