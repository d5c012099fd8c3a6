import type * as records from '../../../models/records.ts';
import type { FieldsOf } from '../declarations.ts';
import type { HeldFact, PacketFact, ReceivedFact } from '../facts.ts';
import type { JudgeState } from '../judge-state.ts';
import { FLAG } from '../states.ts';
import { defineProperty, find, laneTally, packetName, type PropertyRecord } from './property.ts';

/** What one lane received, in the order of receiving. */
interface Received {
  /** Sequences on the branch that counts, oldest first; those long past are cut off. */
  readonly line: number[];
  /** First sequences of the openings after the first. */
  readonly openings: number[];
  /** How often each was proven or skipped, where that is what order is about; all up to `proven` are. */
  readonly passed: Map<number, number>;
  proven: number;
}

interface Own {
  readonly lanes: (Received | undefined)[];
}

/** Receptions that a reorg may take back. */
const LINE_MAX = 20_000;

function receivedOn(p: PropertyRecord<Own>, lane: number): Received {
  let received = p.own.lanes[lane];
  if (received === undefined) p.own.lanes[lane] = received = { line: [], openings: [], passed: new Map(), proven: 0 };
  return received;
}

/** What is wrong with receiving `sequence` now, by the order that the lane declares. */
function wrongWith(ordering: string, received: Received, sequence: number): string | undefined {
  const { line, openings } = received;
  const last = line.at(-1) ?? 0;
  switch (ordering) {
    case 'strict':
    case 'ordered-allow-timeout': {
      if (sequence === last + 1) return undefined;
      // Opened again, the lane goes on behind what timed out.
      if (sequence > last && openings.includes(sequence)) return undefined;
      return `sequence ${sequence} received after ${last}, where ${last + 1} was next`;
    }
    case 'watermark':
      return sequence > last ? undefined : `sequence ${sequence} received under the watermark ${last}`;
    case 'lazy-gap': {
      while ((received.passed.get(received.proven + 1) ?? 0) > 0) received.proven++;
      if (sequence <= received.proven) return undefined;
      return `sequence ${sequence} executed, and nobody had proven or skipped ${received.proven + 1}`;
    }
    default:
      return undefined;
  }
}

/** A lane that waits for gaps: what was proven, or skipped by who holds its key. */
function pass(p: PropertyRecord<Own>, fact: PacketFact, sign: 1 | -1): void {
  if (fact.kind !== 'verified' && fact.kind !== 'administered') return;
  const received = receivedOn(p, fact.lane);
  const times = (received.passed.get(fact.sequence) ?? 0) + sign;
  received.passed.set(fact.sequence, times);
  if (times === 0) received.proven = Math.min(received.proven, fact.sequence - 1);
}

/** Whether the destination accepts the packet by this fact: one that it held before is only answered. */
function isFirst(fact: PacketFact, before: number): fact is ReceivedFact | HeldFact {
  return fact.kind === 'held' || (fact.kind === 'received' && (before & FLAG.held) === 0);
}

function receive(p: PropertyRecord<Own>, judge: JudgeState, fact: ReceivedFact | HeldFact): string | undefined {
  const received = receivedOn(p, fact.lane);
  const wrong = wrongWith(judge.declarations.lanes[fact.lane]?.ordering ?? '', received, fact.sequence);
  received.line.push(fact.sequence);
  if (received.line.length > 2 * LINE_MAX) received.line.splice(0, LINE_MAX);
  return wrong;
}

/** always: an ordered lane receives a gapless prefix of what was sent. @source FAULTS 3.3, S6; ICS 4 */
export const order = defineProperty<Own>({
  slug: 'order',
  id: 'S6',
  group: 'safety',
  summary: 'a lane keeps the order that it declares: packets received in order of sending, or behind what is proven',
  requires: ['byzantine', 'reorg', 'lying-sources'],
  applies: (declarations) => declarations.lanes.some((lane) => lane.ordering !== 'unordered'),
  create: () => ({ lanes: [] }),
  onPacket: (p, judge, fact, message, before) => {
    pass(p, fact, 1);
    if (!isFirst(fact, before) || judge.declarations.lanes[fact.lane]?.ordering === 'unordered') return;
    const tally = laneTally(p, judge, fact.lane);
    tally.checked++;
    const wrong = receive(p, judge, fact);
    if (wrong !== undefined) find(p, judge, { tally, message: packetName(judge, fact, message), what: wrong });
  },
  onPacketUndone: (p, judge, fact, _message, before) => {
    pass(p, fact, -1);
    if (!isFirst(fact, before) || judge.declarations.lanes[fact.lane]?.ordering === 'unordered') return;
    // ORDER: facts are undone newest first, so that the last of the line is the one.
    receivedOn(p, fact.lane).line.pop();
  },
  on: {
    // MODEL: an opening that a reorg takes back still counts as one: it can excuse a gap, and never make one.
    'lane-reopened': (p, _judge, f: FieldsOf<typeof records.laneReopened>) => {
      receivedOn(p, f.lane).openings.push(f.fromSequence);
    },
  },
});
