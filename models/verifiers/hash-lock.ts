/**
 * Two locks on one secret, as in an atomic swap: the sender of a packet knows a secret and nobody else does. A participant
 * who sees the packet locks the same value on the destination for a time; the sender takes it there by showing the secret,
 * and what was shown takes the sender's lock on the source. Nobody's word and no header is believed, only the secret.
 * @source Herlihy 2018, Atomic Cross-Chain Swaps, arXiv:1801.09515; decred/atomicswap@7c6928f cmd/btcatomicswap/main.go.
 *
 * MODEL: a secret is a hash of lane and sequence that only the sender asks for before it is shown: nobody guesses it. A leg
 * that was not taken opens at its time, without a transaction. What is taken on the destination is the voucher of the asset
 * sent, and not another asset of the participant's.
 */
import { bytesEqual, type HashBackend, utf8 } from '../../sim/base/bytes.ts';
import { roundDuration } from '../../sim/base/units.ts';
import { type Law, sample } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import { chainOf } from '../chains/chain.ts';
import type { CallHandler, Execution } from '../chains/execution.ts';
import { finalBlock } from '../chains/reading.ts';
import { legLocked, legTaken } from '../records.ts';
import { holdsAfter, isProvable, isRecord, isWhole, type Read, readerAt, readerOf } from './client-store.ts';
import type { CarrierView, Claim, Client, Evidence, VerifierRule, VerifierVerdict } from './verifier.ts';
import { clientsOf } from './verifier.ts';

export interface HashLockParameters {
  /** How long a leg stays locked on the destination. */
  readonly lockUs: number;
  /** Time from a locked leg to the sender's showing the secret. */
  readonly reveal: Law;
  /** Share of senders who never show it, in parts per million: the option that they hold is free. */
  readonly abandonsPpm: number;
  readonly stream: StreamId;
}

/** The value that a participant has locked on the destination. Frozen. */
// A type and not an interface: contract state takes records of known fields only.
export type Leg = {
  readonly hash: Uint8Array;
  readonly lockedUs: number;
  readonly untilUs: number;
  readonly participant: number;
  /** Height, time and block of the source that the participant looked at: its own judgement. */
  readonly height: number;
  readonly chainUs: number;
  readonly block: number;
  /** Shown when the leg was taken; empty before. */
  readonly secret: Uint8Array;
};

const GAS = { lock: 90_000, take: 45_000, read: 5_000 };
const NONE = new Uint8Array(0);

const legKey = (lane: number, sequence: number): string => `legs/${lane}/${sequence}`;

function secretOf(hash: HashBackend, lane: number, sequence: number): Uint8Array {
  return hash.sha256(utf8(`secret/${lane}/${sequence}`));
}

function lockOf(hash: HashBackend, secret: Uint8Array): Uint8Array {
  return hash.sha256(secret);
}

function legAt(read: Read, { lane, sequence }: Pick<Claim, 'lane' | 'sequence'>): Leg | undefined {
  return read(legKey(lane, sequence)) as Leg | undefined;
}

function secretIn(evidence: unknown): Uint8Array | undefined {
  const secret = isRecord(evidence) ? evidence['secret'] : undefined;
  return secret instanceof Uint8Array ? secret : undefined;
}

export const hashLock: VerifierRule = {
  found() {
    // Nothing stands before the first leg.
  },

  verify(execution, client, claim, evidence) {
    const secret = secretIn(evidence);
    if (secret === undefined) return { kind: 'rejected', gas: GAS.read, reason: 'secret-missing' };
    if (claim.kind === 'commitment') return take(execution, client, claim, secret);
    if (claim.kind === 'absence') return { kind: 'rejected', gas: GAS.read, reason: 'nothing-shows-absence' };
    const { hash } = execution.context;
    const expected = lockOf(hash, secretOf(hash, claim.lane, claim.sequence));
    const gas = GAS.take;
    if (!bytesEqual(lockOf(hash, secret), expected)) return { kind: 'rejected', gas, reason: 'secret-wrong' };
    // The contract on the source knows no block of the other chain: the point is its own.
    const { height, chainUs } = execution.block;
    return { kind: 'accepted', gas, height, chainUs, block: -1 };
  },

  gather(context, client, claim, view) {
    if (claim.kind === 'commitment') return gatherLeg(context, client, claim, view);
    if (claim.kind === 'absence') return { kind: 'waiting', reason: 'nothing-shows-absence' };
    const other = chainOf(context.world, client.counterparty);
    if (!other.blocks.has(view.counterpartyHead)) return { kind: 'waiting', reason: 'view' };
    const leg = legAt(readerAt(other, view.counterpartyHead), claim);
    if (leg === undefined || leg.secret.length === 0) return { kind: 'waiting', reason: 'secret' };
    const point = { height: 0, chainUs: 0, block: -1 };
    return { kind: 'ready', evidence: Object.freeze({ secret: leg.secret }), updates: [], point };
  },
};

