/**
 * A light client: believes headers that enough of a validator set it knows has signed, and claims that are proven under
 * them. Its state is contract state of its host, so a reorg of the host undoes updates as well.
 * @source ICS 7; ibc-go modules/light-clients/07-tendermint.
 */
import { START } from '../../sim/base/units.ts';
import { chainClock, chainOf } from '../chains/chain.ts';
import { firstValidatorsHash } from '../chains/consensus/bft-sealing.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import { keysOf } from '../keys/key-room.ts';
import { DIGEST_BYTES } from '../proofs/proof-mode.ts';
import {
  clientStatus,
  type ConsensusState,
  type LightClientState,
  type LightClientView,
  updateClient,
  verifyMisbehaviour,
} from '../proofs/light-client.ts';
import { clientFrozen, clientUpdated } from '../records.ts';
import {
  blockWithHeader,
  checkClaim,
  clientKey,
  isRecord,
  type Read,
  readerOf,
  readStateEvidence,
  schemeOf,
} from './client-store.ts';
import { gatherForLightClient } from './light-client-gathering.ts';
import {
  consensusAt,
  heightsOf,
  isDelayPassed,
  type LearnedAt,
  lightClientAt,
  type LightClientSettings,
  parametersOf,
} from './light-client-state.ts';
import { type LightClientUpdate, readUpdate } from './light-client-updates.ts';
import type { Client, VerifierRule, VerifierVerdict } from './verifier.ts';

/** Gas of an update and of one proof. @source cosmos/solidity-ibc-eureka@cae7e128 README: about 230 k a header proof. */
export const LIGHT_CLIENT_GAS = { update: 230_000, proof: 25_000 };

/**
 * Consensus states kept at once.
 * MODEL: ibc-go keeps them for the whole trusting period. A proof under an older height than these is refused here, and its
 * relayer must bring a newer one.
 */
const HEIGHTS_KEPT = 128;

export const lightClient: VerifierRule = {
  // MODEL: the first trusted header is genesis itself, whose validator set everybody knows. Real clients are created from a
  // header that somebody vouches for.
  found(execution, client) {
    const { context } = execution;
    const counterparty = chainOf(context.world, client.counterparty);
    const genesis: ConsensusState = Object.freeze({
      height: 0,
      chainUs: chainClock(counterparty, START),
      headerHash: new Uint8Array(DIGEST_BYTES),
      stateRoot: new Uint8Array(DIGEST_BYTES),
      nextValidatorsHash: firstValidatorsHash(context, counterparty),
    });
    execution.set(clientKey.consensus(client.id, 0), genesis);
    execution.set(clientKey.heights(client.id), Object.freeze([0]));
    setState(execution, client, { latestHeight: 0, isFrozen: false });
  },

  verify(execution, client, claim, evidence): VerifierVerdict {
    const offered = readStateEvidence(evidence);
    const gas = LIGHT_CLIENT_GAS.proof;
    if (offered === undefined) return { kind: 'rejected', gas, reason: 'evidence-malformed' };
    const read = readerOf(execution);
    const { state, latest } = lightClientAt(read, client.id);
    const counterparty = chainOf(execution.context.world, client.counterparty);
    const status = clientStatus(parametersOf(client, counterparty, read), state, latest, execution.block.chainUs);
    if (status !== 'active') return { kind: 'rejected', gas, reason: `client-${status}` };
    const trusted = consensusAt(read, client.id, offered.height);
    if (trusted === undefined) return { kind: 'rejected', gas, reason: 'header-unknown' };
    if (state.latestHeight - trusted.height < client.depth) {
      return { kind: 'rejected', gas, reason: 'header-too-shallow' };
    }
    if (!isDelayPassed(read, client, offered.height, execution.block)) {
      return { kind: 'rejected', gas, reason: 'delay-not-passed' };
    }
    const verdict = checkClaim(trusted.stateRoot, claim, offered.proof, schemeOf(execution));
    if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: verdict.reason };
    const block = blockWithHeader(counterparty, trusted.height, trusted.headerHash);
    return { kind: 'accepted', gas, height: trusted.height, chainUs: trusted.chainUs, block };
  },

  gather: gatherForLightClient,
};

function setState(execution: Execution, client: Client, state: LightClientState): void {
  execution.set(clientKey.state(client.id), Object.freeze({ ...state }));
  execution.set(clientKey.latest(client.id), state.latestHeight);
}

function viewOn(execution: Execution, client: Client, trusted: ConsensusState): LightClientView {
  return {
    parameters: parametersOf(client, chainOf(execution.context.world, client.counterparty), readerOf(execution)),
    trusted,
    nowUs: execution.block.chainUs,
    keys: keysOf(execution.context.world),
    scheme: schemeOf(execution),
  };
}

function refuse(reason: string): CallOutcome {
  return { kind: 'rejected', gas: LIGHT_CLIENT_GAS.update, reason };
}

