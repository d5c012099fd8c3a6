import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli, example, type Result, root } from './spawn.ts';

let folder = '';
let cli: BuiltCli;
let first: Result;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-cli-'));
  cli = buildCli();
  first = cli.run(folder, ['run', example, '--out', 'first', '--trace', 'jsonl']);
}, 60_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

function edit(path: string, change: (text: string) => string): void {
  const place = join(folder, path);
  const before = readFileSync(place, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(place, after);
}

describe('cli: built', () => {
  it('can be started by its name', () => {
    expect(readFileSync(cli.main, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });
});

describe('cli: run', () => {
  it('prints what the README shows, to the letter', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const shown = /```console\n\$ [^\n]*\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const plain = (text: string): string =>
      text
        .replace(/^results: .*$/m, '')
        .replace(' --out first', '')
        .replaceAll(example, 'docs/examples/ten-lines.yaml');
    expect(first.code).toBe(0);
    expect(plain(first.out)).toBe(plain(shown));
    expect(readme).toContain(readFileSync(example, 'utf8').trimEnd());
  });

  it('is silent on standard error and colourless where no terminal is', () => {
    expect(first.err).toBe('');
    expect(first.out).not.toContain('\u001b');
  });

  it('leaves exactly the files of the results folder, and nothing beside it', () => {
    expect(readdirSync(join(folder, 'first')).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'assumptions.csv',
      'checkpoints.csv',
      'datapackage.json',
      'hops.csv',
      'manifest.json',
      'messages.csv',
      'participants.csv',
      'properties.csv',
      'routes.csv',
      'scenario.resolved.yaml',
      'summary.csv',
      'timeseries.csv',
      'trace.jsonl',
      'transitions.csv',
      'violations.csv',
    ]);
    expect(readdirSync(folder)).toEqual(['first']);
  });

  it('refuses to overwrite -> 2, and nothing changes', () => {
    const before = readFileSync(join(folder, 'first/manifest.json'), 'utf8');
    const again = cli.run(folder, ['run', example, '--out', 'first']);
    expect(again.code).toBe(2);
    expect(again.err).toContain('first exists; --force replaces it');
    expect(readFileSync(join(folder, 'first/manifest.json'), 'utf8')).toBe(before);
  });

  it('reads standard input, prints one JSON object and nothing else', () => {
    const result = cli.run(folder, ['run', '-', '--json', '--out', 'stdin'], {
      input: readFileSync(example, 'utf8'),
      env: { TZ: 'Asia/Tokyo' },
    });
    expect(result.err).toBe('');
    const object = JSON.parse(result.out) as Record<string, unknown>;
    const manifest = JSON.parse(readFileSync(join(folder, 'first/manifest.json'), 'utf8')) as { digest: string };
    expect(object).toMatchObject({ digest: manifest.digest, verdict: 'as-expected', code: 0, out: 'stdin' });
    // The same bytes in another process, under another time zone.
    for (const file of ['messages.csv', 'transitions.csv', 'summary.csv', 'properties.csv', 'timeseries.csv']) {
      expect(readFileSync(join(folder, 'stdin', file), 'utf8')).toBe(readFileSync(join(folder, 'first', file), 'utf8'));
    }
  });

  it('is repeated by the line that it prints -> 0, in the same folder', () => {
    const line = /^replay: (.*)$/m.exec(first.out)?.[1] ?? '';
    expect(line).toContain('--force --expect-digest');
    mkdirSync(join(folder, 'replays'));
    cpSync(join(folder, 'first'), join(folder, 'replays/first'), { recursive: true });
    expect(cli.shell(join(folder, 'replays'), line)).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    ['an unknown flag', ['run', example, '--sede', '4'], 2, /did you mean --seed/],
    ['a way out of the folder', ['run', example, '--out', '../../x'], 2, /leads out of the working directory/],
    ['a bad seed', ['run', example, '--seed', '1.5', '--out', 'x'], 2, /error\[E114\] --seed/],
    ['another digest', ['run', example, '--expect-digest', 'ffff', '--out', 'x', '--quiet'], 5, /RESULTS VOID/],
    ['no command', [], 2, /name a command/],
  ])('refuses %s, and leaves nothing: %j -> %i', (_name, args, code, words) => {
    const result = cli.run(folder, args);
    expect(result.err).toMatch(words);
    expect(result.code).toBe(code);
    expect(result.out).toBe('');
    expect(readdirSync(folder).filter((name) => name.startsWith('x') || name.startsWith('.'))).toEqual([]);
  });

  it('says that the disk is full -> 6', () => {
    // Linux: every write to this device fails with ENOSPC.
    if (!existsSync('/dev/full')) return;
    const result = cli.shell(folder, `l0sim schema > /dev/full`);
    expect(result.err).toMatch(/^ENVIRONMENT ENOSPC/);
    expect(result.code).toBe(6);
  });

  it('leaves nothing when it is interrupted -> 130', async () => {
    // Twenty days in blocks of a second: minutes of work.
    const long = join(folder, 'long.yaml');
    writeFileSync(long, readFileSync(example, 'utf8').replace('5min', '20d').replace('6s', '1s'));
    const parent = join(folder, 'deep');
    const isUnderWay = (): boolean => existsSync(parent) && readdirSync(parent).some((name) => name.endsWith('.part'));
    const result = await cli.interrupt(folder, ['run', long, '--out', 'deep/long'], 'SIGINT', isUnderWay);
    expect(result).toEqual({ code: 130, out: '', err: 'interrupted: nothing was written\n' });
    expect(existsSync(parent)).toBe(false);
  }, 30_000);
});

describe('cli: colour', () => {
  it('is used when forced, and never against NO_COLOR', () => {
    const args = ['run', 'no-such.yaml'];
    const forced = cli.run(folder, args, { env: { FORCE_COLOR: '1' } });
    expect(forced.err).toBe('\u001b[31merror[E150]\u001b[39m cannot read no-such.yaml (ENOENT)\n');
    expect(forced.code).toBe(2);
    const plain = cli.run(folder, ['list', 'recods'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(plain.err).toMatch(/^error\[E150\] nothing to list under recods .*did you mean records\?/);
  });
});

describe('cli: explain', () => {
  it('tells the life of a message, in these words', () => {
    // A folder by hand, so that no model of ours decides what is expected.
    mkdirSync(join(folder, 'told'));
    const place = (file: string, lines: readonly string[]): void =>
      writeFileSync(join(folder, 'told', file), `${lines.join('\n')}\n`);
    const texts = { version: '1', scenarioHash: '', identity: '', proofs: 'hashed', digest: '' };
    const run = { tool: 'l0sim', ...texts, scenario: 'by-hand', seed: '7', verdict: 1, files: {}, environment: {} };
    place('manifest.json', [JSON.stringify(run)]);
    place('transitions.csv', [
      'time_ms,event,cause,chain,height,lane,message,from,to,actor,reason,fee_base_units,fee_asset,gas',
      '1000.000,10,0,,,a-b,out/1,,requested,out,,0,,0',
      '1000.000,10,0,,,a-b,out/2,,requested,out,,0,,0',
      '2500.000,31,28,a,2,a-b,out/1,requested,sent,user/out/1,,250,ATOM,90000',
      '9000.500,77,70,b,5,a-b,out/1,sent,executed,relayer/r,,0,,50000',
      '9000.500,77,70,b,5,a-b,out/1,executed,orphaned,,reorg,0,,-50000',
    ]);
    place('messages.csv', ['message,outcome,reason', 'out/1,orphaned,reorg', 'out/2,requested,']);
    place('violations.csv', ['property,message,what', 'resolution,out/1,"not at its end, and due at 60.000 s"']);
    const result = cli.run(folder, ['explain', 'told', 'out/1']);
    expect(result.out).toBe(
      [
        'out/1 on lane a-b, scenario by-hand, seed 7',
        '     1.000s  +     0.000s  was asked for and waits in the source mempool by out   [event 10]',
        '     2.500s  +     1.500s  was committed in a source block on a at height 2 by user/out/1, fee 250 ATOM   [event 31, caused by event 28]',
        '     9.001s  +     6.500s  was executed at the destination on b at height 5 by relayer/r   [event 77, caused by event 70]',
        '     9.001s  +     0.000s  fell out of the source chain by a reorg on b at height 5 (reorg)   [event 77, caused by event 70]',
        'outcome: orphaned (reorg)',
        'finding: resolution: not at its end, and due at 60.000 s',
        '',
      ].join('\n'),
    );
    expect(result.code).toBe(0);
    const unknown = cli.run(folder, ['explain', 'told', 'our/2']);
    expect(unknown.err).toContain('no message our/2 in told; did you mean out/2?');
    expect(unknown.code).toBe(2);
  });
});

describe('cli: verify', () => {
  it('finds a run as it was written -> 0', () => {
    const result = cli.run(folder, ['verify', 'first']);
    expect(result.out).toContain('VERIFIED first');
    expect(result.err).toBe('');
    expect(result.code).toBe(0);
  }, 30_000);

  it('finds a doctored figure, a doctored checkpoint and a doctored record -> 5', () => {
    cpSync(join(folder, 'first'), join(folder, 'doctored'), { recursive: true });
    edit('doctored/messages.csv', (text) => text.replace(',acknowledged,', ',unwound,'));
    edit('doctored/checkpoints.csv', (text) => text.replace(/[0-9a-f]{60}/, '0'.repeat(60)));
    edit('doctored/trace.jsonl', (text) =>
      text.replace('"kind":"head-moved","chain":0', '"kind":"head-moved","chain":1'),
    );
    const result = cli.run(folder, ['verify', 'doctored']);
    expect(result.code).toBe(5);
    expect(result.err).toContain('FILE messages.csv is not what the run wrote');
    expect(result.err).toMatch(/ROW messages\.csv:2 differs:\n {2}stored t\/1,.*unwound.*\n {2}again {2}t\/1,.*acknow/);
    expect(result.err).toMatch(/CHECKPOINT 1 differs: the first difference lies in events 1 to \d+/);
    expect(result.err).toMatch(/RECORD \d+ differs:\n {2}stored .*"chain":1.*\n {2}again .*"chain":0/);
    expect(result.err).toMatch(/FIGURE .*messages\.csv/);
    expect(result.err).toContain('RESULTS VOID');
  }, 30_000);

  it('does not take the word of a manifest that names no file, nor of a folder that lacks one -> 5', () => {
    cpSync(join(folder, 'first'), join(folder, 'bare'), { recursive: true });
    edit('bare/manifest.json', (text) => JSON.stringify({ ...(JSON.parse(text) as object), files: {} }));
    // No figure is recounted from this file: only the run itself can tell.
    edit('bare/participants.csv', (text) => text.replace('validator', 'relayer'));
    rmSync(join(folder, 'bare/timeseries.csv'));
    const result = cli.run(folder, ['verify', 'bare']);
    expect(result.code).toBe(5);
    expect(result.err).toContain('FILE participants.csv is not in the manifest');
    expect(result.err).toContain('ROW participants.csv:2 differs');
    expect(result.err).toContain('FILE timeseries.csv is missing');
  }, 30_000);

  it('finds a scenario that no longer loads -> 5, and no results at all -> 2', () => {
    cpSync(join(folder, 'first'), join(folder, 'other'), { recursive: true });
    edit('other/scenario.resolved.yaml', (text) => text.replace('horizon', 'horizn'));
    const result = cli.run(folder, ['verify', 'other']);
    expect(result.err).toContain('SCENARIO scenario.resolved.yaml no longer loads');
    expect(result.code).toBe(5);
    const nothing = cli.run(folder, ['verify', 'nowhere']);
    expect(nothing.err).toContain('nowhere is no results folder: it has no manifest.json');
    expect(nothing.code).toBe(2);
  }, 30_000);
});

describe('cli: help', () => {
  it('starts with examples, lists every command and the exit codes', () => {
    const { out, code } = cli.run(folder, ['--help']);
    for (const command of ['run', 'check', 'list', 'explain', 'verify', 'schema', 'completion']) {
      expect(out).toMatch(new RegExp(`^ +l0sim ${command}\\b`, 'm'));
    }
    expect(out).toContain('130 interrupted');
    expect(code).toBe(0);
  });

  it('completes flags in a shell', () => {
    const { out } = cli.run(folder, ['--get-yargs-completions', 'run', '--expect-'], { env: { SHELL: '/bin/bash' } });
    expect(out).toContain('--expect-digest');
  });

  it('comes without loading the simulator', () => {
    // Loading it takes longer than the 150 ms that help may take; the list of what is imported says it without a clock.
    const files = ['main', 'options', 'exit-codes', 'package-facts'];
    const loaded = files.flatMap((name) =>
      [...readFileSync(join(root, `sim/cli/${name}.ts`), 'utf8').matchAll(/^import (?!type).* from '(.*)';$/gm)].map(
        (match) => match[1],
      ),
    );
    const own = loaded.filter((name) => name?.startsWith('.'));
    expect([...new Set(own)].sort((a = '', b = '') => (a < b ? -1 : 1))).toEqual([
      '../grammar/nearest.ts',
      './exit-codes.ts',
      './options.ts',
      './package-facts.ts',
    ]);
  });
});
