/** Headers and commits: what lets those outside believe a block that votes, or one authority, have decided. */
import { present } from '../../../sim/base/assert.ts';
import { bytesEqual } from '../../../sim/base/bytes.ts';
import type { Context } from '../../../sim/kernel/simulation.ts';
import { keysOf } from '../../keys/key-room.ts';
import { keyOf, sign } from '../../keys/keys.ts';
import { type Commit, type CommitSignature, type Header, headerHash, voteSignBytes } from '../../proofs/header.ts';
import { rootOf } from '../../proofs/state-tree.ts';
import { type ValidatorEntry, validatorsHash } from '../../proofs/validator-set.ts';
import { type Block, blockOf, type Chain, provenBlock } from '../chain.ts';
import { revisionAt } from '../upgrades.ts';
import type { SealBlock } from '../sealing.ts';
import { entriesOf } from './bft-sets.ts';
import { type BftChain, bftTable, createPowerSet } from './bft-state.ts';

/** What a sealed block carries. Frozen: relayers carry it on. */
export interface CommitEvidence {
  readonly header: Header;
  readonly commit: Commit;
  /** Ids of the set that decided the block, and of the set of the height after it. */
  readonly set: number;
  readonly nextSet: number;
}

export function commitEvidenceOf(block: Block): CommitEvidence | undefined {
  return (block.seal.evidence ?? undefined) as CommitEvidence | undefined;
}

/** Members of a set of a chain, for those who verify its headers. */
export function validatorsOf(context: Context, chain: Chain, set: number): ValidatorEntry[] {
  return entriesOf(votersOf(context, chain), set);
}

/** The state of whatever makes the blocks of a chain alone. */
interface Authority {
  readonly key: number;
}

/** Sets and keys of a chain that is decided by votes or by one authority. */
function votersOf(context: Context, chain: Chain): BftChain {
  const table = bftTable(context.world);
  const known = table.get(chain.id);
  if (known !== undefined) return known;
  const entity = context.world.entities[chain.nodes[0]?.entity ?? -1];
  const { key } = present(entity, 'a chain has a node', { chain: chain.name }).state as Authority;
  const none = { propose: 0, prevote: 0, precommit: 0, step: 0, commit: 0 } as unknown as BftChain['timeouts'];
  const voters: BftChain = {
    chain: chain.id,
    timeouts: none,
    keys: [key],
    sets: [createPowerSet([1])],
    plans: new Map(),
    undecided: new Map(),
  };
  table.set(chain.id, voters);
  return voters;
}

/** Hash of a set, as headers carry it. */
function hashOfSet(context: Context, chain: Chain, set: number): Uint8Array {
  const voters = votersOf(context, chain);
  const known = present(voters.sets[set], 'a power set exists', { set });
  if (known.hash.length === 0) {
    known.hash = validatorsHash(entriesOf(voters, set), { mode: chain.mode, hash: context.hash });
  }
  return known.hash;
}

/** Id of the set with that hash, -1 where the chain never had one. */
export function setWithHash(context: Context, chain: Chain, hash: Uint8Array): number {
  const { sets } = votersOf(context, chain);
  for (let set = sets.length - 1; set >= 0; set--) {
    if (bytesEqual(hashOfSet(context, chain, set), hash)) return set;
  }
  return -1;
}

/** Hash of the set of height 1, which a new client trusts. */
export function firstValidatorsHash(context: Context, chain: Chain): Uint8Array {
  return hashOfSet(context, chain, 0);
}

/**
 * Writes header, header hash and commit into the seal of an executed block.
 * `signers` are the validators whose precommits of that round the first node to decide had seen.
 */
// MODEL: signatures are made here, when the commit is first needed, and not with each vote: a signature is a function of key
// and vote, and the votes were cast by holders of the keys.
export function sealCommit(
  context: Context,
  chain: Chain,
  block: Block,
  decided: {
    readonly set: number;
    readonly nextSet: number;
    readonly round: number;
    readonly signers: readonly number[];
  },
): void {
  const { keys } = votersOf(context, chain);
  const revision = revisionAt(chain, block.height);
  const header: Header = Object.freeze({
    chain: chain.id,
    revision,
    height: block.height,
    chainUs: block.chainUs,
    parentHash: blockOf(chain, block.parent).seal.headerHash,
    stateRoot: rootOf(chain.state, provenBlock(chain, block).version, context.hash),
    validatorsHash: hashOfSet(context, chain, decided.set),
    nextValidatorsHash: hashOfSet(context, chain, decided.nextSet),
    proposer: block.proposer,
  });
  const hash = headerHash(header, chain.mode, context.hash);
  const { round } = decided;
  const vote = {
    kind: 'precommit',
    chain: chain.id,
    revision,
    height: block.height,
    round,
    headerHash: hash,
  } as const;
  const message = voteSignBytes(vote);
  const table = keysOf(context.world);
  const signatures = decided.signers.map((validator): CommitSignature => {
    const key = keys[validator] as number;
    const process = keyOf(table, key).holders[0] ?? '';
    return Object.freeze({ key, signature: sign(table, { key, process }, message, context.hash) });
  });
  const commit: Commit = Object.freeze({
    height: block.height,
    round,
    headerHash: hash,
    signatures: Object.freeze(signatures),
  });
  block.seal.headerHash = hash;
  const evidence: CommitEvidence = { header, commit, set: decided.set, nextSet: decided.nextSet };
  block.seal.evidence = Object.freeze(evidence);
}

/** Seals a block of a chain with one authority: a commit of one signature. */
export const sealByAuthority: SealBlock = (context, chain, block) => {
  sealCommit(context, chain, block, { set: 0, nextSet: 0, round: 0, signers: [0] });
};
