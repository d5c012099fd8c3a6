/**
 * A verifier that believes what nobody disputes: somebody claims, with evidence that the part below accepts and with a
 * bond; the claim counts once the window has passed undisputed, by the clock of the chain that holds it.
 * @source nomad@b64c5ae contracts-core Replica.sol: update sets confirmAt = now + optimisticSeconds, acceptableRoot asks for
 * now >= confirmAt. across-protocol contracts HubPool.sol: proposals with a bond, disputable while they are live.
 */
import { bytesEqual, toHex } from '../../sim/base/bytes.ts';
import { accountId, chainOf } from '../chains/chain.ts';
import type { CallHandler, Execution } from '../chains/execution.ts';
import { balanceOf, moveAsset } from '../economy/ledger.ts';
import { claimDisputed, claimMade } from '../records.ts';
import { isRecord, isWhole, type Read, readerAt, readerOf } from './client-store.ts';
import {
  type Claim,
  type Client,
  clientOf,
  clientsOf,
  type Evidence,
  ruleOf,
  type VerifierRule,
  type VerifierTable,
} from './verifier.ts';

export interface OptimisticParameters {
  readonly parts: readonly [{ readonly name: string; readonly client: number }];
  readonly windowUs: number;
  /** Base units of the gas asset of the host that a claim puts down. */
  readonly bond: bigint;
  /** Accounts on the host that may dispute. */
  readonly watchers: readonly string[];
}

/** A claim that stands on the host. Frozen. */
// A type and not an interface: contract state takes records of known fields only.
export type StandingClaim = {
  readonly claim: {
    readonly kind: Claim['kind'];
    readonly lane: number;
    readonly sequence: number;
    readonly key: string;
    readonly value: Uint8Array;
  };
  readonly height: number;
  readonly chainUs: number;
  /** Ghost: the block that the evidence spoke of. */
  readonly block: number;
  /** Time by the host's clock at which it was made. */
  readonly madeUs: number;
  /** Account that put the bond down. */
  readonly claimant: number;
  readonly state: 'open' | 'settled' | 'disputed';
};

const GAS = { claim: 120_000, dispute: 80_000, read: 10_000 };
/** What a carrier waits for while a claim of its own may still be disputed. */
export const WINDOW = 'window';

/** Whether a window that began at one instant is over at another: the boundary belongs to what is over. */
export function isWindowOver(madeUs: number, nowUs: number, windowUs: number): boolean {
  return nowUs >= madeUs + windowUs;
}

// The key of the claim is part of it: what is absent under another key says nothing about this one.
function keyOf(client: number, { kind, lane, sequence, key, value }: StandingClaim['claim']): string {
  return `clients/${client}/claims/${kind}/${lane}/${sequence}/${key}/${toHex(value)}`;
}

function standingAt(read: Read, client: Client, claim: Claim): StandingClaim | undefined {
  const standing = read(keyOf(client.id, claim)) as StandingClaim | undefined;
  return standing !== undefined && bytesEqual(standing.claim.value, claim.value) ? standing : undefined;
}

export function createOptimistic(table: () => VerifierTable): {
  readonly rule: VerifierRule;
  readonly calls: Readonly<Record<'make-claim' | 'dispute-claim', CallHandler>>;
} {
  return {
    rule: {
      found() {
        // The part below is a client, and found on its own.
      },

      verify(execution, client, claim) {
        const { windowUs, bond } = client.parameters as OptimisticParameters;
        const standing = standingAt(readerOf(execution), client, claim);
        const gas = GAS.read;
        if (standing === undefined) return { kind: 'rejected', gas, reason: 'not-claimed' };
        if (standing.state === 'disputed') return { kind: 'rejected', gas, reason: 'claim-disputed' };
        if (!isWindowOver(standing.madeUs, execution.block.chainUs, windowUs)) {
          return { kind: 'rejected', gas, reason: 'window-open' };
        }
        if (standing.state === 'open') {
          execution.set(keyOf(client.id, claim), Object.freeze({ ...standing, state: 'settled' as const }));
          moveBond(execution, bond, { from: bondAccount(execution, client), to: standing.claimant });
        }
        const { height, chainUs, block } = standing;
        return { kind: 'accepted', gas, height, chainUs, block };
      },

      gather(context, client, claim, view): Evidence {
        const { windowUs, parts } = client.parameters as OptimisticParameters;
        const host = chainOf(context.world, client.host);
        const head = host.blocks.get(view.hostHead);
        if (head === undefined) return { kind: 'waiting', reason: 'view' };
        const standing = standingAt(readerAt(host, head.id), client, claim);
        if (standing?.state === 'disputed') return { kind: 'untrue' };
        if (standing !== undefined) {
          const { height, chainUs, block } = standing;
          const isOver = isWindowOver(standing.madeUs, head.chainUs, windowUs);
          if (!isOver) return { kind: 'waiting', reason: WINDOW };
          return { kind: 'ready', evidence: null, updates: [], point: { height, chainUs, block } };
        }
        const below = clientOf(context.world, parts[0].client);
        const gathered = ruleOf(table(), below).gather(context, below, claim, view);
        if (gathered.kind !== 'ready') return gathered;
        const { packet: _packet, ...signed } = claim;
        const made = Object.freeze({ client: client.id, claim: Object.freeze(signed), evidence: gathered.evidence });
        return { kind: 'first', calls: [...gathered.updates, { action: 'make-claim', arguments: made }] };
      },
    },

    calls: {
      'make-claim': (execution, given) => makeClaim(execution, given, table()),
      'dispute-claim': (execution, given) => dispute(execution, given),
    },
  };
}

