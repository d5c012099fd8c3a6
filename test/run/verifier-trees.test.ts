/** Whole runs over verifier trees: what is delivered and when it counts as attested, and what a lie to one part does. */
import { describe, expect, it } from 'vitest';
import { runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const world = (verifier: string, rest = ''): string => `
l0sim: 1
name: trees
horizon: 3min
drain: 20min
synchrony: { model: partial, gst: 0s, delta: 1s }
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: ${verifier}, timeout: 5min } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 10s }, amount: 2 A } }
${rest}`;

const fast = '{ kind: committee, members: 3, threshold: 2, signing: 1s }';
const slow = '{ kind: committee, members: 3, threshold: 2, signing: 40s }';

/** Mean time from sending to execution, in microseconds; and how many were executed. */
function delivery(text: string, changes: Readonly<Record<string, string>> = {}): { count: number; meanUs: number } {
  const run = runText(text, changes);
  expect([...run.found]).toEqual([]);
  const sent = new Map(run.of('packet-committed').map(({ fields, atUs }) => [fields['sequence'], atUs]));
  const times = run.of('packet-received').map(({ fields, atUs }) => atUs - sent.get(fields['sequence'])!);
  return { count: times.length, meanUs: times.reduce((sum, each) => sum + each, 0) / times.length };
}

describe.each(['hashed', 'modelled'])('verifier trees in a run, proofs %s', (proofs) => {
  const meanOf = (verifier: string): number => {
    const { count, meanUs } = delivery(world(verifier), { proofs });
    expect(count).toBe(18);
    return meanUs / 1_000_000;
  };

  it('waits for the slowest where all must sign, and for the fastest where any may', () => {
    const all = meanOf(`{ kind: all, of: { x: ${fast}, y: ${slow}, z: { kind: light-client } } }`);
    const any = meanOf(`{ kind: any, of: { x: ${fast}, y: ${slow} } }`);
    expect(all).toBeGreaterThan(40);
    expect(any).toBeLessThan(8);
  });

  it('waits for the second of three, and for what is required beside what is optional', () => {
    const two = meanOf(`{ kind: threshold, at-least: 2, of: { x: ${fast}, y: ${slow}, z: ${fast} } }`);
    const required = `required: { x: ${slow} }, optional: { y: ${fast}, z: ${fast} }`;
    const both = meanOf(`{ kind: required-optional, at-least: 1, ${required} }`);
    expect(two).toBeLessThan(8);
    expect(both).toBeGreaterThan(40);
  });

  it('routes by amount and by sender, to any depth', () => {
    const large = `{ kind: any, of: { only: { kind: all, of: { x: ${slow} } } } }`;
    const small = meanOf(`{ kind: route, routes: { small: { up-to: 2 A, verifier: ${fast} } }, otherwise: ${large} }`);
    const above = meanOf(
      `{ kind: route, routes: { small: { up-to: 1.9 A, verifier: ${fast} } }, otherwise: ${large} }`,
    );
    const known = meanOf(`{ kind: route, routes: { us: { senders: [t], verifier: ${fast} } }, otherwise: ${large} }`);
    const chain = meanOf(`{ kind: route, routes: { not: { chains: [b], verifier: ${fast} } }, otherwise: ${large} }`);
    expect([small, above, known, chain].map((mean) => mean > 40)).toEqual([false, true, false, true]);
  });
});

describe('verifier trees in a run', () => {
  it('counts a message as attested when enough of the tree have signed, and not before', () => {
    const run = runText(world(`{ kind: all, of: { x: ${fast}, y: ${slow} } }`));
    const last = Math.max(
      ...run
        .of('attestation-reached')
        .flatMap(({ fields, atUs }) => (fields['sequence'] === 1 && fields['claim'] === 'commitment' ? [atUs] : [])),
    );
    const moves = run.result.transitions.filter(({ message, to }) => message === 't/1' && to === 'attested');
    expect(moves.map(({ timeUs }) => timeUs)).toEqual([last]);
  });

  it('times out by proofs of absence of every part', () => {
    const stop = 'faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 0s, for: 6min } } }';
    const run = runText(world(`{ kind: all, of: { x: ${fast}, z: { kind: light-client } } }`, stop));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-timed-out').length).toBeGreaterThan(0);
  });

  const lie = (committee: string): string =>
    `faults: { lie: { kind: data.lie, target: { committee: ${committee} }, when: { at: 1min, for: 10s }, with: { amount: 9 A } } }`;

  it('falls for a lie to all of one part where any part is enough, and not where another must agree', () => {
    const parts = `of: { x: ${fast}, y: ${fast} }`;
    expect([...runText(world(`{ kind: any, ${parts} }`, lie('a-b.x'))).found.keys()]).toContain('no-forgery');
    expect([...runText(world(`{ kind: all, ${parts} }`, lie('a-b.x'))).found]).toEqual([]);
  });

  it('has committees of its own for a way back that is said, and the same ones for one that is not', () => {
    const signers = (text: string): unknown[] => {
      const run = runText(text);
      const names = run.of('committee-declared').map(({ fields }) => fields['name']);
      const acks = run.of('attestation-reached').filter(({ fields }) => fields['claim'] === 'acknowledgement');
      return [names, [...new Set(acks.map(({ fields }) => names[fields['committee'] as number]))]];
    };
    expect(signers(world(fast))).toEqual([['a-b'], ['a-b']]);
    const own = world(fast).replace('timeout:', `return-verifier: { kind: all, of: { x: ${fast} } }, timeout:`);
    expect(signers(own)).toEqual([['a-b', 'a-b.return.x'], ['a-b.return.x']]);
  });
});

describe('verifier trees in a scenario', () => {
  const codes = (verifier: string): string[] =>
    problemsOf(world(verifier)).map(({ code, path }) => `${code} ${path.replace('lanes.a-b.verifier', '')}`);

  it.each([
    ['{ kind: all, of: {} }', 'E133 '],
    [`{ kind: threshold, at-least: 3, of: { x: ${fast}, y: ${fast} } }`, 'E133 .at-least'],
    [`{ kind: required-optional, at-least: 0, required: {}, optional: { x: ${fast} } }`, 'E133 .at-least'],
    [
      `{ kind: required-optional, at-least: 1, required: { x: ${fast} }, optional: { x: ${fast} } }`,
      'E139 .optional.x',
    ],
    [
      '{ kind: all, of: { x: { kind: any, of: { y: { kind: committee, members: 2, threshold: 3 } } } } }',
      'E133 .of.x.of.y.threshold',
    ],
    [`{ kind: route, routes: { x: { up-to: 1 C, verifier: ${fast} } } }`, 'E138 .routes.x.up-to'],
    [`{ kind: route, routes: { x: { senders: [u], verifier: ${fast} } } }`, 'E130 .routes.x.senders.0'],
    [`{ kind: route, routes: { x: { chains: [b], verifier: ${fast} } } }`, 'E139 .routes'],
    ['{ kind: all, of: { x: { kind: header-chain } } }', 'E139 .of.x.kind'],
    ['{ kind: all, of: { x: { kind: comittee } } }', 'E121 .of.x.kind'],
    ['{ kind: all, of: { x: { kind: committee, member: 3 } } }', 'E120 .of.x.member'],
  ])('refuses %s -> %s', (verifier, code) => {
    expect(codes(verifier)).toEqual([code]);
  });
});
