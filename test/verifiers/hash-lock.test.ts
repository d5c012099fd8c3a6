/** Hash locks: legs that the participant locks, secrets that take both ends, and what happens when nobody shows one. */
import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import type { Execution } from '../../models/chains/execution.ts';
import { hashLock } from '../../models/verifiers/hash-lock.ts';
import type { Claim, Client } from '../../models/verifiers/verifier.ts';
import { lintScenario } from '../../sim/scenario/lint/lint.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const SCENARIO = `
l0sim: 1
name: swap
horizon: 10min
chains:
  home: { consensus: { kind: parametric }, block: 10s, asset: { name: HOME, decimals: 6 } }
  away: { consensus: { kind: parametric }, block: 10s, asset: { name: AWAY, decimals: 6 } }
lanes:
  swap:
    from: home
    to: away
    verifier: { kind: hash-lock, lock: 30min, reveal: 45s }
    timeout: 30min
    refund-after: 60min
relayers: { participant: { lanes: [swap], submit: 0s } }
traffic:
  t: { application: token-transfer, lane: swap, arrivals: { kind: periodic, every: 61s }, amount: 2 HOME }
`;

describe('verifiers: hash lock', () => {
  const run = runText(SCENARIO);

  it('delivers and redeems under the secret -> every message acknowledged, no violation', () => {
    expect(run.result.violations).toEqual([]);
    expect(new Set(run.result.messages.map(({ outcome }) => outcome))).toEqual(new Set(['acknowledged']));
  });

  it('locks the leg before anything is taken, and takes it once the secret is shown -> 45 s and the next block', () => {
    const locked = new Map(run.of('leg-locked').map(({ atUs, fields }) => [fields['sequence'], atUs / 1e6]));
    const taken = run.of('leg-taken').map(({ atUs, fields }) => atUs / 1e6 - (locked.get(fields['sequence']) ?? NaN));
    expect(taken.length).toBe(run.result.messages.length);
    // Seen 50 ms after the block in which 45 s are over, the fifth after the lock; taken in the one after.
    expect(new Set(taken)).toEqual(new Set([60]));
  });

  it('gives back by the lock of the sender where the secret is never shown -> all refunded after 60 min, none taken', () => {
    const kept = runText(SCENARIO, { 'lanes.swap.verifier.abandons': '100%' });
    expect(kept.of('leg-taken')).toEqual([]);
    expect(kept.result.violations).toEqual([]);
    const states = kept.result.messages.map(({ outcome }) => outcome);
    expect(states.length).toBeGreaterThan(5);
    expect(new Set(states)).toEqual(new Set(['unwound']));
    for (const { sentUs, endedUs } of kept.result.messages) {
      expect((endedUs ?? 0) - (sentUs ?? 0)).toBeGreaterThanOrEqual(3_600_000_000);
    }
  });

  it('takes no leg that has opened -> a secret shown after the lock changes nothing, and the value comes back', () => {
    const late = runText(SCENARIO, { 'lanes.swap.verifier.reveal': '31min' });
    expect(late.of('leg-taken')).toEqual([]);
    expect(new Set(late.result.messages.map(({ outcome }) => outcome))).toEqual(new Set(['unwound']));
  });

  it.each([
    ['nothing is locked', undefined, 'leg-not-locked'],
    ['the secret is another', {}, 'secret-wrong'],
    ['it was taken', { secret: Uint8Array.of(1) }, 'leg-taken'],
    ['the lock has opened', { untilUs: 100 }, 'leg-open'],
  ])('refuses to give the leg where %s', (_, changed, reason) => {
    const leg = { hash: nobleHash.sha256(Uint8Array.of(7)), untilUs: 1_000, secret: new Uint8Array(0), ...changed };
    const execution = {
      context: { hash: nobleHash },
      block: { chainUs: 100 },
      get: () => (changed === undefined ? undefined : leg),
    } as unknown as Execution;
    const claim: Claim = { kind: 'commitment', lane: 0, sequence: 1, key: 'k', value: new Uint8Array(0) };
    const verdict = hashLock.verify(execution, {} as Client, claim, { secret: Uint8Array.of(8) });
    expect(verdict).toMatchObject({ kind: 'rejected', reason });
  });
});

describe('lint: a hash lock', () => {
  it('asks for no limit and no pause, which bound what one false message takes', () => {
    const codes = (verifier: string): string[] => {
      const overrides = [{ path: 'lanes.swap.verifier', value: verifier, flag: '--set' }];
      return lintScenario(loadScenario(SCENARIO, { overrides })).map(({ code }) => code);
    };
    expect(codes('{ kind: light-client }')).toEqual(expect.arrayContaining(['L131', 'L132']));
    expect(codes('{ kind: hash-lock, lock: 30min }').filter((code) => code === 'L131' || code === 'L132')).toEqual([]);
  });
});

describe('scenario: what a hash lock must mean', () => {
  it('needs a lock of the sender -> without one nothing gives back', () => {
    const text = SCENARIO.replace(/ +refund-after: 60min\n/, '');
    expect(problemsOf(text).map(({ what }) => what)).toContain('no secret shows that nothing was delivered');
  });

  it('needs the lock of the sender to outlast the leg', () => {
    const text = SCENARIO.replace('lock: 30min', 'lock: 60min');
    const what = 'the sender could have the value back and take the leg as well';
    expect(problemsOf(text).map((problem) => problem.what)).toContain(what);
  });
});
