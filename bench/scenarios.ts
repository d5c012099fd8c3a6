/** Scenarios that the benches run, from text as a user would write them. */
import { loadScenario } from '../sim/scenario/load.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';

export interface LaneSettings {
  readonly messages: number;
  readonly proofs: 'hashed' | 'modelled';
  readonly verifier: 'committee' | 'light-client';
  /** Time that the relayer takes for each piece of work, as text. */
  readonly service?: string;
}

/** Two parametric chains with 2 s blocks, 1,000 messages a second, one relayer that batches. */
export function laneScenario({ messages, proofs, verifier, service = '0s' }: LaneSettings): Scenario {
  const kind = verifier === 'committee' ? '{ kind: committee, members: 1, threshold: 1 }' : '{ kind: light-client }';
  const text = `
l0sim: 1
name: lane
horizon: ${Math.ceil(messages / 1_000) + 1}s
drain: 1h
proofs: ${proofs}
chains:
  a: { consensus: { kind: parametric }, block: 2s, asset: { name: A, decimals: 6 }, gas: { price: 1, limit: 1000000000000 }, keep-blocks: 4 }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 }, gas: { price: 1, limit: 1000000000000 }, keep-blocks: 4 }
lanes: { a-b: { from: a, to: b, verifier: ${kind}, timeout: 10min } }
relayers: { r: { lanes: [a-b], service: ${service}, batch: { size: 50, wait: 100ms } } }
traffic:
  t: { application: token-transfer, lane: a-b, arrivals: { kind: poisson, rate: 1000/s }, amount: 1 A, limit: ${messages}, users: 1000 }
`;
  return loadScenario(text).scenario;
}

/** One voting chain of n validators with uniform delays, and nothing else. */
export function votesScenario(
  n: number,
  blocks: number,
  { latency = '{ kind: uniform, min: 50ms, max: 450ms }', fidelity = 'votes' } = {},
): Scenario {
  const text = `
l0sim: 1
name: votes
horizon: ${blocks * 2}s
drain: 1s
proofs: modelled
chains:
  a:
    consensus: { kind: bft }
    validators: ${n}
    asset: { name: A, decimals: 6 }
    fidelity: ${fidelity}
    network: { latency: ${latency} }
`;
  return loadScenario(text).scenario;
}
