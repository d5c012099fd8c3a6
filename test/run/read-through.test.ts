/** Found by random scenarios: members of a committee who read a chain through the node of a validator that is not as it should be. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

function world(bft: string, faults: string, members: number): string {
  return `
l0sim: 1
name: read-through
horizon: 10s
drain: 30min
synchrony: { model: partial, gst: 5s, delta: 2s }
chains:
  a:
    consensus: { kind: bft }
    validators: ${bft}
    block: 2s
    asset: { name: A, decimals: 6 }
    network: { latency: { kind: exponential, mean: 50ms, cap: 2s } }
  b: { consensus: { kind: parametric }, block: 2s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: { kind: committee, members: ${members}, threshold: ${members} }, timeout: 20s } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 3s }, amount: 1 A } }
faults: { ${faults} }
assume: [{ byzantine: a, below: 1/3 }]
`;
}

function outcomes(text: string): Set<string> {
  return new Set(simulate(loadScenario(text).scenario).messages.map(({ outcome }) => outcome));
}

describe('a committee all of whose members must sign', () => {
  it('reads through no twin, which runs only while a fault lets it -> every message is acknowledged', () => {
    const twin = 'f: { kind: bft.twin, target: { chain: a, validators: 1 }, when: { at: 0s, for: 1ms } }';
    expect(outcomes(world('[3, 1]', twin, 3))).toEqual(new Set(['acknowledged']));
  });

  it('reads through a silent validator that fetches what it has missed -> every message comes to its end', () => {
    const silent = 'f: { kind: bft.silent, target: { chain: a, validators: 1 }, when: { at: 0s } }';
    const cut = 'g: { kind: net.partition, target: { chain: a, validators: 1 }, when: { at: 0s, for: 4s } }';
    const seen = outcomes(world('[3, 1]', `${silent}, ${cut}`, 2));
    expect([...seen].filter((outcome) => outcome !== 'acknowledged' && outcome !== 'unwound')).toEqual([]);
  });
});
