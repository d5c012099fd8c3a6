/** What the handlers of the packet machine share: its parts, the arguments of calls, claims, and how a call is refused. */
import { present } from '../../sim/base/assert.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { CallOutcome, Execution } from '../chains/execution.ts';
import type { Limiter } from '../controls/limiters.ts';
import type { Pause } from '../controls/pauses.ts';
import { messageRejected, packetRefused, packetRepeated } from '../records.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';
import type { Claim, VerifierTable } from '../verifiers/verifier.ts';
import type { ApplicationContract, ApplicationTable } from './application.ts';
import { type Lane, laneKey, lanesOf, type Packet, type Payload } from './lane.ts';
import type { Ordering } from './orderings.ts';

/** Gas of the packet handlers beside verification. @source cosmos/solidity-ibc-eureka@cae7e128 README, benchmarks. */
export const PACKET_GAS = {
  send: 60_000,
  receive: 170_000,
  acknowledge: 90_000,
  'time-out': 100_000,
  execute: 60_000,
  noop: 30_000,
};

/** The parts that lanes are put together from, by the names that their settings carry. */
export interface LaneParts {
  readonly verifiers: VerifierTable;
  readonly applications: ApplicationTable;
  readonly limiters: Readonly<Record<string, Limiter>>;
  readonly pauses: Readonly<Record<string, Pause>>;
  readonly orderings: Readonly<Record<string, Ordering>>;
}

export type RelayAction = 'receive' | 'acknowledge' | 'time-out' | 'execute';

/** Arguments of the three relayed calls. `evidence` is what the client of that side asks for. */
export interface RelayArguments {
  readonly packet: Packet;
  /** Only for acknowledge: whether the acknowledgement is the success one. */
  readonly isSuccess?: boolean;
  /** Only for acknowledge, where the acknowledgement names who is paid for the delivery: that name. */
  readonly payee?: string;
  readonly evidence: unknown;
}

/** The arguments of a relayed call, or why they are none: a transaction may carry anything. */
export function readRelayed(world: World, given: unknown): RelayArguments | string {
  if (!isRecord(given) || !isPacket(given['packet'])) return 'packet-malformed';
  if (given['payee'] !== undefined && typeof given['payee'] !== 'string') return 'packet-malformed';
  return lanesOf(world)[given['packet'].lane] === undefined ? 'unknown-lane' : (given as unknown as RelayArguments);
}

function isPacket(given: unknown): given is Packet {
  return (
    isRecord(given) &&
    isWhole(given['lane']) &&
    isWhole(given['sequence']) &&
    given['sequence'] > 0 &&
    isWhole(given['timeoutUs']) &&
    isWhole(given['timeoutHeight']) &&
    typeof given['application'] === 'string' &&
    given['value'] instanceof Uint8Array &&
    (given['refundUs'] === undefined || isWhole(given['refundUs'])) &&
    (given['more'] === undefined || (Array.isArray(given['more']) && given['more'].every(isPayload))) &&
    (given['openedAt'] === undefined || isWhole(given['openedAt']))
  );
}

function isPayload(given: unknown): boolean {
  return isRecord(given) && typeof given['application'] === 'string' && given['value'] instanceof Uint8Array;
}

/** The application of that name. A packet may name any, and so what every object has by birth. */
export function applicationOf(applications: ApplicationTable, name: string): ApplicationContract | undefined {
  return Object.hasOwn(applications, name) ? applications[name] : undefined;
}

export function commitmentClaim(lane: Lane, packet: Packet, value: Uint8Array): Claim {
  const { sequence } = packet;
  return { kind: 'commitment', lane: lane.id, sequence, key: laneKey.commitment(lane.id, sequence), value, packet };
}

export function acknowledgementClaim(lane: Lane, packet: Packet, value: Uint8Array): Claim {
  const { sequence } = packet;
  const key = laneKey.acknowledgement(lane.id, sequence);
  return { kind: 'acknowledgement', lane: lane.id, sequence, key, value, packet };
}

export function absenceClaim(lane: Lane, packet: Packet): Claim {
  const { sequence } = packet;
  const key = laneKey.receipt(lane.id, sequence);
  const due = { chainUs: packet.timeoutUs, height: packet.timeoutHeight };
  return { kind: 'absence', lane: lane.id, sequence, key, value: new Uint8Array(0), due, packet };
}

/** What an application hands to the machine. */
export interface Sent {
  readonly application: string;
  readonly value: Uint8Array;
  /** Payloads behind the first. */
  readonly more?: readonly Payload[];
  /** Ghost: no protocol reads it. */
  readonly message: number;
  readonly payer: number;
  readonly asset: string;
  readonly amount: bigint;
  /** Ghost: the packet that this one goes on from, where it does. */
  readonly goesOnFrom?: { readonly lane: number; readonly sequence: number };
}

/** Writes the acknowledgement of a packet whose application had not known its outcome when it was received. */
export type AcknowledgeLater = (execution: Execution, lane: Lane, packet: Packet, reason: string) => void;

/** Sends one packet for an application, whose own effects (escrow, burn) are done already. */
export type SendPacket = (execution: Execution, lane: Lane, sent: Sent) => CallOutcome;

export function rejectMessage(execution: Execution, lane: Lane, message: number, reason: string): CallOutcome {
  const { chain, block } = execution;
  execution.fact(messageRejected, { chain: chain.id, block: block.id, lane: lane.id, message, reason });
  return { kind: 'rejected', gas: PACKET_GAS.noop, reason };
}

/** Refuses a user's call whose arguments cannot be read: nothing is known of a message, and so nothing is said of one. */
export function refuseCall(reason: string): CallOutcome {
  return { kind: 'rejected', gas: PACKET_GAS.noop, reason };
}

/** The lane that a user's call names, or why nothing can be sent on it from here. */
export function laneToSendOn({ chain, context }: Execution, id: unknown): Lane | string {
  const lane = isWhole(id) ? lanesOf(context.world)[id] : undefined;
  if (lane === undefined) return 'unknown-lane';
  return lane.source === chain.id ? lane : 'wrong-chain';
}

export function part<T>(table: Readonly<Record<string, T>>, kind: string): T {
  return present(table[kind], 'validation refuses unknown parts', { kind });
}

export function refuse(
  execution: Execution,
  packet: Packet,
  action: RelayAction,
  reason: string,
  gas: number,
): CallOutcome {
  const { chain, block, account } = execution;
  const { lane, sequence } = packet;
  execution.fact(packetRefused, { chain: chain.id, block: block.id, lane, sequence, action, account, reason });
  return { kind: 'rejected', gas: PACKET_GAS.noop + gas, reason };
}

export function repeat(execution: Execution, packet: Packet, action: RelayAction, reason: string): CallOutcome {
  const { chain, block, account } = execution;
  const { lane, sequence } = packet;
  execution.fact(packetRepeated, { chain: chain.id, block: block.id, lane, sequence, action, account, reason });
  return { kind: 'noop', gas: PACKET_GAS.noop, reason };
}
