/** A lane: a directed path between two chains for one system, as data. */
import { present } from '../../sim/base/assert.ts';
import type { Limit } from '../controls/limiters.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { FeeTerms } from './fee-terms.ts';
import type { FailureKind } from './failures.ts';
import type { ReplayKind } from './replays.ts';

export type LaneId = number;

export interface Lane {
  readonly id: LaneId;
  readonly name: string;
  readonly source: number;
  readonly destination: number;
  /** The way back, -1 where there is none. */
  readonly reverse: LaneId;
  /** Shared by a lane and its reverse: prefix of the vouchers and name of the escrow accounts. */
  readonly path: string;
  /** Client on the destination that tracks the source, and the one on the source that tracks the destination. */
  readonly destinationClient: number;
  readonly sourceClient: number;
  /** Time that a packet has to arrive, by the destination's clock; 0 for no limit. */
  readonly timeoutUs: number;
  /** Time after which the sender has its value back by the source's own clock, whatever the destination did; absent for never. */
  readonly refundAfterUs?: number;
  /** Destination blocks that a packet has to arrive; 0 for no limit. */
  readonly timeoutBlocks: number;
  /** Packets whose commitment may stand at once; 0 for no limit. */
  readonly inFlightMax: number;
  readonly acknowledges: boolean;
  readonly ordering: string;
  /** What keeps packets from being received twice, and what becomes of those whose call fails; absent for the usual. */
  readonly replay?: ReplayKind;
  readonly failure?: FailureKind;
  /** Destination time from verification on after which anyone may try by hand what has failed. */
  readonly manualAfterUs?: number;
  /** Whether it has to be opened by messages before packets pass. */
  readonly opens?: boolean;
  readonly limiter: string;
  /** What the limiter is set to when the run begins. */
  readonly limit?: Limit;
  readonly pause: string;
  /** Accounts, at the source and at the destination, of who holds the key of the lane; -1 or absent for nobody. */
  readonly keyHolders?: { readonly source: number; readonly destination: number };
  /** What carriage costs; absent where relayers are paid nothing. */
  readonly fees?: FeeTerms;
  readonly boundUs: number;
}

/** What one application asks of its like on the other side. Frozen. */
export interface Payload {
  readonly application: string;
  readonly value: Uint8Array;
}

/** The wire form of what one message asks of the other side. Frozen: it stands in logs, calls and relayers' queues. */
export interface Packet {
  readonly lane: LaneId;
  readonly sequence: number;
  readonly timeoutUs: number;
  readonly timeoutHeight: number;
  readonly application: string;
  readonly value: Uint8Array;
  /** Source time from which it may be taken back without a proof; absent where it may not. */
  readonly refundUs?: number;
  /** Payloads behind the first, which are executed with it or not at all; absent where there are none. */
  readonly more?: readonly Payload[];
  /** First sequence since the lane was opened again; absent on a lane that never was. */
  readonly openedAt?: number;
}

/** The packet as each of its applications sees it: with that payload alone. */
export function payloadsOf(packet: Packet): readonly Packet[] {
  const { more } = packet;
  if (more === undefined) return [packet];
  return [packet, ...more.map(({ application, value }) => ({ ...packet, application, value }))];
}

/** Whether a packet's time has passed at a destination block: from then on it is not received, and may be timed out. */
export function isTimedOut(packet: Packet, chainUs: number, height: number): boolean {
  return (
    (packet.timeoutUs > 0 && chainUs >= packet.timeoutUs) ||
    (packet.timeoutHeight > 0 && height >= packet.timeoutHeight)
  );
}

/** A packet that both chains may forget once the destination block that did it has settled. */
export interface Forgettable {
  readonly lane: LaneId;
  readonly sequence: number;
  /** Destination height at which the receipt was first removed, 0 before. */
  removedAt: number;
}

interface LaneTable {
  readonly lanes: Lane[];
  /** Closed packets by destination chain, whose receipts wait to be forgotten. */
  readonly forgettable: Map<number, Forgettable[]>;
}

const TABLE = 'lanes';

function tableOf(world: World): LaneTable {
  return (world.tables[TABLE] ??= { lanes: [], forgettable: new Map() }) as LaneTable;
}

export function lanesOf(world: World): Lane[] {
  return tableOf(world).lanes;
}

export function laneOf(world: World, id: LaneId): Lane {
  return present(tableOf(world).lanes[id], 'a lane exists', { id });
}

export function forgettableOn(world: World, chain: number): Forgettable[] {
  const table = tableOf(world).forgettable;
  let list = table.get(chain);
  if (list === undefined) table.set(chain, (list = []));
  return list;
}

export function setForgettable(world: World, chain: number, list: Forgettable[]): void {
  tableOf(world).forgettable.set(chain, list);
}

/** Contract state of a lane. @source ICS 24 and ICS 4 v2, host requirements: commitments, receipts, acknowledgements. */
export const laneKey = {
  nextSequence: (lane: LaneId) => `lanes/${lane}/next`,
  inFlight: (lane: LaneId) => `lanes/${lane}/in-flight`,
  commitment: (lane: LaneId, sequence: number) => `lanes/${lane}/commitments/${sequence}`,
  receipt: (lane: LaneId, sequence: number) => `lanes/${lane}/receipts/${sequence}`,
  acknowledgement: (lane: LaneId, sequence: number) => `lanes/${lane}/acks/${sequence}`,
  /** Proven and not executed yet. */
  verified: (lane: LaneId, sequence: number) => `lanes/${lane}/verified/${sequence}`,
  /** By the hash of a message, and by word of a bitmap, for lanes that keep no receipts. */
  delivered: (lane: LaneId, hash: string) => `lanes/${lane}/delivered/${hash}`,
  bitmap: (lane: LaneId, word: number) => `lanes/${lane}/bitmap/${word}`,
  /** Height and block of the proof of a packet that was received and not acknowledged yet. */
  held: (lane: LaneId, sequence: number) => `lanes/${lane}/held/${sequence}`,
  /** At either end: the last step that was taken to open the lane. */
  opening: (lane: LaneId) => `lanes/${lane}/opening`,
  /** Where the order of receiving stands, at the destination of an ordered lane. */
  nextReceive: (lane: LaneId) => `lanes/${lane}/next-receive`,
  /** At the source: 1 while the lane is closed, and the first sequence since it was opened again. */
  closed: (lane: LaneId) => `lanes/${lane}/closed`,
  openedAt: (lane: LaneId) => `lanes/${lane}/opened-at`,
  forgottenUpTo: (lane: LaneId) => `lanes/${lane}/forgotten`,
  forgotten: (lane: LaneId, sequence: number) => `lanes/${lane}/forgotten/${sequence}`,
};