/** The sender takes the leg by its secret, while it is locked. */
function take(execution: Execution, client: Client, claim: Claim, secret: Uint8Array): VerifierVerdict {
  const leg = legAt(readerOf(execution), claim);
  const gas = GAS.take;
  if (leg === undefined) return { kind: 'rejected', gas, reason: 'leg-not-locked' };
  if (leg.secret.length > 0) return { kind: 'rejected', gas, reason: 'leg-taken' };
  if (execution.block.chainUs >= leg.untilUs) return { kind: 'rejected', gas, reason: 'leg-open' };
  if (!bytesEqual(lockOf(execution.context.hash, secret), leg.hash)) {
    return { kind: 'rejected', gas, reason: 'secret-wrong' };
  }
  const { lane, sequence } = claim;
  execution.set(legKey(lane, sequence), Object.freeze({ ...leg, secret }));
  const { chain, block } = execution;
  execution.fact(legTaken, { chain: chain.id, block: block.id, client: client.id, lane, sequence });
  const { height, chainUs } = leg;
  return { kind: 'accepted', gas, height, chainUs, block: leg.block };
}

function gatherLeg(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence {
  const host = chainOf(context.world, client.host);
  const source = chainOf(context.world, client.counterparty);
  const top = host.blocks.get(view.hostHead);
  const head = source.blocks.get(view.counterpartyHead);
  if (top === undefined || head === undefined) return { kind: 'waiting', reason: 'view' };
  const { lane, sequence } = claim;
  const leg = legAt(readerAt(host, top.id), claim);
  if (leg === undefined) {
    if (!holdsAfter(source, head, claim)) return { kind: 'untrue' };
    const final = finalBlock(source, head.id, client.depth, client.tag);
    if (final === undefined || !isProvable(source, final, claim)) return { kind: 'waiting', reason: 'depth' };
    const { height, chainUs, id: block } = final;
    const given = Object.freeze({ client: client.id, lane, sequence, height, chainUs, block });
    return { kind: 'first', calls: [{ action: 'lock-leg', arguments: given }] };
  }
  if (leg.secret.length > 0 || top.chainUs >= leg.untilUs) return { kind: 'untrue' };
  const { reveal, abandonsPpm, stream } = client.parameters as HashLockParameters;
  const isKept = context.drawKeyed(stream, sequence, 0) * 1_000_000 < abandonsPpm;
  const shownUs = leg.lockedUs + roundDuration(sample(reveal, context.keyed(stream, sequence, 1)));
  if (isKept || top.chainUs < shownUs) return { kind: 'waiting', reason: 'secret' };
  const { height, chainUs, block } = leg;
  const secret = secretOf(context.hash, lane, sequence);
  return { kind: 'ready', evidence: Object.freeze({ secret }), updates: [], point: { height, chainUs, block } };
}

const lockLeg: CallHandler = (execution, given) => {
  const gas = GAS.lock;
  const refused = { kind: 'rejected', gas, reason: 'leg-malformed' } as const;
  if (!isRecord(given) || !isWhole(given['client'])) return refused;
  const { context, chain, block, account } = execution;
  const client = clientsOf(context.world)[given['client']];
  const { lane, sequence, height, chainUs } = given;
  if (client?.kind !== 'hash-lock' || client.host !== chain.id) return refused;
  if (!isWhole(lane) || !isWhole(sequence) || !isWhole(height) || !isWhole(chainUs)) return refused;
  if (legAt(readerOf(execution), { lane, sequence }) !== undefined) return { kind: 'noop', gas, reason: 'leg-locked' };
  const { lockUs } = client.parameters as HashLockParameters;
  const leg: Leg = Object.freeze({
    hash: lockOf(context.hash, secretOf(context.hash, lane, sequence)),
    lockedUs: block.chainUs,
    untilUs: block.chainUs + lockUs,
    participant: account,
    height,
    chainUs,
    block: typeof given['block'] === 'number' ? given['block'] : -1,
    secret: NONE,
  });
  execution.set(legKey(lane, sequence), leg);
  execution.fact(legLocked, {
    chain: chain.id,
    block: block.id,
    client: client.id,
    lane,
    sequence,
    account,
    untilUs: leg.untilUs,
  });
  return { kind: 'done', gas };
};

export const hashLockCalls = { 'lock-leg': lockLeg } as const satisfies Readonly<Record<string, CallHandler>>;
