/** Who opens a lane is part of its first relayer: what stops that one stops the opening too. */
import { expect, it } from 'vitest';
import { runText } from '../support/runs.ts';

const TEXT = `
l0sim: 1
name: opening
horizon: 5min
drain: 30min
proofs: modelled
chains:
  a: { consensus: { kind: bft }, validators: 4, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: bft }, validators: 4, block: 4s, asset: { name: B, decimals: 6 } }
lanes: { ab: { from: a, to: b, opening: handshake, timeout: 10min } }
relayers: { r: { lanes: [ab] } }
traffic: { t: { application: remote-call, lane: ab, arrivals: { kind: periodic, every: 20s }, start: 4min } }
faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 8s, for: 100s } } }
`;

it('takes no step while its relayer is stopped, and goes on where it was when that is over', () => {
  const { result, of } = runText(TEXT);
  const steps = of('opening-step').map(({ atUs }) => atUs / 1_000_000);
  // A transaction that was at the mempool already is in the next block of 4 s.
  expect(steps.filter((at) => at > 8 + 8 && at < 108)).toEqual([]);
  expect(steps.length).toBe(10);
  expect(steps.filter((at) => at > 108).length).toBeGreaterThan(5);
  expect(result.messages.map(({ outcome }) => outcome)).toEqual(result.messages.map(() => 'acknowledged'));
});
