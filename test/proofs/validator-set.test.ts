import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../sim/base/assert.ts';
import { toHex } from '../../sim/base/bytes.ts';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import {
  createValidatorSet,
  guardianQuorum,
  hasQuorum,
  nextProposer,
  type ValidatorEntry,
  type ValidatorSet,
  updateValidators,
  validatorsHash,
} from '../../models/proofs/validator-set.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

function entries(powers: Readonly<Record<string, number>>): ValidatorEntry[] {
  return Object.entries(powers).map(([address, power], key) => ({ address, key, power }));
}

/** Proposers of `count` turns, the first one's included. */
function turns(set: ValidatorSet, count: number): string[] {
  const proposers: string[] = [];
  for (let turn = 0, now = set; turn < count; turn++, now = nextProposer(now)) proposers.push(now.proposer);
  return proposers;
}

function priorities(set: ValidatorSet): Record<string, number> {
  return Object.fromEntries(set.validators.map(({ address, priority }) => [address, priority]));
}

/** A set with given priorities, as CometBFT's tests build them without going through the constructor. */
function raw(list: readonly { address: string; power: number; priority: number }[]): ValidatorSet {
  const validators = list.map((validator, key) => ({ ...validator, key }));
  return { validators, totalPower: list.reduce((sum, { power }) => sum + power, 0), proposer: '' };
}

// cometbft types/validator_set_test.go, TestProposerSelection1 and TestProposerSelection2.
describeWithVectors('proposer turns, published sequence', () => {
  const vector = vectors<{
    powers: Record<string, number>;
    first_99: string[];
    counts: { powers: [number, number, number]; in_120: [number, number, number] };
  }>('tendermint_proposer_sequence.json');

  it('gives the 99 proposers of TestProposerSelection1', () => {
    expect(turns(createValidatorSet(entries(vector.powers)), 99)).toEqual(vector.first_99);
  });

  it('gives turns in proportion to power -> 40, 50 and 30 of 120', () => {
    const [a, b, c] = vector.counts.powers;
    const proposers = turns(createValidatorSet(entries({ a, b, c })), 120);
    expect(['a', 'b', 'c'].map((name) => proposers.filter((p) => p === name).length)).toEqual(vector.counts.in_120);
  });
});

// wormhole sdk/vaa/quorum_test.go.
describeWithVectors('guardian quorum, published values', () => {
  const table = Object.entries(vectors<Record<string, number>>('wormhole_quorum.json'));

  it('has all 23 values', () => expect(table).toHaveLength(23));

  it.each(table)('of %s guardians needs %s', (size, quorum) => {
    expect(guardianQuorum(Number(size))).toBe(quorum);
  });
});

