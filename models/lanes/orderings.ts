/** Orders in which a lane's packets may be received. */
import type { StateValue } from '../proofs/state-tree.ts';
import { type LaneId, laneKey, type Packet } from './lane.ts';

/** Contract state of the destination: of a block that executes, or as somebody's view shows it. */
export interface OrderState {
  get(key: string): StateValue | undefined;
}

export type OrderRefusal = 'sequence-gap' | 'sequence-passed';

export interface Ordering {
  readonly summary: string;
  /** A packet that times out closes the lane for good, or until it is opened again. */
  readonly closesOnTimeout: boolean;
  /** A late packet is received as late, and has to be before the next: its timeout is proven by what the destination wrote. */
  readonly receivesLate: boolean;
  /** Packets are proven in any order, and executed when each before them is proven. */
  readonly waitsForGaps: boolean;
  /** Why this packet may not be received now; undefined where it may. `sequence-passed` is for good. */
  refuse(state: OrderState, lane: LaneId, packet: Packet): OrderRefusal | undefined;
  /** What the destination writes beside the receipt. */
  readonly advance?: (
    state: OrderState & { set(key: string, value: StateValue): void },
    lane: LaneId,
    packet: Packet,
  ) => void;
}

/** The sequence that the destination expects next, as far as it knows. */
export function nextReceive(state: OrderState, lane: LaneId): number {
  return ((state.get(laneKey.nextReceive(lane)) as number | undefined) ?? 1) as number;
}

/** Exactly the next. A packet of a later opening says where that began: the lane goes on from there. */
function refuseUnlessNext(state: OrderState, lane: LaneId, packet: Packet): OrderRefusal | undefined {
  const next = nextReceive(state, lane);
  const expected = Math.max(next, packet.openedAt ?? 1);
  if (packet.sequence === expected) return undefined;
  return packet.sequence < next ? 'sequence-passed' : 'sequence-gap';
}

const moveOn: Ordering['advance'] = (state, lane, packet) => {
  state.set(laneKey.nextReceive(lane), packet.sequence + 1);
};

export const orderings = {
  unordered: {
    summary: 'any packet whose receipt is absent may be received',
    closesOnTimeout: false,
    receivesLate: false,
    waitsForGaps: false,
    refuse: () => undefined,
  },
  strict: {
    summary: 'exactly in order of sending; a packet that times out closes the lane',
    closesOnTimeout: true,
    receivesLate: false,
    waitsForGaps: false,
    refuse: refuseUnlessNext,
    advance: moveOn,
  },
  'ordered-allow-timeout': {
    summary: 'in order of sending, each received, or marked as late, before the next',
    closesOnTimeout: false,
    receivesLate: true,
    waitsForGaps: false,
    refuse: refuseUnlessNext,
    advance: moveOn,
  },
  watermark: {
    summary: 'sequences only rise; what was passed over can never be received',
    closesOnTimeout: false,
    receivesLate: false,
    waitsForGaps: false,
    refuse: (state, lane, packet) => (packet.sequence < nextReceive(state, lane) ? 'sequence-passed' : undefined),
    advance: moveOn,
  },
  'lazy-gap': {
    summary: 'proven in any order; executed once every earlier one is proven, and from then on in any order',
    closesOnTimeout: false,
    receivesLate: false,
    waitsForGaps: true,
    refuse: () => undefined,
    advance: (state, lane, packet) => {
      state.set(laneKey.nextReceive(lane), Math.max(nextReceive(state, lane), packet.sequence + 1));
    },
  },
} as const satisfies Record<string, Ordering>;

export type OrderingKind = keyof typeof orderings;

/** The rule of a lane. Validation refuses unknown names. */
export function orderingOf(kind: string): Ordering {
  return orderings[kind as OrderingKind];
}

/**
 * First sequence before `sequence` that nobody has proven, on a lane that waits for those; undefined where there is none.
 * What was proven and taken back counts. @source LayerZero v2, MessagingChannel.sol: _clearPayload, inboundNonce.
 */
export function gapBefore(state: OrderState, lane: LaneId, sequence: number): number | undefined {
  for (let at = nextReceive(state, lane); at < sequence; at++) {
    if (state.get(laneKey.verified(lane, at)) === undefined) return at;
  }
  return undefined;
}
