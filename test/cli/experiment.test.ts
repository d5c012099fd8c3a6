import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli, example, type Result } from './spawn.ts';

const SWEEP = `l0sim-sweep: 1
name: small
base: base.yaml
replications: 4
metrics: [latency-p95, delivered-share, violations]
vary:
  block: { path: chains.b.block, values: [1s, 2s, 3s] }
  timeout: { path: lanes.a-b.timeout, values: [20s, 1min] }
`;

let folder = '';
let cli: BuiltCli;
let whole: Readonly<Record<string, string>>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-experiment-'));
  cli = buildCli();
  // Chance in the arrivals: replications differ, so that mixed-up cells would show.
  const text = readFileSync(example, 'utf8').replace(
    '{ kind: periodic, every: 10s }',
    '{ kind: poisson, rate: 0.1/s }',
  );
  writeFileSync(join(folder, 'base.yaml'), text);
  writeFileSync(join(folder, 'other.yaml'), text.replace('block: 2s', 'block: 5s').replace('ten-lines', 'slower'));
  writeFileSync(join(folder, 'small.sweep.yaml'), SWEEP);
  expect(run('sweep', 'small.sweep.yaml', '--out', 'whole', '--jobs', '1').code).toBe(0);
  whole = tables('whole');
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]): Result {
  return cli.run(folder, args);
}

/** Every file of a finished folder but the manifest, which has the time in it. */
function tables(name: string): Record<string, string> {
  const files = readdirSync(join(folder, name)).filter((file) => !/^manifest|^shard/.test(file));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]));
}

function rows(name: string, file: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, name, file), 'utf8'), { columns: true });
}

describe('cli: sweep', () => {
  it('leaves a row a run with every parameter, and a row a figure', () => {
    const cells = rows('whole', 'cells.csv');
    expect(cells.map((row) => row['cell'])).toEqual(
      [0, 1, 2, 3, 4, 5].flatMap((point) => [0, 1, 2, 3].map((replication) => `${point}.${replication}`)),
    );
    expect(cells[20]).toMatchObject({
      status: 'done',
      block_ms: '3000',
      timeout_ms: '60000',
      'chains.b.block': '3s',
      'chains.a.block': '6s',
      'lanes.a-b.timeout': '1min',
    });
    // The same seeds at every point: common random numbers.
    expect(cells[20]?.['cell_seed']).toBe(cells[0]?.['cell_seed']);
    const p95 = rows('whole', 'points.csv').filter((row) => row['point'] === '5' && row['metric'] === 'latency-p95');
    expect(p95).toHaveLength(1);
    const values = cells.slice(20).map((row) => Number(row['latency_p95_ms']));
    expect(Number(p95[0]?.['estimate'])).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 4, 2);
  });

  it('gives the same bytes with two workers', () => {
    expect(run('sweep', 'small.sweep.yaml', '--out', 'two', '--jobs', '2').code).toBe(0);
    expect(tables('two')).toEqual(whole);
  });

  it('gives the same bytes in shards, in any order, and merge refuses gaps', () => {
    for (const shard of ['3/3', '1/3'])
      expect(run('sweep', 'small.sweep.yaml', '--out', 'cut', '--shard', shard).code).toBe(0);
    const gap = run('merge', 'cut');
    expect(gap.code).toBe(2);
    expect(gap.err).toContain('8 of 24 cells are in no shard (0.1, 1.0, 1.3, 2.2, 3.1, and 3 more)');
    expect(existsSync(join(folder, 'cut/cells.csv'))).toBe(false);
    expect(run('sweep', 'small.sweep.yaml', '--out', 'elsewhere', '--shard', '2/3').code).toBe(0);
    expect(run('merge', 'elsewhere', 'cut', '--out', 'merged').code).toBe(0);
    expect(tables('merged')).toEqual(whole);
  });

  it('refuses to merge shards of two plans', () => {
    run('sweep', 'small.sweep.yaml', '--out', 'seed6', '--seed', '6', '--shard', '1/3');
    run('sweep', 'small.sweep.yaml', '--out', 'seed7', '--seed', '7', '--shard', '2/3');
    const { code, err } = run('merge', 'seed6', 'seed7');
    expect(code).toBe(2);
    expect(err).toContain('shards of two plans do not merge');
  });

  it('prints a line for each cell that runs it alone to the same digest', () => {
    const row = rows('whole', 'cells.csv')[13] ?? {};
    const { code, out } = cli.shell(join(folder, 'whole'), `${row['replay']} --json --out ${join(folder, 'alone')}`);
    expect(code).toBe(0);
    expect((JSON.parse(out) as { digest: string }).digest).toBe(row['digest']);
    const single = JSON.parse(run('sweep', 'small.sweep.yaml', '--cell', '3.1').out) as { digest: string };
    expect(single.digest).toBe(row['digest']);
  });

  it('keeps a cell that fails as a row with its reason, and goes on', () => {
    writeFileSync(join(folder, 'bad.sweep.yaml'), SWEEP.replace('values: [1s, 2s, 3s]', 'values: [1s, 2m]'));
    const { code, out } = run('sweep', 'bad.sweep.yaml', '--out', 'bad');
    expect(code).toBe(0);
    expect(out).toContain('16 cells: 8 done');
    expect(out).toContain('8 failed');
    const failed = rows('bad', 'cells.csv').filter((row) => row['status'] !== 'done');
    expect(failed.map((row) => row['point'])).toEqual(['2', '2', '2', '2', '3', '3', '3', '3']);
    expect(failed[0]?.['reason']).toContain('error[E117] --set chains.b.block:1:1: block has an unknown unit');
    expect(failed[0]?.['replay']).toContain('--set chains.b.block=2m');
  });

  it('does nothing twice, and takes no folder of another sweep', () => {
    expect(run('sweep', 'small.sweep.yaml', '--out', 'two').err).toContain('two is finished already');
    const other = run('sweep', 'small.sweep.yaml', '--out', 'two', '--seed', '9');
    expect(other.code).toBe(2);
    expect(other.err).toContain('two holds another plan');
    expect(tables('two')).toEqual(whole);
  });
});

