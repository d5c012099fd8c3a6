/**
 * A process that watches a chain through a data source and signs what it sees with a key. Four layers that fail apart, or
 * together with those of others that have a cause in common: key (may be shared, stolen or out of reach), process (may
 * stop or obey), data source (may lie or be silent), contract (the client).
 */
import type { Law } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { Cursor } from '../chains/reading.ts';
import type { Packet } from '../lanes/lane.ts';
import type { Claim } from '../verifiers/verifier.ts';
import type { Layer } from './causes.ts';
import type { WorkingHours } from './working-hours.ts';

/** A claim that an attester is about to sign, and where it read it. */
export interface SignOrder {
  readonly claim: Claim;
  readonly client: number;
  readonly height: number;
  readonly chainUs: number;
  readonly block: number;
}

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
  /** Node that it reads each side through, where it reads through its own. */
  readonly sourceNode: number;
  readonly destinationNode: number;
  /** Cause ids of the providers that it reads through in place of its own nodes. */
  readonly providers: readonly number[];
  /** Providers that must tell the same before it is believed. */
  readonly agree: number;
  /** Whether it reads no chain, and signs what the delegates of its committee have signed. */
  readonly isFollower: boolean;
  readonly source: Cursor;
  readonly destination: Cursor;
  /** Time from seeing to having signed. */
  readonly signing: Law;
  readonly signingStream: StreamId;
  /** When it signs; absent where it does at any time. */
  readonly hours?: WorkingHours;
  /** Packets that may time out, by sequence in order of sending. */
  readonly open: Map<number, Packet>;
  /** Claims about a fork that it signs on purpose, while a fault says so. */
  signsEveryFork: boolean;
  /** Time from one set of keys to the next, 0 where they never change. */
  readonly rotationUs: number;
  /** What it has signed and may have to sign again with its next key; only where keys change. */
  readonly standing: Map<string, SignOrder>;
  /** Layers of its own that do not work. */
  readonly down: Layer[];
  /** What it was about to sign when one of them stopped. */
  missed: SignOrder[];
  /** Entities to be told when a claim has its quorum. */
  readonly listeners: { readonly entity: number; readonly kind: number; readonly delayUs: number }[];
}

export const ATTESTER_EVENT = { viewMoved: 0, signed: 1, delegated: 2, rotated: 3 } as const;

export function attestersOf(world: World): number[] {
  return (world.tables['attesters'] ??= []) as number[];
}
