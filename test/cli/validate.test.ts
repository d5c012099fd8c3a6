import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from './spawn.ts';

let folder = '';
let cli: BuiltCli;

const TARGETS = [
  {
    id: 'rounds',
    model: 'tendermint_interval',
    params: { n: 4, dead: [2], delta: 0.1 },
    value: { mean_interval: 2.35 },
  },
  { id: 'votes', model: 'exp_order', params: { n: 3, k: 2, mean: 1 }, value: { mean: 5 / 6 }, tol: 0.05 },
  { id: 'wrong', model: 'exp_order', params: { n: 3, k: 2, mean: 1 }, value: 1, tol: 0.05 },
  { id: 'unknown', model: 'time_machine', params: {}, value: 1 },
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-validate-'));
  cli = buildCli();
  writeFileSync(join(folder, 'targets.json'), JSON.stringify(TARGETS));
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('l0sim validate', () => {
  it('writes the interval of each target that is built, and leaves 1 where one does not hold', () => {
    const { code, out } = cli.run(folder, [
      'validate',
      '--targets',
      'targets.json',
      '--out',
      'results.json',
      '--jobs',
      '1',
    ]);
    expect(code).toBe(1);
    const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(results)).toEqual(['rounds', 'votes', 'wrong']);
    // Exact: a plain value. Of several fields: each of them. Of a single number: the interval itself.
    expect(results['rounds']).toEqual({ mean_interval: 2.35 });
    const { mean } = results['votes'] as { readonly mean: { lo: number; mean: number; hi: number } };
    expect(mean.lo < 5 / 6 && 5 / 6 < mean.hi && mean.hi - mean.lo < 0.1 * mean.mean).toBe(true);
    expect(Object.keys(results['wrong'] as object)).toEqual(['mean', 'lo', 'hi']);
    expect(out).toMatch(/wrong .*FAIL: the target is outside/);
    expect(out).toMatch(/unknown +skipped: model time_machine is not yet built/);
    expect(out).toMatch(/3 targets tried: 2 pass, 1 fail; 1 skipped/);
  });

  it('gives the same bytes for any number of workers', () => {
    const { code } = cli.run(folder, [
      'validate',
      '--targets',
      'targets.json',
      '--out',
      'two.json',
      '--jobs',
      '2',
      '--quiet',
    ]);
    expect(code).toBe(1);
    expect(readFileSync(join(folder, 'two.json'), 'utf8')).toBe(readFileSync(join(folder, 'results.json'), 'utf8'));
  });

  it('shows the scenario of a target, which run accepts', () => {
    const shown = cli.run(folder, ['validate', '--show', 'mm1-0.5']);
    expect(shown.code).toBe(0);
    writeFileSync(join(folder, 'mm1.yaml'), shown.out);
    const ran = cli.run(folder, ['run', 'mm1.yaml', '--json', '--out', 'mm1']);
    expect(ran.code).toBe(0);
    const chosen = cli.run(folder, ['validate', '--show', 'erlangB-10-8/lognormal']);
    expect(chosen.out).toMatch(/kind: lognormal/);
  });

  it.each([
    [['--show', 'mm1-0.6'], /did you mean mm1-0\.[58]/],
    [['--show', 'mm1-0.5/slow'], /no such case/],
    [['--show', 'selfish-a0.4-g0'], /not yet built/],
    [['--only', 'mm2'], /did you mean mm1/],
    [['--level', '120%', '--only', 'md1'], /level/],
    [['--targets', 'missing.json'], /missing\.json/],
  ])('refuses %j', (args, message) => {
    const { code, err } = cli.run(folder, ['validate', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('takes some of the targets, and prints JSON', () => {
    const { code, out } = cli.run(folder, ['validate', '--targets', 'targets.json', '--only', 'rounds', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      results: { rounds: { mean_interval: 2.35 } },
      tried: 1,
      passed: 1,
      failed: 0,
    });
  });
});
