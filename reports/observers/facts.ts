/**
 * Facts of blocks in the form that the folds keep while a block may still join or leave the reference branch. Copies:
 * the fields of a record belong to whoever published it.
 */

/** No message: unknown, or none is meant. Below every id, forged ones included. */
export const NONE = -1_000_000_000;

interface OfPacket {
  readonly lane: number;
  readonly sequence: number;
  /** Message that the fact was found to be about when it was applied. */
  message: number;
  /** Share of the transaction's fee and gas, found when it was applied. */
  fee: bigint;
  gas: number;
}

export interface CommittedFact extends OfPacket {
  readonly kind: 'committed';
  /** Message id that the source names. */
  readonly ghost: number;
  readonly commitment: Uint8Array;
  readonly timeoutChainUs: number;
  readonly timeoutHeight: number;
  readonly payer: number;
  readonly asset: string;
  readonly amount: bigint;
}
export interface ReceivedFact extends OfPacket {
  readonly kind: 'received';
  readonly commitment: Uint8Array;
  readonly proofHeight: number;
  readonly account: number;
  readonly transaction: number;
  readonly isExecuted: boolean;
  readonly reason: string;
}
/** Accepted by a destination that does not know the outcome yet. */
export interface HeldFact extends OfPacket {
  readonly kind: 'held';
  readonly commitment: Uint8Array;
  readonly account: number;
  readonly transaction: number;
  readonly reason: string;
}
/** Proven at a destination that executes in a step of its own. */
export interface VerifiedFact extends OfPacket {
  readonly kind: 'verified';
  readonly commitment: Uint8Array;
  readonly account: number;
  readonly transaction: number;
}
/** Its call failed, and it is still there. */
export interface TriedFact extends OfPacket {
  readonly kind: 'tried';
  readonly account: number;
  readonly transaction: number;
  readonly reason: string;
}
/** Who holds the key of the lane disposed of it. */
export interface AdministeredFact extends OfPacket {
  readonly kind: 'administered';
  readonly act: string;
  readonly account: number;
  readonly transaction: number;
}
/** A packet in the middle of its way goes on over another lane: `lane` and `sequence` are those behind. */
export interface ForwardedFact extends OfPacket {
  readonly kind: 'forwarded';
  readonly fromLane: number;
  readonly fromSequence: number;
}
export interface WrittenFact extends OfPacket {
  readonly kind: 'written';
  readonly isSuccess: boolean;
}
export interface AcknowledgedFact extends OfPacket {
  readonly kind: 'acknowledged';
  readonly isSuccess: boolean;
  readonly account: number;
  readonly transaction: number;
}
export interface TimedOutFact extends OfPacket {
  readonly kind: 'timed-out';
  readonly account: number;
  readonly transaction: number;
}
export interface RejectedFact extends OfPacket {
  readonly kind: 'rejected';
  readonly ghost: number;
  readonly reason: string;
}
export interface MovedFact {
  readonly kind: 'moved';
  readonly asset: string;
  readonly from: number;
  readonly to: number;
  readonly amount: bigint;
  readonly why: string;
  readonly lane: number;
  readonly sequence: number;
}
export interface IncludedFact {
  readonly kind: 'included';
  readonly transaction: number;
  readonly account: number;
  readonly gas: number;
  readonly fee: bigint;
  readonly asset: string;
  readonly isReverted: boolean;
  readonly reason: string;
  /** Messages that the revert rejected, where it did. */
  rejected: number[];
}
export interface IdleFact {
  readonly kind: 'idle';
  readonly isRefused: boolean;
  readonly account: number;
}

/** Contracts of `host` take something for a head of another chain. `client` is -1 less the chain id for a rollup's outputs. */
export interface BelievedFact {
  readonly kind: 'believed';
  readonly host: number;
  readonly client: number;
  readonly height: number;
  readonly isTrue: boolean;
}

/** A control of a lane was used: one end paused or resumed, or a limit set. */
export type ControlFact =
  | { readonly kind: 'control'; readonly what: 'pause'; readonly lane: number; readonly isPaused: boolean }
  | {
      readonly kind: 'control';
      readonly what: 'limit';
      readonly lane: number;
      readonly end: string;
      readonly capacity: bigint;
      readonly perSecond: bigint;
    };

export type PacketFact =
  | CommittedFact
  | ReceivedFact
  | HeldFact
  | VerifiedFact
  | TriedFact
  | AdministeredFact
  | ForwardedFact
  | WrittenFact
  | AcknowledgedFact
  | TimedOutFact
  | RejectedFact;
export type Fact = PacketFact | MovedFact | IncludedFact | IdleFact | BelievedFact | ControlFact;
export type PacketFactKind = PacketFact['kind'];

/** Facts of one block that is not settled yet. */
export interface BlockFacts {
  height: number;
  /** Timestamp by the chain's clock. */
  chainUs: number;
  isApplied: boolean;
  facts: Fact[];
}

/** One chain as its reference branch goes. */
export interface Branch {
  readonly settleDepth: number;
  head: number;
  headHeight: number;
  /** In the order of execution, so that a parent stands before its child. */
  readonly blocks: Map<number, BlockFacts>;
}

/** Height of a block that is not known to be produced yet. */
const HEIGHT_UNKNOWN = Number.MAX_SAFE_INTEGER;

export function createBranch(settleDepth: number): Branch {
  // Block 0 is genesis: on every branch, and its facts need no head to move.
  const genesis: BlockFacts = { height: 0, chainUs: 0, isApplied: true, facts: [] };
  return { settleDepth, head: 0, headHeight: 0, blocks: new Map([[0, genesis]]) };
}

export function blockOf(branch: Branch, block: number): BlockFacts {
  let found = branch.blocks.get(block);
  if (found === undefined) {
    found = { height: HEIGHT_UNKNOWN, chainUs: 0, isApplied: false, facts: [] };
    branch.blocks.set(block, found);
  }
  return found;
}
