/** Block headers, the votes that decide them, and what a vote's signature covers. */
import type { HashBackend } from '../../sim/base/bytes.ts';
import { createMix, mixBytes, mixNumber } from '../../sim/base/mix.ts';
import type { KeyId } from '../keys/keys.ts';
import { encodeCanonical } from './canonical-encoding.ts';
import { digestOfMix, type ProofMode } from './proof-mode.ts';

// A type and not an interface: so it can stand in contract state, whose records are open.
/** What a block says of itself to those outside of its chain. Plain data. */
export type Header = {
  /** Chain id. */
  readonly chain: number;
  /** Goes up with each hard fork that restarts heights. */
  readonly revision: number;
  readonly height: number;
  /** Timestamp by the chain's clock, in microseconds. */
  readonly chainUs: number;
  /** Header hash of the parent; 32 zero bytes at genesis. */
  readonly parentHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  /** Hash of the set that decides this block; empty where a chain has none. */
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  /** Index of the validator or miner that made it. */
  readonly proposer: number;
};

export type CommitSignature = {
  readonly key: KeyId;
  readonly signature: Uint8Array;
};

/** Precommits for one header in one round. Who did not sign is not in it. */
export type Commit = {
  readonly height: number;
  readonly round: number;
  readonly headerHash: Uint8Array;
  readonly signatures: readonly CommitSignature[];
};

export interface Vote {
  readonly kind: 'prevote' | 'precommit';
  readonly chain: number;
  readonly revision: number;
  readonly height: number;
  readonly round: number;
  /** Empty for a vote for no block. */
  readonly headerHash: Uint8Array;
}

const HEADER_DOMAIN = 0x6865_6164; // "head"
const VOTE_KIND = { prevote: 1, precommit: 2 } as const;
const VOTE_WORDS = 4;

/** The 32 bytes that name a header. */
export function headerHash(header: Header, mode: ProofMode, hash: HashBackend): Uint8Array {
  if (mode === 'hashed') return hash.sha256(encodeCanonical(header));
  const m = createMix(HEADER_DOMAIN);
  mixNumber(m, header.chain);
  mixNumber(m, header.revision);
  mixNumber(m, header.height);
  mixNumber(m, header.chainUs);
  mixBytes(m, header.parentHash);
  mixBytes(m, header.stateRoot);
  mixBytes(m, header.validatorsHash);
  mixBytes(m, header.nextValidatorsHash);
  mixNumber(m, header.proposer);
  return digestOfMix(m);
}

/**
 * What a validator signs. Names the chain and its revision, so a vote on one chain is none on another.
 * @source cometbft types/canonical.go: type, height, round, block id, chain id.
 */
// MODEL: no timestamp of its own: a block's time is its proposer's and not the median of its voters. It costs the
// manipulation of block time by a third of the votes; a proposer's clock skew is still there.
export function voteSignBytes(vote: Vote): Uint8Array {
  const bytes = new Uint8Array(1 + 8 * VOTE_WORDS + vote.headerHash.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = VOTE_KIND[vote.kind];
  view.setFloat64(1, vote.chain);
  view.setFloat64(9, vote.revision);
  view.setFloat64(17, vote.height);
  view.setFloat64(25, vote.round);
  bytes.set(vote.headerHash, 1 + 8 * VOTE_WORDS);
  return bytes;
}