/** Handler of `update-client` for clients of this kind. */
export function updateLightClient(execution: Execution, client: Client, callArguments: unknown): CallOutcome {
  const gas = LIGHT_CLIENT_GAS.update;
  const update = readUpdate(callArguments);
  if (update === undefined) return refuse('update-malformed');
  const read = readerOf(execution);
  const trusted = consensusAt(read, client.id, update.trustedHeight);
  if (trusted === undefined) return refuse('trusted-header-unknown');
  const { state, latest } = lightClientAt(read, client.id);
  const { height } = update.header;
  const heights = heightsOf(read, client.id);
  const neighbours = {
    same: consensusAt(read, client.id, height),
    below: nearest(read, client, heights.filter((known) => known < height).at(-1)),
    above: nearest(
      read,
      client,
      heights.find((known) => known > height),
    ),
  };
  const verdict = updateClient(viewOn(execution, client, trusted), { state, latest, neighbours }, update);
  switch (verdict.kind) {
    case 'rejected':
      return refuse(verdict.reason);
    case 'noop':
      return { kind: 'noop', gas, reason: verdict.reason };
    case 'misbehaviour':
      freeze(execution, client, verdict.state, height);
      return { kind: 'done', gas };
    case 'accepted':
      store(execution, client, verdict.state, verdict.consensus, heights);
      return { kind: 'done', gas };
  }
}

function nearest(read: Read, client: Client, height: number | undefined): ConsensusState | undefined {
  return height === undefined ? undefined : consensusAt(read, client.id, height);
}

function store(
  execution: Execution,
  client: Client,
  state: LightClientState,
  consensus: ConsensusState,
  known: readonly number[],
): void {
  const { chain, block, context } = execution;
  const { height } = consensus;
  const heights = [...known.filter((each) => each < height), height, ...known.filter((each) => each > height)];
  execution.set(clientKey.consensus(client.id, height), consensus);
  if ((client.parameters as LightClientSettings).delay !== undefined) {
    const learned: LearnedAt = { chainUs: block.chainUs, height: block.height };
    execution.set(clientKey.learned(client.id, height), Object.freeze({ ...learned }));
  }
  prune(execution, client, heights);
  execution.set(clientKey.heights(client.id), Object.freeze(heights));
  setState(execution, client, state);
  const counterparty = chainOf(context.world, client.counterparty);
  execution.fact(clientUpdated, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    height,
    headerBlock: blockWithHeader(counterparty, height, consensus.headerHash),
    headerRoot: consensus.stateRoot,
  });
}

/** Drops what is expired or too much, oldest first; never the newest. */
function prune(execution: Execution, client: Client, heights: number[]): void {
  const { trustingPeriod, delay } = client.parameters as LightClientSettings;
  for (;;) {
    const oldest = heights[0];
    if (oldest === undefined || heights.length === 1) return;
    const kept = consensusAt(readerOf(execution), client.id, oldest);
    const isExpired = kept === undefined || kept.chainUs + trustingPeriod <= execution.block.chainUs;
    if (!isExpired && heights.length <= HEIGHTS_KEPT) return;
    execution.remove(clientKey.consensus(client.id, oldest));
    if (delay !== undefined) execution.remove(clientKey.learned(client.id, oldest));
    heights.shift();
  }
}

function freeze(execution: Execution, client: Client, state: LightClientState, height: number): void {
  setState(execution, client, state);
  const { chain, block } = execution;
  execution.fact(clientFrozen, { chain: chain.id, block: block.id, client: client.id, height });
}

/** Arguments of `submit-misbehaviour`. */
export interface Misbehaviour {
  readonly client: number;
  readonly first: LightClientUpdate;
  readonly second: LightClientUpdate;
}

/** Handler of `submit-misbehaviour`: two headers that cannot both be true freeze the client. */
export function submitMisbehaviour(execution: Execution, client: Client, callArguments: unknown): CallOutcome {
  if (!isRecord(callArguments)) return refuse('misbehaviour-malformed');
  const first = readUpdate(callArguments['first']);
  const second = readUpdate(callArguments['second']);
  if (first === undefined || second === undefined) return refuse('misbehaviour-malformed');
  const read = readerOf(execution);
  const firstTrusted = consensusAt(read, client.id, first.trustedHeight);
  const secondTrusted = consensusAt(read, client.id, second.trustedHeight);
  if (firstTrusted === undefined || secondTrusted === undefined) return refuse('trusted-header-unknown');
  const verdict = verifyMisbehaviour(
    lightClientAt(read, client.id).state,
    { view: viewOn(execution, client, firstTrusted), update: first },
    { view: viewOn(execution, client, secondTrusted), update: second },
  );
  if (verdict.kind === 'rejected') return refuse(verdict.reason);
  freeze(execution, client, verdict.state, Math.max(first.header.height, second.header.height));
  return { kind: 'done', gas: LIGHT_CLIENT_GAS.update };
}
