/**
 * The rules of Tendermint for one node: rounds, locks, votes, timeouts. Line numbers are those of algorithm 1.
 * @source Buchman, Kwon, Milosevic, arXiv:1807.04938; cometbft/cometbft@5bba72c1 consensus/state.go for the timeouts.
 */
import { present } from '../../../sim/base/assert.ts';
import { makeBlock, selectTransactions } from '../views.ts';
import type { BlockId, Chain } from '../chain.ts';
import { decide } from './bft-deciding.ts';
import { castVote, isSpeaking, roundTimeout, sendProposal, startTimer } from './bft-sending.ts';
import { planOf, proposerOf } from './bft-sets.ts';
import { BFT_EVENT, type BftRun, extendsHead, type PowerSet, STEP } from './bft-state.ts';
import {
  clearTally,
  hadPolka,
  NIL,
  powerFor,
  PRECOMMIT,
  PREVOTE,
  recount,
  ROUND_FLAG,
  type Tally,
  useRound,
  valueAbove,
} from './bft-tally.ts';

export function powersOf({ bft, state }: BftRun): PowerSet {
  return present(bft.sets[state.set], 'a power set exists', { set: state.set });
}

/** Begins the height above the node's head, with what was heard of it early. */
export function enterHeight(run: BftRun, height: number): void {
  const { state } = run;
  const heard = state.early;
  const spent = state.current;
  if (heard.height !== height) clearTally(heard, height);
  clearTally(spent, height + 1);
  state.current = heard;
  state.early = spent;
  state.height = height;
  state.lockedBlock = -1;
  state.lockedRound = -1;
  state.validBlock = -1;
  state.validRound = -1;
  state.set = planOf(run).set;
  recount(heard, powersOf(run).powers);
  for (let round = 0; round < heard.used; round++) {
    const isMeant = heard.proposals[round] !== 0 && heard.proposers[round] === proposerOf(run, round);
    if (!isMeant) heard.proposals[round] = 0;
  }
  startRound(run, 0);
  for (let round = 0; round < heard.used && state.height === height; round++) if (tryDecide(run, round)) return;
  for (let round = heard.used - 1; round > 0; round--) if (trySkip(run, round)) break;
  evaluate(run);
}

/** Lines 11 to 21. */
export function startRound(run: BftRun, round: number): void {
  const { state, bft } = run;
  state.round = round;
  state.step = STEP.propose;
  useRound(state.current, round);
  if (proposerOf(run, round) === state.validator && isSpeaking(run) && propose(run)) return;
  startTimer(run, BFT_EVENT.proposeTimeout, roundTimeout(run, bft.timeouts.propose));
}

function propose(run: BftRun): boolean {
  const { state, chain } = run;
  const tally = state.current;
  const isOld = state.validBlock !== -1 && chain.blocks.has(state.validBlock);
  const blockId = isOld ? state.validBlock : build(run);
  if (blockId === -1) return false;
  const lockRound = isOld ? state.validRound : -1;
  tally.proposals[state.round] = blockId + 2;
  tally.lockRounds[state.round] = lockRound;
  tally.proposers[state.round] = state.validator;
  sendProposal(run, blockId, lockRound, chain.blocks.get(blockId)?.transactions.length ?? 0);
  return true;
}

/** A new block on the node's head; -1 where the head is no longer kept, so that nobody could execute it. */
function build(run: BftRun): BlockId {
  const { context, chain, node, bft, state } = run;
  if (!chain.blocks.has(node.head)) return -1;
  // On a branch whose root is no longer kept nobody can tell what the other side has: its blocks are empty.
  const isRooted = node.head === chain.head || meets(chain, chain.head, node.head);
  const transactions = isRooted ? selectTransactions(context, chain, node, node.head) : [];
  const block = makeBlock(context, chain, { parent: node.head, proposer: state.index, transactions, work: 1 });
  const standing = bft.undecided.get(state.height);
  if (standing === undefined) bft.undecided.set(state.height, [block.id]);
  else standing.push(block.id);
  return block.id;
}

function meets(chain: Chain, a: BlockId, b: BlockId): boolean {
  let left = chain.blocks.get(a);
  let right = chain.blocks.get(b);
  while (left !== undefined && right !== undefined && left.id !== right.id) {
    if (left.height >= right.height) left = chain.blocks.get(left.parent);
    else right = chain.blocks.get(right.parent);
  }
  return left !== undefined && right !== undefined;
}

/** Applies rules of the current round until none applies. To be called whenever something new was heard. */
export function evaluate(run: BftRun): void {
  while (run.state.step !== STEP.commit && applyOne(run, powersOf(run)));
}

