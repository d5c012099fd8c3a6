/**
 * A light client moves on to the next revision of the chain that it follows: by a proof, under the last header of the old
 * revision, that the chain has said what the client is to become.
 * @source ibc-go 07-tendermint upgrade.go, VerifyUpgradeAndUpdateState.
 */
import { chainOf } from '../chains/chain.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { type Block, type Chain } from '../chains/chain.ts';
import { upgradedClient, upgradedClientKey } from '../chains/upgrades.ts';
import type { Call } from '../chains/mempool.ts';
import { clientStatus } from '../proofs/light-client.ts';
import { verifyMembership } from '../proofs/state-proof.ts';
import { clientUpgraded } from '../records.ts';
import {
  clientKey,
  isProvable,
  isRecord,
  makeStateEvidence,
  readerOf,
  readStateEvidence,
  schemeOf,
} from './client-store.ts';
import { consensusAt, lightClientAt, parametersOf, revisionOf } from './light-client-state.ts';
import type { Claim, Client } from './verifier.ts';

const GAS = 150_000;

const rejected = (reason: string): CallOutcome => ({ kind: 'rejected', gas: GAS, reason });

/** Handler of `upgrade-client`. */
export function upgradeLightClient(execution: Execution, client: Client, given: unknown): CallOutcome {
  const evidence = isRecord(given) ? readStateEvidence(given['evidence']) : undefined;
  if (evidence === undefined) return rejected('upgrade-malformed');
  const read = readerOf(execution);
  const { state, latest } = lightClientAt(read, client.id);
  const counterparty = chainOf(execution.context.world, client.counterparty);
  const status = clientStatus(parametersOf(client, counterparty, read), state, latest, execution.block.chainUs);
  if (status !== 'active') return rejected(`client-${status}`);
  const revision = revisionOf(read, client.id) + 1;
  const { height, proof } = evidence;
  // Only the last header of the old revision says so: it must be the newest that the client has.
  if (height !== state.latestHeight) return rejected('upgrade-not-at-latest-height');
  const trusted = consensusAt(read, client.id, height);
  if (trusted === undefined) return rejected('header-unknown');
  const statement = { root: trusted.stateRoot, key: upgradedClientKey(height), value: upgradedClient(revision) };
  const verdict = verifyMembership(statement, proof, schemeOf(execution));
  if (verdict.kind === 'rejected') return rejected(`upgrade-${verdict.reason}`);
  execution.set(clientKey.revision(client.id), revision);
  const { chain, block } = execution;
  execution.fact(clientUpgraded, { chain: chain.id, block: block.id, client: client.id, revision });
  return { kind: 'done', gas: GAS };
}

/** The call that takes a client beyond `last`, the last block of a revision; undefined where nothing there says so. */
export function upgradeCall(
  context: Context,
  client: Client,
  source: Chain,
  last: Block,
  revision: number,
): Call | undefined {
  const claim: Claim = {
    kind: 'commitment',
    lane: -1,
    sequence: -1,
    key: upgradedClientKey(last.height),
    value: upgradedClient(revision),
  };
  if (!isProvable(source, last, claim)) return undefined;
  const evidence = makeStateEvidence(context, source, last, '', claim);
  return { action: 'upgrade-client', arguments: Object.freeze({ client: client.id, evidence }) };
}
