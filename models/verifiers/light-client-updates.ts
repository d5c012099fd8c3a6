/** What moves a light client on: a header, its commit, and the sets that they are checked against. */
import type { Commit, Header } from '../proofs/header.ts';
import type { HeaderUpdate } from '../proofs/light-client.ts';
import { isRecord, isWhole } from './client-store.ts';

/** Arguments of `update-client`. Frozen. */
export interface LightClientUpdate extends HeaderUpdate {
  readonly client: number;
  /** Height of the consensus state that the update builds on. */
  readonly trustedHeight: number;
}

/** The update, where the bytes have its shape; whether it is right is another question. */
export function readUpdate(given: unknown): LightClientUpdate | undefined {
  if (!isRecord(given) || !isWhole(given['trustedHeight'])) return undefined;
  const { header, commit, validators, trustedValidators } = given;
  const isShaped =
    isHeader(header) && isCommit(commit) && isValidatorList(validators) && isValidatorList(trustedValidators);
  return isShaped ? (given as unknown as LightClientUpdate) : undefined;
}

export function isHeader(header: unknown): header is Header {
  if (!isRecord(header)) return false;
  const numbers = ['chain', 'revision', 'height', 'chainUs', 'proposer'];
  const digests = ['parentHash', 'stateRoot', 'validatorsHash', 'nextValidatorsHash'];
  return (
    Object.keys(header).length === numbers.length + digests.length &&
    numbers.every((field) => isWhole(header[field])) &&
    digests.every((field) => header[field] instanceof Uint8Array)
  );
}

function isCommit(commit: unknown): commit is Commit {
  if (!isRecord(commit) || !isWhole(commit['height']) || !isWhole(commit['round'])) return false;
  const { headerHash, signatures } = commit;
  if (!(headerHash instanceof Uint8Array) || !Array.isArray(signatures)) return false;
  return signatures.every(
    (each: unknown) => isRecord(each) && isWhole(each['key']) && each['signature'] instanceof Uint8Array,
  );
}

function isValidatorList(list: unknown): boolean {
  if (!Array.isArray(list)) return false;
  return list.every(
    (each: unknown) =>
      isRecord(each) && typeof each['address'] === 'string' && isWhole(each['key']) && isWhole(each['power']),
  );
}
