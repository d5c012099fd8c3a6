import { describe, expect, it } from 'vitest';
import { scalarsOf } from '../../reports/scalars.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { readQuantity, writeQuantity } from '../../sim/experiment/cells/quantity.ts';
import { ConditionError, parseCondition } from '../../sim/experiment/sweep/conditions.ts';
import { type LoadedSweep, loadSweep } from '../../sim/experiment/sweep/load-sweep.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { ScenarioErrors } from '../../sim/scenario/text/errors.ts';

const BASE = `l0sim: 1
name: base
seed: "5"
horizon: 1min
chains:
  a: { consensus: { kind: parametric }, block: 1s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 } }
lanes: { ab: { from: a, to: b, timeout: 1min } }
relayers: { r: { lanes: [ab], strategy: { kind: racing, poll: { kind: exponential, mean: 4s } } } }
`;

function load(body: string, files: Readonly<Record<string, string>> = {}): LoadedSweep {
  return loadSweep(`l0sim-sweep: 1\nname: s\nbase: base.yaml\n${body}`, {
    file: 's.sweep.yaml',
    loadBase: (_, settings) => loadScenario(BASE, { file: 'base.yaml', overrides: settings, metrics: scalarsOf }),
    readText: (file) => {
      const text = files[file];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
    version: '0',
    hash: nobleHash,
  });
}

const factorsOf = (sweep: LoadedSweep): (readonly string[])[] => sweep.plan.points.map((point) => point.factors);

function refusal(body: string): string {
  try {
    load(body);
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('points of a sweep', () => {
  it('are every value with every other, the last factor fastest', () => {
    const sweep = load(
      'vary:\n  t: { path: lanes.ab.timeout, values: [30s, 1min] }\n  n: { path: relayers.r.count, from: 1, to: 3, whole: true }',
    );
    expect(factorsOf(sweep)).toEqual([
      ['30s', '1'],
      ['30s', '2'],
      ['30s', '3'],
      ['1min', '1'],
      ['1min', '2'],
      ['1min', '3'],
    ]);
    expect(sweep.plan.seed).toBe('5');
    expect(sweep.plan.points[1]?.settings).toEqual([
      { path: 'lanes.ab.timeout', value: '30s' },
      { path: 'relayers.r.count', value: '2' },
    ]);
  });

  it('between two ends are spread evenly, or by their logarithm', () => {
    const linear = load('vary: { t: { path: lanes.ab.timeout, from: 10s, to: 50s, steps: 3 } }');
    expect(factorsOf(linear).flat()).toEqual(['10s', '30s', '50s']);
    const log = load('vary: { t: { path: lanes.ab.timeout, from: 1s, to: 100s, scale: log, steps: 3 } }');
    expect(factorsOf(log).flat()).toEqual(['1s', '10s', '100s']);
  });

  it('follow another factor where they are linked', () => {
    const sweep = load(
      'vary:\n  p: { path: relayers.r.strategy.poll.mean, values: [1s, 4s] }\n  t: { path: lanes.ab.timeout, follows: p, times: 3, plus: 10s }',
    );
    expect(factorsOf(sweep)).toEqual([
      ['1s', '13s'],
      ['4s', '22s'],
    ]);
  });

  it('that break a condition are left out, and counted', () => {
    const sweep = load(
      'vary:\n  p: { path: relayers.r.strategy.poll.mean, values: [1s, 20s] }\n  t: { path: lanes.ab.timeout, values: [30s, 1min] }\nwhere: ["p * 2 <= t"]',
    );
    expect(factorsOf(sweep)).toEqual([
      ['1s', '30s'],
      ['1s', '1min'],
      ['20s', '1min'],
    ]);
    expect(sweep.left).toBe(1);
  });

  it('one at a time keep the others as they are in the base scenario', () => {
    const sweep = load(
      'design: { kind: one-at-a-time }\nvary:\n  b: { path: chains.a.block, values: [1s, 3s] }\n  t: { path: lanes.ab.timeout, values: [30s] }',
    );
    expect(factorsOf(sweep)).toEqual([
      ['1s', '1min'],
      ['3s', '1min'],
      ['1s', '30s'],
    ]);
  });

  it.each(['random', 'latin-hypercube', 'sobol'])(
    'of a %s design lie between the ends, and follow the seed',
    (kind) => {
      const body = `design: { kind: ${kind}, points: 8 }\nvary:\n  t: { path: lanes.ab.timeout, from: 10s, to: 90s }\n  n: { path: relayers.r.count, from: 1, to: 4, whole: true }`;
      const points = factorsOf(load(body));
      expect(points).toHaveLength(8);
      for (const [time = '', count = ''] of points) {
        expect(readQuantity(time)?.value).toBeGreaterThanOrEqual(10_000_000);
        expect(readQuantity(time)?.value).toBeLessThanOrEqual(90_000_000);
        expect(['1', '2', '3', '4']).toContain(count);
      }
      expect(factorsOf(load(body))).toEqual(points);
      expect(factorsOf(load(`seed: "6"\n${body}`))).not.toEqual(points);
      // Both spread evenly: each whole number twice.
      const counts = points.map(([, count]) => count).sort((a = '', b = '') => (a < b ? -1 : 1));
      if (kind !== 'random') expect(counts).toEqual(['1', '1', '2', '2', '3', '3', '4', '4']);
    },
  );

  it('of an unshifted Sobol design are the published ones', () => {
    // scipy.stats.qmc.Sobol(2, scramble=False).random(4): (0, 0), (.5, .5), (.75, .25), (.25, .75)
    const body =
      'design: { kind: sobol, points: 4, shift: false }\nvary:\n  t: { path: lanes.ab.timeout, from: 10s, to: 50s }\n  p: { path: relayers.r.strategy.poll.mean, from: 0s, to: 8s }';
    expect(factorsOf(load(body))).toEqual([
      ['10s', '0s'],
      ['30s', '4s'],
      ['40s', '2s'],
      ['20s', '6s'],
    ]);
  });

  it('come from a CSV with a column a factor', () => {
    const sweep = load('design: { kind: csv, file: p.csv }\nvary: { t: { path: lanes.ab.timeout } }', {
      'p.csv': 't,note\n30s,x\n90s,y\n',
    });
    expect(factorsOf(sweep).flat()).toEqual(['30s', '90s']);
  });

  it('of one plan have one hash, and another seed gives another', () => {
    const one = load('vary: { t: { path: lanes.ab.timeout, values: [30s] } }').plan.hash;
    expect(load('vary: { t: { path: lanes.ab.timeout, values: [ 30s ] } }').plan.hash).toBe(one);
    expect(load('seed: "6"\nvary: { t: { path: lanes.ab.timeout, values: [30s] } }').plan.hash).not.toBe(one);
  });
});

describe('a bad sweep is refused with its place', () => {
  it.each([
    ['vary: {}', 'error[E122] s.sweep.yaml:4:7: a sweep varies something'],
    ['vary: { t: { values: [1s] } }', 'expected either path or paths'],
    ['vary: { t: { path: lanes.ab.timeout } }', 't has no values (expected one of values, from and to, or follows)'],
    ['vary: { t: { path: lanes.ab.timeout, values: [1s], from: 1s, to: 2s } }', 't has values of several kinds'],
    ['vary: { t: { path: lanes.ab.timeout, from: 1s, to: 5 } }', 'the ends of a range have one unit'],
    ['vary: { t: { path: lanes.ab.timeout, from: 0s, to: 5s, scale: log } }', 'a logarithmic range starts above zero'],
    ['vary: { t: { path: x, values: [1] }, u: { path: x, values: [1] } }', 'x is varied by t already'],
    ['vary: { t: { path: lanes.ab.timeout, follows: u } }', 'error[E130] s.sweep.yaml:4:47: nothing to follow: u'],
    ['metrics: [latency-p59]\nvary: { t: { path: lanes.ab.timeout, values: [1s] } }', 'unknown metric latency-p59'],
    ['where: ["t <"]\nvary: { t: { path: lanes.ab.timeout, values: [1s] } }', 'a condition cannot be read'],
    ['where: ["t < 5"]\nvary: { t: { path: lanes.ab.timeout, values: [1s] } }', 'a time does not go with a number'],
    ['where: ["t > 5s"]\nvary: { t: { path: lanes.ab.timeout, values: [1s] } }', 'every point breaks a condition'],
    ['replications: 2000000\nvary: { t: { path: lanes.ab.timeout, values: [1s] } }', 'error[E140]'],
    [
      'design: { kind: csv, file: p.csv }\nvary: { t: { path: lanes.ab.timeout } }',
      'error[E141] s.sweep.yaml:4:28: p.csv cannot be read',
    ],
    [
      'vary:\n  a: { path: lanes.ab.timeout, from: 1s, to: 9s, steps: 9999 }\n  b: { path: horizon, from: 1s, to: 9s, steps: 9999 }',
      'error[E140] s.sweep.yaml:1:1: the grid has too many points (expected at most 1000000, got 9999 x 9999 points)',
    ],
    ['desing: { kind: grid }\nvary: { t: { path: lanes.ab.timeout, values: [1s] } }', 'did you mean design?'],
  ])('%s', (body, message) => {
    expect(refusal(body)).toContain(message);
  });
});

describe('conditions', () => {
  const values = new Map([
    ['a', '2s'],
    ['b', '500ms'],
    ['n', '4'],
    ['w', 'racing'],
  ]);
  it.each([
    ['a > b', true],
    ['a = b * n', true],
    ['a != 2s', false],
    ['(a + b) * 2 >= 5s', true],
    ['a / b = n', true],
    ['a - 1s - 1s < 1ms', true],
    ['2 * n <= 8', true],
    ['n > 50%', true],
  ])('%s -> %s', (text, holds) => {
    expect(parseCondition(text, [...values.keys()])(values)).toBe(holds);
  });

  it.each(['a', 'a < ', 'a < b c', '(a < b', 'a < q', 'a ~ b'])('%s cannot be read', (text) => {
    expect(() => parseCondition(text, [...values.keys()])).toThrow(ConditionError);
  });

  it.each(['a < n', 'w < 3', 'a * b < 3s'])('%s makes no sense', (text) => {
    expect(() => parseCondition(text, [...values.keys()])(values)).toThrow(ConditionError);
  });
});

describe('quantities of factors', () => {
  it.each(['6s', '250ms', '30%', '4', '0.5', '1.5 ATOM', '0.5/s', '200 KiB', '-200ms'])(
    '%s is written as it was read',
    (text) => {
      const quantity = readQuantity(text);
      expect(quantity).toBeDefined();
      expect(quantity === undefined ? '' : writeQuantity(quantity)).toBe(text);
    },
  );

  it.each(['racing', 'true', '', '{ kind: x }'])('%s is none', (text) => {
    expect(readQuantity(text)).toBeUndefined();
  });
});
