/** `list protocols` and `compare --protocols`, as a person calls them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli, type Result } from './spawn.ts';

const SCENARIO = `l0sim: 1
name: two
horizon: 3min
drain: 1h
proofs: modelled
chains:
  a: { preset: osmosis, validators: 4 }
  b: { preset: base }
lanes:
  ab: { from: a, to: b, protocol: ibc-v2 }
relayers:
  r: { lanes: [ab], wallet: { ETH: 5, OSMO: 1000 } }
traffic:
  t: { application: token-transfer, lane: ab, arrivals: { kind: poisson, rate: 0.2/s }, amount: 1 OSMO }
faults:
  nap: { kind: rel.stop, target: { relayer: r }, when: { at: 1min, for: 30s } }
assume: [{ byzantine: a, below: 1/3 }]
`;
/** Two of three keys, seven seconds each: nothing random, so that what it does to a message is known. */
const OWN = `summary: slow keys
lane:
  verifier: { kind: committee, members: 3, threshold: 2, signing: 60s }
  timeout: 1h
  acknowledge: false
`;

let folder = '';
let cli: BuiltCli;
const run = (...args: string[]): Result => cli.run(folder, args);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'l0sim-protocols-'));
  cli = buildCli();
  writeFileSync(join(folder, 'two.yaml'), SCENARIO);
  writeFileSync(join(folder, 'own.yaml'), OWN);
}, 60_000);
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('cli: list protocols', () => {
  it('has a row of words for every system', () => {
    const rows = run('list', 'protocols', '--json')
      .out.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const presets = run('list', 'presets', '--json').out.trim().split('\n');
    const systems = presets
      .map((line) => JSON.parse(line) as Record<string, string>)
      .filter((row) => row['group'] === 'protocols');
    expect(rows.length).toBeGreaterThanOrEqual(17);
    expect(rows.map((row) => row['protocol'])).toEqual(systems.map((row) => row['name']));
    for (const row of rows) expect(Object.values(row).filter((value) => value === '')).toEqual([]);
  });

  it('reads them from the data -> guardians 13 of 19, an ordered channel, a shallow wait on Ethereum', () => {
    const { out } = run('list', 'protocols');
    expect(out).toMatch(/^wormhole +13 of 19 +13 /m);
    expect(out).toMatch(/^interchain-accounts +validators of the source +7 .* strict .*10 min +on timeout and error/m);
    expect(out).toMatch(/^hyperlane +2 of 3; from ethereum 6 of 10 +2 +ethereum 3 min/m);
  });
});

describe('cli: compare --protocols', () => {
  it('runs one scenario under each system, by the same seeds, and pairs what came out', () => {
    const { code, out, err } = run(
      'compare',
      '--protocols',
      'ibc-v2,own.yaml,hyperlane',
      'two.yaml',
      '-n',
      '4',
      '--out',
      'cmp',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/^ +ibc-v2 +own +hyperlane$/);
    expect(out).toMatch(/^trust +validators of the source +2 of 3 +2 of 3$/m);
    expect(out).toMatch(/^ {2}acknowledged +\d/m);
    const rows = parse<Record<string, string>>(readFileSync(join(folder, 'cmp', 'protocols.csv')), { columns: true });
    const of = (protocol: string, metric: string): Record<string, string> =>
      rows.find((row) => row['protocol'] === protocol && row['metric'] === metric) ?? {};
    // The same requests under each: no difference at all.
    for (const protocol of ['own', 'hyperlane'])
      expect(of(protocol, 'messages')['mean']).toBe(of('ibc-v2', 'messages')['mean']);
    expect(of('ibc-v2', 'messages')['difference']).toBe('');
    // Keys of one system take a minute, of the other two seconds at most.
    const slow = Number(of('own', 'final-to-executed-p50')['mean']);
    expect(slow).toBeGreaterThan(60_000);
    const difference = of('own', 'final-to-executed-p50');
    expect(Number(difference['difference'])).toBeCloseTo(
      slow - Number(of('ibc-v2', 'final-to-executed-p50')['mean']),
      1,
    );
    expect(Number(difference['difference_lo'])).toBeGreaterThan(0);
    expect(Number(difference['difference_lo'])).toBeGreaterThanOrEqual(Number(difference['simultaneous_lo']));
    // What the one sends back, the others do not.
    expect([of('ibc-v2', 'executed')['mean'], of('own', 'acknowledged')['mean']]).toEqual(['0', '0']);
  }, 60_000);

  it.each([
    [['compare', '--protocols', 'ibc-v2', 'two.yaml'], 'two systems or more'],
    [['compare', '--protocols', 'ibc-v2,ibc-v2', 'two.yaml'], 'each once'],
    [['compare', '--protocols', 'ibc-v2,ccip', 'two.yaml', 'two.yaml'], 'one scenario file'],
    [['compare', '--protocols', 'ibc-v2,hyperlaen', 'two.yaml'], 'did you mean hyperlane?'],
  ])('%j -> %s', (args, words) => {
    const { code, err } = run(...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
