/** A mined chain in the middle: what goes on from a branch that is lost goes on again from the other. */
import { expect, it } from 'vitest';
import { createRunParts } from '../../sim/run/parts.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { builtInObservers } from '../../reports/results.ts';

const FORKS = `
l0sim: 1
name: middle-forks
seed: "3"
horizon: 10min
proofs: modelled
drain: 3h
chains:
  west: { consensus: { kind: bft }, validators: 4, block: 6s, asset: { name: WEST, decimals: 6 }, gas: { price: 1 } }
  pow: { consensus: { kind: proof-of-work }, validators: 5, block: 10s, asset: { name: POW, decimals: 6 }, gas: { price: 1 }, settle-depth: 40, network: { latency: { kind: exponential, mean: 2s } } }
  east: { consensus: { kind: bft }, validators: 4, block: 6s, asset: { name: EAST, decimals: 6 }, gas: { price: 1 } }
lanes:
  west-pow: { from: west, to: pow, timeout: 1h, verifier: { kind: light-client }, return-finality: { kind: depth, blocks: 12 } }
  pow-east: { from: pow, to: east, timeout: 1h, verifier: { kind: committee, members: 3, threshold: 2 }, finality: { kind: depth, blocks: 12 } }
relayers:
  r: { lanes: [west-pow, pow-east] }
traffic:
  through: { application: token-transfer, lane: west-pow, route: [pow-east], arrivals: { kind: periodic, every: 10s }, amount: 5 WEST }
`;

it('always: a forwarded transfer survives reorgs in the middle, and each is acknowledged once', () => {
  const { scenario } = loadScenario(FORKS);
  const { violations, messages } = simulate(scenario, { parts: createRunParts(builtInObservers) });
  expect(violations).toEqual([]);
  const isHop = ({ message }: { readonly message: string }): boolean => /\/h2/.test(message);
  const parents = messages.filter((row) => !isHop(row));
  expect(parents.map(({ outcome }) => outcome)).toEqual(parents.map(() => 'acknowledged'));
  // The test is of forks: without a hop that was lost it shows nothing.
  const hops = messages.filter(isHop);
  expect(hops.filter(({ outcome }) => outcome === 'discarded').length).toBeGreaterThan(0);
  expect(hops.filter(({ outcome }) => outcome === 'acknowledged')).toHaveLength(parents.length);
});
