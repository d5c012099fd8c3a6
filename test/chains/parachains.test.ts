/** Parachains: inclusion by the relay chain, messages beside it, and disputes that undo everywhere what stood on a wrong block. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { type KeptRun, runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const SCENARIO = `
l0sim: 1
name: parachains
horizon: 10min
chains:
  relay: { consensus: { kind: parametric, heads: { finalized: { after: 30s } } }, block: 6s, asset: { name: DOT, decimals: 10 } }
  a: { consensus: { kind: parachain, on: relay, availability: 4s, approval: 10s }, block: 6s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parachain, on: relay, availability: 4s, approval: 10s }, block: 6s, asset: { name: B, decimals: 6 } }
lanes:
  ab: { from: a, to: b, verifier: { kind: shared-security }, ordering: lazy-gap, timeout: 0s, acknowledge: false }
relayers: { r: { lanes: [ab], submit: 0s } }
traffic:
  t: { application: token-transfer, lane: ab, arrivals: { kind: periodic, every: 10s }, amount: 1 A }
`;
const WRONG = '{ wrong: { kind: parachain.wrong-candidate, target: { chain: a }, when: { at: 5min, for: 6s } } }';

function times(run: KeptRun, name: string, chain: number): (readonly [number, number])[] {
  const key = name.startsWith('candidate') ? 'parachain' : 'chain';
  return run
    .of(name)
    .filter(({ fields }) => fields[key] === chain)
    .map(({ atUs, fields }) => [fields['height'] as number, atUs / 1e6]);
}

describe('chains: a parachain on its relay chain', () => {
  const run = runText(SCENARIO);

  it('is backed, available, included -> the block of 6 s backed at 12 s, available 4 s after, included at 18 s', () => {
    // The first block and the relay's first come at one instant: the call comes into the next.
    expect(times(run, 'candidate-backed', 1)[0]).toEqual([1, 12]);
    expect(times(run, 'candidate-included', 1)[0]).toEqual([1, 18]);
  });

  it('is approved 10 s after its inclusion is seen -> 28.05 s', () => {
    expect(times(run, 'candidate-approved', 1)[0]).toEqual([1, 28.05]);
  });

  it('is final with the relay block that included it -> that of 18 s is final at 48 s', () => {
    const final = run.of('tag-moved').filter(({ fields }) => fields['chain'] === 1 && fields['tag'] === 'finalized');
    expect([final[0]?.fields['height'], final[0]?.atUs]).toEqual([1, 48_050_000]);
  });

  it('waits for the check where that is slower than the relay chain -> final at 18.05 + 60 s', () => {
    const slow = runText(SCENARIO, { 'chains.a.consensus.approval': '60s' });
    const final = slow.of('tag-moved').filter(({ fields }) => fields['chain'] === 1 && fields['tag'] === 'finalized');
    expect(final[0]?.atUs).toBe(78_050_000);
  });

  it('makes no more than it may be ahead by -> with one, no block until the last is included', () => {
    const one = runText(SCENARIO, { 'chains.a.consensus.ahead': '1' });
    const made = one.of('block-produced').filter(({ fields }) => fields['chain'] === 1).length;
    expect(made).toBeGreaterThan(600 / 18 - 3);
    expect(made).toBeLessThan(600 / 12 + 3);
  });

  it('passes messages in order before they are final -> all executed, none against a property', () => {
    expect(run.result.violations).toEqual([]);
    expect(run.result.messages.length).toBe(60);
    const executed = times(run, 'packet-received', 2);
    expect(executed.length).toBe(60);
  });
});

describe('chains: a wrong candidate', () => {
  it('is found by its checkers, and undoes relay chain and both parachains -> no message outlives its source', () => {
    const run = runText(SCENARIO, { faults: WRONG });
    expect(run.of('candidate-disputed').length).toBe(1);
    const undone = new Set(
      run
        .of('head-moved')
        .filter(({ fields }) => (fields['undone'] as number[]).length > 0)
        .map(({ fields }) => fields['chain']),
    );
    expect([...undone].sort()).toEqual([0, 1, 2]);
    expect(run.result.violations).toEqual([]);
  });

  it('breaks an assumption that no reorg goes that deep -> said so', () => {
    const run = runText(SCENARIO, { faults: WRONG, assume: '[{ reorg: a, at-most: 1 }]' });
    expect(run.result.assumptions.map(({ holds }) => holds)).toContain(false);
  });

  it('needs a relay chain that can be taken back -> votes are refused', () => {
    const relay = '{ consensus: { kind: bft }, asset: { name: DOT, decimals: 10 } }';
    const overrides = Object.entries({ 'chains.relay': relay, faults: WRONG }).map(([path, value]) => ({
      path,
      value,
      flag: '--set',
    }));
    expect(problemsOf(SCENARIO, { overrides }).map(({ what }) => what)).toContain(
      'its relay chain cannot be taken back',
    );
  });
});

describe('chains: two wrong candidates, and messages every way', () => {
  // Deliveries and acknowledgements are undone whose proofs hold no more: they are brought again.
  it.each([0, 1, 3, 6, 7, 8, 15, 17])('leave nothing open and nothing twice -> seed %i', (i) => {
    const text = `
l0sim: 1
name: stress
seed: "${i}"
horizon: 15min
drain: 3h
proofs: ${i % 3 === 0 ? 'hashed' : 'modelled'}
synchrony: { model: partial, gst: 0s, delta: 5s }
chains:
  relay: { consensus: { kind: parametric, heads: { finalized: { after: 40s } } }, block: 6s, asset: { name: DOT, decimals: 6 } }
  a: { consensus: { kind: parachain, on: relay, approval: { kind: uniform, min: 2s, max: 25s } }, block: 6s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parachain, on: relay, ahead: 1 }, block: 12s, asset: { name: B, decimals: 6 } }
lanes:
  ab: { from: a, to: b, verifier: { kind: shared-security }, ${i % 4 === 2 ? 'timeout: 0s, acknowledge: false' : 'timeout: 10min'}, ordering: ${['unordered', 'strict', 'lazy-gap', 'ordered-allow-timeout'][i % 4]} }
  ba: { from: b, to: a, verifier: { kind: shared-security }, timeout: 10min }
  ra: { from: relay, to: a, verifier: { kind: shared-security }, timeout: 1h }
relayers: { x: { lanes: [ab, ba, ra] } }
traffic:
  p: { application: token-transfer, lane: ab, arrivals: { kind: poisson, rate: 0.05/s }, amount: 1 A }
  q: { application: token-transfer, lane: ba, arrivals: { kind: poisson, rate: 0.05/s }, amount: 1 B }
  r: { application: token-transfer, lane: ra, arrivals: { kind: poisson, rate: 0.05/s }, amount: 1 DOT }
faults:
  w1: { kind: parachain.wrong-candidate, target: { chain: a }, when: { at: ${180 + 7 * i}s, for: ${6 + (i % 5) * 6}s } }
  w2: { kind: parachain.wrong-candidate, target: { chain: b }, when: { at: ${400 + 11 * i}s, for: 12s } }
`;
    const { scenario } = loadScenario(text);
    expect(simulate(scenario).violations).toEqual([]);
  });
});

describe('verifiers: shared security', () => {
  it('is refused between chains that share nothing', () => {
    const overrides = [{ path: 'lanes.ab.to', value: 'c', flag: '--set' }];
    const text = SCENARIO.replace(
      'lanes:',
      '  c: { consensus: { kind: parametric }, asset: { name: C, decimals: 6 } }\nlanes:',
    );
    expect(problemsOf(text, { overrides }).map(({ what }) => what)).toContain('c and a share no chain');
  });
});
