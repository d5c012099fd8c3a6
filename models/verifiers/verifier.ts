/** What a verifier is: a destination's rule for believing a claim about another chain. */
import { present } from '../../sim/base/assert.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { Execution } from '../chains/execution.ts';
import type { Call } from '../chains/mempool.ts';
import type { HeadTag } from '../chains/finality.ts';
import type { StateValue } from '../proofs/state-tree.ts';
import type { BlockId } from '../chains/chain.ts';

/** What a packet asks for, as far as a rule of acceptance may look at it. */
export interface ClaimedPacket {
  readonly application: string;
  readonly value: Uint8Array;
}

/** A claim about the counterparty's contract state at some height. */
export interface Claim {
  readonly kind: 'commitment' | 'acknowledgement' | 'absence';
  readonly lane: number;
  readonly sequence: number;
  /** Key in the counterparty's state that the claim speaks of. */
  readonly key: string;
  /** Value that the key holds; empty for absence. */
  readonly value: Uint8Array;
  /** What the key holds, where that is no bytes: in place of `value`. */
  readonly stated?: StateValue;
  /** Of an absence: counterparty time and height from which on it is worth something, 0 where that does not count. */
  readonly due?: { readonly chainUs: number; readonly height: number };
  /** The packet that the claim is about, for rules that part packets by what is in them. Nobody signs it. */
  readonly packet?: ClaimedPacket;
}

/** The height and time, by the counterparty's clock, at which an accepted claim holds. */
export interface ProofPoint {
  readonly height: number;
  readonly chainUs: number;
  /** Block that the proof speaks of: a ghost, -1 where it cannot be told. */
  readonly block: BlockId;
}

export type VerifierVerdict =
  | ({ readonly kind: 'accepted'; readonly gas: number } & ProofPoint)
  | { readonly kind: 'rejected'; readonly gas: number; readonly reason: string };

/** What a carrier holds when it asks for evidence: its view of the chain that the claim is about, and of the host. */
export interface CarrierView {
  readonly counterpartyHead: BlockId;
  readonly hostHead: BlockId;
  /** The carrier does not bring its proof to this host: what the client lacks has to be there before. */
  readonly isAhead?: boolean;
}

export type Evidence =
  | {
      readonly kind: 'ready';
      readonly evidence: unknown;
      readonly updates: readonly Call[];
      readonly point: ProofPoint;
    }
  /** Calls that must stand on the host for a while before anything can be delivered. */
  | { readonly kind: 'first'; readonly calls: readonly Call[] }
  /** Nothing to be done until a view moves or an attestation is posted. */
  | {
      readonly kind: 'waiting';
      readonly reason: string;
      /** What may be sent ahead, alone, so that the wait comes to an end; absent where nothing helps. */
      readonly updates?: readonly Call[];
    }
  /** The claim is not true in this view. */
  | { readonly kind: 'untrue' };

/** What evidence by signatures waits for: its carrier is told when they are there. */
export const ATTESTATIONS = 'attestations';

/** One instance of a verifier: lives on the host chain and tracks the counterparty. */
export interface Client {
  readonly id: number;
  readonly kind: string;
  readonly host: number;
  readonly counterparty: number;
  /** Blocks on top after which a counterparty block is believed; 0 is instant. */
  readonly depth: number;
  /** The named head of the counterparty up to which its blocks are believed, in place of a depth. */
  readonly tag?: HeadTag;
  /** Frozen plain record: the parameters of its kind. */
  readonly parameters: unknown;
}

export interface VerifierRule {
  /** Writes the client's first state while the world is built. */
  found(execution: Execution, client: Client): void;
  verify(execution: Execution, client: Client, claim: Claim, evidence: unknown): VerifierVerdict;
  /** What a carrier must bring for `claim` to be believed. */
  gather(context: Context, client: Client, claim: Claim, view: CarrierView): Evidence;
}

export type VerifierTable = Readonly<Record<string, VerifierRule>>;

export function ruleOf(table: VerifierTable, client: Client): VerifierRule {
  return present(table[client.kind], 'validation refuses unknown verifiers', { kind: client.kind });
}

/** What a verifier that is put together of others keeps in its parameters: their clients, by the name of each part. */
export interface Parts {
  readonly parts: readonly { readonly name: string; readonly client: number }[];
}

/** A client and all that are below it, from the top. */
export function nodesOf(world: World, client: Client): Client[] {
  const { parts = [] } = client.parameters as Partial<Parts>;
  return [client, ...parts.flatMap((part) => nodesOf(world, clientOf(world, part.client)))];
}

/** The clients of the leaves below a client, itself where it is one. In order of the tree. */
export function leavesOf(world: World, client: Client): Client[] {
  const { parts } = client.parameters as Partial<Parts>;
  if (parts === undefined) return [client];
  return parts.flatMap((part) => leavesOf(world, clientOf(world, part.client)));
}

const TABLE = 'clients';

export function clientsOf(world: World): Client[] {
  return (world.tables[TABLE] ??= []) as Client[];
}

export function clientOf(world: World, id: number): Client {
  return present(clientsOf(world)[id], 'a client exists', { id });
}
