/**
 * What a light client believes: pure rules over plain client state. A chain that hosts a client stores its state and its
 * consensus states, and asks here.
 * @source ICS 7; cometbft light/verifier.go; verdicts: tendermint-rs model-based traces.
 */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { compareShare, exceeds, fallsBelow, type Ratio, ratio } from '../../sim/base/ratio.ts';
import { type KeyId, type KeyTable, verify } from '../keys/keys.ts';
import { type Commit, type Header, headerHash, voteSignBytes } from './header.ts';
import type { ProofScheme } from './proof-mode.ts';
import { QUORUM_ABOVE, totalPowerOf, type ValidatorEntry, validatorsHash } from './validator-set.ts';

/** Rule parameters: they do not change while the client lives. */
export interface LightClientParameters {
  readonly chain: number;
  readonly revision: number;
  /** Share of the trusted power that must have signed a header which skips heights; [1/3, 1]. */
  readonly trustLevel: Ratio;
  readonly trustingPeriodUs: number;
  readonly unbondingUs: number;
  readonly clockDriftMaxUs: number;
}

/** What changes, to be kept under a contract-state key. */
export type LightClientState = { readonly latestHeight: number; readonly isFrozen: boolean };

/** What is kept of an accepted header, by height. */
export type ConsensusState = {
  readonly height: number;
  readonly chainUs: number;
  readonly headerHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
};

/** What a relayer brings to move a client on. */
export interface HeaderUpdate {
  readonly header: Header;
  readonly commit: Commit;
  /** The set that decided the header, in set order. */
  readonly validators: readonly ValidatorEntry[];
  /** Set whose hash the trusted consensus state holds; only looked at when heights are skipped. */
  readonly trustedValidators: readonly ValidatorEntry[];
}

/** What a verification stands on. */
export interface LightClientView {
  readonly parameters: LightClientParameters;
  /** Consensus state that the update builds on. */
  readonly trusted: ConsensusState;
  /** Time by the clock of the chain that hosts the client, in microseconds. */
  readonly nowUs: number;
  readonly keys: KeyTable;
  readonly scheme: ProofScheme;
}

export type HeaderRefusal =
  | 'client-expired'
  | 'client-frozen'
  | 'wrong-chain'
  | 'height-not-newer'
  | 'time-not-monotone'
  | 'header-from-future'
  | 'validators-hash-mismatch'
  | 'commit-header-mismatch'
  | 'unknown-signer'
  | 'duplicate-signer'
  | 'signature-invalid'
  | 'next-validators-mismatch'
  | 'trusted-validators-mismatch'
  | 'not-enough-trust'
  | 'commit-below-quorum';

export type HeaderVerdict =
  | { readonly kind: 'accepted'; readonly state: ConsensusState }
  | { readonly kind: 'rejected'; readonly reason: HeaderRefusal };

export type ParameterRefusal = 'trusting-period-not-below-unbonding' | 'trust-level-out-of-range';

/** @source ICS 7 and cometbft light.ValidateTrustLevel: below a third, the faulty ones alone could convince a client. */
export const TRUST_LEVEL_MIN: Ratio = ratio(1, 3);

/** Why a client must not be created with these parameters; undefined where it may. */
export function refuseParameters(parameters: LightClientParameters): ParameterRefusal | undefined {
  const { trustLevel, trustingPeriodUs, unbondingUs } = parameters;
  // Who signs a false header must still have stake to lose when it is found out.
  if (trustingPeriodUs >= unbondingUs) return 'trusting-period-not-below-unbonding';
  const { numerator, denominator } = trustLevel;
  const isInRange = !fallsBelow(numerator, denominator, TRUST_LEVEL_MIN) && numerator <= denominator;
  return isInRange ? undefined : 'trust-level-out-of-range';
}

/** @source ibc-go 07-tendermint client_state.go: expired when the latest time + trusting period <= now. */
export function isExpired(parameters: LightClientParameters, chainUs: number, nowUs: number): boolean {
  return chainUs + parameters.trustingPeriodUs <= nowUs;
}

/** `latest` is the consensus state at the client's latest height. */
export function clientStatus(
  parameters: LightClientParameters,
  state: LightClientState,
  latest: ConsensusState,
  nowUs: number,
): 'active' | 'frozen' | 'expired' {
  if (state.isFrozen) return 'frozen';
  return isExpired(parameters, latest.chainUs, nowUs) ? 'expired' : 'active';
}

export function consensusStateOf(header: Header, scheme: ProofScheme): ConsensusState {
  return Object.freeze({
    height: header.height,
    chainUs: header.chainUs,
    headerHash: headerHash(header, scheme.mode, scheme.hash),
    stateRoot: header.stateRoot,
    nextValidatorsHash: header.nextValidatorsHash,
  });
}

