import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import { ScenarioErrors } from '../../sim/scenario/text/errors.ts';
import { type KeptRun, runText } from '../support/runs.ts';

const SCENARIO = `
l0sim: 1
name: demand
horizon: 100s
chains:
  a: { consensus: { kind: parametric, sealing: on-demand } }
  b: { consensus: { kind: parametric, sealing: on-demand }, asset: { name: B, decimals: 6 } }
lanes:
  ab: { from: a, to: b, timeout: 10min }
relayers:
  r: { lanes: [ab] }
traffic:
  calls: { application: remote-call, lane: ab, arrivals: { kind: burst, every: 10s, size: 3 }, start: 1s }
`;

function blocksOf(run: KeptRun, chain: number): { atUs: number; height: number; transactions: number }[] {
  return run
    .of('block-produced')
    .filter(({ fields }) => fields['chain'] === chain && (fields['height'] as number) > 0)
    .map(({ atUs, fields }) => ({
      atUs,
      height: fields['height'] as number,
      transactions: fields['transactions'] as number,
    }));
}

describe('chains: parametric, on demand', () => {
  it('makes one block at the instant of a burst, and none between -> 10 blocks of 3', () => {
    const run = runText(SCENARIO, { horizon: '100s' });
    const blocks = blocksOf(run, 0).filter(({ atUs }) => atUs % 1_000_000 === 0);
    expect(blocks.map(({ atUs }) => atUs / 1_000_000)).toEqual([1, 11, 21, 31, 41, 51, 61, 71, 81, 91]);
    expect(blocks.map(({ transactions }) => transactions)).toEqual(Array.from({ length: 10 }, () => 3));
  });

  it('delivers and acknowledges every message, and holds every property', () => {
    const run = runText(SCENARIO);
    expect(run.of('packet-acknowledged')).toHaveLength(30);
    expect(run.result.summary.verdict.name).toBe('as-expected');
  });

  it('puts what does not fit into a full block into the next, at the same instant -> 2 blocks', () => {
    // A user's transaction takes at most 400,000 gas: two fit.
    const run = runText(SCENARIO, { 'chains.a.gas': '{ price: 0, limit: 1000000 }', horizon: '2s' });
    const first = blocksOf(run, 0).filter(({ atUs }) => atUs === 1_000_000);
    expect(first.map(({ height, transactions }) => [height, transactions])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('makes blocks while earlier ones are not final -> same messages', () => {
    const run = runText(SCENARIO, {
      'chains.a.consensus.finality': '25s',
      'traffic.calls.arrivals': '{ kind: periodic, every: 1s }',
    });
    expect(run.of('packet-committed')).toHaveLength(99);
    expect(run.of('packet-acknowledged')).toHaveLength(99);
  });

  it('does not take a law of blocks beside -> E139', () => {
    const text = SCENARIO.replace('sealing: on-demand }', 'sealing: on-demand }, block: 2s');
    try {
      loadScenario(text);
      expect.unreachable();
    } catch (error) {
      expect((error as ScenarioErrors).problems.map(({ code, path }) => [code, path])).toEqual([
        ['E139', 'chains.a.block'],
      ]);
    }
  });
});

describe('chains: parametric, finality by a law', () => {
  it('never goes back where a block is final before its parent -> heights rise, nothing is undone', () => {
    const run = runText(SCENARIO, {
      'chains.a': '{ block: 1s, consensus: { kind: parametric, finality: { kind: exponential, mean: 3s } } }',
    });
    const moves = run.of('head-moved').filter(({ fields }) => fields['chain'] === 0);
    const heights = moves.map(({ fields }) => fields['height'] as number);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(moves.some(({ fields }) => (fields['applied'] as number[]).length > 1)).toBe(true);
    expect(moves.filter(({ fields }) => (fields['undone'] as number[]).length > 0)).toEqual([]);
  });
});

describe('relayers: loss', () => {
  const lossy = { 'relayers.r.loss': '0.3', 'relayers.r.retry': '{ patience: 1s, pause: 1s, factor: 1 }' };

  it('tries again what was lost on its way, until all of it is there', () => {
    const run = runText(SCENARIO, lossy);
    const submitted = run.of('relay-submitted');
    const lost = submitted.filter(({ fields }) => fields['transaction'] === -1);
    expect(run.of('packet-acknowledged')).toHaveLength(30);
    // 60 deliveries at a loss of 0.3: a geometric number of tries, 85.7 in all, deviation 5.9.
    expect(submitted.length).toBeGreaterThan(68);
    expect(submitted.length).toBeLessThan(104);
    expect(submitted.length - lost.length).toBe(60);
  });

  it('leaves the delays of what is not lost as they were', () => {
    const firstOf = (run: KeptRun): (readonly [unknown, number])[] =>
      run
        .of('relay-submitted')
        .filter(({ fields }) => fields['attempt'] === 1 && fields['action'] === 'receive')
        .map(({ fields, atUs }) => [fields['sequence'], atUs] as const);
    const law = { 'relayers.r.submit': '{ kind: exponential, mean: 200ms }', horizon: '2s' };
    expect(firstOf(runText(SCENARIO, { ...lossy, ...law }))).toEqual(firstOf(runText(SCENARIO, law)));
  });
});
