/** What keeps a packet from being received twice: what the destination writes when it has, and how it is read back. */
import type { StateValue } from '../proofs/state-tree.ts';
import { toHex } from '../../sim/base/bytes.ts';
import { type Lane, laneKey, type Packet } from './lane.ts';

/** Contract state of the destination: of a block that executes, or as somebody's view shows it. */
export interface ReplayState {
  get(key: string): StateValue | undefined;
}

export interface WritableState extends ReplayState {
  set(key: string, value: StateValue): void;
}

/** The packet, and the commitment that tells it from any other. */
export type Received = Pick<Packet, 'sequence'> & { readonly commitment: () => Uint8Array };

export interface Replay {
  readonly summary: string;
  /** Whether the absence of a key shows that a packet was not received: without it nothing can be timed out by proof. */
  readonly showsAbsence: boolean;
  isReceived(state: ReplayState, lane: Lane, received: Received): boolean;
  /** Writes it down. The result is gas, more or less than that of a storage slot of its own. */
  mark(state: WritableState, lane: Lane, received: Received): number;
}

/** Sequences in one slot of a bitmap. @source CCIP, OffRamp.sol: a word of 256 bits with two for each message. */
export const BITS_PER_WORD = 128;

/** Writing a slot that holds something, against a fresh one. @source EIP-2929, SSTORE: 2 900 + 2 100 against 20 000 + 2 100. */
const USED_SLOT = -17_100;

function bitmapAt(state: ReplayState, lane: Lane, sequence: number): bigint | undefined {
  return state.get(laneKey.bitmap(lane.id, Math.floor(sequence / BITS_PER_WORD))) as bigint | undefined;
}

const receipt: Replay = {
  summary: 'a receipt for each sequence, which also shows what was not received',
  showsAbsence: true,
  isReceived(state, lane, { sequence }) {
    if (state.get(laneKey.receipt(lane.id, sequence)) !== undefined) return true;
    const upTo = (state.get(laneKey.forgottenUpTo(lane.id)) ?? 0) as number;
    return sequence <= upTo || state.get(laneKey.forgotten(lane.id, sequence)) !== undefined;
  },
  mark(state, lane, { sequence }) {
    state.set(laneKey.receipt(lane.id, sequence), 1);
    return 0;
  },
};

const nonce: Replay = {
  summary: 'one number for the lane, which keeps an order: what is below it and waits for nothing has been',
  showsAbsence: false,
  // The order of the lane moves the number on.
  isReceived(state, lane, { sequence }) {
    const next = (state.get(laneKey.nextReceive(lane.id)) ?? 1) as number;
    return sequence < next && state.get(laneKey.verified(lane.id, sequence)) === undefined;
  },
  mark: () => USED_SLOT,
};

// MODEL: what was received is kept for good, as the contracts do: state grows with each message of such a lane.
const hash: Replay = {
  summary: 'the hash of each message: two of one sequence with other contents are two messages',
  showsAbsence: false,
  isReceived: (state, lane, { commitment }) => state.get(laneKey.delivered(lane.id, toHex(commitment()))) !== undefined,
  mark(state, lane, { commitment }) {
    state.set(laneKey.delivered(lane.id, toHex(commitment())), 1);
    return 0;
  },
};

const bitmap: Replay = {
  summary: 'a bit for each sequence, many in one slot',
  showsAbsence: false,
  isReceived: (state, lane, { sequence }) =>
    (((bitmapAt(state, lane, sequence) ?? 0n) >> BigInt(sequence % BITS_PER_WORD)) & 1n) === 1n,
  mark(state, lane, { sequence }) {
    const word = bitmapAt(state, lane, sequence);
    const bit = 1n << BigInt(sequence % BITS_PER_WORD);
    state.set(laneKey.bitmap(lane.id, Math.floor(sequence / BITS_PER_WORD)), (word ?? 0n) | bit);
    return word === undefined ? 0 : USED_SLOT;
  },
};

export const replays = { receipt, nonce, hash, bitmap } as const satisfies Record<string, Replay>;

export type ReplayKind = keyof typeof replays;

/** The rule of a lane: receipts unless it says otherwise. */
export function replayOf({ replay }: Pick<Lane, 'replay'>): Replay {
  return replays[replay ?? 'receipt'];
}
