/**
 * Fidelity `quorum`: nodes keep the rules of `votes`, and draw the same delays over the same links, but a vote is no event.
 * It lies in the receiver's box until the instant at which it and its like can change anything: that at which the voting
 * power of those that have arrived exceeds two thirds, an order statistic of the delays. There the node reads its box.
 *
 * What lies in a box and is not looked at could have changed nothing when it came, so a chain of honest nodes decides the
 * same blocks at the same instants as with `votes`. `bft-quorum.test.ts` holds the two against each other.
 */
// MODEL: a vote that contradicts another is noticed when the box is next read, and not as it comes. So evidence would be late,
// and twins are refused (`checkMeaning`): whoever studies validators that sign twice takes `votes`. Among events of one and
// the same microsecond the order differs from that of `votes`, and with it which of the signatures then at hand are counted
// into a commit.
import { present } from '../../../sim/base/assert.ts';
import { after, END_OF_TIME, uncheckedDuration } from '../../../sim/base/units.ts';
import type { Context } from '../../../sim/kernel/simulation.ts';
import type { Instant } from '../../../sim/base/units.ts';
import { crossLinks, LOST, networkOf } from '../../network/network.ts';
import type { ChainNode } from '../chain.ts';
import { type Box, type Cast, createBox, loseUnheard, type Post, putInto, takeRead } from './bft-post.ts';
import {
  BFT_EVENT,
  type BftChain,
  type BftNode,
  type BftRun,
  LOOK_US,
  type PowerSet,
  STEP,
  type Weighted,
} from './bft-state.ts';
import { NIL, powerFor, PRECOMMIT, PREVOTE, ROUND_FLAG, ROUNDS_MAX, unpackUpper, type VoteStep } from './bft-tally.ts';

/** Slots of one height. */
const SLOTS = 2 * ROUNDS_MAX;

export function boxOf(post: Post, node: number): Box {
  while (post.boxes.length <= node) post.boxes.push(createBox());
  return post.boxes[node] as Box;
}

/** Puts the vote that stands in the envelope into the box of each node that it will reach. */
export function postVote(run: BftRun, post: Post, step: VoteStep): void {
  const { context, chain, bft, state, envelope } = run;
  const network = networkOf(context.world, chain.network);
  const set = powersAt(bft, state);
  const slot = 2 * envelope.a + step;
  const cast = castIn(post, slot, set.powers.length);
  const before = cast.power;
  cast.power += set.powers[state.validator] as number;
  cast.by[state.validator] = 1;
  const isQuorate = cast.power > set.quorum;
  const isNew = isQuorate && before <= set.quorum;
  const { nodes } = chain;
  const { now } = context;
  const delays = new Float64Array(nodes.length);
  envelope.from = state.index;
  crossLinks(context, network, envelope, delays);
  for (let to = 0; to < nodes.length; to++) {
    if (to === state.index) continue;
    const node = nodes[to] as (typeof nodes)[number];
    const delay = delays[to] as number;
    const box = boxOf(post, to);
    const at = delay === LOST ? END_OF_TIME : now + delay;
    if (delay !== LOST) network.delivered += putInto(box, at, slot, envelope.b, now);
    // The vote that makes a quorum may be lost to some: the others of it can still bring them theirs.
    if (node.isUp && (isNew || delay !== LOST)) expect(run, post, node.entity, box, at, slot, isQuorate, isNew);
  }
}

function powersAt(bft: BftChain, state: BftNode): PowerSet {
  return present(bft.sets[state.set], 'a power set exists', { set: state.set });
}

function castIn(post: Post, slot: number, validators: number): Cast {
  const known = post.cast.get(slot);
  if (known !== undefined) return known;
  const cast: Cast = { by: new Uint8Array(validators), power: 0 };
  post.cast.set(slot, cast);
  return cast;
}

/** Lets a node look into its box in time for one vote more; `isNew` where a quorum has voted with this vote only. */
// Bare arguments: it runs for each of n x n votes a step.
function expect(
  run: BftRun,
  post: Post,
  entity: number,
  box: Box,
  at: number,
  slot: number,
  isQuorate: boolean,
  isNew: boolean,
): void {
  const { context, bft } = run;
  const state = (context.world.entities[entity] as (typeof context.world.entities)[number]).state as BftNode;
  const offset = slot - state.height * SLOTS;
  if (offset < 0) return;
  if (offset >= SLOTS) {
    if (offset >= 2 * SLOTS && at >= state.askedAt + LOOK_US) wakeBy(context, state, box, at);
    return;
  }
  if (state.step === STEP.commit) return;
  if (offset >> 1 !== state.round) return wakeBy(context, state, box, at);
  const step = (offset & 1) as VoteStep;
  // What makes no quorum, and hastens none, waits: this is where most end.
  const isNews = isQuorate && (isNew || box.isOpen[step] || box.returns !== post.returns);
  const interest = interestIn(state, bft.sets[state.set] as PowerSet, step);
  if (interest === 'each') wakeBy(context, state, box, at);
  else if (interest === 'quorum' && isNews) planWake(run, post, state);
}

