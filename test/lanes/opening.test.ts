/** Opening by messages. Expected: ICS 3 and ICS 4, the ten messages in their order, each proven but for those that begin. */
import { describe, expect, it } from 'vitest';
import { createRunParts } from '../../sim/run/parts.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { builtInObservers } from '../../reports/results.ts';
import { laneWorld } from '../support/lanes-by-hand.ts';

const SECOND = 1_000_000;
const text = (opening = 'handshake'): string => `
l0sim: 1
name: opening
horizon: 5min
drain: 1h
proofs: modelled
chains:
  a: { consensus: { kind: bft }, validators: 4, block: 5s, asset: { name: A, decimals: 6 }, gas: { price: 1 } }
  b: { consensus: { kind: bft }, validators: 4, block: 5s, asset: { name: B, decimals: 6 }, gas: { price: 1 } }
lanes: { out: { from: a, to: b, timeout: 5min, opening: ${opening} } }
relayers: { r: { lanes: [out] } }
traffic: { t: { application: token-transfer, lane: out, arrivals: { kind: periodic, every: 10s }, amount: 1 A } }
`;

function recordsIn(source: string) {
  const seen: { name: string; at: number; fields: Readonly<Record<string, unknown>> }[] = [];
  const simulation = buildWorld(loadScenario(source).scenario, createRunParts(builtInObservers), [
    { onRecord: (place, { name }, fields) => seen.push({ name, at: place.time, fields: { ...fields } }) },
  ]);
  while ((simulation.nextEventTime() ?? Infinity) < 600 * SECOND) simulation.step();
  return seen;
}

describe('opening a lane', () => {
  it('takes ten messages in their order, on both ends, and each costs its sender gas', () => {
    const seen = recordsIn(text());
    const steps = seen.filter(({ name }) => name === 'opening-step');
    expect(steps.map(({ fields }) => [fields['name'], fields['chain']])).toEqual([
      ['create-client', 0],
      ['create-client', 1],
      ['connection-init', 0],
      ['connection-try', 1],
      ['connection-ack', 0],
      ['connection-confirm', 1],
      ['channel-init', 0],
      ['channel-try', 1],
      ['channel-ack', 0],
      ['channel-confirm', 1],
    ]);
    for (const { fields } of steps) {
      const paid = seen.find(
        (each) =>
          each.name === 'transaction-included' &&
          each.fields['chain'] === fields['chain'] &&
          each.fields['transaction'] === fields['transaction'],
      )?.fields;
      expect(paid).toMatchObject({ account: fields['account'], isReverted: false });
      expect(paid?.['fee']).toBeGreaterThan(120_000n);
    }
  });

  it('lets nothing be sent before, and everything behind it be delivered', () => {
    const seen = recordsIn(text());
    const openedAt = (step: number): number =>
      seen.find(({ name, fields }) => name === 'opening-step' && fields['step'] === step)?.at ?? NaN;
    const sent = seen.filter(({ name }) => name === 'packet-committed').map(({ at }) => at);
    const received = seen.filter(({ name }) => name === 'packet-received').map(({ at }) => at);
    const rejected = seen.filter(({ name }) => name === 'message-rejected');
    expect(new Set(rejected.map(({ fields }) => fields['reason']))).toEqual(new Set(['lane-not-open']));
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(openedAt(9));
    expect(Math.min(...received)).toBeGreaterThanOrEqual(openedAt(10));
    expect([sent.length + rejected.length, received.length]).toEqual([30, sent.length]);
  });

  it('is judged as any other lane', () => {
    const run = (opening: string) =>
      simulate(loadScenario(text(opening)).scenario, { parts: createRunParts(builtInObservers) });
    const [by, open] = [run('handshake'), run('open')];
    expect([...by.violations, ...open.violations]).toEqual([]);
    expect(open.messages.every(({ outcome }) => outcome === 'acknowledged')).toBe(true);
    expect(new Set(by.messages.map(({ outcome }) => outcome))).toEqual(new Set(['rejected', 'acknowledged']));
  });

  const lane = '  a-b: { from: a, to: b, timeout: 60s, opening: handshake }';
  it.each([
    ['a step out of turn', 'a', { lane: 0, step: 3, evidence: undefined }, 'step-out-of-turn'],
    ['a step of the other end', 'b', { lane: 0, step: 1, evidence: undefined }, 'wrong-chain'],
    ['a step that is none', 'a', { lane: 0, step: 11, evidence: undefined }, 'call-malformed'],
    ['step 0', 'a', { lane: 0, step: 0, evidence: undefined }, 'call-malformed'],
    ['no lane', 'a', { lane: 9, step: 1, evidence: undefined }, 'call-malformed'],
    ['nothing', 'a', undefined, 'call-malformed'],
  ])('refuses %s', (_what, chain, given, reason) => {
    const test = laneWorld(lane, { rest: 'relayers: { r: { lanes: [a-b] } }' });
    expect(test.call(chain, 'open-step', given)).toBe(reason);
  });

  it('a lane that is open needs none -> lane-open', () => {
    const test = laneWorld('  a-b: { from: a, to: b, timeout: 60s, verifier: { kind: committee } }');
    expect(test.call('a', 'open-step', { lane: 0, step: 1, evidence: undefined })).toBe('lane-open');
  });
});