/**
 * Whether `update` follows from what is trusted: adjacent headers by the hash of the next set, others by the share of the
 * trusted set that signed them; and in both cases by more than 2/3 of the header's own set.
 * Never throws on a bad update.
 * @source cometbft light/verifier.go, VerifyAdjacent and VerifyNonAdjacent.
 */
// ORDER: what is wrong whoever signed comes before who signed, and trust before quorum: the order that gives the verdicts
// of the recorded traces (invalid, not enough trust) where an update fails on several counts.
export function verifyHeader(view: LightClientView, update: HeaderUpdate): HeaderVerdict {
  const { parameters, trusted, scheme } = view;
  const { header, commit, validators } = update;
  if (isExpired(parameters, trusted.chainUs, view.nowUs)) return rejected('client-expired');
  if (header.chain !== parameters.chain || header.revision !== parameters.revision) return rejected('wrong-chain');
  if (header.height <= trusted.height) return rejected('height-not-newer');
  if (header.chainUs <= trusted.chainUs) return rejected('time-not-monotone');
  if (header.chainUs >= view.nowUs + parameters.clockDriftMaxUs) return rejected('header-from-future');
  const state = consensusStateOf(header, scheme);
  const wrongCommit = refuseCommit(view, update, state.headerHash);
  if (wrongCommit !== undefined) return rejected(wrongCommit);
  const distrust =
    header.height === trusted.height + 1
      ? refuseAdjacent(view, header)
      : refuseSkipping(view, update.trustedValidators, commit);
  if (distrust !== undefined) return rejected(distrust);
  if (!exceeds(signedPower(validators, commit), totalPowerOf(validators), QUORUM_ABOVE)) {
    return rejected('commit-below-quorum');
  }
  return { kind: 'accepted', state };
}

/** Consensus states beside a new one, in the hands of who stores them. */
export interface Neighbours {
  readonly same: ConsensusState | undefined;
  /** Nearest below and above its height. */
  readonly below: ConsensusState | undefined;
  readonly above: ConsensusState | undefined;
}

export type UpdateVerdict =
  | { readonly kind: 'accepted'; readonly state: LightClientState; readonly consensus: ConsensusState }
  | { readonly kind: 'noop'; readonly reason: 'header-known' }
  /** A validly signed header that contradicts a stored one: the client stops. */
  | { readonly kind: 'misbehaviour'; readonly state: LightClientState; readonly reason: MisbehaviourReason }
  | { readonly kind: 'rejected'; readonly reason: HeaderRefusal };

export type MisbehaviourReason = 'conflicting-header' | 'time-violation';

/** One update of a client: a header, checked and then compared with what is stored beside it. */
export function updateClient(
  view: LightClientView,
  client: { readonly state: LightClientState; readonly latest: ConsensusState; readonly neighbours: Neighbours },
  update: HeaderUpdate,
): UpdateVerdict {
  const status = clientStatus(view.parameters, client.state, client.latest, view.nowUs);
  if (status !== 'active')
    return { kind: 'rejected', reason: status === 'frozen' ? 'client-frozen' : 'client-expired' };
  const { same, below, above } = client.neighbours;
  const { header } = update;
  if (same !== undefined && bytesEqual(same.headerHash, headerHash(header, view.scheme.mode, view.scheme.hash))) {
    return { kind: 'noop', reason: 'header-known' };
  }
  const verdict = verifyHeader(view, update);
  if (verdict.kind === 'rejected') return verdict;
  if (same !== undefined) return misbehaviour(client.state, 'conflicting-header');
  const isTimeBroken =
    (below !== undefined && below.chainUs >= header.chainUs) ||
    (above !== undefined && above.chainUs <= header.chainUs);
  if (isTimeBroken) return misbehaviour(client.state, 'time-violation');
  const latestHeight = Math.max(client.state.latestHeight, header.height);
  return { kind: 'accepted', state: { latestHeight, isFrozen: false }, consensus: verdict.state };
}

export type MisbehaviourVerdict =
  | { readonly kind: 'misbehaviour'; readonly state: LightClientState; readonly reason: MisbehaviourReason }
  | { readonly kind: 'rejected'; readonly reason: HeaderRefusal | 'no-contradiction' };

/**
 * Two headers brought as evidence, each with the view that it builds on. Freezes the client when both are signed well
 * enough to convince it and contradict each other: different headers at one height, or time that does not rise with height.
 * @source ibc-go 07-tendermint misbehaviour_handle.go: each header by the trust level of its trusted set, none by adjacency.
 */
