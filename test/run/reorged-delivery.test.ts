/** Found by random scenarios: a reorg of the destination takes a delivery back, and its time passes before it is made again. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

const REORGED = `l0sim: 1
name: random
seed: "1582148410"
horizon: 90992ms
drain: 2828s
proofs: modelled
synchrony:
  model: partial
  gst: 89992ms
  delta: 2s
chains:
  c1:
    consensus:
      kind: proof-of-work
    validators:
      - 1
      - 4
      - 1
      - 3
      - 4
      - 1
      - 1
    block: 6s
    asset:
      name: C1
      decimals: 6
    gas:
      price: 1
    settle-depth: 8
    clock:
      skew: -1597ms
    network:
      latency:
        kind: exponential
        mean: 20ms
        cap: 2s
      loss: 0.03
  c2:
    consensus:
      kind: proof-of-work
    validators:
      - 1
    block: 6s
    asset:
      name: C2
      decimals: 6
    gas:
      price: 1
    settle-depth: 10
    network:
      latency:
        kind: exponential
        mean: 20ms
        cap: 2s
lanes:
  c2-c1:
    from: c2
    to: c1
    verifier:
      kind: committee
      members: 1
      threshold: 1
    finality:
      kind: depth
      blocks: 5
    return-finality:
      kind: depth
      blocks: 4
    timeout: 38s
relayers:
  r1:
    lanes:
      - c2-c1
    strategy:
      kind: racing
traffic:
  t-c2-c1:
    application: token-transfer
    lane: c2-c1
    arrivals:
      kind: trace
      entries:
        - at_us: 0
          amount: "0.000001"
    users: 2
    amount: 1 C2
assume:
  - reorg: c1
    at-most: 4
  - reorg: c2
    at-most: 5
  - honest-relayers: c2-c1
    at-least: 1
  - lying-sources: c2-c1
    below: threshold
expect:
  safety: hold
  liveness: hold
`;

describe('relayer for a committee: a delivery that a destination reorg undid', () => {
  it('is taken up again, and timed out -> unwound', () => {
    const { messages, transitions, violations } = simulate(loadScenario(REORGED).scenario);
    expect(transitions.map(({ reason }) => reason)).toContain('destination-reorg');
    expect(messages.map(({ outcome }) => outcome)).toEqual(['unwound']);
    expect(violations).toEqual([]);
  });
});
