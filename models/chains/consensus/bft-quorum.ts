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
import { type Box, type Cast, createCast, loseUnheard, type Post } from './bft-post.ts';
import {
  BFT_EVENT,
  bftNodeOf,
  type BftChain,
  type BftNode,
  type BftRun,
  LOOK_US,
  type PowerSet,
  STEP,
  type Weighted,
} from './bft-state.ts';
import { NIL, powerFor, PRECOMMIT, PREVOTE, ROUND_FLAG, ROUNDS_MAX, type VoteStep } from './bft-tally.ts';

/** Slots of one height. */
const SLOTS = 2 * ROUNDS_MAX;

function boxOf(post: Post, node: number): Box {
  return post.boxes[node] as Box;
}

/** Sends the vote that stands in the envelope to each node that it will reach. */
export function postVote(run: BftRun, post: Post, step: VoteStep): void {
  const { context, chain, bft, state, envelope } = run;
  const network = networkOf(context.world, chain.network);
  const set = powersAt(bft, state);
  const { nodes } = chain;
  const cast = castIn(run, post, 2 * envelope.a + step, set.powers.length);
  const before = cast.power;
  cast.power += set.powers[state.validator] as number;
  cast.packed[state.validator] = envelope.b;
  cast.order[cast.count++] = state.validator;
  const isQuorate = cast.power > set.quorum;
  const isNew = isQuorate && before <= set.quorum;
  const { now } = context;
  const { quiet } = post;
  const { firstAt } = cast;
  const delays = new Float64Array(nodes.length);
  envelope.from = state.index;
  crossLinks(context, network, envelope, delays);
  for (let to = 0; to < nodes.length; to++) {
    if (to === state.index) continue;
    const delay = delays[to] as number;
    const at = delay === LOST ? END_OF_TIME : now + delay;
    cast.at[to * cast.validators + state.validator] = at;
    if (at < (firstAt[to] as number)) firstAt[to] = at;
    // What makes no quorum waits: this is where most end.
    if (!isQuorate && quiet[2 * to + step] === cast.slot) continue;
    // The vote that makes a quorum may be lost to some: the others of it can still bring them theirs.
    if (isNew || delay !== LOST) expect(run, post, nodes[to] as ChainNode, at, cast.slot, isQuorate, isNew);
  }
}

function powersAt(bft: BftChain, state: BftNode): PowerSet {
  return present(bft.sets[state.set], 'a power set exists', { set: state.set });
}

function castIn(run: BftRun, post: Post, slot: number, validators: number): Cast {
  const known = post.casts.find((cast) => cast.slot === slot);
  if (known !== undefined) return known;
  const cast = createCast(slot, run.chain.nodes.length, validators);
  const lowest = lowestHeight(run) * SLOTS;
  post.casts = [...post.casts.filter((each) => each.slot >= lowest), cast];
  return cast;
}

/** Below it nobody who runs votes any more. */
function lowestHeight({ context, chain, state }: BftRun): number {
  let lowest = state.height;
  for (const node of chain.nodes) if (node.isUp) lowest = Math.min(lowest, bftNodeOf(context.world, node).height);
  return Math.max(lowest, chain.keptFrom);
}

/** Lets a node look into its box in time for one vote more; `isNew` where a quorum has voted with this vote only. */
// Bare arguments: it runs for each of n x n votes a step.
function expect(
  run: BftRun,
  post: Post,
  node: ChainNode,
  at: number,
  slot: number,
  isQuorate: boolean,
  isNew: boolean,
): void {
  if (!node.isUp) return;
  const { context, bft } = run;
  const box = boxOf(post, node.index);
  const state = (context.world.entities[node.entity] as (typeof context.world.entities)[number]).state as BftNode;
  const offset = slot - state.height * SLOTS;
  if (offset < 0) return;
  if (offset >= SLOTS) {
    if (offset >= 2 * SLOTS && at >= state.askedAt + LOOK_US) wakeBy(context, state, box, at);
    return;
  }
  if (state.step === STEP.commit) return;
  if (offset >> 1 !== state.round) return wakeBy(context, state, box, at);
  const step = (offset & 1) as VoteStep;
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
  const { index } = run.state;
  const now: number = run.context.now;
  const { casts } = post;
  let read = 0;
  // ORDER: what came before this instant changes nothing by itself, so its order is free; of what comes now, what was sent
  // first is read first.
  for (const cast of casts) if ((cast.firstAt[index] as number) < now) read += hearBefore(run, cast, now, hear);
  if (until >= now) {
    for (const cast of casts) if (cast.firstAt[index] === now) read += hearNow(run, cast, now, hear);
  }
  if (read > 0) networkOf(run.context.world, run.chain.network).delivered += read;
}