/** What votes of a step of the round that the node is in can still do: nothing, something together, or each something. */
function interestIn(state: BftNode, { quorum }: PowerSet, step: VoteStep): 'none' | 'quorum' | 'each' {
  const { current, round } = state;
  const flags = current.flags[round] as number;
  if (step === PREVOTE) {
    // Until there is a proposal prevotes do nothing, and what comes with it is looked at then.
    if (state.step === STEP.propose || (flags & ROUND_FLAG.polka) !== 0) return 'none';
    if ((current.cast[2 * round] as number) <= quorum) return 'quorum';
    return state.step !== STEP.prevote && powerFor(current, round, PREVOTE, NIL) > quorum ? 'none' : 'each';
  }
  if ((current.cast[2 * round + 1] as number) <= quorum) return 'quorum';
  const isNil = (flags & ROUND_FLAG.precommitTimer) !== 0 && powerFor(current, round, PRECOMMIT, NIL) > quorum;
  return isNil ? 'none' : 'each';
}

/** Has the node look into its box at `at`, unless it does so before. */
function wakeBy(context: Context, state: BftNode, box: Box, at: number): void {
  if (at >= box.wakeAt) return;
  box.wakeAt = at;
  const instant = after(context.now, uncheckedDuration(Math.max(0, at - context.now)));
  context.schedule('delivery', state.entity, BFT_EVENT.wake, instant);
}

/** Whether a node's wake is the one that was called for last; notes that it came. */
export function isAwaited(post: Post, node: number, now: Instant): boolean {
  const box = boxOf(post, node);
  if (box.wakeAt > now) return false;
  box.wakeAt = END_OF_TIME;
  return true;
}

/** What a node of fidelity `votes` does with each vote. */
type Hear = (run: BftRun, step: VoteStep, place: number, packed: number) => void;

/** Reads what has come up to `until`, which is now or the microsecond before. */
export function readBox(run: BftRun, post: Post, until: number, hear: Hear): void {
  const box = boxOf(post, run.state.index);
  if (box.firstAt > until) return;
  const now: number = run.context.now;
  // ORDER: what came before this instant changes nothing by itself, so its order is free; of what comes now, what was sent first.
  hearUpTo(run, box, hear, now - 1);
  if (until >= now) hearUpTo(run, box, hear, now);
  networkOf(run.context.world, run.chain.network).delivered += takeRead(box);
}

function hearUpTo(run: BftRun, box: Box, hear: Hear, until: number): void {
  const { now } = run.context;
  for (let index = 0; index < box.count; index++) {
    const at = box.at[index] as number;
    if (at > until || at < 0) continue;
    const slot = box.slot[index] as number;
    box.at[index] = -1;
    // A vote from far ahead was not to make the node ask when it came, and does not now.
    if (at < now && slot - run.state.height * SLOTS >= 2 * SLOTS) continue;
    const step = (slot % 2) as VoteStep;
    hear(run, step, (slot - step) / 2, box.packed[index] as number);
  }
}

/** Finds the next instant at which what lies in the box can change anything. To be called when the node has moved. */
export function planWake(run: BftRun, post: Post, state: BftNode): void {
  const { context } = run;
  const box = boxOf(post, state.index);
  box.returns = post.returns;
  const first = state.height * SLOTS;
  const isDone = state.step === STEP.commit;
  const set = powersAt(run.bft, state);
  const interests = isDone
    ? NO_INTERESTS
    : ([interestIn(state, set, PREVOTE), interestIn(state, set, PRECOMMIT)] as const);
  const { count, at, slot } = box;
  let next = END_OF_TIME as number;
  // With nothing on its way there is nothing to reckon: whatever is cast must be looked at.
  box.isOpen[PREVOTE] = true;
  box.isOpen[PRECOMMIT] = true;
  let quorums = 0;
  for (let index = 0; index < count; index++) {
    const offset = (slot[index] as number) - first;
    // A vote from far ahead lets the node ask what it missed, unless it has just done so.
    if (offset >= 2 * SLOTS && (at[index] as number) >= state.askedAt + LOOK_US)
      next = Math.min(next, at[index] as number);
    if (isDone || offset < 0 || offset >= SLOTS) continue;
    const interest = offset >> 1 === state.round ? interests[(offset & 1) as VoteStep] : 'each';
    if (interest === 'each') next = Math.min(next, at[index] as number);
    else if (interest === 'quorum') quorums |= 1 << (offset & 1);
  }
  for (const step of [PREVOTE, PRECOMMIT] as const) {
    if ((quorums & (1 << step)) !== 0) next = Math.min(next, quorumBy(run, post, set, state, step));
  }
  if (next < END_OF_TIME) wakeBy(context, state, box, next);
}

