/** Found by random scenarios: members of a committee who learn of a packet on either side of a destination block. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

/** The source is final so slowly, and its nodes see it so unevenly, that the timeout has passed for some and not for others. */
const UNEVEN = `l0sim: 1
name: stuck
seed: "3"
horizon: 84401ms
drain: 30min
proofs: modelled
synchrony: { model: partial, gst: 83401ms, delta: 2s }
chains:
  c1:
    consensus: { kind: proof-of-work }
    validators: [1, 2, 1, 2]
    block: 7s
    asset: { name: C1, decimals: 6 }
    gas: { price: 1 }
    settle-depth: 20
    clock: { skew: -1220ms }
    network: { latency: { kind: exponential, mean: 326ms, cap: 2s }, loss: 0.1, duplicate: 0.02 }
  c2:
    consensus: { kind: parametric }
    block: 5s
    asset: { name: C2, decimals: 6 }
    gas: { price: 1 }
    clock: { skew: -475ms }
lanes:
  c1-c2: { from: c1, to: c2, verifier: { kind: committee, members: 3, threshold: 3 }, finality: { kind: depth, blocks: 10 }, return-finality: { kind: instant }, timeout: 20s }
  c1-c2-2: { from: c1, to: c2, finality: { kind: depth, blocks: 10 }, return-finality: { kind: instant }, timeout: 20s }
relayers: { r1: { lanes: [c1-c2, c1-c2-2], strategy: { kind: racing } } }
traffic:
  t-c1-c2: { application: token-transfer, lane: c1-c2, arrivals: { kind: trace, entries: [{ at_us: 0, amount: "0.000001" }, { at_us: 40954000, amount: "0.000001" }] }, users: 2, amount: 1 C1 }
`;

describe('committee: absence of a packet whose timeout passed before all members knew of it', () => {
  it('is attested at one block by all of them -> unwound', () => {
    const { messages, violations } = simulate(loadScenario(UNEVEN).scenario);
    expect(messages.map(({ message, outcome }) => [message, outcome])).toEqual([
      ['t-c1-c2/1', 'unwound'],
      ['t-c1-c2/2', 'unwound'],
    ]);
    expect(violations).toEqual([]);
  });
});
