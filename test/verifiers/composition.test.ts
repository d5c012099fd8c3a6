/** Verifiers put together of others: what suffices, and which part is named when it does not. */
import { expect, describe, it } from 'vitest';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { keysOf } from '../../models/keys/key-room.ts';
import { createKey, sign } from '../../models/keys/keys.ts';
import { committee } from '../../models/verifiers/committee.ts';
import { type CompositionParameters, createComposition } from '../../models/verifiers/composition.ts';
import { createRoute, type RoutedPacket, type RouteParameters } from '../../models/verifiers/route.ts';
import { statementBytes } from '../../models/verifiers/statement.ts';
import {
  type Claim,
  type Client,
  clientOf,
  clientsOf,
  type VerifierTable,
  type VerifierVerdict,
} from '../../models/verifiers/verifier.ts';
import { postStatement } from '../../models/verifiers/attestation-board.ts';
import { type ClientWorld, clientWorld, gatherNow, membership, send } from '../support/client-world.ts';
import { addVotingChain, runUntil } from '../support/small-world.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const SECOND = 1_000_000;
const VALUE = Uint8Array.of(1, 2, 3);
const CLAIM = membership('lanes/0/commitments/1', VALUE);
const POINT = { height: 1, chainUs: 1_000, block: 1 };

let packet: RoutedPacket = { sender: 'user/t/0', asset: 'HOME', amount: 1n };
const table: VerifierTable = {
  committee,
  composition: createComposition(() => table),
  route: createRoute(
    () => table,
    () => packet,
  ),
};

/** A world with `signers` committees of one member each as parts 1, 2, ... of client 0. */
function world(kind: string, signers: number, parameters: unknown, mode: 'hashed' | 'modelled' = 'modelled') {
  const test = clientWorld({
    rule: table[kind]!,
    kind,
    parameters,
    mode,
    source: (small) => addVotingChain(small, { powers: [1] }),
  });
  const { simulation } = test.small;
  for (let i = 1; i <= signers; i++) {
    const key = createKey(keysOf(simulation.world), `signer-${i}`, ['test'], nobleHash);
    const { host, counterparty } = test.client;
    clientsOf(simulation.world).push({
      id: i,
      kind: 'committee',
      host,
      counterparty,
      depth: 0,
      parameters: { committee: i, threshold: 1, keys: [key] },
    });
  }
  return test;
}

function part(name: string, client: number, isRequired: boolean): CompositionParameters['parts'][number] {
  return { name, client, isRequired };
}

function signature({ small }: ClientWorld, id: number, claim: Claim = CLAIM, at = POINT): Uint8Array {
  const { world: state } = small.simulation;
  const client: Client = clientOf(state, id);
  const [key] = (client.parameters as { keys: readonly number[] }).keys;
  const message = statementBytes(nobleHash, small.mode, client, claim, at);
  return sign(keysOf(state), { key: key!, process: 'test' }, message, nobleHash);
}

function signed(test: ClientWorld, id: number, at = POINT) {
  return { ...at, signatures: [{ member: 0, signature: signature(test, id, CLAIM, at) }] };
}

function verdictOf(test: ClientWorld, evidence: unknown): VerifierVerdict {
  send(test, test.host, { action: 'check', arguments: { claim: CLAIM, evidence } });
  runUntil(test.small, test.small.simulation.now + 3 * SECOND);
  return test.verdicts.at(-1)!;
}

function reasonOf(test: ClientWorld, evidence: unknown): string {
  const verdict = verdictOf(test, evidence);
  return verdict.kind === 'accepted' ? '' : verdict.reason;
}

describeWithVectors('composition: required and optional', () => {
  interface Case {
    readonly required: number;
    readonly optional: number;
    readonly threshold: number;
    readonly req_ok: number;
    readonly opt_ok: number;
    readonly verifiable: boolean;
  }
  // @source LayerZero v2 ReceiveUlnBase.sol, _checkVerifiable; rate_limits.json.
  const { cases } = vectors<{ layerzero_uln: { cases: Case[] } }>('rate_limits.json').layerzero_uln;

  it.each(cases)(
    'takes $req_ok of $required required and $opt_ok of $optional optional ($threshold must) -> $verifiable',
    ({ required, optional, threshold, req_ok: requiredOk, opt_ok: optionalOk, verifiable }) => {
      const parts = Array.from({ length: required + optional }, (_, i) => part(`dvn${i}`, i + 1, i < required));
      const test = world('composition', parts.length, { parts, atLeast: threshold });
      const places = parts.flatMap((_, i) =>
        i < requiredOk || (i >= required && i < required + optionalOk) ? [i] : [],
      );
      const evidence = { parts: places.map((place) => ({ part: place, evidence: signed(test, place + 1) })) };
      expect(reasonOf(test, evidence) === '').toBe(verifiable);
    },
  );
});

