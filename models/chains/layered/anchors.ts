/**
 * What the contracts of a chain below believe of a chain above it: heads by height, the newest and some before it, in
 * contract state of the chain below, so that they fork and are undone with its blocks.
 */
import type { StateValue } from '../../proofs/state-tree.ts';
import type { BlockId, ChainId } from '../chain.ts';
import type { Execution } from '../execution.ts';

/** A head of the chain above. Frozen. */
// A type and not an interface: contract state takes records of known fields only.
export type Anchor = {
  readonly height: number;
  readonly chainUs: number;
  readonly headerHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  /** Ghost: the block of that height on the branch that the head was made from. */
  readonly block: BlockId;
};

/** Heads that stay readable: how many of them may come while a proof under one is on its way. */
export const ANCHORS_KEPT = 64;

export type ReadState = (key: string) => StateValue | undefined;

const anchorKey = {
  newest: (chain: ChainId) => `anchors/${chain}/newest`,
  at: (chain: ChainId, height: number) => `anchors/${chain}/at/${height}`,
  heights: (chain: ChainId) => `anchors/${chain}/heights`,
};

export function newestAnchor(read: ReadState, chain: ChainId): Anchor | undefined {
  const height = read(anchorKey.newest(chain)) as number | undefined;
  return height === undefined ? undefined : anchorAt(read, chain, height);
}

export function anchorAt(read: ReadState, chain: ChainId, height: number): Anchor | undefined {
  return read(anchorKey.at(chain, height)) as Anchor | undefined;
}

/** Writes a newer head of `chain` into the state of the chain below, and drops the oldest. */
export function setAnchor(execution: Execution, chain: ChainId, anchor: Anchor): void {
  const heights = (execution.get(anchorKey.heights(chain)) ?? []) as readonly number[];
  const kept = [...heights, anchor.height];
  while (kept.length > ANCHORS_KEPT) execution.remove(anchorKey.at(chain, kept.shift() as number));
  execution.set(anchorKey.heights(chain), Object.freeze(kept));
  execution.set(anchorKey.at(chain, anchor.height), Object.freeze({ ...anchor }));
  execution.set(anchorKey.newest(chain), anchor.height);
}
