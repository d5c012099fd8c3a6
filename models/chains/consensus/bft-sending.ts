/** What a voting node puts on the wire: one envelope a receiver, own copies at once. */
import { after, type Duration, duration } from '../../../sim/base/units.ts';
import { voteCast } from '../../records.ts';
import { networkOf, transmit } from '../../network/network.ts';
import type { BlockId } from '../chain.ts';
import { postVote } from './bft-quorum.ts';
import { BFT_EVENT, type BftRun } from './bft-state.ts';
import {
  addVote,
  NIL,
  packPlace,
  packValue,
  PRECOMMIT,
  PREVOTE,
  ROUNDS_MAX,
  voteOf,
  type VoteStep,
} from './bft-tally.ts';

/** Bytes of a vote, a status and a decision with what frames them, of a proposal without its transactions, and of one of these. */
// MODEL: sizes are rounded constants; they matter only where a link has little bandwidth.
const BYTES = { vote: 250, status: 600, decision: 2_000, proposal: 1_500, transaction: 300 };

const PURPOSE = { prevote: 0, precommit: 1, proposal: 2, status: 3, decision: 4 } as const;

/**
 * Names what is sent, so that its delay depends on nothing else: the link is added by the network. Even, since the network
 * draws for a duplicate at the key that follows.
 * MODEL: rounds are told apart modulo 8, and heights up to 2^25: beyond, two envelopes of one link share a draw.
 */
export function envelopeKey(height: number, round: number, purpose: number): number {
  return ((height % 33_554_432) * 64 + (round % 8) * 8 + purpose) * 2;
}

/** Whether the node may speak at all at this height. */
export function isSpeaking({ state }: BftRun): boolean {
  return state.validator >= 0 && !state.isSilent;
}

/** Signs and sends a vote of the current round, unless the node is silent or has no power now. */
export function castVote(run: BftRun, step: VoteStep, value: number): void {
  const { context, chain, bft, state } = run;
  const powers = bft.sets[state.set]?.powers ?? [];
  if (!isSpeaking(run) || !((powers[state.validator] ?? 0) > 0)) return;
  // After a restart the node finds what it signed before, and does not sign again.
  if (voteOf(state.current, state.round, step, state.validator) !== 0) return;
  addVote(state.current, powers, state.round, step, state.validator, value);
  context.record(voteCast, {
    chain: chain.id,
    node: state.index,
    key: bft.keys[state.validator] ?? -1,
    height: state.height,
    round: state.round,
    step: step === PREVOTE ? 'prevote' : 'precommit',
    block: value === NIL ? -1 : value - 2,
  });
  const kind = step === PREVOTE ? BFT_EVENT.prevote : BFT_EVENT.precommit;
  const purpose = step === PREVOTE ? PURPOSE.prevote : PURPOSE.precommit;
  const { envelope } = run;
  envelope.kind = kind;
  envelope.key = envelopeKey(state.height, state.round, purpose);
  envelope.a = packPlace(state.height, state.round);
  envelope.b = packValue(state.validator, value);
  envelope.payload = undefined;
  envelope.bytes = BYTES.vote;
  if (bft.post === undefined) broadcast(run);
  else postVote(run, bft.post, step);
}

/** Validators whose prevotes for a value make up the quorum that a proposal refers to. Frozen. */
function polkaFor({ state }: BftRun, value: number, lockRound: number): readonly number[] {
  const validators: number[] = [];
  for (let validator = 0; lockRound >= 0 && validator < state.current.validators; validator++) {
    if (voteOf(state.current, lockRound, PREVOTE, validator) === value) validators.push(validator);
  }
  return Object.freeze(validators);
}

/**
 * Proposes a block. One that is carried over from `lockRound` comes with the prevotes of that round, as CometBFT's gossip
 * sends them along: else a lock that few know of would stop the chain for good.
 */
export function sendProposal(run: BftRun, block: BlockId, lockRound: number, transactions: number): void {
  const { state, envelope } = run;
  const polka = polkaFor(run, block + 2, lockRound);
  envelope.kind = BFT_EVENT.proposal;
  envelope.key = envelopeKey(state.height, state.round, PURPOSE.proposal);
  envelope.a = packPlace(state.height, state.round) * ROUNDS_MAX + lockRound + 1;
  envelope.b = packValue(state.validator, block + 2);
  envelope.payload = polka.length === 0 ? undefined : polka;
  envelope.bytes = BYTES.proposal + BYTES.transaction * transactions + BYTES.vote * polka.length;
  broadcast(run);
}

