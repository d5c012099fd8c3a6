/** A chain that stands still: when the assumption that it does not is broken, by whom, and what that explains. */
import { describe, expect, it } from 'vitest';
import { unexplained } from '../../sim/experiment/plan/explained.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { runText } from '../support/runs.ts';

const SCENARIO = `
l0sim: 1
name: still
horizon: 5min
drain: 1h
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  a: { consensus: { kind: parametric }, block: 5s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 5s, asset: { name: B, decimals: 6 } }
lanes: { ab: { from: a, to: b, timeout: 2min } }
relayers: { r: { lanes: [ab] } }
traffic: { t: { application: token-transfer, lane: ab, arrivals: { kind: periodic, every: 20s }, amount: 1 A } }
`;
const HALT = '{ still: { kind: chain.halt, target: { chain: b }, when: { at: 62s, for: 40s } } }';
const FOR_GOOD = '{ still: { kind: chain.halt, target: { chain: b }, when: { at: 62s } } }';
const ASSUMED = '[{ block-gap: b, at-most: 15s }]';

describe('assumptions: block-gap', () => {
  it('holds while blocks come -> the longest gap is that between two blocks', () => {
    const rows = runText(SCENARIO, { assume: ASSUMED }).result.assumptions;
    expect(rows.map(({ holds, measured, limit }) => [holds, measured, limit])).toEqual([
      [true, '5000000', 'at most 15000000'],
    ]);
  });

  it('is broken from the end of the longest gap to the next block -> 60 s + 15 s to 105 s, by the fault that stopped the chain', () => {
    const rows = runText(SCENARIO, { assume: ASSUMED, faults: HALT }).result.assumptions;
    const broken = rows.filter(({ holds }) => !holds);
    expect(broken).toMatchObject([{ measured: '45000000', fromUs: 75_000_000, untilUs: 105_000_000, faults: 'still' }]);
  });

  it('is broken to the end where no block comes any more', () => {
    const run = runText(SCENARIO, { assume: ASSUMED, faults: FOR_GOOD });
    const broken = run.result.assumptions.filter(({ holds }) => !holds);
    expect(broken.map(({ fromUs }) => fromUs)).toEqual([75_000_000]);
    expect(broken[0]?.untilUs).toBe(run.result.simulatedUs);
  });

  it('explains messages that stay open -> nothing does without it; with it, the run without the fault is well', () => {
    const left = (assume: string): number => {
      const overrides = Object.entries({ faults: FOR_GOOD, assume }).map(([path, value]) => ({
        path,
        value,
        flag: '',
      }));
      const { scenario } = loadScenario(SCENARIO, { overrides });
      return unexplained(scenario, simulate(scenario)).length;
    };
    expect(left('[]')).toBeGreaterThan(0);
    expect(left(ASSUMED)).toBe(0);
  });
});
