/** A relayer as data: an untrusted carrier with a view of each chain, a wallet on each, a queue and a server. */
import type { DoneWork } from './second-look.ts';
import { present } from '../../sim/base/assert.ts';
import type { EventHandle } from '../../sim/kernel/event-slots.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { Cursor } from '../chains/reading.ts';
import type { Packet } from '../lanes/lane.ts';
import type { RelayAction } from '../lanes/packet-calls.ts';

/** One delivery to be made. Lives from its discovery until the relayer sees it done or gives it up. */
export interface WorkItem {
  readonly lane: number;
  readonly action: RelayAction;
  packet: Packet;
  readonly isSuccess: boolean;
  /** Whom the acknowledgement names for the fee of the delivery, where it does. */
  readonly payee?: string;
  /** queued: in line; serving: at the server; waiting: for evidence; batched; submitted: for inclusion; resting: back-off. */
  stage: 'queued' | 'serving' | 'waiting' | 'batched' | 'submitted' | 'resting';
  /** What evidence it waits for; empty in other stages. */
  waitingFor: string;
  attempt: number;
  /** Block in whose state it was last seen not to be done, -1 before: what a block holds does not change. */
  openAt: number;
  /** Instant at which what must stand first was last submitted, -1 before. */
  firstAt: number;
  /** Transaction that carries it, -1 before. */
  transaction: number;
}

/** Work as it is found on a chain, before it is taken up. */
export type FoundWork = Readonly<Pick<WorkItem, 'lane' | 'action' | 'packet' | 'isSuccess' | 'payee'>>;

export interface LaneWatch {
  readonly lane: number;
  readonly source: Cursor;
  readonly destination: Cursor;
  /** Packets sent and not known to be done, by sequence in order of sending. */
  readonly open: Map<number, Packet>;
}

/** What a relayer has and does on one chain. */
export interface Outpost {
  readonly chain: number;
  readonly node: number;
  readonly account: number;
  /** Head of its own view: moves at a poll, or when the node tells. */
  head: number;
  /** Item keys that wait for the next transaction. */
  readonly batch: number[];
  /** Item keys whose transaction was submitted here and has not shown. */
  readonly submitted: Set<number>;
  /** Work that was seen done, while the chain may still take it back. */
  done: DoneWork[];
  flushTimer: EventHandle;
}

export interface Retry {
  /** Time after a submission at which it counts as lost, and first pause; each further pause is `factor` times longer. */
  readonly patienceUs: number;
  readonly pauseUs: number;
  readonly factor: number;
  readonly attemptsMax: number;
}

export interface RelayerState {
  readonly id: number;
  readonly name: string;
  readonly entity: number;
  readonly strategy: string;
  /** Its place among the relayers that share the work, for strategies that part it. */
  readonly place: number;
  readonly places: number;
  readonly watches: LaneWatch[];
  readonly outposts: Outpost[];
  /** Time between polls; undefined where it subscribes. */
  readonly poll: Law | undefined;
  readonly service: Law;
  readonly servers: number;
  readonly queueMax: number;
  /** Whether it takes up later what found the queue full. */
  readonly clears: boolean;
  readonly batchSize: number;
  readonly batchWaitUs: number;
  readonly submitDelay: Law;
  /** Share of its transactions that never reach the mempool. */
  readonly submitLoss: number;
  readonly retry: Retry;
  readonly streams: {
    readonly poll: StreamId;
    readonly service: StreamId;
    readonly submit: StreamId;
  };
  readonly items: Map<number, WorkItem>;
  /** Item keys in line for the server; those below `queueFirst` are gone. */
  queue: number[];
  queueFirst: number;
  /** What found the queue full, oldest first. The chains still hold it, and so it is found again. */
  readonly passedOver: Map<number, FoundWork>;
  readonly waiting: Set<number>;
  /** Clients that it sent headers to ahead of any proof: the newest height they had then, and how long it waits for more. */
  readonly updating: Map<number, { readonly latest: number; readonly untilUs: number }>;
  busy: number;
  polls: number;
  served: number;
  isServing: boolean;
}

export const RELAYER_EVENT = {
  viewMoved: 0,
  poll: 1,
  served: 2,
  flush: 3,
  submit: 4,
  check: 5,
  attested: 6,
  rested: 7,
  resume: 8,
} as const;
export const RELAYER_EVENTS: readonly string[] = [
  'view-moved',
  'poll',
  'served',
  'flush',
  'submit',
  'check',
  'attested',
  'rested',
  'resume',
];

/** Sequences a lane may have before keys of work would meet. */
const SEQUENCE_STRIDE = 4_294_967_296;
export const ACTIONS: readonly RelayAction[] = ['receive', 'acknowledge', 'time-out', 'execute'];

export function workKey(lane: number, sequence: number, action: RelayAction): number {
  return (lane * SEQUENCE_STRIDE + sequence) * 4 + ACTIONS.indexOf(action);
}

export function outpostOn(state: RelayerState, chain: number): Outpost {
  const outpost = state.outposts.find((each) => each.chain === chain);
  return present(outpost, 'a relayer has an outpost on each chain of its lanes', { relayer: state.name, chain });
}

export function itemOf(state: RelayerState, key: number): WorkItem {
  return present(state.items.get(key), 'a piece of work is known by its key', { relayer: state.name, key });
}

/** Entities of the relayers, by relayer id. */
export function relayersOf(world: World): number[] {
  return (world.tables['relayers'] ??= []) as number[];
}
