import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from './spawn.ts';

let folder = '';
let cli: BuiltCli;

/** A committee of one whose member believes whatever its provider says: with a lie outside of the assumptions it falls. */
const BASE = `
l0sim: 1
name: weak
horizon: 2min
drain: 30min
synchrony: { model: partial, gst: 30s, delta: 2s }
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: { kind: committee, members: 1 }, timeout: 10min } }
relayers: { r: { lanes: [a-b] } }
faults: { liar: { kind: data.lie, target: { committee: a-b }, when: { at: 60s, for: 20s }, with: { amount: 5 A } } }
`;

interface Result {
  readonly runs: number;
  readonly failed: number | null;
  readonly states: Readonly<Record<string, number>>;
  readonly moves: Readonly<Record<string, number>>;
  readonly property?: string;
  readonly file?: string;
  readonly yaml?: string;
  readonly again?: string;
}

const fuzz = (...args: string[]): { code: number | null; result: Result } => {
  const { code, out } = cli.run(folder, ['fuzz', '--json', ...args]);
  return { code, result: JSON.parse(out) as Result };
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-fuzz-'));
  cli = buildCli();
  writeFileSync(join(folder, 'weak.yaml'), BASE);
}, 120_000);

afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('l0sim fuzz', () => {
  it('finds nothing in worlds that keep their assumptions, for any number of workers', () => {
    const one = fuzz('--runs', '40', '--jobs', '1');
    expect(one.code).toBe(0);
    expect(one.result).toMatchObject({ runs: 40, failed: null });
    expect(one.result.states['acknowledged']).toBeGreaterThan(0);
    expect(one.result.states['forged']).toBe(0);
    const two = fuzz('--runs', '40', '--jobs', '2');
    expect(two).toEqual(one);
    expect(fuzz('--runs', '40', '--seed', '9', '--jobs', '2').result.moves).not.toEqual(one.result.moves);
  });

  it('finds a planted fault and leaves the smallest scenario that shows it, for any number of workers', () => {
    const one = fuzz(
      'weak.yaml',
      '--runs',
      '20',
      '--faults',
      'any',
      '--faults-max',
      '0',
      '--jobs',
      '1',
      '--out',
      'one',
    );
    expect(one.code).toBe(1);
    const { property, file = '', yaml = '', failed } = one.result;
    expect(property).toBe('no-forgery');
    expect(failed).toBe(0);
    expect(readdirSync(join(folder, 'one'))).toHaveLength(1);
    // One message that has nothing to do with it is left: a scenario without any is not drawn.
    expect(yaml.match(/at_us/g)).toHaveLength(1);
    const head = readFileSync(join(folder, file), 'utf8').split('\n');
    const replay = head.find((line) => line.startsWith('# replay: l0sim '))!.slice('# replay: l0sim '.length);
    // The replay ends as the run that was found: a violation, with the digest that it names.
    expect(cli.run(folder, [...replay.split(' '), '--out', 'replayed']).code).toBe(1);
    const two = fuzz(
      'weak.yaml',
      '--runs',
      '20',
      '--faults',
      'any',
      '--faults-max',
      '0',
      '--jobs',
      '2',
      '--out',
      'two',
    );
    expect({ ...two.result, file: '' }).toEqual({ ...one.result, file: '' });
  });

  it('draws one scenario again by its number', () => {
    const { code, result } = fuzz('weak.yaml', '--faults', 'any', '--from', '7', '--runs', '1', '--out', 'again');
    expect(code).toBe(1);
    expect(result.failed).toBe(7);
    expect(result.again).toBe('l0sim fuzz weak.yaml --faults any --from 7 --runs 1');
  });

  it('says what was reached and what never was', () => {
    const { code, out } = cli.run(folder, ['fuzz', '--runs', '5', '--jobs', '1']);
    expect(code).toBe(0);
    expect(out).toMatch(/state +times reached/);
    expect(out).toMatch(/forged +never/);
    expect(out).toMatch(/5 scenarios, \d+ messages, [\d,]+ events: nothing failed/);
  });

  it('ends when its time is up', () => {
    const { code, result } = fuzz('--time', '1s', '--jobs', '1');
    expect(code).toBe(0);
    expect(result.runs).toBeGreaterThan(0);
  });

  it('leaves 130 and what it covered when it is interrupted', async () => {
    const began = Date.now();
    const { code, err } = await cli.interrupt(
      folder,
      ['fuzz', '--time', '60s', '--jobs', '1'],
      'SIGINT',
      () => Date.now() - began > 2_500,
    );
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted: /);
    expect(err).toMatch(/scenarios, \d+ messages/);
  });

  it.each([
    [['--runs', '0'], /--runs takes a whole number above 0/],
    [['--from', '1.5'], /--from takes a whole number/],
    [['--time', 'long'], /--time long/],
    [['--faults', 'some'], /--faults some: expected none/],
    [['--messages-max', '0'], /--messages-max takes a whole number above 0/],
    [['missing.yaml'], /missing\.yaml/],
  ])('refuses %j', (args, message) => {
    const { code, err } = cli.run(folder, ['fuzz', ...args]);
    expect([code, message.test(err)]).toEqual([2, true]);
  });
});
