/**
 * A process that watches a chain through a data source of its own and signs what it sees with a key. Four layers that
 * fail apart: key (may be shared or stolen), process (may stop or obey), data source (may lie), contract (the client).
 */
import { after, roundDuration, duration } from '../../sim/base/units.ts';
import { type Law, sample } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { type Block, type Chain, chainOf, type LogEntry, nodeOf } from '../chains/chain.ts';
import { type Cursor, readForward } from '../chains/reading.ts';
import { acknowledgementValue, packetCommitmentOf } from '../lanes/commitments.ts';
import { type Lane, laneOf, type Packet } from '../lanes/lane.ts';
import { absenceClaim, acknowledgementClaim, commitmentClaim } from '../lanes/packet-calls.ts';
import { keysOf } from '../keys/key-room.ts';
import { sign } from '../keys/keys.ts';
import { attestationReached, attestationSigned } from '../records.ts';
import {
  attestationsFor,
  type Attested,
  forgetAttestations,
  type PostedSignature,
  postStatement,
} from '../verifiers/attestation-board.ts';
import { statementBytes } from '../verifiers/statement.ts';
import { type Claim, clientOf } from '../verifiers/verifier.ts';
import { bytesEqual } from '../../sim/base/bytes.ts';
import { laneKey } from '../lanes/lane.ts';
import { readState } from '../chains/views.ts';

export interface AttesterState {
  readonly id: number;
  readonly name: string;
  readonly committee: number;
  /** Index of the member; twins are two attesters of one member. */
  readonly member: number;
  readonly key: number;
  readonly lane: number;
  readonly threshold: number;
  /** Clients that its committee signs for: at the destination about the source, and the other way; -1 for none. */
  readonly destinationClient: number;
  readonly sourceClient: number;
  /** Node that it reads each side through. */
  readonly sourceNode: number;
  readonly destinationNode: number;
  readonly source: Cursor;
  readonly destination: Cursor;
  /** Time from seeing to having signed. */
  readonly signing: Law;
  readonly signingStream: StreamId;
  /** Packets that may time out, by sequence in order of sending. */
  readonly open: Map<number, Packet>;
  /** Claims about a fork that it signs on purpose, while a fault says so. */
  signsEveryFork: boolean;
  isUp: boolean;
  /** Entities to be told when a claim has its quorum. */
  readonly listeners: { readonly entity: number; readonly kind: number; readonly delayUs: number }[];
}

export const ATTESTER_EVENT = { viewMoved: 0, signed: 1 } as const;

interface SignOrder {
  readonly claim: Claim;
  readonly client: number;
  readonly height: number;
  readonly chainUs: number;
  readonly block: number;
}

export function attestersOf(world: World): number[] {
  return (world.tables['attesters'] ??= []) as number[];
}

export const attesterBehaviour: Behaviour<AttesterState> = {
  kind: 'attester',
  events: ['view-moved', 'signed'],
  handle(state, event, context) {
    if (!state.isUp) return;
    if (event.kind === ATTESTER_EVENT.signed) return post(context, state, event.payload as SignOrder);
    const lane = laneOf(context.world, state.lane);
    if (event.a === lane.source) watchSource(context, state, lane, event.b);
    if (event.a === lane.destination) watchDestination(context, state, lane, event.b);
  },
};

function watchSource(context: Context, state: AttesterState, lane: Lane, head: number): void {
  const chain = chainOf(context.world, lane.source);
  const cursor = state.signsEveryFork ? { ...state.source, depth: 0 } : state.source;
  const { blocks } = readForward(chain, cursor, head);
  state.source.at = cursor.at;
  for (const block of blocks) {
    for (const entry of readLogs(context, state, chain, block)) {
      if (entry.lane !== lane.id) continue;
      const packet = entry.packet as Packet;
      if (entry.kind === 'packet-sent') {
        state.open.set(entry.sequence, packet);
        const value = packetCommitmentOf(context.hash, chain.mode, lane, packet);
        order(context, state, state.destinationClient, commitmentClaim(lane, packet, value), block);
      } else if (entry.kind === 'packet-closed') {
        state.open.delete(entry.sequence);
        forgetAttestations(context.world, lane.id, entry.sequence);
      }
    }
  }
}

function watchDestination(context: Context, state: AttesterState, lane: Lane, head: number): void {
  const chain = chainOf(context.world, lane.destination);
  const { blocks } = readForward(chain, state.destination, head);
  for (const block of blocks) {
    for (const entry of block.logs) {
      if (entry.lane !== lane.id || entry.kind !== 'acknowledgement-written') continue;
      state.open.delete(entry.sequence);
      const value = acknowledgementValue(context.hash, chain.mode, entry.isSuccess);
      const claim = acknowledgementClaim(lane, entry.packet as Packet, value);
      order(context, state, state.sourceClient, claim, block);
    }
    attestAbsences(context, state, lane, chain, block);
  }
}

