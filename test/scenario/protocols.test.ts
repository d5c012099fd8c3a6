/** Systems as data: what a lane takes of one, by the chain that it comes from, and the relayer that it brings. */
import { describe, expect, it } from 'vitest';
import { type LoadOptions, loadScenario } from '../../sim/scenario/load.ts';
import { ScenarioErrors } from '../../sim/scenario/text/errors.ts';
import { optionsFor } from '../support/scenarios.ts';

const SYSTEM = `# a system of one's own
summary: three keys of five
lane:
  verifier: { kind: committee, members: 5, threshold: 3, signing: 1s }
  timeout: 20min
chains:
  base: { finality: { kind: depth, blocks: 7 } }
  bnb: { finality: { kind: depth, blocks: 9 }, verifier: { threshold: 4 } }
relayer: { submit: 3s, batch: { size: 5 } }
`;

const scenarioOf = (lanes: string, relayers = ''): string => `
l0sim: 1
name: own
horizon: 1min
chains: { base: { preset: base }, other: { preset: bnb }, plain: { consensus: { kind: parametric } } }
lanes: ${lanes}
${relayers === '' ? '' : `relayers: ${relayers}`}
`;

const shipped = optionsFor('scenarios/own.yaml');
const options = (system = SYSTEM, more: LoadOptions = {}): LoadOptions => ({
  ...shipped,
  readText: (path) => (path === 'systems/mine.yaml' ? system : (shipped.readText as (path: string) => string)(path)),
  ...more,
});

const USE = '{ from: base, to: other, protocol: systems/mine.yaml }';

function codesOf(text: string, given: LoadOptions): string[] {
  try {
    loadScenario(text, given);
    return [];
  } catch (error) {
    return (error as ScenarioErrors).problems.map(({ code, file, line, path }) => `${code} ${file}:${line} ${path}`);
  }
}

describe('scenario: systems', () => {
  it('gives a lane what it is made of, with the finality of its source, and that of its destination for the way back', () => {
    const { scenario } = loadScenario(scenarioOf(`{ out: ${USE} }`), options());
    expect(scenario.lanes['out']).toMatchObject({
      verifier: { kind: 'committee', members: 5, threshold: 3 },
      finality: { kind: 'depth', blocks: 7 },
      returnFinality: { kind: 'depth', blocks: 9 },
      timeout: 1_200_000_000,
    });
  });

  it('differs by the chain that a lane comes from -> 4 of 5 keys sign for bnb', () => {
    const lanes = '{ in: { from: other, to: base, protocol: systems/mine.yaml } }';
    const { scenario } = loadScenario(scenarioOf(lanes), options());
    expect(scenario.lanes['in']?.verifier).toMatchObject({ members: 5, threshold: 4 });
    expect(scenario.lanes['in']?.returnFinality).toEqual({ kind: 'depth', blocks: 7 });
  });

  it('leaves finality to a chain that it says nothing of', () => {
    const lanes = '{ in: { from: plain, to: base, protocol: systems/mine.yaml } }';
    expect(loadScenario(scenarioOf(lanes), options()).scenario.lanes['in']?.finality).toEqual({ kind: 'instant' });
  });

  it('yields to what the lane says itself', () => {
    const lanes =
      '{ out: { from: base, to: other, protocol: systems/mine.yaml, timeout: 2min, finality: { kind: instant } } }';
    expect(loadScenario(scenarioOf(lanes), options()).scenario.lanes['out']).toMatchObject({
      timeout: 120_000_000,
      finality: { kind: 'instant' },
      verifier: { members: 5 },
    });
  });

  it('brings a relayer to a lane that nobody serves, and only to that', () => {
    const lanes = `{ out: ${USE}, second: { from: other, to: base, protocol: systems/mine.yaml } }`;
    const { relayers } = loadScenario(scenarioOf(lanes, '{ r: { lanes: [second] } }'), options()).scenario;
    expect(Object.keys(relayers)).toEqual(['r', 'out-relayer']);
    expect(relayers['out-relayer']).toMatchObject({ lanes: ['out'], batch: { size: 5 } });
    expect(relayers['r']?.batch.size).toBe(1);
  });

  it('is what a relayer starts from, by name', () => {
    const relayers = '{ r: { lanes: [out], protocol: systems/mine.yaml, batch: { wait: 2s } } }';
    const { scenario } = loadScenario(scenarioOf(`{ out: ${USE} }`, relayers), options());
    expect(scenario.relayers['r']?.batch).toEqual({ size: 5, wait: 2_000_000 });
  });

  it('written out needs its file no more', () => {
    const loaded = loadScenario(scenarioOf(`{ out: ${USE} }`), options());
    const again = loadScenario(loaded.resolvedYaml);
    expect(again.scenario).toEqual(loaded.scenario);
    expect(again.resolvedYaml).toBe(loaded.resolvedYaml);
  });

  it('pairs lanes of one system, not of two', () => {
    const back = '{ from: other, to: base, protocol: ibc-v2, verifier: { kind: committee } }';
    const lanes = `{ out: ${USE}, back: ${back}, home: { from: other, to: base, protocol: systems/mine.yaml } }`;
    const { scenario } = loadScenario(scenarioOf(lanes), options());
    expect([scenario.lanes['out']?.reverse, scenario.lanes['back']?.reverse]).toEqual(['home', undefined]);
  });

  it('takes the place of another on every lane, which keep their ends and their controls, and relayers their wallets', () => {
    const lanes = '{ out: { from: base, to: other, protocol: ibc-v2, timeout: 1min, pause: { kind: key } } }';
    const relayers = '{ r: { lanes: [out], count: 3, wallet: { ETH: 2 }, batch: { size: 30 } } }';
    const { scenario } = loadScenario(scenarioOf(lanes, relayers), options(SYSTEM, { protocol: 'systems/mine.yaml' }));
    expect(scenario.lanes['out']).toMatchObject({
      timeout: 1_200_000_000,
      pause: { kind: 'key' },
      verifier: { members: 5 },
    });
    expect(scenario.relayers['r']).toMatchObject({ count: 3, wallet: { ETH: '2' }, batch: { size: 5 } });
  });

  it.each([
    [
      'a system that is not there',
      scenarioOf('{ out: { from: base, to: other, protocol: nowhere } }'),
      SYSTEM,
      'E130 own.yaml:6 lanes.out.protocol',
    ],
    ['a section that is none', scenarioOf(`{ out: ${USE} }`), `${SYSTEM}fees: 3\n`, 'E120 systems/mine.yaml:10 fees'],
    [
      'a key of a lane that is none, in the file of the system',
      scenarioOf(`{ out: ${USE} }`),
      SYSTEM.replace('timeout', 'timeuot'),
      'E120 systems/mine.yaml:5 lanes.out.timeuot',
    ],
    [
      'a bad value, in the file of the system',
      scenarioOf(`{ out: ${USE} }`),
      SYSTEM.replace('20min', '20'),
      'E116 systems/mine.yaml:5 lanes.out.timeout',
    ],
    [
      'a bad value for one chain',
      scenarioOf(`{ out: ${USE} }`),
      SYSTEM.replace('blocks: 7', 'blocks: 0'),
      'E115 systems/mine.yaml:7 lanes.out.finality.blocks',
    ],
    [
      'a bad value of its relayer',
      scenarioOf(`{ out: ${USE} }`),
      SYSTEM.replace('size: 5', 'size: 0'),
      'E115 systems/mine.yaml:9 relayers.out-relayer.batch.size',
    ],
  ])('%s -> named where it stands', (_, text, system, expected) => {
    expect(codesOf(text, options(system))).toEqual([expected]);
  });
});
