/**
 * The packet machine: send, receive, execute, acknowledge, time out. Three provable keys carry the whole life of a packet:
 * commitment at the source, receipt and acknowledgement at the destination.
 * @source IBC v2, ICS 4, PACKET_HANDLER.md; cosmos/ibc-go@ee35255c modules/core/04-channel/v2/keeper/packet.go.
 */
import type { CallHandler, CallOutcome, Execution } from '../chains/execution.ts';
import { acknowledge, timeOut } from './closing.ts';
import {
  type AcknowledgeLater,
  type LaneParts,
  type RelayAction,
  type RelayArguments,
  readRelayed,
  refuseCall,
  type SendPacket,
} from './packet-calls.ts';
import { acknowledgeLater, execute, receive } from './receiving.ts';
import { send } from './sending.ts';

/** The packet machine over the parts of this build: the calls that relayers make, and how applications send. */
export function createPacketMachine(parts: LaneParts): {
  readonly calls: Record<RelayAction, CallHandler>;
  readonly send: SendPacket;
  readonly acknowledgeLater: AcknowledgeLater;
} {
  return {
    calls: {
      receive: relayedCall(receive, parts),
      acknowledge: relayedCall(acknowledge, parts),
      'time-out': relayedCall(timeOut, parts),
      execute: relayedCall(execute, parts),
    },
    send: (execution, lane, sent) => send(execution, lane, sent, parts),
    acknowledgeLater,
  };
}

type RelayedHandler = (execution: Execution, relayed: RelayArguments, parts: LaneParts) => CallOutcome;

function relayedCall(handle: RelayedHandler, parts: LaneParts): CallHandler {
  return (execution, given) => {
    const relayed = readRelayed(execution.context.world, given);
    // What names no packet of a lane is no fact about one: it reverts, and that is all.
    if (typeof relayed === 'string') return refuseCall(relayed);
    return handle(execution, relayed, parts);
  };
}
