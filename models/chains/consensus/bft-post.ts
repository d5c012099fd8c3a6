/**
 * Votes on their way to the nodes of a chain of fidelity `quorum`: for each step of each round, when the vote of whom
 * reaches whom. Typed arrays only: a vote allocates nothing, and is no event.
 */
import { END_OF_TIME } from '../../../sim/base/units.ts';

/** The votes of one step of one round. */
export interface Cast {
  /** Twice the place (height and round) and the step. */
  readonly slot: number;
  readonly validators: number;
  /** Instant of arrival by node and, within it, validator; the end of time where none is to come. */
  readonly at: Float64Array;
  /** Instant up to which a node has read them, by node. */
  readonly readTo: Float64Array;
  /** Earliest instant at which one comes to a node that it has not read, or before; by node. */
  readonly firstAt: Float64Array;
  /** Validator and value, packed, by validator; -1 for who has not voted. */
  readonly packed: Float64Array;
  /** Validators in the order in which they voted, and how many those are. */
  readonly order: Int32Array;
  count: number;
  power: number;
}

/** What a node makes of the votes on their way to it. */
export interface Box {
  /** When the node next looks into its box; the end of time where nothing calls for that. */
  wakeAt: number;
  /** Whether votes to come may hasten the quorum of the round the node is in, beyond what was reckoned with; by step. */
  readonly isOpen: [boolean, boolean];
  /** How many nodes had come back when that was reckoned. */
  returns: number;
  /** Instant from which a node that is down hears nothing; the end of time for one that runs. */
  deafFrom: number;
}

export interface Post {
  /** By node. */
  readonly boxes: Box[];
  /** By node and step: slot whose votes can only do something together, or nothing; -1 where there is no such. */
  quiet: Float64Array;
  /** In the order of their first votes. Replaced where some are forgotten, so that who goes through it may go on. */
  casts: readonly Cast[];
  /** How often a node came back, or found its voice again. */
  returns: number;
}

export function createPost(): Post {
  return { boxes: [], quiet: new Float64Array(0), casts: [], returns: 0 };
}

/** Makes room for the nodes of the chain: to be called before the first vote. */
export function furnish(post: Post, nodes: number): void {
  while (post.boxes.length < nodes) post.boxes.push(createBox());
  post.quiet = new Float64Array(2 * nodes).fill(-1);
}

function createBox(): Box {
  return { wakeAt: END_OF_TIME, isOpen: [true, true], returns: 0, deafFrom: END_OF_TIME };
}

export function createCast(slot: number, nodes: number, validators: number): Cast {
  return {
    slot,
    validators,
    at: new Float64Array(nodes * validators).fill(END_OF_TIME),
    readTo: new Float64Array(nodes).fill(-1),
    firstAt: new Float64Array(nodes).fill(END_OF_TIME),
    packed: new Float64Array(validators).fill(-1),
    order: new Int32Array(validators),
    count: 0,
    power: 0,
  };
}

/** Takes out what came from `from` on and before `to` to a node that was down. Returns how many that were. */
export function loseUnheard({ casts }: Post, node: number, from: number, to: number): number {
  let lost = 0;
  for (const { at, validators } of casts) {
    for (let index = node * validators; index < (node + 1) * validators; index++) {
      const each = at[index] as number;
      if (each < from || each >= to) continue;
      at[index] = END_OF_TIME;
      lost++;
    }
  }
  return lost;
}
