/** What clients have in common: where they keep their state, and how evidence about a source block is made. */
import { bytesEqual } from '../../sim/base/bytes.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Block, type BlockId, type Chain, provenBlock } from '../chains/chain.ts';
import type { Execution } from '../chains/execution.ts';
import { readState } from '../chains/views.ts';
import type { ProofScheme } from '../proofs/proof-mode.ts';
import { prove, type ProofVerdict, type StateProof, verifyAbsence, verifyMembership } from '../proofs/state-proof.ts';
import { get, type StateValue } from '../proofs/state-tree.ts';
import type { Claim } from './verifier.ts';

/** Contract-state keys of a client, on its host. @source ICS 24: clientState and consensusStates/{height}. */
export const clientKey = {
  state: (client: number) => `clients/${client}/state`,
  /** Newest height whose state the client believes, as a number. */
  latest: (client: number) => `clients/${client}/latest`,
  /** Revision of the chain that a light client follows, where that is not the first. */
  revision: (client: number) => `clients/${client}/revision`,
  heights: (client: number) => `clients/${client}/heights`,
  consensus: (client: number, height: number) => `clients/${client}/consensus/${height}`,
  /** Host time and height at which the state of a height was learned, for clients that make proofs wait. */
  learned: (client: number, height: number) => `clients/${client}/learned/${height}`,
  header: (client: number, id: string) => `clients/${client}/headers/${id}`,
  headersAt: (client: number, height: number) => `clients/${client}/headers-at/${height}`,
};

/** Reads contract state: of a block in the making, or in the view of one. */
export type Read = (key: string) => StateValue | undefined;

export function readerOf(execution: Execution): Read {
  return (key) => execution.get(key);
}

export function readerAt(chain: Chain, block: BlockId): Read {
  return (key) => readState(chain, block, key);
}

export function schemeOf(execution: Execution): ProofScheme {
  return { mode: execution.chain.mode, hash: execution.context.hash };
}

/** Evidence that a claim holds under the header at `height`, or under the header of id `header`. Frozen. */
export interface StateEvidence {
  readonly height: number;
  readonly header: string;
  readonly proof: StateProof;
}

export function makeStateEvidence(
  context: Context,
  chain: Chain,
  block: Block,
  header: string,
  claim: Claim,
): StateEvidence {
  const proof = prove(chain.state, provenBlock(chain, block).version, claim.key, context.hash);
  return Object.freeze({ height: block.height, header, proof: Object.freeze(proof) });
}

export function readStateEvidence(evidence: unknown): StateEvidence | undefined {
  if (!isRecord(evidence) || !isWhole(evidence['height']) || typeof evidence['header'] !== 'string') return undefined;
  return readStateProof(evidence['proof']) === undefined ? undefined : (evidence as unknown as StateEvidence);
}

export function readStateProof(proof: unknown): StateProof | undefined {
  if (!isRecord(proof)) return undefined;
  const isShaped = ['key', 'valueDigest', 'neighbour', 'path'].every((field) => proof[field] instanceof Uint8Array);
  return isShaped ? (proof as unknown as StateProof) : undefined;
}

/** Checks a claim against a root that the client trusts. */
export function checkClaim(root: Uint8Array, claim: Claim, proof: StateProof, scheme: ProofScheme): ProofVerdict {
  return claim.kind === 'absence'
    ? verifyAbsence({ root, key: claim.key }, proof, scheme)
    : verifyMembership({ root, key: claim.key, value: claim.stated ?? claim.value }, proof, scheme);
}

/** Whether a claim is true of a block's own state. */
export function holdsAfter(chain: Chain, block: Block, claim: Claim): boolean {
  const value = get(chain.state, block.version, claim.key);
  if (claim.kind === 'absence') return value === undefined;
  // What a client holds for a height it holds unchanged, until it drops it.
  if (claim.stated !== undefined) return value !== undefined;
  return value instanceof Uint8Array && bytesEqual(value, claim.value);
}

/** Whether a claim can be proven under the header of a block. */
export function isProvable(chain: Chain, block: Block, claim: Claim): boolean {
  if (block.height < chain.rootLag || block.height === 0) return false;
  if (chain.rootLag === 1 && !chain.blocks.has(block.parent)) return false;
  return holdsAfter(chain, provenBlock(chain, block), claim);
}

/** Ghost: the block of that header on any branch, -1 where there is none (any more). */
export function blockWithHeader(chain: Chain, height: number, headerHash: Uint8Array): BlockId {
  const reference = chain.blocks.get(chain.branch.get(height) ?? -1);
  if (reference !== undefined && bytesEqual(reference.seal.headerHash, headerHash)) return reference.id;
  for (const block of chain.blocks.values()) {
    if (block.height === height && bytesEqual(block.seal.headerHash, headerHash)) return block.id;
  }
  return -1;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