export function verifyMisbehaviour(
  state: LightClientState,
  first: { readonly view: LightClientView; readonly update: HeaderUpdate },
  second: { readonly view: LightClientView; readonly update: HeaderUpdate },
): MisbehaviourVerdict {
  if (state.isFrozen) return rejected('client-frozen');
  const [low, high] = first.update.header.height <= second.update.header.height ? [first, second] : [second, first];
  const { scheme } = low.view;
  const lowHash = headerHash(low.update.header, scheme.mode, scheme.hash);
  const highHash = headerHash(high.update.header, scheme.mode, scheme.hash);
  const isOneHeight = low.update.header.height === high.update.header.height;
  const isTimeRising = low.update.header.chainUs < high.update.header.chainUs;
  if (isOneHeight ? bytesEqual(lowHash, highHash) : isTimeRising) return rejected('no-contradiction');
  const refusal = refuseEvidence(low.view, low.update, lowHash) ?? refuseEvidence(high.view, high.update, highHash);
  if (refusal !== undefined) return rejected(refusal);
  return misbehaviour(state, isOneHeight ? 'conflicting-header' : 'time-violation');
}

function refuseEvidence(view: LightClientView, update: HeaderUpdate, hash: Uint8Array): HeaderRefusal | undefined {
  const { parameters, trusted } = view;
  const { header, validators, commit } = update;
  if (isExpired(parameters, trusted.chainUs, view.nowUs)) return 'client-expired';
  if (header.chain !== parameters.chain || header.revision !== parameters.revision) return 'wrong-chain';
  const refusal = refuseCommit(view, update, hash) ?? refuseSkipping(view, update.trustedValidators, commit);
  if (refusal !== undefined) return refusal;
  const isQuorum = exceeds(signedPower(validators, commit), totalPowerOf(validators), QUORUM_ABOVE);
  return isQuorum ? undefined : 'commit-below-quorum';
}

/** A commit is for this header, and each of its signatures is that of another validator of the header's set. */
// CometBFT stops at the first signatures that suffice; here all are checked, so a commit with a bad one is always refused.
function refuseCommit(view: LightClientView, update: HeaderUpdate, hash: Uint8Array): HeaderRefusal | undefined {
  const { header, commit, validators } = update;
  const { keys, scheme } = view;
  if (!bytesEqual(validatorsHash(validators, scheme), header.validatorsHash)) return 'validators-hash-mismatch';
  if (commit.height !== header.height || !bytesEqual(commit.headerHash, hash)) return 'commit-header-mismatch';
  const known = new Set<KeyId>(validators.map((validator) => validator.key));
  const seen = new Set<KeyId>();
  for (const { key } of commit.signatures) {
    if (!known.has(key)) return 'unknown-signer';
    if (seen.has(key)) return 'duplicate-signer';
    seen.add(key);
  }
  const { chain, revision, height } = header;
  const message = voteSignBytes({ kind: 'precommit', chain, revision, height, round: commit.round, headerHash: hash });
  const isSigned = commit.signatures.every(({ key, signature }) => verify(keys, key, message, signature, scheme.hash));
  return isSigned ? undefined : 'signature-invalid';
}

function refuseAdjacent({ trusted }: LightClientView, header: Header): HeaderRefusal | undefined {
  return bytesEqual(header.validatorsHash, trusted.nextValidatorsHash) ? undefined : 'next-validators-mismatch';
}

function refuseSkipping(
  { parameters, trusted, scheme }: LightClientView,
  trustedValidators: readonly ValidatorEntry[],
  commit: Commit,
): HeaderRefusal | undefined {
  if (!bytesEqual(validatorsHash(trustedValidators, scheme), trusted.nextValidatorsHash)) {
    return 'trusted-validators-mismatch';
  }
  const power = signedPower(trustedValidators, commit);
  return compareShare(power, totalPowerOf(trustedValidators), parameters.trustLevel) > 0
    ? undefined
    : 'not-enough-trust';
}

/** Power of those in `validators` who signed. */
function signedPower(validators: readonly ValidatorEntry[], commit: Commit): number {
  const signers = new Set(commit.signatures.map((signature) => signature.key));
  return totalPowerOf(validators.filter((validator) => signers.has(validator.key)));
}

function misbehaviour(
  state: LightClientState,
  reason: MisbehaviourReason,
): { readonly kind: 'misbehaviour'; readonly state: LightClientState; readonly reason: MisbehaviourReason } {
  return { kind: 'misbehaviour', state: { latestHeight: state.latestHeight, isFrozen: true }, reason };
}

function rejected<Reason extends string>(reason: Reason): { readonly kind: 'rejected'; readonly reason: Reason } {
  return { kind: 'rejected', reason };
}
