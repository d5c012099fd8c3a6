/** Two lanes between two chains of which one has a committee and the other follows its source: found by random scenarios. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

const committee = 'verifier: { kind: committee, members: 3, threshold: 2 }, ';

function world(there: string, back: string): string {
  return `
l0sim: 1
name: mixed
horizon: 1min
drain: 30min
chains:
  a: { consensus: { kind: parametric }, block: 2s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 } }
lanes:
  a-b: { from: a, to: b, ${there}timeout: 30s }
  b-a: { from: b, to: a, ${back}timeout: 30s }
relayers: { r: { lanes: [a-b, b-a] } }
traffic:
  there: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 10s }, amount: 1 A }
  back: { application: token-transfer, lane: b-a, arrivals: { kind: periodic, every: 10s }, amount: 1 B }
`;
}

describe('lanes there and back', () => {
  it.each([
    ['a committee there, a light client back', committee, ''],
    ['a light client there, a committee back', '', committee],
    ['a committee each', committee, committee],
    ['light clients', '', ''],
    ['a committee for the acknowledgements alone', 'return-verifier: { kind: committee, members: 1 }, ', ''],
  ])('%s -> every message is acknowledged', (_name, there, back) => {
    const { messages } = simulate(loadScenario(world(there, back)).scenario);
    expect(messages.length).toBeGreaterThan(8);
    expect(messages.filter(({ outcome }) => outcome !== 'acknowledged')).toEqual([]);
  });
});