describe('cli: a sweep that is killed', () => {
  it('50 times goes on to the same bytes', async () => {
    let kills = 0;
    for (let attempt = 0; kills < 50; attempt++) {
      const out = `killed-${Math.floor(attempt / 4)}`;
      const jobs = attempt % 3 === 0 ? '2' : '1';
      const child = spawn(process.execPath, [cli.main, 'sweep', 'small.sweep.yaml', '--out', out, '--jobs', jobs], {
        cwd: folder,
        stdio: 'ignore',
      });
      const ended = new Promise<NodeJS.Signals | null>((done) => child.on('exit', (_, signal) => done(signal)));
      // Between the start of the process and the end of the sweep, wherever the machine has come by then.
      await new Promise((wake) => setTimeout(wake, 150 + ((attempt * 7919) % 500)));
      child.kill('SIGKILL');
      if ((await ended) === 'SIGKILL') kills++;
      if (attempt % 4 === 3) {
        expect(run('sweep', 'small.sweep.yaml', '--out', out).code).toBe(0);
        expect(tables(out)).toEqual(whole);
        expect(readdirSync(join(folder, out)).filter((file) => /part|journal|lock/.test(file))).toEqual([]);
      }
    }
  }, 180_000);

  it('by Ctrl-C says how it goes on, and does', async () => {
    const isUnderWay = (): boolean => {
      const journal = join(folder, 'stopped/journal');
      return existsSync(journal) && readFileSync(journal).length > 200;
    };
    const args = ['sweep', 'small.sweep.yaml', '--out', 'stopped', '--jobs', '1'];
    const { code, err } = await cli.interrupt(folder, args, 'SIGINT', isUnderWay);
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted: \d+ cells are kept in stopped; the same command goes on from there/);
    expect(run('sweep', 'small.sweep.yaml', '--out', 'stopped').code).toBe(0);
    expect(tables('stopped')).toEqual(whole);
  });
});

