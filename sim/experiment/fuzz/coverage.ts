/** Which states of a message's life random scenarios have reached, and which moves between them. */
import { legalMoves, type MessageState, messageStates } from '../../../reports/observers/states.ts';
import type { FuzzOutcome } from './fuzz-one.ts';

export interface Coverage {
  runs: number;
  messages: number;
  events: number;
  /** Times that each move was made, by `from>to`. */
  readonly moves: Map<string, number>;
}

export function createCoverage(): Coverage {
  return { runs: 0, messages: 0, events: 0, moves: new Map() };
}

export function addOutcome(coverage: Coverage, { moves, messages, events }: FuzzOutcome): void {
  coverage.runs++;
  coverage.messages += messages;
  coverage.events += events;
  for (const [move, times] of Object.entries(moves)) {
    coverage.moves.set(move, (coverage.moves.get(move) ?? 0) + times);
  }
}

/** Times that messages came into each state, in the order of a life. */
export function timesByState({ moves }: Coverage): Map<MessageState, number> {
  const times = new Map<MessageState, number>(messageStates.map((state) => [state, 0]));
  for (const [move, count] of moves) {
    const [from, to] = move.split('>') as [string, MessageState];
    if (from !== to) times.set(to, (times.get(to) ?? 0) + count);
  }
  return times;
}

/** Moves that a correct protocol may make and that none of the scenarios made. Those of a reorg are not among them. */
export function movesNotMade({ moves }: Coverage): string[] {
  return legalMoves.filter((move) => !moves.has(move));
}
