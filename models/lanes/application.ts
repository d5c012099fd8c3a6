/** What a lane calls when a packet reaches an application, declared here because lanes lie below applications. */
import type { Execution } from '../chains/execution.ts';
import type { Lane, Packet } from './lane.ts';

export type ReceiveOutcome =
  | { readonly kind: 'success'; readonly gas: number }
  /** Its acknowledgement is written later, when the outcome is known. */
  | { readonly kind: 'pending'; readonly gas: number; readonly reason: string }
  /** Effects are undone, and an error acknowledgement is written. */
  | { readonly kind: 'failure'; readonly gas: number; readonly reason: string };

/** What an application answers to bytes that it cannot read. */
export const PAYLOAD_MALFORMED: ReceiveOutcome = { kind: 'failure', gas: 0, reason: 'payload-malformed' };

export interface ApplicationContract {
  /** Packet arrived at the destination. Its bytes may be anything: whoever proves what was never sent chooses them. */
  onReceive(execution: Execution, lane: Lane, packet: Packet): ReceiveOutcome;
  /** The source learns how it went. */
  onAcknowledge(execution: Execution, lane: Lane, packet: Packet, isSuccess: boolean): void;
  onTimeout(execution: Execution, lane: Lane, packet: Packet): void;
  /** What the packet moves, for limits and routes: asset '' where nothing; undefined where its bytes cannot be read. */
  moved(packet: Packet): { readonly payer: number; readonly asset: string; readonly amount: bigint } | undefined;
}

export type ApplicationTable = Readonly<Record<string, ApplicationContract>>;
