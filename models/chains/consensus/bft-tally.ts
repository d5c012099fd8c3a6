/**
 * What one node has heard at one height: who voted what in which round, and the sums by value. Typed arrays only: counting
 * a vote allocates nothing.
 *
 * A value is 1 for nil and block id + 2 for a block; 0 stands for "nothing heard". A slot is 2 x round + step.
 */
import { assert } from '../../../sim/base/assert.ts';

export const NIL = 1;
export const PREVOTE = 0;
export const PRECOMMIT = 1;
export type VoteStep = typeof PREVOTE | typeof PRECOMMIT;

/** Values counted in one round and step: nil and three blocks. */
const CANDIDATES = 4;
const ROUNDS_FIRST = 4;
/** Rounds of one height: far above what timeouts that grow with each round can reach. */
export const ROUNDS_MAX = 4_096;

const WORD = 4_294_967_296;

/** Two numbers of one event. */
export function packPlace(height: number, round: number): number {
  return height * ROUNDS_MAX + round;
}

export function packValue(validator: number, value: number): number {
  return validator * WORD + value;
}

export function unpackUpper(packed: number): number {
  return Math.floor(packed / WORD);
}

export function unpackLower(packed: number): number {
  return packed % WORD;
}

/** What was done once already in a round. */
export const ROUND_FLAG = { prevoteTimer: 1, precommitTimer: 2, polka: 4 } as const;

export interface Tally {
  height: number;
  readonly validators: number;
  /** Rounds that the arrays have room for, and rounds in use. */
  rounds: number;
  used: number;
  /** Value by slot and validator. */
  votes: Int32Array;
  /** Voting power heard by slot, whatever the value. */
  cast: Float64Array;
  /** By slot, four each: nil first, then blocks as they are first heard of. */
  candidates: Int32Array;
  candidatePower: Float64Array;
  /** By round: voting power heard from in any step, proposal value, its proof-of-lock round, and who proposed it. */
  heard: Float64Array;
  proposals: Int32Array;
  lockRounds: Int32Array;
  proposers: Int32Array;
  /** By round: value whose quorum of prevotes came as a whole. Counts even where single votes of it contradict others. */
  polkas: Int32Array;
  flags: Uint8Array;
}

export function createTally(validators: number): Tally {
  return { height: 0, validators, rounds: ROUNDS_FIRST, used: 0, ...columns(validators, ROUNDS_FIRST) };
}

function columns(validators: number, rounds: number) {
  return {
    votes: new Int32Array(2 * rounds * validators),
    cast: new Float64Array(2 * rounds),
    candidates: new Int32Array(2 * rounds * CANDIDATES),
    candidatePower: new Float64Array(2 * rounds * CANDIDATES),
    heard: new Float64Array(rounds),
    proposals: new Int32Array(rounds),
    lockRounds: new Int32Array(rounds),
    proposers: new Int32Array(rounds),
    polkas: new Int32Array(rounds),
    flags: new Uint8Array(rounds),
  };
}

/** Empties the tally for `height`. */
export function clearTally(tally: Tally, height: number): void {
  const { used, validators } = tally;
  tally.height = height;
  tally.used = 0;
  tally.votes.fill(0, 0, 2 * used * validators);
  tally.proposals.fill(0, 0, used);
  tally.polkas.fill(0, 0, used);
  tally.flags.fill(0, 0, used);
  clearSums(tally, used);
}

function clearSums(tally: Tally, used: number): void {
  tally.cast.fill(0, 0, 2 * used);
  tally.candidates.fill(0, 0, 2 * used * CANDIDATES);
  tally.candidatePower.fill(0, 0, 2 * used * CANDIDATES);
  tally.heard.fill(0, 0, used);
}

/** Makes room for `round`. */
export function useRound(tally: Tally, round: number): void {
  assert(round < ROUNDS_MAX, 'a height has few rounds', { round });
  if (round < tally.used) return;
  tally.used = round + 1;
  if (round < tally.rounds) return;
  let rounds = tally.rounds;
  while (rounds <= round) rounds *= 2;
  const grown = columns(tally.validators, rounds);
  grown.votes.set(tally.votes);
  grown.cast.set(tally.cast);
  grown.candidates.set(tally.candidates);
  grown.candidatePower.set(tally.candidatePower);
  grown.heard.set(tally.heard);
  grown.proposals.set(tally.proposals);
  grown.lockRounds.set(tally.lockRounds);
  grown.proposers.set(tally.proposers);
  grown.polkas.set(tally.polkas);
  grown.flags.set(tally.flags);
  Object.assign(tally, grown, { rounds });
}

