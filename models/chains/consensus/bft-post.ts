/**
 * Votes on their way to the nodes of a chain of fidelity `quorum`: by receiver, with the instant at which each arrives.
 * Typed arrays only: a vote allocates nothing, and is no event.
 */
import { END_OF_TIME } from '../../../sim/base/units.ts';

/** Votes on their way to one node. */
export interface Box {
  count: number;
  /** Earliest instant of arrival among them, or before. */
  firstAt: number;
  /** Instant of arrival, in the order in which the votes were sent. */
  at: Float64Array;
  /** Twice the place (height and round) and the step of the vote, and its validator and value, both packed. */
  slot: Float64Array;
  packed: Float64Array;
  /** When the node next looks into its box; the end of time where nothing calls for that. */
  wakeAt: number;
  /** Whether votes to come may hasten the quorum of the round the node is in, beyond what was reckoned with; by step. */
  readonly isOpen: [boolean, boolean];
  /** How many nodes had come back when that was reckoned. */
  returns: number;
  /** Instant from which a node that is down hears nothing; the end of time for one that runs. */
  deafFrom: number;
}

/** Who has voted in one step of one round. */
export interface Cast {
  readonly by: Uint8Array;
  power: number;
}

export interface Post {
  /** By node. */
  readonly boxes: Box[];
  /** By slot. */
  readonly cast: Map<number, Cast>;
  /** How often a node came back, or found its voice again. */
  returns: number;
}

const ROOM_FIRST = 32;

export function createPost(): Post {
  return { boxes: [], cast: new Map(), returns: 0 };
}

export function createBox(): Box {
  return {
    count: 0,
    firstAt: END_OF_TIME,
    at: new Float64Array(ROOM_FIRST),
    slot: new Float64Array(ROOM_FIRST),
    packed: new Float64Array(ROOM_FIRST),
    wakeAt: END_OF_TIME,
    isOpen: [false, false],
    returns: 0,
    deafFrom: END_OF_TIME,
  };
}

/** Puts a vote into the box. Returns how many votes to a node that is down were lost to make room. */
export function putInto(box: Box, at: number, slot: number, packed: number, now: number): number {
  let lost = 0;
  if (box.count === box.at.length) {
    lost = loseUnheard(box, now);
    if (2 * box.count > box.at.length) enlarge(box);
  }
  const index = box.count++;
  if (at < box.firstAt) box.firstAt = at;
  box.at[index] = at;
  box.slot[index] = slot;
  box.packed[index] = packed;
  return lost;
}

function enlarge(box: Box): void {
  const room = 2 * box.at.length;
  const { at, slot, packed } = box;
  box.at = new Float64Array(room);
  box.slot = new Float64Array(room);
  box.packed = new Float64Array(room);
  box.at.set(at);
  box.slot.set(slot);
  box.packed.set(packed);
}

/** Takes out what came before `now` to a node that was down. Returns how many that were. */
export function loseUnheard(box: Box, now: number): number {
  if (box.deafFrom >= now) return 0;
  return keepOnly(box, box.deafFrom, now);
}

/** Takes out what was read, which has its instant set to -1. Returns how many that were. */
export function takeRead(box: Box): number {
  return keepOnly(box, -1, 0);
}

// ORDER: what stays keeps its order: of two votes that arrive at one instant, the one sent first is read first.
function keepOnly(box: Box, goneFrom: number, goneTo: number): number {
  const { at, slot, packed, count } = box;
  let kept = 0;
  let first = END_OF_TIME as number;
  for (let index = 0; index < count; index++) {
    const each = at[index] as number;
    if (each >= goneFrom && each < goneTo) continue;
    if (each < first) first = each;
    if (kept < index) {
      at[kept] = each;
      slot[kept] = slot[index] as number;
      packed[kept] = packed[index] as number;
    }
    kept++;
  }
  box.count = kept;
  box.firstAt = first;
  return count - kept;
}
