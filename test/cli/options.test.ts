import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/base/assert.ts';
import { EnvironmentError, Interrupted, UsageError } from '../../sim/cli/exit-codes.ts';
import { describeFailure } from '../../sim/cli/failures.ts';
import { checkFlags, commands, describeUnknown, flagsOf, readEnvironment } from '../../sim/cli/options.ts';
import { replayLine } from '../../sim/cli/replay.ts';
import { paint } from '../../sim/cli/terminal.ts';
import { root } from './spawn.ts';

describe('cli: environment', () => {
  it('mirrors the flags of a command, and leaves those of others alone', () => {
    const environment = { L0_SEED: '9', L0_EVENT_BUDGET: '50', L0_QUIET: '1', L0_JSON: 'false', L0SIM_VECTORS: 'x' };
    expect(readEnvironment('run', environment)).toEqual({ seed: '9', 'event-budget': 50, quiet: true, json: false });
    expect(readEnvironment('list', environment)).toEqual({ json: false });
  });

  it('refuses a name that no command has, with the nearest', () => {
    expect(() => readEnvironment('list', { L0_SEDE: '9' })).toThrow(/L0_SEDE.*did you mean L0_SEED\?/);
  });

  it('refuses what is neither true nor false', () => {
    expect(() => readEnvironment('run', { L0_QUIET: 'maybe' })).toThrow(UsageError);
  });
});

describe('cli: flags', () => {
  it.each([
    [{ out: ['a', 'b'] }, /--out is given 2 times/],
    [{ out: '' }, /--out needs a value/],
    [{ 'event-budget': Number.NaN }, /takes a whole number above 0/],
    [{ 'event-budget': 0 }, /takes a whole number above 0/],
    [{ 'event-budget': 1.5 }, /takes a whole number above 0/],
  ])('refuse %j', (given, words) => {
    expect(() => checkFlags('run', given)).toThrow(words);
  });

  it('take --set as often as it is given', () => {
    expect(() => checkFlags('run', { set: ['a=1', 'b=2'], seed: '1' })).not.toThrow();
  });

  it.each([
    ['Unknown argument: sede', ['run', 'x.yaml', '--sede', '4'], 'unknown flag --sede of run; did you mean --seed?'],
    ['Unknown argument: sede', ['run', 'x.yaml', '--sede=4'], 'unknown flag --sede of run; did you mean --seed?'],
    // `check` writes nothing, so a flag of `run` must not be proposed there.
    [
      'Unknown argument: froce',
      ['check', 'x', '--froce'],
      'unknown flag --froce of check; l0sim check --help lists its flags',
    ],
    ['Unknown argument: extra', ['run', 'x', 'extra'], 'run does not take extra; l0sim run --help says what it takes'],
    ['Unknown argument: rnu', ['rnu', 'x.yaml'], 'unknown command rnu; did you mean run?'],
  ])('%s of %j -> %s', (message, words, text) => {
    expect(describeUnknown(message, words)).toBe(text);
  });

  it('are all in the reference, command by command', () => {
    const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');
    const sections = new Map(page.split(/^## /m).map((text) => [text.split(/\s/, 1)[0] ?? '', text]));
    const missing = commands.flatMap((command) => {
      const text = sections.get(command) ?? '';
      return ['', ...Object.keys(flagsOf[command]).map((name) => `--${name}`)]
        .filter((name) => text === '' || !text.includes(`${name}`))
        .map((name) => `${command} ${name}`);
    });
    expect(missing).toEqual([]);
  });
});

describe('cli: replay', () => {
  const run = { seed: '7', path: 'out/x', digest: '9c41a0b1c2d3e4f5ffff' };

  it('repeats every flag that matters, quoted for a shell', () => {
    const given = { file: "it's.yaml", set: ['a.b=1 ATOM'], proofs: 'modelled', out: 'here', 'event-budget': 5 };
    expect(replayLine(given, run)).toBe(
      "l0sim run 'it'\\''s.yaml' --seed 7 --set 'a.b=1 ATOM' --proofs modelled --event-budget 5 --out here " +
        '--force --expect-digest 9c41a0b1c2d3e4f5',
    );
  });

  it('replays standard input from the scenario in the results', () => {
    expect(replayLine({ file: '-', set: ['a=1'] }, run)).toBe(
      'l0sim run out/x/scenario.resolved.yaml --seed 7 --force --expect-digest 9c41a0b1c2d3e4f5',
    );
  });
});

describe('cli: failures', () => {
  // The codes are those of ARCHITECTURE section 5; the wording of the fourth is FAULTS 3.1.
  it.each([
    [new UsageError('no such thing'), 2, 'error[E150] no such thing'],
    [new Interrupted('nothing was written'), 130, 'interrupted: nothing was written'],
    [
      new EnvironmentError('ENOSPC: no space left'),
      6,
      'ENVIRONMENT ENOSPC: no space left; the same command may succeed later',
    ],
  ])('%s -> %i', (error, code, text) => {
    expect(describeFailure(error)).toEqual({ code, text });
  });

  it('void a run whose own asserts broke, and say how to repeat it -> 5', () => {
    const { code, text } = describeFailure(new InvariantError('time never goes back'), 'l0sim run x.yaml --seed 7');
    expect(code).toBe(5);
    expect(text).toMatch(
      /^SIMULATOR DEFECT .*time never goes back.* RESULTS VOID\n {2}replay: l0sim run x\.yaml --seed 7$/,
    );
  });
});

describe('cli: colour', () => {
  it('marks the words of a verdict and nothing else', () => {
    const text = 'AS EXPECTED   resolution 3 of 3 met\nmessages 3';
    // @source ECMA-48: SGR 32 is green, 39 the default colour.
    expect(paint(text, true)).toBe('\u001b[32mAS EXPECTED\u001b[39m   resolution 3 of 3 met\nmessages 3');
    expect(paint('UNEXPLAINED S2 at-most-once', true)).toBe('\u001b[31mUNEXPLAINED\u001b[39m S2 at-most-once');
    expect(paint(text, false)).toBe(text);
  });
});