export const VOTE = { repeated: 0, counted: 1, conflicting: 2 } as const;
export type VoteOutcome = (typeof VOTE)[keyof typeof VOTE];

/** Notes a vote. The first of a validator in a slot counts; another value is a conflict, and changes nothing. */
export function addVote(
  tally: Tally,
  powers: readonly number[],
  round: number,
  step: VoteStep,
  validator: number,
  value: number,
): VoteOutcome {
  if (round >= tally.used) useRound(tally, round);
  const slot = 2 * round + step;
  const at = slot * tally.validators + validator;
  const known = tally.votes[at] as number;
  if (known !== 0) return known === value ? VOTE.repeated : VOTE.conflicting;
  tally.votes[at] = value;
  const power = powers[validator] as number;
  if (power > 0) count(tally, slot, at, value, power);
  return VOTE.counted;
}

function count(tally: Tally, slot: number, at: number, value: number, power: number): void {
  const { candidates, candidatePower, validators } = tally;
  tally.cast[slot] = (tally.cast[slot] as number) + power;
  const isPrecommit = (slot & 1) === PRECOMMIT;
  if ((tally.votes[isPrecommit ? at - validators : at + validators] as number) === 0) {
    tally.heard[slot >> 1] = (tally.heard[slot >> 1] as number) + power;
  }
  let index = slot * CANDIDATES;
  if (value !== NIL) {
    const end = index + CANDIDATES;
    index++;
    while (index < end && candidates[index] !== value && candidates[index] !== 0) index++;
    // MODEL: a fourth block in one round and step counts for none. It takes a proposer with four running copies.
    if (index === end) return;
    candidates[index] = value;
  }
  candidatePower[index] = (candidatePower[index] as number) + power;
}

/** Sums anew from the votes: those that came before their height's validator set was in force. */
export function recount(tally: Tally, powers: readonly number[]): void {
  const { used, validators, votes } = tally;
  clearSums(tally, used);
  // ORDER: `heard` looks at the other step of the same validator, so votes are put back one by one.
  const noted = votes.slice(0, 2 * used * validators);
  votes.fill(0, 0, noted.length);
  for (let slot = 0; slot < 2 * used; slot++) {
    for (let validator = 0; validator < validators; validator++) {
      const value = noted[slot * validators + validator] as number;
      if (value !== 0) addVote(tally, powers, slot >> 1, (slot & 1) as VoteStep, validator, value);
    }
  }
}

export function voteOf(tally: Tally, round: number, step: VoteStep, validator: number): number {
  return round < 0 || round >= tally.used
    ? 0
    : (tally.votes[(2 * round + step) * tally.validators + validator] as number);
}

/** Power that voted `value` in a slot. */
export function powerFor(tally: Tally, round: number, step: VoteStep, value: number): number {
  if (round >= tally.used) return 0;
  const first = (2 * round + step) * CANDIDATES;
  if (value === NIL) return tally.candidatePower[first] as number;
  for (let index = first + 1; index < first + CANDIDATES; index++) {
    if (tally.candidates[index] === value) return tally.candidatePower[index] as number;
  }
  return 0;
}

/** Whether a round is known to have had a quorum of prevotes for `value`. */
export function hadPolka(tally: Tally, round: number, value: number, quorum: number): boolean {
  if (round >= tally.used) return false;
  return tally.polkas[round] === value || powerFor(tally, round, PREVOTE, value) > quorum;
}

/** The block value whose power in a slot is above `quorum`; 0 where there is none. */
export function valueAbove(tally: Tally, round: number, step: VoteStep, quorum: number): number {
  const first = (2 * round + step) * CANDIDATES;
  for (let index = first + 1; index < first + CANDIDATES; index++) {
    if ((tally.candidatePower[index] as number) > quorum) return tally.candidates[index] as number;
  }
  return 0;
}
