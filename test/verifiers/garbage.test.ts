/** Updates, evidence and misbehaviour may be anything: refused with a reason, and nothing is believed for them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratio } from '../../sim/base/ratio.ts';
import type { Behaviour } from '../../sim/kernel/simulation.ts';
import {
  createProofOfWork,
  type ProofOfWorkState,
  startProofOfWork,
} from '../../models/chains/consensus/proof-of-work.ts';
import { addNode, makeGenesis } from '../../models/chains/founding.ts';
import { readState } from '../../models/chains/views.ts';
import type { ProofMode } from '../../models/proofs/proof-mode.ts';
import { headerChain, sealProofOfWork } from '../../models/verifiers/header-chain.ts';
import { lightClient } from '../../models/verifiers/light-client.ts';
import { type ClientWorld, clientWorld, gatherNow, membership, send, write } from '../support/client-world.ts';
import { anything, isSame, spoil, spoilt } from '../support/garbage.ts';
import {
  addBareChain,
  addVotingChain,
  recordsOf,
  runUntil,
  type SmallChain,
  type SmallWorld,
} from '../support/small-world.ts';

const SECOND = 1_000_000;
const VALUE = Uint8Array.of(1, 2, 3);
const CLAIM = membership('k', VALUE);
const PARAMETERS = { trustingPeriod: 14 * 86_400 * SECOND, trustLevel: ratio(1, 3), clockDrift: 10 * SECOND };

function addMiningChain(small: SmallWorld): SmallChain {
  const { simulation } = small;
  const added = addBareChain(small, {
    name: 'work',
    consensus: 'proof-of-work',
    rootLag: 0,
    settleDepth: 20,
    keepBlocks: 200,
  });
  const { chain } = added;
  const state: ProofOfWorkState = {
    chain: chain.id,
    intervalUs: 10 * SECOND,
    shares: [1],
    blockBytes: 1_000,
    miningStream: simulation.stream('chain/work/mining'),
    found: 0,
  };
  const entity = simulation.addEntity('proof-of-work-chain', 'work', state);
  addNode(chain, { name: 'work/0', entity, validator: 0 });
  makeGenesis(simulation, chain, () => undefined);
  startProofOfWork(simulation, entity, state);
  return added;
}

const kinds = {
  'light-client': (mode: ProofMode): ClientWorld =>
    clientWorld({
      rule: lightClient,
      kind: 'light-client',
      parameters: PARAMETERS,
      mode,
      source: (small) => addVotingChain(small, { powers: [1, 1, 1, 1] }),
    }),
  'header-chain': (mode: ProofMode): ClientWorld =>
    clientWorld({
      rule: headerChain,
      kind: 'header-chain',
      parameters: {},
      depth: 2,
      mode,
      source: addMiningChain,
      behaviours: (executor) => [createProofOfWork(executor, sealProofOfWork) as Behaviour],
    }),
};

const cases = Object.keys(kinds).flatMap((kind) =>
  (['hashed', 'modelled'] as const).map((mode) => [kind as keyof typeof kinds, mode] as const),
);

/** A world in which a claim can be proven, and what proves it. */
function provable(kind: keyof typeof kinds, mode: ProofMode) {
  const test = kinds[kind](mode);
  write(test, 'k', VALUE);
  runUntil(test.small, kind === 'light-client' ? 8 * SECOND : 120 * SECOND);
  const gathered = gatherNow(test, CLAIM);
  if (gathered.kind !== 'ready') throw new Error('nothing to prove');
  return { test, update: gathered.updates[0]!.arguments, updates: gathered.updates, evidence: gathered.evidence };
}

/** Lets the host include `count` transactions; the reason of each, empty where it stood. */
function settle({ small, host }: ClientWorld, count: number): unknown[] {
  const from = small.seen.length;
  const included = (): unknown[] =>
    small.seen
      .slice(from)
      .filter(({ name, fields }) => name === 'transaction-included' && fields['chain'] === host.id)
      .map(({ fields }) => fields['reason']);
  const before = small.simulation.now;
  while (included().length < count && small.simulation.now < before + 60 * SECOND) {
    runUntil(small, small.simulation.now + SECOND);
  }
  return included();
}

describe.each(cases)('%s, %s: garbage', (kind, mode) => {
  it('always: as an update or as misbehaviour it is refused with a reason', () => {
    const { test } = provable(kind, mode);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), anything), { minLength: 1, maxLength: 30 }), (tried) => {
        for (const [isUpdate, given] of tried) {
          // Half of it at least names the client.
          const named = isUpdate && typeof given === 'object' && given !== null ? { client: 0, ...given } : given;
          send(test, test.host, { action: isUpdate ? 'update-client' : 'submit-misbehaviour', arguments: named });
        }
        const reasons = settle(test, tried.length);
        expect(reasons.length).toBe(tried.length);
        for (const reason of reasons) expect(reason).toMatch(/^[a-z]+(-[a-z]+)+$/);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('always: an update with one place spoilt moves nothing on', () => {
    const { test, update } = provable(kind, mode);
    const latest = readState(test.host, test.host.head, 'clients/0/latest');
    fc.assert(
      fc.property(fc.array(spoil, { minLength: 30, maxLength: 30 }), (tried) => {
        const all = tried.map((how) => spoilt(update, how)).filter(({ value }) => !isSame(value, update));
        for (const { value } of all) send(test, test.host, { action: 'update-client', arguments: value });
        const reasons = settle(test, all.length);
        expect(reasons.length).toBe(all.length);
        expect(recordsOf(test.small, 'client-updated')).toEqual([]);
        expect(recordsOf(test.small, 'client-frozen')).toEqual([]);
        expect(reasons.filter((reason) => reason === '').length, reasons.join()).toBe(0);
      }),
      { numRuns: 6, endOnFailure: true },
    );
    expect(readState(test.host, test.host.head, 'clients/0/latest')).toBe(latest);
  });

  it('always: evidence with one place spoilt, or anything in its place, proves nothing', () => {
    const { test, updates, evidence } = provable(kind, mode);
    send(test, test.host, ...updates);
    settle(test, 1);
    expect(recordsOf(test.small, 'client-updated').length).toBe(1);
    // The height names the header for a light client, the id for a header chain: the other is not read.
    const unread = kind === 'light-client' ? 'header' : 'height';
    fc.assert(
      fc.property(fc.array(fc.tuple(spoil, anything), { minLength: 30, maxLength: 30 }), (tried) => {
        const all = tried
          .flatMap(([how, other]) => [spoilt(evidence, how), { value: other, path: [] }])
          .filter(({ value, path }) => path[0] !== unread && !isSame(value, evidence));
        const before = test.verdicts.length;
        const checks = all.map(({ value }) => ({ action: 'check', arguments: { claim: CLAIM, evidence: value } }));
        send(test, test.host, ...checks);
        settle(test, 1);
        const verdicts = test.verdicts.slice(before);
        expect(verdicts.length).toBe(all.length);
        verdicts.forEach((verdict, index) => {
          expect(verdict.kind, `${all[index]?.path.join('.')}`).toBe('rejected');
          expect(verdict.kind === 'rejected' && verdict.reason).toMatch(/^[a-z]+(-[a-z]+)+$/);
        });
      }),
      { numRuns: 6, endOnFailure: true },
    );
    send(test, test.host, { action: 'check', arguments: { claim: CLAIM, evidence } });
    settle(test, 1);
    expect(test.verdicts.at(-1)?.kind).toBe('accepted');
  });
});
