/** What attesters read of the two chains, and what their data sources make of it. */
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { type Block, type Chain, chainOf, isOnBranch, type LogEntry, nodeOf } from '../chains/chain.ts';
import { readForward } from '../chains/reading.ts';
import { readState } from '../chains/views.ts';
import { acknowledgementValue, packetCommitmentOf } from '../lanes/commitments.ts';
import { isTimedOut, type Lane, laneKey, type Packet } from '../lanes/lane.ts';
import { absenceClaim, acknowledgementClaim, commitmentClaim } from '../lanes/packet-calls.ts';
import { forgetAttestations } from '../verifiers/attestation-board.ts';
import type { Claim } from '../verifiers/verifier.ts';
import type { AttesterState } from './attester.ts';
import { causeOf } from './causes.ts';
import { forgetStanding, order } from './signing.ts';

/**
 * The newest block that enough of an attester's providers have; `head` itself where it reads through its own node.
 * Undefined where too few of them answer or agree.
 */
export function agreedHead(context: Context, state: AttesterState, chainId: number, head: number): number | undefined {
  if (state.providers.length === 0) return head;
  const chain = chainOf(context.world, chainId);
  const heads = state.providers
    .filter((provider) => !isSilent(context.world, provider))
    .map((provider) => nodeOf(chain, causeOf(context.world, provider).node % chain.nodes.length).head);
  let best: Block | undefined;
  for (const candidate of heads) {
    const block = chain.blocks.get(candidate);
    if (block === undefined || (best !== undefined && block.height <= best.height)) continue;
    const agreeing = heads.filter((other) => chain.blocks.has(other) && isOnBranch(chain, other, candidate)).length;
    if (agreeing >= state.agree) best = block;
  }
  return best?.id;
}

/** Providers that give no answer, by cause id. */
export function silentProviders(world: World): Set<number> {
  return (world.tables['silent-providers'] ??= new Set()) as Set<number>;
}

function isSilent(world: World, provider: number): boolean {
  return silentProviders(world).has(provider);
}

export function watchSource(context: Context, state: AttesterState, lane: Lane, head: number): void {
  const chain = chainOf(context.world, lane.source);
  const cursor = state.signsEveryFork ? { ...state.source, depth: 0, tag: 'latest' as const } : state.source;
  const { blocks } = readForward(chain, cursor, head);
  state.source.at = cursor.at;
  for (const block of blocks) {
    for (const entry of readLogs(context, state, chain, block)) {
      if (entry.lane !== lane.id) continue;
      const packet = entry.packet as Packet;
      if (entry.kind === 'packet-sent') {
        state.open.set(entry.sequence, packet);
        const value = packetCommitmentOf(context.hash, chain.mode, lane, packet);
        attest(context, state, state.destinationClient, commitmentClaim(lane, packet, value), block);
      } else if (entry.kind === 'packet-closed') {
        state.open.delete(entry.sequence);
        forgetStanding(state, entry.sequence, ['commitment', 'acknowledgement', 'absence']);
        forgetAttestations(context.world, lane.id, entry.sequence);
      }
    }
  }
}

export function watchDestination(context: Context, state: AttesterState, lane: Lane, head: number): void {
  const chain = chainOf(context.world, lane.destination);
  const { blocks } = readForward(chain, state.destination, head);
  for (const block of blocks) {
    for (const entry of block.logs) {
      if (entry.lane !== lane.id || entry.kind !== 'acknowledgement-written') continue;
      state.open.delete(entry.sequence);
      forgetStanding(state, entry.sequence, ['commitment']);
      const value = acknowledgementValue(
        context.hash,
        chain.mode,
        entry.isSuccess,
        entry.packet as Packet,
        entry.payee,
      );
      const claim = acknowledgementClaim(lane, entry.packet as Packet, value);
      attest(context, state, state.sourceClient, claim, block);
    }
    attestAbsences(context, state, lane, chain, block);
  }
}

/**
 * The first final block at or past the timeout is the one that every member names, whenever it learns of the packet:
 * signatures over different blocks would not add up.
 */
function attestAbsences(context: Context, state: AttesterState, lane: Lane, chain: Chain, block: Block): void {
  for (const [sequence, packet] of state.open) {
    // Packets are in order of sending, and so of timeout: the first that is early ends the search.
    if (!isTimedOut(packet, block.chainUs, block.height)) return;
    state.open.delete(sequence);
    const first = firstLate(chain, packet, block);
    if (readState(chain, first.id, laneKey.receipt(lane.id, sequence)) !== undefined) continue;
    attest(context, state, state.sourceClient, absenceClaim(lane, packet), first);
  }
}

// MODEL: of a chain that has forgotten that block it is the oldest which is kept; members who learn of the packet on
// either side of the forgetting of one more block then name two.
function firstLate(chain: Chain, packet: Packet, block: Block): Block {
  let first = block;
  for (;;) {
    const parent = chain.blocks.get(first.parent);
    if (parent === undefined || !isTimedOut(packet, parent.chainUs, parent.height)) return first;
    first = parent;
  }
}

function attest(context: Context, state: AttesterState, client: number, claim: Claim, block: Block): void {
  if (client === -1) return;
  order(context, state, { claim, client, height: block.height, chainUs: block.chainUs, block: block.id });
}

/** What the data source tells of a block: the hook where a lie stands. */
function readLogs(context: Context, state: AttesterState, chain: Chain, block: Block): readonly LogEntry[] {
  const lies = liesOf(context.world).get(state.id);
  if (lies === undefined || (state.providers.length === 0 && !nodeOf(chain, state.sourceNode).isUp)) return block.logs;
  const told = lies.filter((lie) => lie.height === block.height && isBelieved(context.world, state, lie));
  return [...block.logs, ...told.map(({ entry }) => entry)];
}

/** A log entry that a lying data source adds to the block of a height, for whoever reads that block through it. */
export interface Lie {
  readonly fault: number;
  readonly height: number;
  readonly entry: LogEntry;
  /** Cause ids of the providers that tell it; empty where all that the attester reads through does. */
  readonly providers: readonly number[];
}

/** Whether enough of what an attester reads through tells the lie for it to be taken for the truth. */
export function isBelieved(world: World, state: AttesterState, { providers }: Lie): boolean {
  if (providers.length === 0) return true;
  const telling = state.providers.filter((provider) => providers.includes(provider) && !isSilent(world, provider));
  return telling.length > 0 && telling.length >= state.agree;
}

/** What data sources make up, by attester. */
export function liesOf(world: World): Map<number, Lie[]> {
  return (world.tables['lies'] ??= new Map()) as Map<number, Lie[]>;
}
