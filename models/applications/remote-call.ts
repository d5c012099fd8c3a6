/** Remote call: bytes for a contract on the other side, which may fail. */
import { decodePlain, encodePlain } from '../../sim/kernel/plain-data.ts';
import type { CallHandler } from '../chains/execution.ts';
import type { ApplicationContract } from '../lanes/application.ts';
import { laneOf } from '../lanes/lane.ts';
import type { SendPacket } from '../lanes/packet-calls.ts';

export interface RemoteCallArguments {
  readonly lane: number;
  readonly bytes: Uint8Array;
  /** Gas that the call uses at the destination. */
  readonly gas: number;
  /** Drawn when the message was requested: whether the call will revert there. */
  readonly fails: boolean;
  readonly message: number;
}

interface CallValue {
  readonly bytes: Uint8Array;
  readonly gas: number;
  readonly fails: boolean;
}

export function createRemoteCall(send: SendPacket): CallHandler {
  return (execution, callArguments) => {
    const { lane: laneId, bytes, gas, fails, message } = callArguments as RemoteCallArguments;
    const lane = laneOf(execution.context.world, laneId);
    const value: CallValue = { bytes, gas, fails };
    return send(execution, lane, {
      application: 'remote-call',
      value: encodePlain(value),
      message,
      payer: execution.account,
      asset: '',
      amount: 0n,
    });
  };
}

// MODEL: the called contract is a gas cost and a coin thrown at the source; it keeps no state but a counter of calls.
export const remoteCall: ApplicationContract = {
  onReceive(execution, lane, packet) {
    const { gas, fails } = decodePlain(packet.value) as CallValue;
    if (fails) return { kind: 'failure', gas, reason: 'call-reverted' };
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