function clientFor(execution: Execution, given: unknown): Client | undefined {
  if (!isRecord(given) || !isWhole(given['client'])) return undefined;
  const client = clientsOf(execution.context.world)[given['client']];
  return client?.kind === 'optimistic' && client.host === execution.chain.id ? client : undefined;
}

function claimIn(given: unknown): Claim | undefined {
  const claim = isRecord(given) ? given['claim'] : undefined;
  if (!isRecord(claim) || !isWhole(claim['lane']) || !isWhole(claim['sequence'])) return undefined;
  const { kind, key, value } = claim;
  if (kind !== 'commitment' && kind !== 'acknowledgement' && kind !== 'absence') return undefined;
  return typeof key === 'string' && value instanceof Uint8Array ? (claim as unknown as Claim) : undefined;
}

function makeClaim(execution: Execution, given: unknown, table: VerifierTable): ReturnType<CallHandler> {
  const client = clientFor(execution, given);
  const claim = claimIn(given);
  if (client === undefined || claim === undefined) {
    return { kind: 'rejected', gas: GAS.read, reason: 'claim-malformed' };
  }
  const { parts, bond } = client.parameters as OptimisticParameters;
  const key = keyOf(client.id, claim);
  if (execution.get(key) !== undefined) return { kind: 'noop', gas: GAS.read, reason: 'claim-known' };
  const below = clientOf(execution.context.world, parts[0].client);
  const evidence = (given as { readonly evidence?: unknown }).evidence;
  const verdict = ruleOf(table, below).verify(execution, below, claim, evidence);
  const gas = GAS.claim + verdict.gas;
  if (verdict.kind === 'rejected') return { kind: 'rejected', gas, reason: `${parts[0].name}/${verdict.reason}` };
  const { chain, block, account } = execution;
  if (balanceOf(execution, account, chain.feeAsset) < bond) return { kind: 'rejected', gas, reason: 'bond-too-low' };
  moveBond(execution, bond, { from: account, to: bondAccount(execution, client) });
  const { kind, lane, sequence, value } = claim;
  const standing: StandingClaim = Object.freeze({
    claim: Object.freeze({ kind, lane, sequence, key: claim.key, value }),
    height: verdict.height,
    chainUs: verdict.chainUs,
    block: verdict.block,
    madeUs: block.chainUs,
    claimant: account,
    state: 'open',
  });
  execution.set(key, standing);
  execution.log({ kind: 'claim-made', lane, sequence, packet: standing, isSuccess: true });
  execution.fact(claimMade, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    lane,
    sequence,
    claim: kind,
    account,
  });
  return { kind: 'done', gas };
}

// MODEL: the word of one watcher is enough and is not judged: a claim that it disputes never counts, and its bond goes to
// the watcher. A watcher that lies costs an honest claimant its bond, and a message its delivery until it is claimed again
// with other evidence, which nobody can.
function dispute(execution: Execution, given: unknown): ReturnType<CallHandler> {
  const client = clientFor(execution, given);
  const claim = claimIn(given);
  const gas = GAS.dispute;
  if (client === undefined || claim === undefined) return { kind: 'rejected', gas, reason: 'claim-malformed' };
  const { windowUs, bond, watchers } = client.parameters as OptimisticParameters;
  const { chain, block, account } = execution;
  if (!watchers.includes(chain.accounts[account] ?? '')) return { kind: 'rejected', gas, reason: 'not-a-watcher' };
  const key = keyOf(client.id, claim);
  const standing = execution.get(key) as StandingClaim | undefined;
  if (standing === undefined) return { kind: 'rejected', gas, reason: 'not-claimed' };
  if (standing.state !== 'open') return { kind: 'noop', gas, reason: `claim-${standing.state}` };
  if (isWindowOver(standing.madeUs, block.chainUs, windowUs)) return { kind: 'rejected', gas, reason: 'window-over' };
  execution.set(key, Object.freeze({ ...standing, state: 'disputed' as const }));
  moveBond(execution, bond, { from: bondAccount(execution, client), to: account });
  const { kind, lane, sequence } = claim;
  execution.fact(claimDisputed, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    lane,
    sequence,
    claim: kind,
    account,
  });
  return { kind: 'done', gas };
}

function bondAccount({ chain }: Execution, client: Client): number {
  return accountId(chain, `bond/${client.id}`);
}

function moveBond(
  execution: Execution,
  amount: bigint,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (amount > 0n) moveAsset(execution, { asset: execution.chain.feeAsset, from, to, amount, why: 'bond' });
}