const NO_INTERESTS = ['none', 'none'] as const;

/**
 * Earliest instant at which the votes of a step can have reached the node in a quorum: the order statistic of those on
 * their way, where those that may still be cast are taken to be there already. Once all have voted it is the instant
 * itself; before, the node looks too early, finds no quorum and reckons again.
 */
function quorumBy(run: BftRun, post: Post, set: PowerSet, state: BftNode, step: VoteStep): number {
  const box = boxOf(post, state.index);
  const { round, height, current } = state;
  const meant = height * SLOTS + 2 * round + step;
  const cast = post.cast.get(meant);
  box.isOpen[step] = false;
  // Whoever brings it above a quorum lets all reckon anew.
  if (cast === undefined || cast.power <= set.quorum) return END_OF_TIME;
  const missing = set.quorum - (current.cast[2 * round + step] as number) - toCome(run, set, cast, state);
  const scratch = scratchFor(run, box.count);
  let count = 0;
  for (let index = 0; index < box.count; index++) {
    if (box.slot[index] !== meant) continue;
    scratch.at[count] = box.at[index] as number;
    scratch.powers[count++] = set.powers[unpackUpper(box.packed[index] as number)] as number;
  }
  const found = whenAbove(scratch, count, Math.max(0, missing));
  // More may come than is needed, or all that is known is not enough: each vote that is cast must be looked at.
  box.isOpen[step] = missing < 0 || found === undefined;
  return found ?? END_OF_TIME;
}

function scratchFor(run: BftRun, count: number): Weighted {
  const { scratch } = run;
  if (scratch.at.length < count) {
    scratch.at = new Float64Array(2 * count);
    scratch.powers = new Float64Array(2 * count);
  }
  return scratch;
}

/** Power of those who run and speak and have not voted in the slot yet, but for the node itself. */
function toCome({ context, chain }: BftRun, { powers, total }: PowerSet, cast: Cast, state: BftNode): number {
  if (cast.power === total) return 0;
  let power = 0;
  for (let validator = 0; validator < powers.length; validator++) {
    if (cast.by[validator] === 1 || validator === state.validator) continue;
    const node = chain.nodes[validator] as ChainNode;
    if (!node.isUp || (context.world.entities[node.entity]?.state as BftNode).isSilent) continue;
    power += powers[validator] as number;
  }
  return power;
}

/**
 * The least of the first `count` instants `at` up to which more than `power` has come: the order statistic, by weight. Undefined where
 * all together are not above it. Reorders both arrays.
 * @source Hoare's selection, with the weights summed on the side that is left out.
 */
export function whenAbove({ at, powers }: Weighted, count: number, power: number): number | undefined {
  let from = 0;
  let to = count - 1;
  let left = power;
  while (from <= to) {
    const pivot = at[(from + to) >> 1] as number;
    let lower = from;
    let upper = to;
    let below = 0;
    let equal = 0;
    // Three ways: below the pivot first, then its equals, then above.
    for (let index = from; index <= upper;) {
      const value = at[index] as number;
      const weight = powers[index] as number;
      if (value === pivot) {
        equal += weight;
        index++;
        continue;
      }
      const other = value < pivot ? lower++ : upper--;
      if (value < pivot) {
        below += weight;
        index++;
      }
      const swapped = value < pivot ? index - 1 : index;
      at[swapped] = at[other] as number;
      powers[swapped] = powers[other] as number;
      at[other] = value;
      powers[other] = weight;
    }
    if (below > left) to = lower - 1;
    else if (below + equal > left) return pivot;
    else {
      left -= below + equal;
      from = upper + 1;
    }
  }
  return undefined;
}

/** From now on a node that stopped hears nothing. */
export function stopReading(post: Post, node: number, now: Instant): void {
  const box = boxOf(post, node);
  box.deafFrom = Math.min(box.deafFrom, now);
}

/** The node runs again: what came meanwhile is lost. Returns how many votes that were. */
export function readAgain(post: Post, node: number, now: Instant): number {
  const box = boxOf(post, node);
  const lost = loseUnheard(box, now);
  box.deafFrom = END_OF_TIME;
  post.returns++;
  return lost;
}

/** Forgets who voted at heights below `height`. */
export function forgetCasts(post: Post, height: number): void {
  for (const slot of post.cast.keys()) if (slot < height * SLOTS) post.cast.delete(slot);
}