describe('cli: replicate', () => {
  it('gives each figure its interval, and a bound where no violation was seen', () => {
    const { code, out } = run('replicate', 'base.yaml', '-n', '12', '--out', 'rep');
    expect(code).toBe(0);
    expect(out).toMatch(/^latency-p95 +12 /m);
    expect(out).toContain('12 cells: 12 done');
    expect(out).toMatch(/no violation in 12 runs: at most 2\d\.?\d*% of runs have one, at 95% confidence/);
    // The first replication is the run of the scenario itself.
    expect(cli.run(folder, ['run', 'base.yaml', '--json', '--out', 'one']).out).toContain(
      rows('rep', 'cells.csv')[0]?.['digest'],
    );
  });

  it('stops at a precision, at the same run however many work', () => {
    const until = ['replicate', 'base.yaml', '--until', 'latency-mean=25%', '--max', '60'];
    const one = run(...until, '--jobs', '1', '--out', 'until1');
    expect(one.out).toMatch(/latency-mean=25% reached after \d+ replications: \+-[\d.]+% at 9\d[\d.]*% confidence/);
    expect(run(...until, '--jobs', '2', '--out', 'until2').code).toBe(0);
    expect(tables('until2')).toEqual(tables('until1'));
  });

  it.each([
    [['--until', 'latency-p59=5%'], 'unknown metric latency-p59; did you mean latency-p50?'],
    [['--until', 'latency-p95'], '--until latency-p95 is not metric=half-width'],
    [['--level', '120%'], '--level 120% is no confidence'],
    [['--metrics', 'speed'], 'unknown metric speed'],
  ])('refuses %j', (flags, message) => {
    const { code, err } = run('replicate', 'base.yaml', ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('cli: compare', () => {
  it('pairs runs by seed and says which differences are clear', () => {
    const { code, out } = run('compare', 'base.yaml', 'other.yaml', '-n', '12', '--out', 'cmp');
    expect(code).toBe(0);
    expect(out).toMatch(/^slower minus ten-lines$/m);
    expect(out).toMatch(/^\*\* latency-p50/m);
    const row = rows('cmp', 'differences.csv').find((each) => each['metric'] === 'latency-p50');
    const cells = rows('cmp', 'cells.csv').map((each) => Number(each['latency_p50_ms']));
    const pairs = cells.slice(0, 12).map((value, i) => (cells[i + 12] ?? 0) - value);
    expect(Number(row?.['difference'])).toBeCloseTo(pairs.reduce((sum, value) => sum + value, 0) / 12, 1);
    expect(Number(row?.['lo'])).toBeGreaterThan(Number(row?.['simultaneous_lo']));
    expect(Number(row?.['variance_reduction'])).toBeGreaterThan(1);
  });

  it('takes two files or more', () => {
    expect(run('compare', 'base.yaml').err).toContain('compare takes two scenario files or more');
  });
});

describe('cli: thresholds and reporters', () => {
  it('a broken threshold gives exit 1, and JUnit says which', () => {
    cpSync(join(folder, 'base.yaml'), join(folder, 'bound.yaml'));
    const text = readFileSync(join(folder, 'bound.yaml'), 'utf8');
    writeFileSync(join(folder, 'bound.yaml'), `${text}thresholds: { latency-p50: "< 1s", messages: "> 1" }\n`);
    const { code, out } = run('run', 'bound.yaml', '--reporter', 'junit', '--out', 'junit');
    expect(code).toBe(1);
    expect(out).toContain('<failure message="THRESHOLD BROKEN latency-p50   limit &lt; 1s, value');
    expect(out).toMatch(/<testcase classname="ten-lines.threshold" name="messages"\/>/);
    const json = JSON.parse(run('run', 'bound.yaml', '--reporter', 'json', '--out', 'json').out) as {
      checks: { name: string; outcome: string }[];
    };
    expect(json.checks.find((check) => check.name === 'latency-p50')?.outcome).toBe('failed');
  });
});
