/**
 * The state of the judging fold: live messages, what is not settled yet, findings, and the rows that wait to be
 * drained.
 */
import type { MessageRow, TransitionRow } from '../csv/columns.ts';
import type { AccountsState } from './accounts.ts';
import type { Declarations } from './declarations.ts';
import { type Branch, NONE } from './facts.ts';
import type { HopOf, HopsState } from './hops.ts';
import type { MetricsState } from './metrics.ts';
import type { PropertyRecord } from './properties/property.ts';
import { FLAG, type MessageState, UNWOUND } from './states.ts';

/** Times that a message's row gives, by state. `stranded` and ends have none: see `sinceUs`. */
export const TIME_SLOTS = {
  requested: 0,
  sent: 1,
  final: 2,
  attesting: 3,
  attested: 4,
  executed: 5,
  failed: 6,
  'ack-pending': 7,
} as const satisfies Partial<Record<MessageState, number>>;
export const timeSlots = Object.keys(TIME_SLOTS) as readonly (keyof typeof TIME_SLOTS)[];
const slotByState: Readonly<Record<string, number | undefined>> = TIME_SLOTS;

export function slotOf(state: MessageState): number {
  return slotByState[state] ?? -1;
}

export interface Message {
  readonly id: number;
  readonly name: string;
  readonly lane: number;
  readonly acknowledges: boolean;
  /** Whether a call that failed is the end of it: on lanes that answer nothing and try nothing again. */
  readonly endsFailed: boolean;
  /** Whether it is to go on over other lanes. */
  readonly isRouted: boolean;
  sequence: number;
  flags: number;
  state: MessageState;
  reason: string;
  /** When it entered its state. */
  sinceUs: number;
  readonly timesUs: number[];
  readonly transaction: number;
  /** Next message of the same transaction that waits in the mempool. */
  nextInTransaction: number;
  readonly amount: bigint;
  readonly asset: string;
  commitment: Uint8Array;
  payer: number;
  /** Value that the packet carries, and its denomination on the source. */
  escrowed: bigint;
  escrowAsset: string;
  timeoutUs: number;
  executions: number;
  refunds: number;
  refunded: bigint;
  /** Message that it goes on from, and its own hops: NONE, and counted while they are on their way. */
  parent: number;
  hops: number;
  openHops: number;
  /** Where it stands on the way of the message that it carries on; absent where it carries none on. */
  hop: HopOf | undefined;
  /** When its destination had it, executed or held while it goes on; -1 before. */
  arrivedUs: number;
  /** Failed calls of a packet that stays verified. */
  tries: number;
  /** When the last of its hops ended, -1 before. */
  hopEndedUs: number;
  /** Facts about it in blocks that may still be undone. */
  unsettled: number;
  /** Relayers that work on its present leg, and those that gave it up. */
  workers: number;
  readonly gaveUp: number[];
  sourceFee: bigint;
  destinationFee: bigint;
  gas: number;
}

/** What is remembered of a settled packet: two bits. */
export const SETTLED = { none: 0, executed: 1, unwound: 2, other: 3 } as const;

export interface LaneState {
  readonly bySequence: Map<number, number>;
  /** Earlier messages of a sequence that a reorg gave to another. */
  readonly displaced: Map<number, number[]>;
  /** Forged messages by the sequence that they were executed under. */
  readonly forged: Map<number, number>;
  /** Messages sent and not final, with the heights of their commits: both grow together. */
  waiting: number[];
  waitingHeights: number[];
  waitingStart: number;
  /**
   * MODEL: two bits a settled sequence, so that a late second delivery is still seen as one. A quarter of a byte a
   * message is the only memory of finished messages beside the latencies.
   */
  settled: Uint8Array;
  inFlight: number;
  /** Ends that are paused, and when the last of them was resumed; -1 before. */
  pausedEnds: number;
  resumedUs: number;
}

/** Where the fold stands: the record that it folds, and the block that it applies or undoes. */
export interface Place {
  timeUs: number;
  event: number;
  cause: number;
  chain: number;
  block: number;
  height: number;
  /** Timestamp of the block by its chain's clock. */
  chainUs: number;
}

export interface Finding {
  readonly property: string;
  readonly component: string;
  readonly message: string;
  readonly timeUs: number;
  readonly event: number;
  readonly what: string;
  /** Block that it was seen in: if that is undone, so is the finding. */
  readonly chain: number;
  readonly block: number;
}

