/**
 * A client of a proof-of-work chain: keeps headers with their summed work, follows the heaviest branch, and lets proofs
 * be read only where enough headers lie on top. Pure rules; its host stores what they return.
 * @source Nakamoto 2008, section 8 (simplified payment verification); BTC Relay, github.com/ethereum/btcrelay.
 */
import { present } from '../../sim/base/assert.ts';
import { concatBytes, type HashBackend, toHex } from '../../sim/base/bytes.ts';
import { type KeyId, type KeyTable, sign, verify } from '../keys/keys.ts';
import { type Header, headerHash } from './header.ts';
import type { ProofScheme } from './proof-mode.ts';

export interface HeaderChainParameters {
  readonly chain: number;
  readonly revision: number;
  /** Headers that must lie on top of the one that a proof is read at. */
  readonly depth: number;
  /** Headers kept below the tip, at least `depth`. */
  readonly window: number;
  /** Work that each header must show. */
  readonly workMin: number;
  /** Key of the chain's mining authority, which seals mined headers. */
  readonly miningKey: KeyId;
}

/** What changes, to be kept under a contract-state key. */
export type HeaderChainState = {
  /** Hex of the header hash at the end of the heaviest branch. */
  readonly tip: string;
  /** Lowest height with kept headers. */
  readonly keptFrom: number;
};

/** A kept header, by the hex of its hash. */
export type KeptHeader = {
  readonly id: string;
  readonly parent: string;
  readonly height: number;
  readonly chainUs: number;
  readonly stateRoot: Uint8Array;
  /** Summed from the header that the client began with. */
  readonly work: number;
};

/** How the rules read what the host stores. */
export interface HeaderStore {
  header(id: string): KeptHeader | undefined;
  /** Ids of the kept headers at a height, in the order in which they came. */
  idsAt(height: number): readonly string[];
}

/** A header as a miner publishes it. */
export type MinedHeader = { readonly header: Header; readonly work: number; readonly seal: Uint8Array };

export type MinedHeaderRefusal =
  | 'wrong-chain'
  | 'parent-unknown'
  | 'height-not-next'
  | 'time-not-monotone'
  | 'work-below-target'
  | 'seal-invalid'
  | 'header-below-window';

export type MinedHeaderVerdict =
  | {
      readonly kind: 'accepted';
      readonly state: HeaderChainState;
      readonly kept: KeptHeader;
      /** Ids to be dropped, with their heights: they have left the window. */
      readonly dropped: readonly { readonly id: string; readonly height: number }[];
      /** Headers of the former best branch that are off it now; 0 when it only grew. */
      readonly reorgDepth: number;
    }
  | { readonly kind: 'noop'; readonly reason: 'header-known' }
  | { readonly kind: 'rejected'; readonly reason: MinedHeaderRefusal };

export type ReadableVerdict =
  | { readonly kind: 'accepted'; readonly header: KeptHeader }
  | { readonly kind: 'rejected'; readonly reason: 'header-unknown' | 'header-not-best' | 'header-too-shallow' };

/** The client's first state and header. The header is trusted as it is. */
export function startHeaderChain(
  header: Header,
  scheme: ProofScheme,
): { readonly state: HeaderChainState; readonly kept: KeptHeader } {
  const kept = keep(header, 0, scheme);
  return { state: { tip: kept.id, keptFrom: kept.height }, kept };
}

/** What a seal is made over. */
export function sealBytes(header: Header, work: number, scheme: ProofScheme): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, work);
  return concatBytes(headerHash(header, scheme.mode, scheme.hash), bytes);
}

/** The seal of a header that `process` has ground; it must hold the mining key. */
// MODEL: the seal is a tag by the chain's mining authority, made when the mining process finds a block. Grinding cannot be
// cheated and hash rate is the law of block times; who tampers with a header afterwards has no seal for it.
export function sealHeader(
  mined: Omit<MinedHeader, 'seal'>,
  signer: { readonly keys: KeyTable; readonly key: KeyId; readonly process: string },
  scheme: ProofScheme,
): Uint8Array {
  const { keys, key, process } = signer;
  return sign(keys, { key, process }, sealBytes(mined.header, mined.work, scheme), scheme.hash);
}

