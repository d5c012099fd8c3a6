/** Connection delay. Expected: ICS 3, delayPeriodTime and delayPeriodBlocks, counted from the client's update. */
import { describe, expect, it } from 'vitest';
import { createRunParts } from '../../sim/run/parts.ts';
import { simulate } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import { builtInObservers } from '../../reports/results.ts';
import { lightClient } from '../../models/verifiers/light-client.ts';
import { blockOf } from '../../models/chains/chain.ts';
import { makeStateEvidence } from '../../models/verifiers/client-store.ts';
import { ratio } from '../../sim/base/ratio.ts';
import { clientWorld, gatherNow, membership, send, write } from '../support/client-world.ts';
import { addVotingChain, recordsOf, runUntil } from '../support/small-world.ts';

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;
const text = (delay: string, more = ''): string => `
l0sim: 1
name: delayed
horizon: 5min
proofs: modelled
drain: 1h
chains:
  a: { consensus: { kind: bft }, validators: 4, block: 5s, asset: { name: A, decimals: 6 }, gas: { price: 1 } }
  b: { consensus: { kind: bft }, validators: 4, block: 5s, asset: { name: B, decimals: 6 }, gas: { price: 1 } }
lanes:
  out: { from: a, to: b, timeout: 5min, verifier: { kind: light-client${delay} }, return-verifier: { kind: light-client${delay} } }
relayers: { r: { lanes: [out] } }
traffic:
  t: { application: token-transfer, lane: out, arrivals: { kind: periodic, every: 15s }, amount: 1 A }
${more}`;

interface Seen {
  readonly name: string;
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function recordsIn(source: string): Seen[] {
  const seen: Seen[] = [];
  const simulation = buildWorld(loadScenario(source).scenario, createRunParts(builtInObservers), [
    {
      onRecord: (place, definition, fields) =>
        seen.push({ name: definition.name, at: place.time, fields: { ...fields } }),
    },
  ]);
  while ((simulation.nextEventTime() ?? Infinity) < 3_000 * SECOND) simulation.step();
  return seen;
}

describe('connection delay', () => {
  it('nothing is received under a header that has stood for less', () => {
    const seen = recordsIn(text(', delay: 60s'));
    const learned = new Map<unknown, number>();
    let received = 0;
    for (const { name, at, fields } of seen) {
      if (name === 'client-updated' && fields['chain'] === 1) learned.set(fields['height'], at);
      if (name !== 'packet-received') continue;
      received++;
      expect(at - (learned.get(fields['proofHeight']) ?? Infinity)).toBeGreaterThanOrEqual(60 * SECOND);
    }
    expect(received).toBe(20);
    expect(seen.filter(({ name, fields }) => name === 'transaction-included' && fields['isReverted'] === true)).toEqual(
      [],
    );
  });

  it.each([
    ['without', '', 0],
    ['with a minute on each way', ', delay: 60s', 60],
    ['with twenty blocks of five seconds', ', delay-blocks: 20', 95],
  ])('%s: every message is at its end in time, each leg later by the delay', (_what, delay, least) => {
    const { scenario } = loadScenario(text(delay));
    const { violations, messages } = simulate(scenario, { parts: createRunParts(builtInObservers) });
    expect(violations).toEqual([]);
    expect(messages.map(({ outcome }) => outcome)).toEqual(messages.map(() => 'acknowledged'));
    const seconds = messages.map(({ executedUs = 0, endedUs = 0, sentUs = 0 }) => [
      (executedUs - sentUs) / SECOND,
      (endedUs - executedUs) / SECOND,
    ]);
    for (const [forth = 0, back = 0] of seconds) {
      expect(Math.min(forth, back)).toBeGreaterThanOrEqual(least);
      expect(Math.max(forth, back)).toBeLessThan(least + 60);
    }
  });

  it('a refund waits for it as well, and comes', () => {
    const stopped = 'faults: { f: { kind: rel.stop, target: { relayer: r }, when: { at: 3min, for: 10min } } }';
    const { scenario } = loadScenario(text(', delay: 60s', stopped));
    const { violations, messages } = simulate(scenario, { parts: createRunParts(builtInObservers) });
    expect(violations.filter(({ property }) => property !== 'resolution')).toEqual([]);
    expect(new Set(messages.map(({ outcome }) => outcome))).toEqual(new Set(['acknowledged', 'unwound']));
  });

  it('the client refuses a proof that comes before -> delay-not-passed', () => {
    const test = clientWorld({
      rule: lightClient,
      kind: 'light-client',
      parameters: {
        trustingPeriod: 14 * DAY,
        trustLevel: ratio(1, 3),
        clockDrift: 10 * SECOND,
        delay: { us: 60 * SECOND, blocks: 0 },
      },
      mode: 'modelled',
      depth: 0,
      source: (small) => addVotingChain(small, {}),
    });
    const value = Uint8Array.of(1, 2, 3);
    runUntil(test.small, 5 * SECOND);
    write(test, 'lanes/0/commitments/1', value);
    runUntil(test.small, 15 * SECOND);
    const claim = membership('lanes/0/commitments/1', value);
    const gathered = gatherNow(test, claim);
    expect(gathered).toMatchObject({ kind: 'waiting', reason: 'connection-delay' });
    send(test, test.host, ...((gathered.kind === 'waiting' && gathered.updates) || []));
    runUntil(test.small, 20 * SECOND);
    const [updated] = recordsOf(test.small, 'client-updated');
    const { chain } = test.source;
    const block = blockOf(chain, updated!.headerBlock as number);
    const evidence = makeStateEvidence(test.small.simulation, chain, block, '', claim);
    const check = { action: 'check', arguments: Object.freeze({ claim, evidence }) };
    send(test, test.host, check);
    runUntil(test.small, 25 * SECOND);
    expect(gatherNow(test, claim)).toEqual({ kind: 'waiting', reason: 'connection-delay' });
    runUntil(test.small, 85 * SECOND);
    send(test, test.host, check);
    runUntil(test.small, 90 * SECOND);
    expect(test.verdicts.map((verdict) => (verdict.kind === 'rejected' ? verdict.reason : verdict.kind))).toEqual([
      'delay-not-passed',
      'accepted',
    ]);
  });
});