/** The first final block at or past the timeout is the one that every member names. */
function attestAbsences(context: Context, state: AttesterState, lane: Lane, chain: Chain, block: Block): void {
  for (const [sequence, packet] of state.open) {
    const isLate =
      (packet.timeoutUs > 0 && block.chainUs >= packet.timeoutUs) ||
      (packet.timeoutHeight > 0 && block.height >= packet.timeoutHeight);
    // Packets are in order of sending, and so of timeout: the first that is early ends the search.
    if (!isLate) return;
    state.open.delete(sequence);
    if (readState(chain, block.id, laneKey.receipt(lane.id, sequence)) !== undefined) continue;
    order(context, state, state.sourceClient, absenceClaim(lane, packet), block);
  }
}

/** What the data source tells of a block: the hook where a lie stands. */
function readLogs(context: Context, state: AttesterState, chain: Chain, block: Block): readonly LogEntry[] {
  const node = nodeOf(chain, state.sourceNode);
  const lies = liesOf(context.world).get(state.id);
  if (lies === undefined || !node.isUp) return block.logs;
  const told = lies.filter(({ height }) => height === block.height).map(({ entry }) => entry);
  return [...block.logs, ...told];
}

/** A log entry that a lying data source adds to the block of a height, for whoever reads that block through it. */
export interface Lie {
  readonly fault: number;
  readonly height: number;
  readonly entry: LogEntry;
}

/** What data sources make up, by attester. */
export function liesOf(world: World): Map<number, Lie[]> {
  return (world.tables['lies'] ??= new Map()) as Map<number, Lie[]>;
}

function order(context: Context, state: AttesterState, client: number, claim: Claim, block: Block): void {
  if (client === -1) return;
  const delay = roundDuration(
    sample(state.signing, context.keyed(state.signingStream, claim.sequence, claimNumber(claim.kind))),
  );
  const payload: SignOrder = { claim, client, height: block.height, chainUs: block.chainUs, block: block.id };
  context.schedule(
    'timer',
    entityOf(context.world, state.id),
    ATTESTER_EVENT.signed,
    after(context.now, delay),
    claim.sequence,
    claim.lane,
    payload,
  );
}

function claimNumber(kind: Claim['kind']): number {
  return kind === 'commitment' ? 0 : kind === 'acknowledgement' ? 1 : 2;
}

function entityOf(world: World, attester: number): number {
  return attestersOf(world)[attester] ?? -1;
}

function post(
  context: Context,
  state: AttesterState,
  { claim, client: clientId, height, chainUs, block }: SignOrder,
): void {
  const client = clientOf(context.world, clientId);
  const mode = chainOf(context.world, client.host).mode;
  const message = statementBytes(context.hash, mode, client, claim, { height, chainUs });
  const signature = sign(keysOf(context.world), { key: state.key, process: state.name }, message, context.hash);
  context.record(attestationSigned, {
    committee: state.committee,
    attester: state.id,
    key: state.key,
    lane: claim.lane,
    sequence: claim.sequence,
    claim: claim.kind,
    sourceBlock: block,
    digest: message,
  });
  const posted: PostedSignature = { member: state.member, attester: state.id, signature };
  const known = statementOn(context.world, claim, clientId, height, chainUs);
  if (known?.signatures.some(({ member }) => member === state.member) === true) return;
  if (known !== undefined) known.signatures.push(posted);
  else {
    const { lane, sequence, kind, value } = claim;
    const added: Attested = { client: clientId, kind, value, height, chainUs, block, signatures: [posted] };
    postStatement(context.world, lane, sequence, added);
  }
  if ((known?.signatures.length ?? 1) !== state.threshold) return;
  context.record(attestationReached, {
    committee: state.committee,
    lane: claim.lane,
    sequence: claim.sequence,
    claim: claim.kind,
  });
  for (const { entity, kind, delayUs } of state.listeners) {
    context.schedule('delivery', entity, kind, after(context.now, duration(delayUs)), claim.lane, claim.sequence);
  }
}

/** The statement about the same claim at the same point, if anyone signed it before. */
function statementOn(
  world: World,
  claim: Claim,
  client: number,
  height: number,
  chainUs: number,
): Attested | undefined {
  return attestationsFor(world, claim.lane, claim.sequence).find(
    (each) =>
      each.client === client &&
      each.kind === claim.kind &&
      each.height === height &&
      each.chainUs === chainUs &&
      bytesEqual(each.value, claim.value),
  );
}