export interface JudgeState {
  readonly declarations: Declarations;
  readonly at: Place;
  readonly branches: Branch[];
  readonly lanes: LaneState[];
  /** Lanes by source chain. */
  readonly lanesFrom: number[][];
  readonly messages: Map<number, Message>;
  /** Committees that have signed for a message whose lane waits for more of them. */
  readonly reached: Map<number, number[]>;
  /** By chain: first message of a transaction that waits in the mempool. */
  readonly waitingTransactions: Map<number, number>[];
  /** Messages that have not come to an end, settled or not. */
  unresolved: number;
  /** Messages that users asked for so far. */
  requested: number;
  forgedCount: number;
  unrequestedCount: number;
  /** Parents of packets that go on, by lane and sequence of what is about to be committed. */
  readonly goingOn: Map<string, number>;
  /** Whether anybody takes rows: where nobody does, none are made of moves and none are kept of messages. */
  keepsRows: boolean;
  moves: TransitionRow[];
  finished: MessageRow[];
  readonly properties: PropertyRecord[];
  readonly findings: Finding[];
  readonly metrics: MetricsState;
  readonly hops: HopsState;
  readonly accounts: AccountsState;
  endedUs: number;
}

export function createLaneState(): LaneState {
  return {
    bySequence: new Map(),
    displaced: new Map(),
    forged: new Map(),
    waiting: [],
    waitingHeights: [],
    waitingStart: 0,
    settled: new Uint8Array(64),
    inFlight: 0,
    pausedEnds: 0,
    resumedUs: -1,
  };
}

/** Nothing is due while its lane is paused, or a hop behind it is on its way. Room is left for sums. */
const NEVER_US = 4_503_599_627_370_496;
const NOTHING = new Uint8Array(0);

/** What a message starts with. `state` is the one before any fact. */
export function createMessage(
  start: Partial<Pick<Message, 'isRouted' | 'endsFailed'>> &
    Pick<
      Message,
      'id' | 'name' | 'lane' | 'acknowledges' | 'transaction' | 'amount' | 'asset' | 'state' | 'flags' | 'sinceUs'
    >,
): Message {
  return {
    id: start.id,
    name: start.name,
    lane: start.lane,
    acknowledges: start.acknowledges,
    endsFailed: start.endsFailed ?? false,
    isRouted: start.isRouted ?? false,
    sequence: 0,
    flags: start.flags,
    state: start.state,
    reason: '',
    sinceUs: start.sinceUs,
    timesUs: [start.sinceUs, -1, -1, -1, -1, -1, -1, -1],
    transaction: start.transaction,
    nextInTransaction: NONE,
    amount: start.amount,
    asset: start.asset,
    commitment: NOTHING,
    payer: -1,
    escrowed: 0n,
    escrowAsset: '',
    timeoutUs: -1,
    executions: 0,
    refunds: 0,
    refunded: 0n,
    parent: NONE,
    hops: 0,
    openHops: 0,
    hop: undefined,
    arrivedUs: -1,
    tries: 0,
    hopEndedUs: -1,
    unsettled: 0,
    workers: 0,
    gaveUp: [],
    sourceFee: 0n,
    destinationFee: 0n,
    gas: 0,
  };
}

export function markSettled(lane: LaneState, sequence: number, how: number): void {
  const at = sequence >> 2;
  if (at >= lane.settled.length) {
    const grown = new Uint8Array(Math.max(at + 1, lane.settled.length * 2));
    grown.set(lane.settled);
    lane.settled = grown;
  }
  lane.settled[at] = (lane.settled[at] as number) | (how << ((sequence & 3) * 2));
}

export function settledAs(lane: LaneState, sequence: number): number {
  if (sequence < 0 || sequence > 0x7fff_ffff) return SETTLED.none;
  return ((lane.settled[sequence >> 2] ?? 0) >> ((sequence & 3) * 2)) & 3;
}

/** Time by which a message has to be at its end: max(GST, timeout or sending, end of a pause or of its hops) + bound of its lane. */
export function deadlineOf(judge: JudgeState, message: Message): number {
  const sentUs = message.timesUs[TIME_SLOTS.sent] as number;
  const enabledUs = Math.max(
    message.timeoutUs,
    sentUs < 0 ? (message.timesUs[TIME_SLOTS.requested] as number) : sentUs,
  );
  const lane = judge.lanes[message.lane];
  if ((lane?.pausedEnds ?? 0) > 0 || message.openHops > 0) return NEVER_US;
  const freeUs = Math.max(judge.declarations.gstUs, lane?.resumedUs ?? -1, message.hopEndedUs);
  return Math.max(freeUs, enabledUs) + (judge.declarations.lanes[message.lane]?.boundUs ?? 0);
}

/** Whether the value of a packet has left its sender and reached nobody yet. */
export function isInFlight(flags: number): boolean {
  if ((flags & FLAG.committed) === 0 || (flags & (FLAG.executed | FLAG.discarded | UNWOUND)) !== 0) return false;
  // Held in the middle of its way, it is there: the packet that goes on carries it. A failure takes it back first.
  return (flags & (FLAG.held | FLAG.failed)) !== FLAG.held;
}

/** The live message of a packet, or undefined. */
export function messageOf(judge: JudgeState, lane: number, sequence: number): Message | undefined {
  const id = judge.lanes[lane]?.bySequence.get(sequence);
  return id === undefined ? undefined : judge.messages.get(id);
}
