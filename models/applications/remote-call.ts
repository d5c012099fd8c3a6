/** Remote call: bytes for a contract on the other side, which may fail. */
import { encodePlain, tryDecodePlain } from '../../sim/kernel/plain-data.ts';
import type { CallHandler } from '../chains/execution.ts';
import { type ApplicationContract, PAYLOAD_MALFORMED } from '../lanes/application.ts';
import { laneToSendOn, refuseCall, type SendPacket } from '../lanes/packet-calls.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';

export interface RemoteCallArguments {
  readonly lane: number;
  readonly bytes: Uint8Array;
  /** Gas that the call uses at the destination. */
  readonly gas: number;
  /** Drawn when the message was requested: whether the call will revert there. */
  readonly fails: boolean;
  /** Destination time from which it reverts no more; absent where it does for ever. */
  readonly wellFromUs?: number;
  readonly message: number;
}

interface CallValue {
  readonly bytes: Uint8Array;
  readonly gas: number;
  readonly fails: boolean;
  readonly wellFromUs?: number;
}

export function createRemoteCall(send: SendPacket): CallHandler {
  return (execution, callArguments) => {
    if (!isCall(callArguments)) return refuseCall('call-malformed');
    const { lane: laneId, message } = callArguments;
    const lane = laneToSendOn(execution, laneId);
    if (typeof lane === 'string') return refuseCall(lane);
    return send(execution, lane, {
      application: 'remote-call',
      value: encodePlain(callValueOf(callArguments)),
      message,
      payer: execution.account,
      asset: '',
      amount: 0n,
    });
  };
}

/** What a packet carries of a call. */
export function callValueOf({ bytes, gas, fails, wellFromUs }: RemoteCallArguments): CallValue {
  return { bytes, gas, fails, ...(wellFromUs === undefined ? {} : { wellFromUs }) };
}

export function isCall(given: unknown): given is RemoteCallArguments {
  return (
    isRecord(given) && isValue(given) && given['bytes'] instanceof Uint8Array && Number.isSafeInteger(given['message'])
  );
}

function isValue(given: unknown): given is CallValue {
  if (!isRecord(given) || !isWhole(given['gas']) || typeof given['fails'] !== 'boolean') return false;
  return given['wellFromUs'] === undefined || isWhole(given['wellFromUs']);
}

// MODEL: the called contract is a gas cost and a coin thrown at the source; it keeps no state but a counter of calls.
export const remoteCall: ApplicationContract = {
  onReceive(execution, lane, packet) {
    const value = tryDecodePlain(packet.value);
    if (!isValue(value)) return PAYLOAD_MALFORMED;
    const { gas, fails, wellFromUs } = value;
    if (fails && (wellFromUs === undefined || execution.block.chainUs < wellFromUs))
      return { kind: 'failure', gas, reason: 'call-reverted' };
    const key = `calls/${lane.id}`;
    execution.set(key, (((execution.get(key) as number | undefined) ?? 0) as number) + 1);
    return { kind: 'success', gas };
  },
  onAcknowledge() {
    // The caller learns the outcome from the log; it has no state to mend.
  },
  onTimeout() {
    // As above: a call moved no value.
  },
  moved() {
    return { payer: -1, asset: '', amount: 0n };
  },
};
