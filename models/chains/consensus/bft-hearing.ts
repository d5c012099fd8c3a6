/** What a voting node does with what it hears. */
import { present } from '../../../sim/base/assert.ts';
import { reportEvidence } from '../evidence.ts';
import { acceptDecision } from './bft-deciding.ts';
import { evaluate, tryDecide, trySkip } from './bft-rules.ts';
import { commitEvidenceOf } from './bft-sealing.ts';
import {
  castVote,
  isSpeaking,
  sendDecision,
  sendStatus,
  startTimer,
  type StatusNote,
  roundTimeout,
} from './bft-sending.ts';
import { proposerOf } from './bft-sets.ts';
import { BFT_EVENT, type BftRun, LOOK_US, STEP } from './bft-state.ts';
import {
  addVote,
  clearTally,
  NIL,
  packPlace,
  packValue,
  PRECOMMIT,
  PREVOTE,
  ROUND_FLAG,
  ROUNDS_MAX,
  type Tally,
  unpackLower,
  unpackUpper,
  useRound,
  VOTE,
  voteOf,
  type VoteStep,
} from './bft-tally.ts';
import type { Block } from '../chain.ts';

/** Looks without a move between two statuses, at most: 1, 2, 4, 4, ... */
const LOOKS_BETWEEN_MAX = 4;

const NO_POWERS: readonly number[] = [];

/** A vote, packed as `packPlace` and `packValue` do. Runs once for each of n x n votes a step. */
export function onVote(run: BftRun, step: VoteStep, place: number, packed: number): void {
  const { state, bft } = run;
  const height = Math.floor(place / ROUNDS_MAX);
  const round = place - height * ROUNDS_MAX;
  const validator = unpackUpper(packed);
  // What another copy of itself signs a node neither counts nor reports.
  if (validator === state.validator) return;
  const value = unpackLower(packed);
  if (height !== state.height) {
    onVoteElsewhere(run, step, height, round, validator, value);
    return;
  }
  const tally = state.current;
  const set = bft.sets[state.set] as (typeof bft.sets)[number];
  const outcome = addVote(tally, set.powers, round, step, validator, value);
  if (outcome !== VOTE.counted) {
    if (outcome === VOTE.conflicting) accuse(run, validator, height, round, step);
    return;
  }
  if (state.step === STEP.commit) return;
  const isQuorate = (tally.cast[2 * round + step] as number) > set.quorum;
  if (round > state.round) {
    if (isQuorate && step === PRECOMMIT && tryDecide(run, round)) return;
    if (trySkip(run, round)) evaluate(run);
    return;
  }
  // Below a quorum a vote changes nothing: most end here.
  if (!isQuorate) return;
  if (round < state.round && step === PRECOMMIT) tryDecide(run, round);
  else evaluate(run);
}

function onVoteElsewhere(
  run: BftRun,
  step: VoteStep,
  height: number,
  round: number,
  validator: number,
  value: number,
): void {
  const { state } = run;
  if (height === state.height + 1) {
    const outcome = addVote(earlyFor(run, height), NO_POWERS, round, step, validator, value);
    if (outcome === VOTE.conflicting) accuse(run, validator, height, round, step);
  } else if (height > state.height) ask(run, validator);
}

/** Tally of the next height. Its votes are summed when the node gets there and knows the set. */
function earlyFor({ state }: BftRun, height: number): Tally {
  if (state.early.height !== height) clearTally(state.early, height);
  return state.early;
}

/** Others are more than a height ahead: asks one of them for what it missed. */
function ask(run: BftRun, node: number): void {
  const { state, context } = run;
  if (context.now - state.askedAt < LOOK_US) return;
  state.askedAt = context.now;
  sendStatus(run, node);
}

/**
 * `place` is that of a vote times ROUNDS_MAX, plus the proof-of-lock round plus 1; `polka` are the validators whose prevotes
 * of that round come with it.
 */
export function onProposal(run: BftRun, place: number, packed: number, polka: readonly number[] = []): void {
  const { state, chain } = run;
  const upper = Math.floor(place / ROUNDS_MAX);
  const lockRound = place - upper * ROUNDS_MAX - 1;
  const height = Math.floor(upper / ROUNDS_MAX);
  const round = upper - height * ROUNDS_MAX;
  const proposer = unpackUpper(packed);
  const value = unpackLower(packed);
  const isCurrent = height === state.height;
  if (!isCurrent && height !== state.height + 1) {
    if (height > state.height) ask(run, proposer);
    return;
  }
  if (isCurrent && polka.length > 0) acceptPolka(run, lockRound, value, polka);
  const tally = isCurrent ? state.current : earlyFor(run, height);
  useRound(tally, round);
  if (tally.proposals[round] !== 0) {
    if (isCurrent && polka.length > 0) evaluate(run);
    return;
  }
  if (isCurrent && proposerOf(run, round) !== proposer) return;
  tally.proposals[round] = value;
  tally.lockRounds[round] = lockRound;
  tally.proposers[round] = proposer;
  if (!isCurrent) return;
  const block = chain.blocks.get(value - 2);
  if (block !== undefined && block.parent !== run.node.head) accuseBranch(run, block);
  if (state.step === STEP.commit) return;
  for (let each = 0; each < tally.used; each++) if (tryDecide(run, each)) return;
  evaluate(run);
}

