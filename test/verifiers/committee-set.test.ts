/** Weights and rotation of committees: what counts, and until when. */
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import type { CommitteeEntry } from '../../sim/scenario/scenario.ts';
import { generationOf, refuseEpoch } from '../../models/verifiers/committee-set.ts';
import { runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const world = (verifier: string, rest = ''): string => `
l0sim: 1
name: sets
horizon: 3min
drain: 20min
synchrony: { model: partial, gst: 0s, delta: 1s }
chains:
  a: { consensus: { kind: parametric }, block: 4s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes: { a-b: { from: a, to: b, verifier: ${verifier}, timeout: 10min } }
relayers: { r: { lanes: [a-b] } }
traffic: { t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 10s }, amount: 2 A } }
${rest}`;

function committee(text: string): CommitteeEntry {
  return loadScenario(world(text)).scenario.lanes['a-b']?.verifier as CommitteeEntry;
}

describe('weights of a committee', () => {
  it('are stakes, or the whole parts of their roots, and enough is more than two thirds of them', () => {
    const stake = committee('{ kind: committee, weights: { kind: stake, stakes: [100, 30, 10] } }');
    expect([stake.members, stake.weights, stake.threshold]).toEqual([3, [100, 30, 10], 94]);
    // @source axelar-core x/snapshot/exported/types.go, QuadraticWeightFunc.
    const root = committee('{ kind: committee, weights: { kind: square-root, stakes: [100, 30, 10] }, share: 60% }');
    expect([root.weights, root.threshold]).toEqual([[10, 5, 3], 11]);
  });

  const heavy = '{ kind: committee, weights: { kind: stake, stakes: [6, 2, 2, 2] }, threshold: 7 }';
  const forged = (members: string, verifier = heavy): boolean =>
    runText(
      world(
        verifier,
        `faults: { lie: { kind: data.lie, target: { committee: a-b, members: ${members} }, when: { at: 1min, for: 10s }, with: { amount: 9 A } } }`,
      ),
    ).found.has('no-forgery');

  it('decide, and not how many have signed', () => {
    expect(forged('1..3')).toBe(false);
    expect(forged('0..1')).toBe(true);
    expect(forged('0')).toBe(false);
  });

  it('decide in calm weather, and the judge counts them too', () => {
    const run = runText(world(heavy));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(18);
    expect(run.of('member-weighed').map(({ fields }) => fields['weight'])).toEqual([6, 2, 2, 2]);
  });
});

describe('rotation of a committee', () => {
  const MINUTE = 60_000_000;
  const rotation = { everyUs: 10 * MINUTE, graceUs: 2 * MINUTE, replaced: 2 };

  it.each([
    [0, 0, undefined],
    [0, 10 * MINUTE, undefined],
    [0, 12 * MINUTE - 1, undefined],
    [0, 12 * MINUTE, 'set-retired'],
    [1, 10 * MINUTE - 1, 'set-unknown'],
    [1, 10 * MINUTE, undefined],
    [1, 22 * MINUTE, 'set-retired'],
  ])('set %i at %i us -> %s', (epoch, chainUs, reason) => {
    expect(refuseEpoch(rotation, epoch, chainUs)).toBe(reason);
  });

  it('counts nothing of the old set from the moment of the new one where there is no grace', () => {
    expect(refuseEpoch({ ...rotation, graceUs: 0 }, 0, 10 * MINUTE)).toBe('set-retired');
    expect(refuseEpoch({ ...rotation, graceUs: 0 }, 0, 10 * MINUTE - 1)).toBeUndefined();
  });

  it('replaces members in turn', () => {
    const parameters = { committee: 0, threshold: 2, keys: [0, 1, 2], rotation };
    const table = [0, 1, 2, 3].map((epoch) => [0, 1, 2].map((member) => generationOf(parameters, member, epoch)));
    expect(table).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [2, 1, 1],
      [2, 2, 2],
    ]);
  });

  const rotating = (grace: string): string =>
    `{ kind: committee, members: 3, threshold: 2, rotation: { every: 1min, grace: ${grace}, replaced: 2 } }`;

  it.each(['0s', '30s'])('delivers every packet across sets with a grace of %s', (grace) => {
    const run = runText(world(rotating(grace)));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(18);
    // Two new keys a minute, at the first and the second.
    expect(run.of('key-rotated').length).toBeGreaterThanOrEqual(4);
  });

  it('signs again with the new set what the old one signed and nobody delivered', () => {
    const stop = 'faults: { rest: { kind: rel.stop, target: { relayer: r }, when: { at: 20s, for: 100s } } }';
    const run = runText(world(rotating('1s'), stop));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(18);
    const first = run.of('attestation-reached').filter(({ fields }) => fields['sequence'] === 5);
    expect(first.filter(({ fields }) => fields['claim'] === 'commitment').length).toBeGreaterThan(1);
  });

  it('leaves the thief of old keys with nothing once the grace is over', () => {
    const theft = (at: string) =>
      `faults: { theft: { kind: keys.steal, target: { committee: a-b, members: 0..1 }, when: { at: ${at}, for: 1s }, with: { amount: 9 A } } }`;
    expect(runText(world(rotating('0s'), theft('30s'))).found.has('no-forgery')).toBe(true);
    // Stolen just before the change: the delivery that carries it comes in the next block, when the set has retired.
    expect(runText(world(rotating('0s'), theft('59900ms'))).found.has('no-forgery')).toBe(false);
    expect(runText(world(rotating('10s'), theft('59900ms'))).found.has('no-forgery')).toBe(true);
  });
});

describe('weights and rotation in a scenario', () => {
  it.each([
    ['members: 2, weights: { kind: stake, stakes: [1, 2, 3] }', 'E139', 'weights.stakes'],
    ['weights: { kind: stake, stakes: [1, 2, 3] }, threshold: 7', 'E133', 'threshold'],
    ['members: 3, share: 0%', 'E133', 'threshold'],
    ['members: 3, rotation: { every: 0s }', 'E115', 'rotation.every'],
    ['members: 3, rotation: { every: 1h, replaced: 4 }', 'E115', 'rotation.replaced'],
  ])('refuses %s', (text, code, path) => {
    const problems = problemsOf(world(`{ kind: committee, ${text} }`));
    expect(problems.map((each) => `${each.code} ${each.path}`)).toEqual([`${code} lanes.a-b.verifier.${path}`]);
  });
});
