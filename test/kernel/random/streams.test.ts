import { readFileSync } from 'node:fs';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../sim/base/assert.ts';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { decodePlain, encodePlain } from '../../../sim/kernel/plain-data.ts';
import {
  assertOwner,
  claim,
  createStreamRuntime,
  createStreams,
  exportState,
  keyedSource,
  keyedUniform,
  nextUniform,
  openStream,
  rekey,
  sequentialSource,
  type StreamRuntime,
  type StreamTable,
} from '../../../sim/kernel/random/streams.ts';

const BACKOFF = 'relayer/r1/backoff';

function tableOf(seed: string, label = ''): StreamTable {
  const table = createStreams(seed);
  if (label !== '') rekey(table, nobleHash, label);
  return table;
}

function drawn(runtime: StreamRuntime, id: number, count: number): number[] {
  return Array.from({ length: count }, () => nextUniform(runtime, id));
}

describe('seedrandom', () => {
  const file = new URL('../../vectors/seedrandom_kat.json', import.meta.url);
  const kat = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, number[]>>;

  it.each(['hello.', '1'])('gives the vectors of arc4 and alea for seed %s', (seed) => {
    const arc4 = seedrandom(seed);
    const alea = seedrandom.alea(seed);
    expect((kat[seed]?.['arc4'] as number[]).map(() => arc4())).toEqual(kat[seed]?.['arc4']);
    expect((kat[seed]?.['alea'] as number[]).map(() => alea())).toEqual(kat[seed]?.['alea']);
  });
});