/** Checks one header and says what to store. Among branches of equal work the first to arrive stays the best. */
export function submitHeader(
  client: { readonly parameters: HeaderChainParameters; readonly state: HeaderChainState; readonly store: HeaderStore },
  mined: MinedHeader,
  keys: KeyTable,
  scheme: ProofScheme,
): MinedHeaderVerdict {
  const { parameters, state, store } = client;
  const { header } = mined;
  if (header.chain !== parameters.chain || header.revision !== parameters.revision) return rejected('wrong-chain');
  const id = idOf(header, scheme.mode, scheme.hash);
  if (store.header(id) !== undefined) return { kind: 'noop', reason: 'header-known' };
  if (header.height <= state.keptFrom) return rejected('header-below-window');
  const parent = store.header(toHex(header.parentHash));
  if (parent === undefined) return rejected('parent-unknown');
  if (header.height !== parent.height + 1) return rejected('height-not-next');
  if (header.chainUs <= parent.chainUs) return rejected('time-not-monotone');
  // Written so that NaN is refused too.
  if (!(mined.work >= parameters.workMin)) return rejected('work-below-target');
  const isSealed = verify(keys, parameters.miningKey, sealBytes(header, mined.work, scheme), mined.seal, scheme.hash);
  if (!isSealed) return rejected('seal-invalid');

  const kept = keep(header, parent.work + mined.work, scheme);
  const tip = known(store, state.tip);
  const isBest = kept.work > tip.work;
  const best = isBest ? kept : tip;
  const keptFrom = Math.max(state.keptFrom, best.height - parameters.window);
  const dropped: { id: string; height: number }[] = [];
  for (let height = state.keptFrom; height < keptFrom; height++) {
    for (const old of store.idsAt(height)) dropped.push({ id: old, height });
  }
  const reorgDepth = isBest ? depthBelow(store, tip, parent) : 0;
  return { kind: 'accepted', state: { tip: best.id, keptFrom }, kept, dropped, reorgDepth };
}

/** Whether proofs may be read at header `id`: on the best branch, with `depth` headers on top. */
export function checkReadable(
  client: { readonly parameters: HeaderChainParameters; readonly state: HeaderChainState; readonly store: HeaderStore },
  id: string,
): ReadableVerdict {
  const { parameters, state, store } = client;
  const header = store.header(id);
  if (header === undefined) return rejected('header-unknown');
  const tip = known(store, state.tip);
  if (ancestorAt(store, tip, header.height)?.id !== id) return rejected('header-not-best');
  if (tip.height - header.height < parameters.depth) return rejected('header-too-shallow');
  return { kind: 'accepted', header };
}

/** The kept header of the best branch at `height`; undefined above the tip and below the window. */
export function bestHeaderAt(state: HeaderChainState, store: HeaderStore, height: number): KeptHeader | undefined {
  return ancestorAt(store, known(store, state.tip), height);
}

export function idOf(header: Header, mode: ProofScheme['mode'], hash: HashBackend): string {
  return toHex(headerHash(header, mode, hash));
}

function keep(header: Header, work: number, scheme: ProofScheme): KeptHeader {
  return Object.freeze({
    id: idOf(header, scheme.mode, scheme.hash),
    parent: toHex(header.parentHash),
    height: header.height,
    chainUs: header.chainUs,
    stateRoot: header.stateRoot,
    work,
  });
}

function ancestorAt(store: HeaderStore, from: KeptHeader, height: number): KeptHeader | undefined {
  let header: KeptHeader | undefined = from;
  while (header !== undefined && header.height > height) header = store.header(header.parent);
  return header?.height === height ? header : undefined;
}

/** Headers from `tip` down to its last common ancestor with `other`. Window-long where that has been dropped. */
function depthBelow(store: HeaderStore, tip: KeptHeader, other: KeptHeader): number {
  let left: KeptHeader | undefined = tip;
  let right: KeptHeader | undefined = other;
  let depth = 0;
  while (left !== undefined && left.id !== right?.id) {
    if (right !== undefined && right.height > left.height) {
      right = store.header(right.parent);
    } else {
      depth++;
      left = store.header(left.parent);
    }
  }
  return depth;
}

function known(store: HeaderStore, id: string): KeptHeader {
  return present(store.header(id), 'the tip is kept', { id });
}

function rejected<Reason extends string>(reason: Reason): { readonly kind: 'rejected'; readonly reason: Reason } {
  return { kind: 'rejected', reason };
}
