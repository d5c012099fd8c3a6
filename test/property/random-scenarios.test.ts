import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';

/** An explicit plan, so that shrinking drops relayers, faults and messages, and halves times. */
const plan = fc.record({
  seed: fc.nat(1_000_000),
  source: fc.constantFrom('parametric', 'proof-of-work', 'bft'),
  destination: fc.constantFrom('parametric', 'bft'),
  verifier: fc.constantFrom('own', 'committee'),
  relayers: fc.integer({ min: 1, max: 2 }),
  poll: fc.boolean(),
  messages: fc.integer({ min: 1, max: 10 }),
  timeoutS: fc.integer({ min: 20, max: 300 }),
  failure: fc.integer({ min: 0, max: 50 }),
  batch: fc.integer({ min: 1, max: 4 }),
  proofs: fc.constantFrom('hashed', 'modelled'),
  stop: fc.option(fc.record({ atS: fc.integer({ min: 1, max: 60 }), forS: fc.integer({ min: 1, max: 120 }) })),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

function chain(kind: string, asset: string): string {
  const validators = kind === 'parametric' ? '' : 'validators: 4, ';
  const network = 'network: { latency: { kind: exponential, mean: 200ms, cap: 2s } }';
  return `{ consensus: { kind: ${kind} }, ${validators}block: 5s, settle-depth: 12, asset: { name: ${asset}, decimals: 6 }, gas: { price: 1 }, ${network} }`;
}

function textOf(p: Plan): string {
  const own = p.source === 'proof-of-work' ? '{ kind: header-chain }' : '{ kind: light-client }';
  const verifier = p.verifier === 'own' ? own : '{ kind: committee, members: 3, threshold: 2 }';
  const depth = p.source === 'proof-of-work' ? 'finality: { kind: depth, blocks: 6 }, ' : '';
  const strategy = p.poll ? '{ kind: racing, poll: 3s }' : '{ kind: racing }';
  const stop =
    p.stop === null
      ? ''
      : `faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: ${p.stop.atS}s, for: ${p.stop.forS}s } } }`;
  return `
l0sim: 1
name: random
seed: "${p.seed}"
horizon: 2min
drain: 2h
proofs: ${p.proofs}
chains:
  a: ${chain(p.source, 'A')}
  b: ${chain(p.destination, 'B')}
lanes: { a-b: { from: a, to: b, verifier: ${verifier}, ${depth}timeout: ${p.timeoutS}s } }
relayers: { r: { lanes: [a-b], count: ${p.relayers}, strategy: ${strategy}, batch: { size: ${p.batch}, wait: 1s } } }
traffic:
  t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 7s }, amount: 2 A, limit: ${p.messages} }
  c: { application: remote-call, lane: a-b, arrivals: { kind: periodic, every: 11s }, failure: ${p.failure}%, limit: ${p.messages} }
${stop}
`;
}

describe('properties over random small scenarios', () => {
  it('always: safety holds and every message comes to its end; can: each of them is exercised', () => {
    const exercised = new Map<string, number>();
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(plan, (p) => {
        const { scenario } = loadScenario(textOf(p));
        const result = simulate(scenario);
        expect(result.violations).toEqual([]);
        expect(result.messages.length).toBe(p.messages * 2);
        for (const row of result.properties) {
          exercised.set(row.property, (exercised.get(row.property) ?? 0) + row.checked);
        }
        for (const { outcome } of result.messages) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 60 },
    );
    for (const slug of [
      'no-forgery',
      'at-most-once',
      'receive-xor-unwind',
      'conservation',
      'legal-moves',
      'resolution',
    ]) {
      expect(exercised.get(slug) ?? 0, slug).toBeGreaterThan(0);
    }
    expect(outcomes.get('acknowledged') ?? 0).toBeGreaterThan(0);
    expect(outcomes.get('unwound') ?? 0).toBeGreaterThan(0);
  }, 120_000);
});