describe('streams', () => {
  // Golden values of a separate Python program: hashlib, and alea and Threefry written from their definitions.
  it.each([
    ['7', '', BACKOFF, [0.3323053639413873, 0.46515646946130285, 0.8745532323169546]],
    ['7', 'fork', BACKOFF, [0.8974002777456661, 0.8837938936006811, 0.8873649986404408]],
    ['0', '', 'traffic/transfers/arrivals', [0.16562007885712282, 0.7604203851465277, 0.06363552900354552]],
  ])('draws in sequence from seed %s, label "%s", %s -> golden values', (seed, label, name, want) => {
    const table = tableOf(seed, label);
    const id = openStream(table, nobleHash, name);
    expect(drawn(createStreamRuntime(table), id, 3)).toEqual(want);
  });

  it.each([
    ['7', '', BACKOFF, 0, 0, 0, 0.2081085214504652],
    ['7', '', BACKOFF, 0, 0, 1, 0.23328858923396534],
    ['7', '', BACKOFF, 0, 0, 2, 0.4389116192787964],
    ['7', '', BACKOFF, 9007199254740991, 4294967295, 1048575, 0.3324217750253713],
    ['7', '', 'link/a-b/latency', 123456789012345, 42, 7, 0.7755824514270178],
    ['7', 'fork', BACKOFF, 0, 0, 0, 0.21404337838873222],
    ['18446744073709551615', 'what/if', BACKOFF, 1, 2, 3, 0.5844715480895739],
  ])('draws by key from seed %s, label "%s", %s, (%d, %d, %d) -> %d', (seed, label, name, key1, key2, index, want) => {
    const table = tableOf(seed, label);
    const id = openStream(table, nobleHash, name);
    expect(keyedUniform(createStreamRuntime(table), id, key1, key2, index)).toBe(want);
  });

  it('gives a name one dense id', () => {
    const table = createStreams('7');
    expect(openStream(table, nobleHash, 'a/x')).toBe(0);
    expect(openStream(table, nobleHash, 'a/y')).toBe(1);
    expect(openStream(table, nobleHash, 'a/x')).toBe(0);
  });

  it('shifts no draw when another stream is opened and drawn from', () => {
    const alone = createStreams('7');
    const crowded = createStreams('7');
    const id = openStream(alone, nobleHash, BACKOFF);
    const runtime = createStreamRuntime(crowded);
    const first = openStream(crowded, nobleHash, 'relayer/r0/backoff');
    drawn(runtime, first, 5);
    const same = openStream(crowded, nobleHash, BACKOFF);
    const mixed = Array.from({ length: 20 }, () => {
      const value = nextUniform(runtime, same);
      nextUniform(runtime, first);
      drawn(runtime, openStream(crowded, nobleHash, 'relayer/r2/backoff'), 2);
      keyedUniform(runtime, same, 1, 1);
      return value;
    });
    expect(same).not.toBe(id);
    expect(mixed).toEqual(drawn(createStreamRuntime(alone), id, 20));
  });

  it('continues exactly from a snapshot taken in mid-sequence', () => {
    const table = createStreams('7');
    const runtime = createStreamRuntime(table);
    const ids = ['a/x', 'a/y', 'a/never'].map((name) => openStream(table, nobleHash, name));
    ids.slice(0, 2).forEach((id) => drawn(runtime, id, 1_000 + id));
    exportState(runtime);
    drawn(runtime, ids[0] as number, 3); // stale again, so that a second export has something to write
    exportState(runtime);
    const restored = decodePlain(encodePlain(table)) as StreamTable;
    const again = createStreamRuntime(restored);
    for (const id of ids) expect(drawn(again, id, 100)).toEqual(drawn(runtime, id, 100));
    expect(restored.positions).toEqual([1_103, 1_101, 100]);
    expect(table.positions).toEqual(restored.positions);
    exportState(runtime);
    exportState(again);
    expect(encodePlain(restored)).toEqual(encodePlain(table));
  });

  it('derives every stream anew for a fork, those drawn and those not', () => {
    const table = createStreams('7');
    const names = ['a/x', 'a/y'];
    const ids = names.map((name) => openStream(table, nobleHash, name));
    const runtime = createStreamRuntime(table);
    const before = ids.map((id) => [nextUniform(runtime, id), keyedUniform(runtime, id, 1, 2)]);
    rekey(table, nobleHash, 'f');
    expect(table.positions).toEqual([0, 0]);
    const forked = createStreamRuntime(table);
    const after = ids.map((id) => [nextUniform(forked, id), keyedUniform(forked, id, 1, 2)]);
    expect(new Set([...before.flat(), ...after.flat()]).size).toBe(8);
    // A stream opened after the fork is the fork's as well.
    const fresh = tableOf('7', 'f');
    const same = openStream(fresh, nobleHash, 'a/y');
    expect(nextUniform(createStreamRuntime(fresh), same)).toBe(after[1]?.[0]);
  });

  it('tells apart labels and names that share their text', () => {
    const one = tableOf('7', 'f');
    const two = tableOf('7', 'f/a');
    openStream(one, nobleHash, 'a/b/c');
    openStream(two, nobleHash, 'b/c');
    expect(one.keys).not.toEqual(two.keys);
  });

  it('serves a keyed source the very numbers of keyedUniform, after any reset', () => {
    const table = createStreams('7');
    const runtime = createStreamRuntime(table);
    const id = openStream(table, nobleHash, BACKOFF);
    const source = keyedSource(runtime);
    source.reset(id, 1, 1).uniform();
    source.reset(id, 9, 4);
    const want = [0, 1, 2, 3, 4].map((index) => keyedUniform(runtime, id, 9, 4, index));
    expect(want.map(() => source.uniform())).toEqual(want);
    expect(sequentialSource(runtime, id).uniform()).toBe(nextUniform(createStreamRuntime(tableWith(BACKOFF)), 0));
  });

  it('gives neighbouring keys independent numbers -> 20,000 distinct, mean and lag correlation as uniform', () => {
    const table = createStreams('7');
    const id = openStream(table, nobleHash, BACKOFF);
    const runtime = createStreamRuntime(table);
    const values: number[] = [];
    for (let key1 = 0; key1 < 100; key1++) {
      for (let key2 = 0; key2 < 100; key2++) {
        for (let index = 0; index < 2; index++) values.push(keyedUniform(runtime, id, key1, key2, index));
      }
    }
    expect(new Set(values).size).toBe(20_000);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const lagged = values.reduce((sum, value, i) => sum + (value - 0.5) * ((values[i + 1] ?? 0.5) - 0.5), 0);
    // 4 standard errors: sqrt(1/12/n) of the mean; the correlation's is 1/sqrt(n).
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 20_000));
    expect(Math.abs((lagged / 20_000) * 12)).toBeLessThan(4 / Math.sqrt(20_000));
  });

  it('refuses a missing seed, and one with a slash -> InvariantError', () => {
    expect(() => createStreams(undefined as unknown as string)).toThrow(InvariantError);
    expect(() => createStreams('')).toThrow(InvariantError);
    expect(() => createStreams('7/8')).toThrow(InvariantError);
  });

  it.each(['backoff', '/backoff', 'relayer/'])('refuses the name "%s" -> InvariantError', (name) => {
    expect(() => openStream(createStreams('7'), nobleHash, name)).toThrow(InvariantError);
  });

  it.each([
    [-1, 0, 0],
    [0.5, 0, 0],
    [2 ** 53, 0, 0],
    [Number.NaN, 0, 0],
    [0, -1, 0],
    [0, 2 ** 32, 0],
    [0, 0, 2 ** 20],
    [0, 0, -1],
    [0, 0, 0.5],
  ])('refuses the key (%d, %d, %d) -> InvariantError', (key1, key2, index) => {
    const table = tableWith(BACKOFF);
    expect(() => keyedUniform(createStreamRuntime(table), 0, key1, key2, index)).toThrow(InvariantError);
  });

  it('refuses to draw from a stream that is not open -> InvariantError', () => {
    const runtime = createStreamRuntime(createStreams('7'));
    expect(() => nextUniform(runtime, 0)).toThrow(InvariantError);
    expect(() => keyedUniform(runtime, 0, 0, 0)).toThrow(InvariantError);
  });

  it('knows whose a stream is -> a stranger is an InvariantError', () => {
    const table = tableWith(BACKOFF);
    assertOwner(table, 0, 'relayer/r1');
    assertOwner(table, 0, 'relayer');
    expect(() => assertOwner(table, 0, 'relayer/r')).toThrow(InvariantError);
    expect(() => assertOwner(table, 0, 'relayer/r1/x')).toThrow(InvariantError);
    claim(table, 0, 'adversary/eve');
    claim(table, 0, 'adversary/eve');
    assertOwner(table, 0, 'adversary/eve');
    expect(() => assertOwner(table, 0, 'relayer/r1')).toThrow(InvariantError);
    expect(() => claim(table, 0, 'relayer/r2')).toThrow(InvariantError);
  });
});

function tableWith(name: string): StreamTable {
  const table = createStreams('7');
  openStream(table, nobleHash, name);
  return table;
}