/** What a node says again, all in one: values as in a tally, 0 for none. */
export interface StatusNote {
  readonly height: number;
  readonly round: number;
  readonly proposal: number;
  readonly lockRound: number;
  readonly proposer: number;
  /** Validators whose prevotes the proposal refers to. */
  readonly polka: readonly number[];
  readonly votes: readonly (readonly [round: number, step: VoteStep, value: number])[];
}

/**
 * Tells where the node stands, with its votes of this round and the last, to one node or (`to` -1) to all. Votes of two
 * rounds are enough: whoever is further behind hears more than a third in a later round, and skips to it.
 */
// MODEL: stands for CometBFT's gossip, which keeps sending each peer what it lacks. Nothing is said again until a node has
// stood still for a while, so recovery after losses is slower here, by up to the time between two looks.
export function sendStatus(run: BftRun, to = -1): void {
  const { state, envelope } = run;
  const tally = state.current;
  const votes: [number, VoteStep, number][] = [];
  // A silent validator says where it stands and nothing else: its node fetches blocks like any other, and is read.
  for (let round = Math.max(0, state.round - 1); round <= state.round; round++) {
    for (const step of [PREVOTE, PRECOMMIT] as const) {
      const value = state.validator < 0 || state.isSilent ? 0 : voteOf(tally, round, step, state.validator);
      if (value !== 0) votes.push(Object.freeze([round, step, value]) as [number, VoteStep, number]);
    }
  }
  const isKnown = !state.isSilent && state.round < tally.used && tally.proposals[state.round] !== 0;
  const proposal = isKnown ? (tally.proposals[state.round] as number) : 0;
  const lockRound = isKnown ? (tally.lockRounds[state.round] as number) : -1;
  const note: StatusNote = Object.freeze({
    height: state.height,
    round: state.round,
    proposal,
    lockRound,
    proposer: isKnown ? (tally.proposers[state.round] as number) : -1,
    polka: polkaFor(run, proposal, lockRound),
    votes: Object.freeze(votes),
  });
  envelope.kind = BFT_EVENT.status;
  envelope.key = envelopeKey(++state.statuses, 0, PURPOSE.status);
  envelope.a = packPlace(state.height, state.round);
  envelope.b = state.index;
  envelope.payload = note;
  envelope.bytes = BYTES.status;
  if (to === -1) broadcast(run);
  else sendTo(run, to);
}

/** Sends the newest decided block to a node that is behind. */
export function sendDecision(run: BftRun, to: number): void {
  const { state, node, envelope } = run;
  if (state.isSilent) return;
  envelope.kind = BFT_EVENT.decision;
  envelope.key = envelopeKey(++state.statuses, 0, PURPOSE.decision);
  envelope.a = node.head;
  envelope.b = state.index;
  envelope.payload = undefined;
  envelope.bytes = BYTES.decision;
  sendTo(run, to);
}

/** Runs an event of the node itself after a while. */
export function startTimer(run: BftRun, kind: number, wait: Duration): void {
  const { context, state } = run;
  context.schedule('timer', state.entity, kind, after(context.now, wait), state.height, state.round);
}

/** A timeout of the algorithm: `base` and a step for each round. */
export function roundTimeout(run: BftRun, base: Duration): Duration {
  return duration(base + run.bft.timeouts.step * run.state.round);
}

function broadcast(run: BftRun): void {
  const { context, chain, state, envelope } = run;
  const network = networkOf(context.world, chain.network);
  const { nodes } = chain;
  envelope.from = state.index;
  for (let to = 0; to < nodes.length; to++) {
    if (to === state.index) continue;
    envelope.to = to;
    envelope.target = (nodes[to] as (typeof nodes)[number]).entity;
    transmit(context, network, envelope);
  }
}

function sendTo(run: BftRun, to: number): void {
  const { context, chain, state, envelope } = run;
  const receiver = chain.nodes[to];
  if (receiver === undefined || to === state.index) return;
  envelope.from = state.index;
  envelope.to = to;
  envelope.target = receiver.entity;
  transmit(context, networkOf(context.world, chain.network), envelope);
}
