/**
 * A committee: a claim holds when members of enough weight signed it. What members sign names the block that they read
 * it in, so that members who see one chain sign the same bytes.
 */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { chainOf } from '../chains/chain.ts';
import { keysOf } from '../keys/key-room.ts';
import { type KeyTable, verify } from '../keys/keys.ts';
import { ATTESTATIONS, type ProofPoint, type VerifierRule, type VerifierVerdict } from './verifier.ts';
import { isRecord, isWhole } from './client-store.ts';
import { attestationsFor, type PostedSignature } from './attestation-board.ts';
import { type CommitteeParameters, generationOf, keyNameOf, refuseEpoch, weightOf } from './committee-set.ts';
import { statementBytes } from './statement.ts';

export interface CommitteeEvidence {
  readonly height: number;
  readonly chainUs: number;
  /** Ghost: the block that the signers read the claim in; no rule looks at it. */
  readonly block: number;
  /** Set whose members signed, from 0; only where keys change. */
  readonly epoch?: number;
  readonly signatures: readonly { readonly member: number; readonly signature: Uint8Array }[];
}

/** Gas of one signature. @source EIP-150 precompile ecrecover (3000) with calldata and loop. */
const SIGNATURE_GAS = 5_000;

export const committee: VerifierRule = {
  found() {
    // Its rule is all in its parameters: nothing is kept in contract state.
  },
  verify(execution, client, claim, evidence) {
    const parameters = client.parameters as CommitteeParameters;
    const { threshold, keys, rotation } = parameters;
    const offered = readEvidence(evidence);
    if (offered === undefined) return reject('evidence-malformed', 0);
    const gas = SIGNATURE_GAS * offered.signatures.length;
    if (rotation !== undefined) {
      const retired = refuseEpoch(rotation, offered.epoch ?? 0, execution.block.chainUs);
      if (retired !== undefined) return reject(retired, 0);
    }
    // Without rotation the epoch that a forger writes down is nothing that anybody signed.
    const { epoch: _epoch, ...point } = offered;
    const at = rotation === undefined ? point : { ...point, epoch: offered.epoch ?? 0 };
    const message = statementBytes(execution.context.hash, execution.chain.mode, client, claim, at);
    let weight = 0;
    const seen: number[] = [];
    const table = keysOf(execution.context.world);
    for (const { member, signature } of offered.signatures) {
      if (keys[member] === undefined) return reject('unknown-signer', gas);
      const key = keyOf(table, parameters, member, offered.epoch ?? 0);
      if (seen.includes(member)) return reject('duplicate-signer', gas);
      seen.push(member);
      weight += weightOf(parameters, member);
      if (!verify(table, key, message, signature, execution.context.hash)) return reject('signature-invalid', gas);
    }
    if (weight < threshold) return reject('quorum-not-reached', gas);
    const block = Number.isSafeInteger(offered.block) ? offered.block : -1;
    return { kind: 'accepted', gas, height: offered.height, chainUs: offered.chainUs, block };
  },
  gather(context, client, claim, view) {
    const parameters = client.parameters as CommitteeParameters;
    const { rotation } = parameters;
    const hostHead = chainOf(context.world, client.host).blocks.get(view.hostHead);
    for (const attested of attestationsFor(context.world, claim.lane, claim.sequence)) {
      if (attested.client !== client.id || attested.kind !== claim.kind) continue;
      if (!bytesEqual(attested.value, claim.value)) continue;
      const enough = enoughOf(parameters, attested.signatures);
      if (enough === undefined) continue;
      const { epoch } = attested;
      const isStale =
        rotation !== undefined && refuseEpoch(rotation, epoch ?? 0, hostHead?.chainUs ?? 0) === 'set-retired';
      if (isStale) continue;
      const point: ProofPoint = { height: attested.height, chainUs: attested.chainUs, block: attested.block };
      const evidence: CommitteeEvidence = {
        height: attested.height,
        chainUs: attested.chainUs,
        block: attested.block,
        ...(epoch === undefined ? {} : { epoch }),
        signatures: enough.map(({ member, signature }) => ({ member, signature })),
      };
      return { kind: 'ready', evidence, updates: [], point };
    }
    return { kind: 'waiting', reason: ATTESTATIONS };
  },
};

/** The key of a member in a set; -1 for one that nobody has ever signed with. */
function keyOf(table: KeyTable, parameters: CommitteeParameters, member: number, epoch: number): number {
  const generation = parameters.rotation === undefined ? 0 : generationOf(parameters, member, epoch);
  if (generation === 0) return parameters.keys[member] as number;
  return table.byName.get(keyNameOf(parameters, member, generation)) ?? -1;
}

/** The first signatures that together weigh enough; undefined where all of them do not. */
function enoughOf(
  parameters: CommitteeParameters,
  signatures: readonly PostedSignature[],
): readonly PostedSignature[] | undefined {
  let weight = 0;
  for (const [i, { member }] of signatures.entries()) {
    weight += weightOf(parameters, member);
    if (weight >= parameters.threshold) return signatures.slice(0, i + 1);
  }
  return undefined;
}

function reject(reason: string, gas: number): VerifierVerdict {
  return { kind: 'rejected', gas, reason };
}

function readEvidence(evidence: unknown): CommitteeEvidence | undefined {
  if (!isRecord(evidence)) return undefined;
  const { height, chainUs, epoch, signatures } = evidence;
  if (!isWhole(height) || !isWhole(chainUs) || !Array.isArray(signatures)) return undefined;
  if (epoch !== undefined && !isWhole(epoch)) return undefined;
  const wellFormed = signatures.every(
    (entry: unknown) =>
      typeof entry === 'object' &&
      entry !== null &&
      Number.isSafeInteger((entry as { member?: unknown }).member) &&
      (entry as { signature?: unknown }).signature instanceof Uint8Array,
  );
  return wellFormed ? (evidence as unknown as CommitteeEvidence) : undefined;
}
