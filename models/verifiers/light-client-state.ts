/** What a light client keeps in the contract state of its host. */
import type { Ratio } from '../../sim/base/ratio.ts';
import type { Chain } from '../chains/chain.ts';
import type { ConsensusState, LightClientParameters, LightClientState } from '../proofs/light-client.ts';
import { clientKey, type Read } from './client-store.ts';
import type { Client } from './verifier.ts';

/** Parameters of a client of this kind. */
export interface LightClientSettings {
  readonly trustingPeriod: number;
  readonly trustLevel: Ratio;
  readonly clockDrift: number;
  /** Host time and blocks that must pass from learning a header on before anything is proven under it; absent for none. */
  readonly delay?: { readonly us: number; readonly blocks: number };
}

/** When the host learned of a height: its own time and height. */
export interface LearnedAt {
  readonly chainUs: number;
  readonly height: number;
}

/**
 * Whether a proof under a height may be used at a point of the host.
 * @source ICS 3, delayPeriodTime and delayPeriodBlocks; ibc-go 07-tendermint verifyDelayPeriodPassed.
 */
export function isDelayPassed(read: Read, client: Client, height: number, now: LearnedAt): boolean {
  const { delay } = client.parameters as LightClientSettings;
  if (delay === undefined) return true;
  const learned = read(clientKey.learned(client.id, height)) as LearnedAt | undefined;
  if (learned === undefined) return false;
  return now.chainUs >= learned.chainUs + delay.us && now.height >= learned.height + delay.blocks;
}

/** Revision of the chain that the client follows. Nothing stands there before the first upgrade. */
export function revisionOf(read: Read, client: number): number {
  return (read(clientKey.revision(client)) ?? 0) as number;
}

export function parametersOf(client: Client, counterparty: Chain, read: Read): LightClientParameters {
  const { trustingPeriod, trustLevel, clockDrift } = client.parameters as LightClientSettings;
  return {
    chain: counterparty.id,
    revision: revisionOf(read, client.id),
    trustLevel,
    trustingPeriodUs: trustingPeriod,
    unbondingUs: counterparty.unbondingUs,
    clockDriftMaxUs: clockDrift,
  };
}

/** State of a client; its latest consensus state is always kept. */
export function lightClientAt(read: Read, client: number): { state: LightClientState; latest: ConsensusState } {
  const state = read(clientKey.state(client)) as LightClientState;
  return { state, latest: consensusAt(read, client, state.latestHeight) as ConsensusState };
}

export function consensusAt(read: Read, client: number, height: number): ConsensusState | undefined {
  return read(clientKey.consensus(client, height)) as ConsensusState | undefined;
}

/** Heights with a consensus state, lowest first. */
export function heightsOf(read: Read, client: number): readonly number[] {
  return read(clientKey.heights(client)) as readonly number[];
}
