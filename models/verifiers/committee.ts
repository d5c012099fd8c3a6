/**
 * A committee: a claim holds when `threshold` distinct members signed it. What members sign names the block that they read
 * it in, so that members who see one chain sign the same bytes.
 */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { keysOf } from '../keys/key-room.ts';
import { verify } from '../keys/keys.ts';
import { ATTESTATIONS, type ProofPoint, type VerifierRule, type VerifierVerdict } from './verifier.ts';
import { isRecord, isWhole } from './client-store.ts';
import { attestationsFor } from './attestation-board.ts';
import { statementBytes } from './statement.ts';

export interface CommitteeParameters {
  readonly committee: number;
  readonly threshold: number;
  /** Key of each member, by member index. */
  readonly keys: readonly number[];
}

export interface CommitteeEvidence {
  readonly height: number;
  readonly chainUs: number;
  /** Ghost: the block that the signers read the claim in; no rule looks at it. */
  readonly block: number;
  readonly signatures: readonly { readonly member: number; readonly signature: Uint8Array }[];
}

/** Gas of one signature. @source EIP-150 precompile ecrecover (3000) with calldata and loop. */
const SIGNATURE_GAS = 5_000;

export const committee: VerifierRule = {
  found() {
    // Its rule is all in its parameters: nothing is kept in contract state.
  },
  verify(execution, client, claim, evidence) {
    const { threshold, keys } = client.parameters as CommitteeParameters;
    const offered = readEvidence(evidence);
    if (offered === undefined) return reject('evidence-malformed', 0);
    const gas = SIGNATURE_GAS * offered.signatures.length;
    const message = statementBytes(execution.context.hash, execution.chain.mode, client, claim, offered);
    const seen: number[] = [];
    const table = keysOf(execution.context.world);
    for (const { member, signature } of offered.signatures) {
      const key = keys[member];
      if (key === undefined) return reject('unknown-signer', gas);
      if (seen.includes(member)) return reject('duplicate-signer', gas);
      seen.push(member);
      if (!verify(table, key, message, signature, execution.context.hash)) return reject('signature-invalid', gas);
    }
    if (seen.length < threshold) return reject('quorum-not-reached', gas);
    const block = Number.isSafeInteger(offered.block) ? offered.block : -1;
    return { kind: 'accepted', gas, height: offered.height, chainUs: offered.chainUs, block };
  },
  gather(context, client, claim) {
    const { threshold } = client.parameters as CommitteeParameters;
    for (const attested of attestationsFor(context.world, claim.lane, claim.sequence)) {
      if (attested.client !== client.id || attested.kind !== claim.kind) continue;
      if (!bytesEqual(attested.value, claim.value) || attested.signatures.length < threshold) continue;
      const point: ProofPoint = { height: attested.height, chainUs: attested.chainUs, block: attested.block };
      const evidence: CommitteeEvidence = {
        height: attested.height,
        chainUs: attested.chainUs,
        block: attested.block,
        signatures: attested.signatures.slice(0, threshold).map(({ member, signature }) => ({ member, signature })),
      };
      return { kind: 'ready', evidence, updates: [], point };
    }
    return { kind: 'waiting', reason: ATTESTATIONS };
  },
};

function reject(reason: string, gas: number): VerifierVerdict {
  return { kind: 'rejected', gas, reason };
}

function readEvidence(evidence: unknown): CommitteeEvidence | undefined {
  if (!isRecord(evidence)) return undefined;
  const { height, chainUs, signatures } = evidence;
  if (!isWhole(height) || !isWhole(chainUs) || !Array.isArray(signatures)) return undefined;
  const wellFormed = signatures.every(
    (entry: unknown) =>
      typeof entry === 'object' &&
      entry !== null &&
      Number.isSafeInteger((entry as { member?: unknown }).member) &&
      (entry as { signature?: unknown }).signature instanceof Uint8Array,
  );
  return wellFormed ? (evidence as unknown as CommitteeEvidence) : undefined;
}