/**
 * The prevotes that a proposal refers to, all at once: a node that first heard something else from one who signs twice must
 * still see the quorum, else a few such signers could stop the chain.
 * @source cometbft types/vote_set.go: a conflicting vote counts for a block of which a peer claims two thirds.
 */
function acceptPolka(run: BftRun, round: number, value: number, validators: readonly number[]): void {
  const { state, bft } = run;
  const set = bft.sets[state.set] as (typeof bft.sets)[number];
  const tally = state.current;
  let power = 0;
  for (const validator of validators) {
    power += set.powers[validator] as number;
    if (validator === state.validator) continue;
    const outcome = addVote(tally, set.powers, round, PREVOTE, validator, value);
    if (outcome === VOTE.conflicting) accuse(run, validator, state.height, round, PREVOTE);
  }
  if (power > set.quorum) tally.polkas[round] = value;
}

function accuse(run: BftRun, validator: number, height: number, round: number, step: VoteStep): void {
  const { context, chain, bft, state } = run;
  reportEvidence(context, chain, state.index, {
    validator,
    key: bft.keys[validator] as number,
    height,
    round,
    step: step === PREVOTE ? 'prevote' : 'precommit',
  });
}

/**
 * A proposal on another branch than the node's own shows a fork: who is in both commits of the height where they part, in
 * one round, has signed twice.
 * MODEL: commits of different rounds prove no double vote, and are not looked into (amnesia stays unpunished, as in CometBFT).
 */
function accuseBranch(run: BftRun, proposed: Block): void {
  const { chain, state, bft } = run;
  if (state.hasAccused) return;
  let other = chain.blocks.get(proposed.parent);
  let own = chain.blocks.get(run.node.head);
  while (own !== undefined && other !== undefined && own.parent !== other.parent) {
    if (own.height >= other.height) own = chain.blocks.get(own.parent);
    else other = chain.blocks.get(other.parent);
  }
  if (own === undefined || other === undefined || own.id === other.id) return;
  const ours = commitEvidenceOf(own)?.commit;
  const theirs = commitEvidenceOf(other)?.commit;
  if (ours === undefined || theirs === undefined) return;
  state.hasAccused = true;
  if (ours.round !== theirs.round) return;
  const signed = new Set(ours.signatures.map(({ key }) => key));
  for (const { key } of theirs.signatures) {
    if (signed.has(key)) accuse(run, bft.keys.indexOf(key), own.height, ours.round, PRECOMMIT);
  }
}

export function onStatus(run: BftRun, from: number, note: StatusNote): void {
  const { state, chain } = run;
  const isDone = state.step === STEP.commit;
  if (note.height < state.height || (isDone && note.height === state.height)) {
    sendDecision(run, from);
    return;
  }
  if (note.height > state.height) ask(run, from);
  const { height } = note;
  if (note.proposal !== 0) {
    const place = packPlace(height, note.round) * ROUNDS_MAX + note.lockRound + 1;
    onProposal(run, place, packValue(note.proposer, note.proposal), note.polka);
  }
  const sender = present(chain.nodes[from], 'a status has a sender', { from });
  for (const [round, step, value] of note.votes) {
    onVote(run, step, packPlace(height, round), packValue(sender.validator, value));
  }
}

export function onDecision(run: BftRun, block: number): void {
  acceptDecision(run, block);
}

/** Looks whether the node stood still since the last look, and says again what it said where it did. */
export function onLook(run: BftRun): void {
  const { state } = run;
  const { seen } = state;
  const isStill = seen.height === state.height && seen.round === state.round && seen.step === state.step;
  const isWaiting = state.step === STEP.prevote || state.step === STEP.precommit;
  seen.height = state.height;
  seen.round = state.round;
  seen.step = state.step;
  seen.looks = isStill && isWaiting ? seen.looks + 1 : 0;
  if (seen.looks > 0 && isSpeaking(run)) makeUp(run);
  if (seen.looks === 1 || seen.looks === 2 || (seen.looks > 0 && seen.looks % LOOKS_BETWEEN_MAX === 0)) {
    sendStatus(run);
  }
}

/** A node that was silent while it took a step votes nil now: it cannot contradict what it never signed. */
function makeUp(run: BftRun): void {
  const { state } = run;
  const isOwed = (step: VoteStep): boolean => voteOf(state.current, state.round, step, state.validator) === 0;
  if (isOwed(PREVOTE)) castVote(run, PREVOTE, NIL);
  if (state.step === STEP.precommit && isOwed(PRECOMMIT)) castVote(run, PRECOMMIT, NIL);
  evaluate(run);
}

/** Goes on after a stop: timers that ran out meanwhile are set anew, and the others are asked where they are. */
export function resume(run: BftRun): void {
  const { state, bft } = run;
  const { timeouts } = bft;
  state.wasUp = true;
  if (state.step === STEP.commit) {
    startTimer(run, BFT_EVENT.newHeight, timeouts.commit);
  } else {
    const tally = state.current;
    useRound(tally, state.round);
    tally.flags[state.round] = (tally.flags[state.round] as number) & ROUND_FLAG.polka;
    if (state.step === STEP.propose) startTimer(run, BFT_EVENT.proposeTimeout, roundTimeout(run, timeouts.propose));
    evaluate(run);
  }
  sendStatus(run);
}