describe('proposer turns', () => {
  // TestProposerSelection2: ties go to the lower address; powers 400 and 401 of 600 and 601.
  it('goes round by address where powers are equal', () => {
    const set = createValidatorSet(entries({ c: 100, a: 100, b: 100 }));
    expect(turns(set, 9)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('gives 400 of 600 no second turn before others, and 401 of 601 one', () => {
    expect(turns(createValidatorSet(entries({ a: 100, b: 100, c: 400 })), 2)).toEqual(['c', 'a']);
    expect(turns(createValidatorSet(entries({ a: 100, b: 100, c: 401 })), 3)).toEqual(['c', 'c', 'a']);
  });

  // TestAveragingInIncrementProposerPriority: no power, so only the average moves priorities; 91 / 3 rounds down to 30.
  it.each([
    { before: [1, 2, 3], count: 1, average: 2 },
    { before: [10, -10, 1], count: 11, average: 0 },
    { before: [100, -10, 1], count: 1, average: 30 },
  ])('takes the average $average from $before', ({ before, count, average }) => {
    const set = raw(before.map((priority, i) => ({ address: 'abc'.charAt(i), power: 0, priority })));
    const after = nextProposer(set, count).validators.map((validator) => validator.priority);
    expect(after).toEqual(before.map((priority) => priority - average));
  });

  // TestAveragingInIncrementProposerPriorityWithVotingPower, powers 10, 1, 1: wins by the n-th turn and who proposes then.
  it.each([
    { count: 1, wins: [1, 0, 0], proposer: 'a' },
    { count: 2, wins: [2, 0, 0], proposer: 'a' },
    { count: 4, wins: [4, 0, 0], proposer: 'a' },
    { count: 5, wins: [4, 1, 0], proposer: 'b' },
    { count: 8, wins: [7, 1, 0], proposer: 'a' },
    { count: 9, wins: [7, 1, 1], proposer: 'c' },
    { count: 11, wins: [9, 1, 1], proposer: 'a' },
  ])('after $count turns of powers 10, 1, 1 has wins $wins', ({ count, wins, proposer }) => {
    const powers = [10, 1, 1];
    const set = raw(powers.map((power, i) => ({ address: 'abc'.charAt(i), power, priority: 0 })));
    const after = nextProposer(set, count);
    expect(after.validators.map((v) => v.priority)).toEqual(powers.map((power, i) => count * power - 12 * wins[i]!));
    expect(after.proposer).toBe(proposer);
  });

  it('rescales priorities that lie more than two total powers apart, by division towards zero', () => {
    // Spread 150 over a window of 2 x 10: ceil(150 / 20) = 8; 101 / 8 = 12, -49 / 8 = -6; average 3; then one turn.
    const set = raw([
      { address: 'a', power: 5, priority: 101 },
      { address: 'b', power: 5, priority: -49 },
    ]);
    expect(priorities(nextProposer(set))).toEqual({ a: 12 - 3 + 5 - 10, b: -6 - 3 + 5 });
  });

  it('leaves the set that it was given as it was', () => {
    const set = createValidatorSet(entries({ a: 1, b: 2 }));
    const before = structuredClone(set);
    nextProposer(set, 5);
    updateValidators(set, entries({ a: 0, c: 3 }));
    expect(set).toEqual(before);
  });
});

describe('validator set changes', () => {
  const set = raw([
    { address: 'a', power: 10, priority: 4 },
    { address: 'b', power: 10, priority: -4 },
  ]);

  it('lets a new validator in at -1.125 of the total power before removals, then centres', () => {
    // Total 20 + 12 = 32 before the removal: c starts at -(32 + 4) = -36; kept a at 4; average of (4, -36) is -16.
    const verdict = updateValidators(set, [
      { address: 'c', key: 2, power: 12 },
      { address: 'b', key: 1, power: 0 },
    ]);
    expect(verdict.kind).toBe('accepted');
    if (verdict.kind !== 'accepted') return;
    expect(priorities(verdict.set)).toEqual({ c: -20, a: 20 });
    expect(verdict.set.validators.map((v) => v.address)).toEqual(['c', 'a']);
    expect(verdict.set.totalPower).toBe(22);
  });

  it('keeps the priority of one whose power changes', () => {
    const verdict = updateValidators(set, [{ address: 'a', key: 0, power: 11 }]);
    expect(verdict.kind === 'accepted' && priorities(verdict.set)).toEqual({ a: 4, b: -4 });
  });

  // TestUpdatesForNewValidatorSet, TestEmptySet and TestValSetUpdatesBasicTestsExecute: the same refusals.
  it.each([
    { changes: entries({ a: 0, b: 0 }), reason: 'set-would-be-empty' },
    { changes: entries({ z: 0 }), reason: 'unknown-validator' },
    { changes: entries({ a: -1 }), reason: 'power-out-of-range' },
    { changes: entries({ a: 0.5 }), reason: 'power-out-of-range' },
    { changes: entries({ a: 2 ** 48, b: 2 ** 48 }), reason: 'total-power-out-of-range' },
    { changes: [...entries({ a: 1 }), ...entries({ a: 2 })], reason: 'duplicate-validator' },
  ])('refuses what cannot be -> $reason', ({ changes, reason }) => {
    expect(updateValidators(set, changes)).toEqual({ kind: 'rejected', reason });
  });

  it('refuses a first set without power -> InvariantError', () => {
    expect(() => createValidatorSet(entries({ a: 0, b: 1 }))).toThrow(InvariantError);
    expect(() => createValidatorSet([])).toThrow(InvariantError);
  });
});

describe('quorum', () => {
  it('is strictly above two thirds', () => {
    const set = createValidatorSet(entries({ a: 1, b: 1, c: 1 }));
    expect([hasQuorum(set, 2), hasQuorum(set, 3)]).toEqual([false, true]);
  });
});

describe.each(['hashed', 'modelled'] as const)('validators hash, %s', (mode) => {
  const scheme = { mode, hash: nobleHash };

  it('tells who has what power, and not whose turn it is', () => {
    const set = createValidatorSet(entries({ a: 1, b: 2 }));
    const hash = toHex(validatorsHash(set.validators, scheme));
    expect(toHex(validatorsHash(nextProposer(set).validators, scheme))).toBe(hash);
    const first: ValidatorEntry = set.validators[0]!;
    const second: ValidatorEntry = set.validators[1]!;
    const others: ValidatorEntry[][] = [
      [],
      [first],
      [second, first],
      [{ ...first, power: 3 }, second],
      [{ ...first, key: 9 }, second],
      [{ ...first, address: 'z' }, second],
    ];
    const hashes = others.map((other) => toHex(validatorsHash(other, scheme)));
    expect(new Set([hash, ...hashes]).size).toBe(others.length + 1);
  });
});