describe.each(['hashed', 'modelled'] as const)('composition, %s', (mode) => {
  const parts = [part('a', 1, true), part('b', 2, false), part('c', 3, false)];
  const tree = { parts, atLeast: 1 };

  it('names each part that failed and why', () => {
    const test = world('composition', 3, tree, mode);
    const good = (id: number) => ({ part: id - 1, evidence: signed(test, id) });
    const bad = (id: number) => ({ part: id - 1, evidence: { ...signed(test, id), height: 2 } });
    expect(reasonOf(test, { parts: [good(1), good(2)] })).toBe('');
    expect(reasonOf(test, { parts: [good(2)] })).toBe('a/missing');
    expect(reasonOf(test, { parts: [bad(1), good(2)] })).toBe('a/signature-invalid');
    expect(reasonOf(test, { parts: [good(1), bad(2), bad(3)] })).toBe('0-of-1 b/signature-invalid c/signature-invalid');
    expect(reasonOf(test, { parts: [good(1), bad(2), good(3)] })).toBe('');
    expect(reasonOf(test, { parts: [good(1), { part: 1, evidence: signed(test, 3) }] })).toBe(
      '0-of-1 b/signature-invalid',
    );
  });

  it('refuses evidence of another shape, a part that is not there, and one that is brought twice', () => {
    const test = world('composition', 3, tree, mode);
    const good = (id: number) => ({ part: id - 1, evidence: signed(test, id) });
    expect(reasonOf(test, signed(test, 1))).toBe('evidence-malformed');
    expect(reasonOf(test, { parts: [{ part: -1 }] })).toBe('evidence-malformed');
    expect(reasonOf(test, { parts: [good(1), { part: 3, evidence: null }] })).toBe('unknown-part');
    expect(reasonOf(test, { parts: [good(1), good(1)] })).toBe('duplicate-part');
  });

  it('names the way down to a leaf of a deeper tree', () => {
    const test = world('composition', 3, { parts: [part('outer', 4, true)], atLeast: 0 }, mode);
    const { host, counterparty } = test.client;
    const inner = { id: 4, kind: 'composition', host, counterparty, depth: 0, parameters: tree };
    clientsOf(test.small.simulation.world).push(inner);
    const below = (...places: number[]) => ({
      parts: [
        { part: 0, evidence: { parts: places.map((place) => ({ part: place, evidence: signed(test, place + 1) })) } },
      ],
    });
    expect(reasonOf(test, below(0, 2))).toBe('');
    expect(reasonOf(test, below(1))).toBe('outer/a/missing');
  });

  it('holds a claim to be true at the earliest point that its parts vouch for', () => {
    const test = world('composition', 3, tree, mode);
    const late = { height: 9, chainUs: 9_000, block: 9 };
    const offered = {
      parts: [
        { part: 0, evidence: signed(test, 1, late) },
        { part: 1, evidence: signed(test, 2) },
      ],
    };
    expect(verdictOf(test, offered)).toMatchObject({ kind: 'accepted', ...POINT });
  });

  it('gathers what is required and just enough of the rest, once it is signed', () => {
    const test = world('composition', 3, tree, mode);
    const post = (id: number) =>
      postStatement(test.small.simulation.world, 0, 1, {
        ...{ client: id, kind: 'commitment', value: VALUE, ...POINT },
        signatures: [{ member: 0, attester: id, signature: signature(test, id) }],
      });
    expect(gatherNow(test, CLAIM)).toEqual({ kind: 'waiting', reason: 'attestations' });
    post(3);
    expect(gatherNow(test, CLAIM)).toEqual({ kind: 'waiting', reason: 'attestations' });
    post(1);
    post(2);
    const gathered = gatherNow(test, CLAIM);
    if (gathered.kind !== 'ready') throw new Error('not ready');
    expect((gathered.evidence as { parts: { part: number }[] }).parts.map((each) => each.part)).toEqual([0, 1]);
    expect(reasonOf(test, gathered.evidence)).toBe('');
  });
});

describe('route', () => {
  const parameters: RouteParameters = {
    parts: [
      { name: 'small', client: 1, upTo: { asset: 'HOME', amount: 100n } },
      { name: 'friends', client: 2, senders: ['user/t/'] },
    ],
  };

  it.each([
    ['small', { sender: 'user/x/1', asset: 'HOME', amount: 100n }, 1],
    ['friends', { sender: 'user/t/1', asset: 'HOME', amount: 101n }, 2],
    ['friends', { sender: 'user/t/1', asset: 'ZONE', amount: 1n }, 2],
  ])('takes %s for %o', (name, given, client) => {
    packet = given;
    const test = world('route', 2, parameters);
    expect(reasonOf(test, { evidence: signed(test, client) })).toBe('');
    expect(reasonOf(test, { evidence: signed(test, 3 - client) })).toBe(`${name}/signature-invalid`);
  });

  it('refuses what fits no route', () => {
    packet = { sender: 'user/tt/1', asset: 'HOME', amount: 101n };
    const test = world('route', 2, parameters);
    expect(reasonOf(test, { evidence: signed(test, 1) })).toBe('no-route');
    expect(gatherNow(test, CLAIM)).toEqual({ kind: 'untrue' });
  });
});
