/**
 * The packet machine: send, receive, acknowledge, time out. Three provable keys carry the whole life of a packet:
 * commitment at the source, receipt and acknowledgement at the destination.
 * @source IBC v2, ICS 4, PACKET_HANDLER.md; cosmos/ibc-go@ee35255c modules/core/04-channel/v2/keeper/packet.go.
 */
import type { CallHandler } from '../chains/execution.ts';
import { acknowledge, timeOut } from './closing.ts';
import type { LaneParts, RelayAction, RelayArguments, SendPacket } from './packet-calls.ts';
import { receive } from './receiving.ts';
import { send } from './sending.ts';

/** The packet machine over the parts of this build: the calls that relayers make, and how applications send. */
export function createPacketMachine(parts: LaneParts): {
  readonly calls: Record<RelayAction, CallHandler>;
  readonly send: SendPacket;
} {
  return {
    calls: {
      receive: (execution, relayed) => receive(execution, relayed as RelayArguments, parts),
      acknowledge: (execution, relayed) => acknowledge(execution, relayed as RelayArguments, parts),
      'time-out': (execution, relayed) => timeOut(execution, relayed as RelayArguments, parts),
    },
    send: (execution, lane, sent) => send(execution, lane, sent, parts),
  };
}
