/** Rollups on every kind of chain under every fault of theirs: what is violated beyond what is assumed is a bug. */
import { describe, expect, it } from 'vitest';
import { unexplained } from '../../sim/experiment/plan/explained.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

const parents = [
  ['blocks by law', '{ consensus: { kind: parametric }, block: 12s, asset: { name: P, decimals: 6 } }'],
  [
    'mined',
    '{ consensus: { kind: proof-of-work }, validators: [1, 1, 1], block: 15s, asset: { name: P, decimals: 6 }, network: { latency: 2s } }',
  ],
  [
    'slots',
    '{ consensus: { kind: slots, slots-per-epoch: 4, late: 10% }, validators: 8, block: 6s, asset: { name: P, decimals: 6 } }',
  ],
  [
    'votes and a fee market',
    '{ consensus: { kind: bft }, validators: 4, block: 6s, asset: { name: P, decimals: 6 }, gas: { price: 10, base-fee: { initial: 100 } } }',
  ],
] as const;
const settlements = [
  '{ kind: validity, proving: { kind: exponential, mean: 90s } }',
  '{ kind: challenge, window: 5min, challengers: { count: 2, reaction: 40s } }',
];
const faults = [
  ['calm', ''],
  [
    'posts nothing',
    'f: { kind: rollup.stop, target: { chain: r }, when: { at: 100s, for: 200s }, with: { roles: [batcher, proposer] } }',
  ],
  ['takes back blocks', 'f: { kind: rollup.undo, target: { chain: r }, when: { at: 205s }, with: { blocks: 12 } }'],
  ['states false heads', 'f: { kind: rollup.false-output, target: { chain: r }, when: { at: 60s, for: 300s } }'],
  ['without a sequencer', 'f: { kind: chain.halt, target: { chain: r }, when: { at: 150s, for: 100s } }'],
  ['relayer away', 'f: { kind: rel.stop, target: { relayer: x }, when: { at: 150s, for: 200s } }'],
  ['parent halted', 'f: { kind: chain.halt, target: { chain: p }, when: { at: 150s, for: 100s } }'],
] as const;
const cases = parents.flatMap(([parent, p], i) =>
  faults.map(([fault, f], k) => {
    const j = (i + k) % settlements.length;
    return [parent, fault, p, f, settlements[j] ?? '', settlements[1 - j] ?? '', i * 10 + k] as const;
  }),
);
describe('chains: two rollups on one parent', () => {
  it.each(cases)('hold what they promise: parent %s, %s', (_parent, _fault, p, f, own, other, number) => {
    const text = `
l0sim: 1
name: stress
seed: "${number}"
horizon: 10min
drain: 6h
proofs: ${number % 2 === 0 ? 'modelled' : 'hashed'}
synchrony: { model: partial, gst: 0s, delta: 5s }
chains:
  p: ${p}
  r: { consensus: { kind: rollup, on: p, batch: 40s, output: 100s, settlement: ${own} }, block: 3s, asset: { name: R, decimals: 6 } }
  q: { consensus: { kind: rollup, on: p, batch: 50s, output: 80s, settlement: ${other} }, block: 2s, asset: { name: Q, decimals: 6 } }
lanes:
  pr: { from: p, to: r, verifier: { kind: shared-security }, timeout: 3h }
  rp: { from: r, to: p, verifier: { kind: shared-security }, timeout: 3h }
  rq: { from: r, to: q, verifier: { kind: shared-security }, timeout: 3h }
relayers: { x: { lanes: [pr, rp, rq] } }
traffic:
  a: { application: token-transfer, lane: pr, arrivals: { kind: poisson, rate: 0.03/s }, amount: 1 P }
  b: { application: token-transfer, lane: rp, arrivals: { kind: poisson, rate: 0.03/s }, amount: 1 R }
  c: { application: token-transfer, lane: rq, arrivals: { kind: poisson, rate: 0.03/s }, amount: 1 R }
faults: { ${f} }
assume: [{ reorg: p, at-most: 4 }, { reorg: r, at-most: 8 }, { reorg: q, at-most: 8 }, { block-gap: p, at-most: 10min }, { block-gap: r, at-most: 60s }, { honest-relayers: pr, at-least: 1 }]
`;
    const { scenario } = loadScenario(text);
    const left = unexplained(scenario, simulate(scenario));
    expect(left.map(({ property, message, what }) => `${property} ${message} ${what}`)).toEqual([]);
  });
});