function hearBefore(run: BftRun, cast: Cast, now: number, hear: Hear): number {
  const { state } = run;
  const { at, packed, validators, slot } = cast;
  const readTo = cast.readTo[state.index] as number;
  // A vote from far ahead was not to make the node ask when it came, and does not now.
  const isFar = slot - state.height * SLOTS >= 2 * SLOTS;
  const step = (slot % 2) as VoteStep;
  const first = state.index * validators;
  let read = 0;
  let next = END_OF_TIME as number;
  for (let validator = 0; validator < validators; validator++) {
    const each = at[first + validator] as number;
    if (each <= readTo) continue;
    if (each >= now) {
      if (each < next) next = each;
      continue;
    }
    read++;
    if (!isFar) hear(run, step, (slot - step) / 2, packed[validator] as number);
  }
  cast.firstAt[state.index] = next;
  cast.readTo[state.index] = now - 1;
  return read;
}

function hearNow(run: BftRun, cast: Cast, now: number, hear: Hear): number {
  const { index } = run.state;
  const { at, packed, validators, slot } = cast;
  const step = (slot % 2) as VoteStep;
  cast.readTo[index] = now;
  cast.firstAt[index] = earliest(cast, index, 0);
  let read = 0;
  for (let turn = 0; turn < cast.count; turn++) {
    const validator = cast.order[turn] as number;
    if (at[index * validators + validator] !== now) continue;
    read++;
    hear(run, step, (slot - step) / 2, packed[validator] as number);
  }
  return read;
}

/** Finds the next instant at which what is on its way can change anything. To be called when the node has moved. */
export function planWake(run: BftRun, post: Post, state: BftNode): void {
  const box = boxOf(post, state.index);
  box.returns = post.returns;
  // With nothing on its way there is nothing to reckon: whatever is cast must be looked at.
  box.isOpen[PREVOTE] = true;
  box.isOpen[PRECOMMIT] = true;
  const set = powersAt(run.bft, state);
  for (const step of [PREVOTE, PRECOMMIT] as const) {
    const isQuiet = state.step === STEP.commit || interestIn(state, set, step) !== 'each';
    post.quiet[2 * state.index + step] = isQuiet ? state.height * SLOTS + 2 * state.round + step : -1;
  }
  let next = END_OF_TIME as number;
  for (const cast of post.casts) {
    const offset = cast.slot - state.height * SLOTS;
    const first = cast.firstAt[state.index] as number;
    if (offset < 0 || first === END_OF_TIME) continue;
    if (offset >= SLOTS) {
      // A vote from far ahead lets the node ask what it missed, unless it has just done so.
      if (offset >= 2 * SLOTS) next = Math.min(next, earliest(cast, state.index, state.askedAt + LOOK_US));
      continue;
    }
    if (state.step === STEP.commit) continue;
    const step = (offset & 1) as VoteStep;
    const interest = offset >> 1 === state.round ? interestIn(state, set, step) : 'each';
    if (interest === 'each') next = Math.min(next, first);
    else if (interest === 'quorum') next = Math.min(next, quorumBy(run, post, set, state, cast, step));
  }
  if (next < END_OF_TIME) wakeBy(run.context, state, box, next);
}

/** When the next unread vote comes, of those that come from `from` on. */
function earliest({ at, readTo, validators }: Cast, node: number, from: number): number {
  const after = readTo[node] as number;
  let next = END_OF_TIME as number;
  for (let index = node * validators; index < (node + 1) * validators; index++) {
    const each = at[index] as number;
    if (each > after && each >= from && each < next) next = each;
  }
  return next;
}

/**
 * Earliest instant at which the votes of a step can have reached the node in a quorum: the order statistic of those on
 * their way, where those that may still be cast are taken to be there already. Once all have voted it is the instant
 * itself; before, the node looks too early, finds no quorum and reckons again.
 */
function quorumBy(run: BftRun, post: Post, set: PowerSet, state: BftNode, cast: Cast, step: VoteStep): number {
  const box = boxOf(post, state.index);
  const { at, validators } = cast;
  box.isOpen[step] = false;
  // Whoever brings it above a quorum lets all reckon anew.
  if (cast.power <= set.quorum) return END_OF_TIME;
  const missing = set.quorum - (state.current.cast[2 * state.round + step] as number) - toCome(run, set, cast, state);
  const scratch = scratchFor(run, validators);
  const readTo = cast.readTo[state.index] as number;
  const first = state.index * validators;
  let count = 0;
  for (let validator = 0; validator < validators; validator++) {
    const each = at[first + validator] as number;
    if (each <= readTo || each === END_OF_TIME) continue;
    scratch.at[count] = each;
    scratch.powers[count++] = set.powers[validator] as number;
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
    if ((cast.packed[validator] as number) >= 0 || validator === state.validator) continue;
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
  const lost = loseUnheard(post, node, box.deafFrom, now);
  box.deafFrom = END_OF_TIME;
  post.returns++;
  return lost;
}
