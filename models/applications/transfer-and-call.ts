/** A transfer and a call in one packet: two payloads, both done or neither. @source IBC v2, ICS 4: payloads of a packet. */
import { encodePlain } from '../../sim/kernel/plain-data.ts';
import type { CallHandler } from '../chains/execution.ts';
import { laneToSendOn, refuseCall, type SendPacket } from '../lanes/packet-calls.ts';
import { isRecord } from '../verifiers/client-store.ts';
import { callValueOf, isCall } from './remote-call.ts';
import { isTransfer, takeTransfer } from './token-transfer.ts';

/** `transfer` and `call` are the arguments of those two, on one lane and for one message. */
export interface TransferAndCallArguments {
  readonly transfer: unknown;
  readonly call: unknown;
}

export function createTransferAndCall(send: SendPacket): CallHandler {
  return (execution, given) => {
    if (!isRecord(given) || !isTransfer(given['transfer']) || !isCall(given['call']))
      return refuseCall('call-malformed');
    const { transfer, call } = given;
    const lane = laneToSendOn(execution, transfer.lane);
    if (typeof lane === 'string') return refuseCall(lane);
    const sent = takeTransfer(execution, lane, transfer);
    if ('kind' in sent) return sent;
    const payload = Object.freeze({ application: 'remote-call', value: encodePlain(callValueOf(call)) });
    return send(execution, lane, { ...sent, more: Object.freeze([payload]) });
  };
}
