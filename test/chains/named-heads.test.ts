/** Heads that a chain without votes names: when they move, and what lanes wait for. */
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../support/scenarios.ts';
import { runText } from '../support/runs.ts';

const SCENARIO = `
l0sim: 1
name: heads
horizon: 10min
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  a: { consensus: { kind: parametric, heads: { safe: { after: 5s }, finalized: { after: 90s, every: 60s } } }, block: 2s }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 } }
lanes:
  ab: { from: a, to: b, verifier: { kind: committee, members: 1, signing: 0s }, timeout: 1h }
relayers:
  r: { lanes: [ab] }
traffic:
  calls: { application: remote-call, lane: ab, arrivals: { kind: periodic, every: 7s } }
`;

/** Seconds of [block made, head there] of a tag on chain a. */
function moves(tag: string, overrides: Readonly<Record<string, string>> = {}): (readonly [number, number])[] {
  const run = runText(SCENARIO, overrides);
  const made = new Map(
    run
      .of('block-produced')
      .filter(({ fields }) => fields['chain'] === 0)
      .map(({ atUs, fields }) => [fields['block'], atUs / 1e6]),
  );
  return run
    .of('tag-moved')
    .filter(({ fields }) => fields['tag'] === tag)
    .map(({ atUs, fields }) => [made.get(fields['block']) ?? NaN, atUs / 1e6] as const);
}

describe('chains: named heads by laws of time', () => {
  it('follows each block after its time -> 5 s after every block of 2 s', () => {
    const safe = moves('safe');
    expect(safe.slice(0, 3)).toEqual([
      [2, 7],
      [4, 9],
      [6, 11],
    ]);
    expect(safe.every(([made, there]) => there - made === 5)).toBe(true);
  });

  it('moves in steps to the newest block that is old enough -> at 120 s the block of 30 s, at 180 s that of 90 s', () => {
    expect(moves('finalized').slice(0, 3)).toEqual([
      [30, 120],
      [90, 180],
      [150, 240],
    ]);
  });

  it('never goes back under a law that draws less for a later block -> blocks rise', () => {
    const drawn = moves('safe', {
      'chains.a.consensus.heads.safe.after': '{ kind: exponential, mean: 20s }',
    }).map(([made]) => made);
    expect(drawn.length).toBeGreaterThan(20);
    expect(drawn).toEqual([...drawn].sort((x, y) => x - y));
  });

  it('is what a lane waits for unless it says otherwise -> attested at the step, from 90 to 150 s after the block', () => {
    const waits = (finality: string): number[] => {
      const run = runText(SCENARIO, finality === '' ? {} : { 'lanes.ab.finality': finality });
      const sent = new Map(run.of('packet-committed').map(({ atUs, fields }) => [fields['sequence'], atUs]));
      expect(run.result.summary.verdict.name).toBe('as-expected');
      return run.of('packet-received').map(({ atUs, fields }) => (atUs - (sent.get(fields['sequence']) ?? NaN)) / 1e6);
    };
    const final = waits('');
    expect(Math.min(...final)).toBeGreaterThanOrEqual(90);
    expect(Math.max(...final)).toBeLessThanOrEqual(150 + 2 * 2 + 2);
    const safe = waits('{ kind: tag, tag: safe }');
    expect(Math.min(...safe)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...safe)).toBeLessThanOrEqual(5 + 2 * 2 + 2);
    expect(Math.max(...waits('{ kind: instant }'))).toBeLessThanOrEqual(2 * 2 + 2);
  });

  it.each([
    ['a tag that the chain does not name', '{ kind: tag, tag: settled }', 'E139'],
    ['latest, which all have', '{ kind: tag, tag: latest }', ''],
  ])('%s', (_, finality, code) => {
    const text = SCENARIO.replace('timeout: 1h', `timeout: 1h, finality: ${finality}`);
    expect(problemsOf(text).map((problem) => problem.code)).toEqual(code === '' ? [] : [code]);
  });

  it('that move in steps of nothing -> E115', () => {
    expect(problemsOf(SCENARIO.replace('every: 60s', 'every: 0s')).map(({ code }) => code)).toEqual(['E115']);
  });
});
