/**
 * Justification and finalisation of epochs: which checkpoint two thirds of the stake have made unrevocable. Pure data.
 * @source ethereum/consensus-specs@a08d8a6e specs/phase0/beacon-chain.md, weigh_justification_and_finalization.
 */
import type { BlockId } from '../chain.ts';

/** An epoch, and the block that stood when it began. */
export interface Checkpoint {
  readonly epoch: number;
  readonly block: BlockId;
}

export interface Justification {
  previousJustified: Checkpoint;
  currentJustified: Checkpoint;
  finalized: Checkpoint;
  /** Whether each of the last four epochs is justified, newest first. */
  bits: readonly [boolean, boolean, boolean, boolean];
}

export const GENESIS_EPOCH = 0;

export function createJustification(genesis: BlockId): Justification {
  const checkpoint = (): Checkpoint => ({ epoch: GENESIS_EPOCH, block: genesis });
  return {
    previousJustified: checkpoint(),
    currentJustified: checkpoint(),
    finalized: checkpoint(),
    bits: [false, false, false, false],
  };
}

/** Stake of an epoch's end, in any one unit. */
export interface EpochVotes {
  /** The epoch that ends. */
  readonly epoch: number;
  readonly active: number;
  /** Stake whose votes for the checkpoint of the epoch before, and of this one, are on the chain. */
  readonly previousTarget: number;
  readonly currentTarget: number;
}

/**
 * Moves the checkpoints at the end of an epoch; `blockAt` gives the block of an epoch's beginning. The first two epochs
 * justify nothing.
 */
export function weighJustification(
  state: Justification,
  { epoch, active, previousTarget, currentTarget }: EpochVotes,
  blockAt: (epoch: number) => BlockId,
): void {
  if (epoch <= GENESIS_EPOCH + 1) return;
  const oldPrevious = state.previousJustified;
  const oldCurrent = state.currentJustified;
  state.previousJustified = copyOf(oldCurrent);
  let isPrevious = state.bits[0];
  let isCurrent = false;
  if (previousTarget * 3 >= active * 2) {
    state.currentJustified = { epoch: epoch - 1, block: blockAt(epoch - 1) };
    isPrevious = true;
  }
  if (currentTarget * 3 >= active * 2) {
    state.currentJustified = { epoch, block: blockAt(epoch) };
    isCurrent = true;
  }
  const bits = [isCurrent, isPrevious, state.bits[1], state.bits[2]] as const;
  state.bits = bits;
  // ORDER: as in the specification: a later rule finalises a later checkpoint.
  if (bits[1] && bits[2] && bits[3] && oldPrevious.epoch + 3 === epoch) state.finalized = copyOf(oldPrevious);
  if (bits[1] && bits[2] && oldPrevious.epoch + 2 === epoch) state.finalized = copyOf(oldPrevious);
  if (bits[0] && bits[1] && bits[2] && oldCurrent.epoch + 2 === epoch) state.finalized = copyOf(oldCurrent);
  if (bits[0] && bits[1] && oldCurrent.epoch + 1 === epoch) state.finalized = copyOf(oldCurrent);
}

/** The world is a tree: no two places share a record. */
function copyOf({ epoch, block }: Checkpoint): Checkpoint {
  return { epoch, block };
}