function applyOne(run: BftRun, { quorum }: PowerSet): boolean {
  const { state } = run;
  const tally = state.current;
  const { round } = state;
  const proposal = tally.proposals[round] as number;
  if ((tally.cast[2 * round + 1] as number) > quorum && tryDecide(run, round)) return false;
  if (state.step === STEP.propose && proposal !== 0 && prevoteOn(run, tally, proposal, quorum)) return true;
  if ((tally.cast[2 * round] as number) > quorum && onPrevotes(run, tally, proposal, quorum)) return true;
  if ((tally.cast[2 * round + 1] as number) > quorum && raise(tally, round, ROUND_FLAG.precommitTimer)) {
    // Line 47. A quorum of nil precommits waits as well: someone slower may still hold a block that was decided.
    startTimer(run, BFT_EVENT.precommitTimeout, roundTimeout(run, run.bft.timeouts.precommit));
  }
  return false;
}

/** Lines 22 to 33: the answer to a proposal, new or carried over with the quorum of an earlier round. */
function prevoteOn(run: BftRun, tally: Tally, proposal: number, quorum: number): boolean {
  const { state, chain } = run;
  const lockRound = tally.lockRounds[state.round] as number;
  const block = proposal - 2;
  const isNew = lockRound === -1;
  if (!isNew && !(lockRound < state.round && hadPolka(tally, lockRound, proposal, quorum))) return false;
  const isFree = isNew ? state.lockedRound === -1 : state.lockedRound <= lockRound;
  const isAcceptable = extendsHead(run, chain.blocks.get(block)) && (isFree || state.lockedBlock === block);
  state.step = STEP.prevote;
  castVote(run, PREVOTE, isAcceptable ? proposal : NIL);
  return true;
}

/** Lines 34 to 46: what a quorum of prevotes leads to. */
function onPrevotes(run: BftRun, tally: Tally, proposal: number, quorum: number): boolean {
  const { state, chain } = run;
  const { round } = state;
  if (state.step === STEP.propose) return false;
  if (proposal !== 0 && powerFor(tally, round, PREVOTE, proposal) > quorum) {
    if (!extendsHead(run, chain.blocks.get(proposal - 2)) || !raise(tally, round, ROUND_FLAG.polka)) return false;
    const isVoting = state.step === STEP.prevote;
    state.validBlock = proposal - 2;
    state.validRound = round;
    if (!isVoting) return false;
    state.lockedBlock = proposal - 2;
    state.lockedRound = round;
    state.step = STEP.precommit;
    castVote(run, PRECOMMIT, proposal);
    return true;
  }
  if (state.step !== STEP.prevote) return false;
  if (powerFor(tally, round, PREVOTE, NIL) > quorum) {
    state.step = STEP.precommit;
    castVote(run, PRECOMMIT, NIL);
    return true;
  }
  if (raise(tally, round, ROUND_FLAG.prevoteTimer)) {
    startTimer(run, BFT_EVENT.prevoteTimeout, roundTimeout(run, run.bft.timeouts.prevote));
  }
  return false;
}

/** Sets a flag of a round; false when it was set. */
function raise(tally: Tally, round: number, flag: number): boolean {
  const flags = tally.flags[round] as number;
  tally.flags[round] = flags | flag;
  return (flags & flag) === 0;
}

/** Line 49: a quorum of precommits for a block that the node has, in whatever round. */
export function tryDecide(run: BftRun, round: number): boolean {
  const { state, chain } = run;
  const value = valueAbove(state.current, round, PRECOMMIT, powersOf(run).quorum);
  if (value === 0 || !hasProposal(state.current, value)) return false;
  const block = chain.blocks.get(value - 2);
  if (!extendsHead(run, block)) return false;
  decide(run, block, round);
  return true;
}

function hasProposal(tally: Tally, value: number): boolean {
  for (let round = 0; round < tally.used; round++) if (tally.proposals[round] === value) return true;
  return false;
}

/** Line 55: more than a third speaks in a later round. */
export function trySkip(run: BftRun, round: number): boolean {
  const { state } = run;
  if (round <= state.round || (state.current.heard[round] as number) <= powersOf(run).third) return false;
  startRound(run, round);
  return true;
}

/** Lines 57 to 67. */
export function onTimeout(run: BftRun, kind: number, height: number, round: number): void {
  const { state } = run;
  if (height !== state.height || round !== state.round || state.step === STEP.commit) return;
  if (kind === BFT_EVENT.proposeTimeout) {
    if (state.step !== STEP.propose) return;
    state.step = STEP.prevote;
    castVote(run, PREVOTE, NIL);
  } else if (kind === BFT_EVENT.prevoteTimeout) {
    if (state.step !== STEP.prevote) return;
    state.step = STEP.precommit;
    castVote(run, PRECOMMIT, NIL);
  } else startRound(run, round + 1);
  evaluate(run);
}
