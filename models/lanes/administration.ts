/** What may be done to a lane itself. */
import type { CallHandler } from '../chains/execution.ts';
import { laneReopened } from '../records.ts';
import { isRecord } from '../verifiers/client-store.ts';
import { laneKey } from './lane.ts';
import { laneToSendOn, PACKET_GAS, refuseCall } from './packet-calls.ts';

/**
 * Opens a closed lane again, `{ lane }`: sequences go on, and the first packet since tells the destination where.
 * Anyone may. @source ICS 27: anyone may reopen a channel on the same ports.
 */
// MODEL: a real channel is opened by four steps on two chains and starts at sequence 1 under a new name. Here the next
// packet carries the news. It costs the latency and the fees of the handshake.
export const reopenLane: CallHandler = (execution, callArguments) => {
  const { chain, block } = execution;
  const lane = laneToSendOn(execution, isRecord(callArguments) ? callArguments['lane'] : undefined);
  if (typeof lane === 'string') return refuseCall(lane);
  if (execution.get(laneKey.closed(lane.id)) === undefined) {
    return { kind: 'noop', gas: PACKET_GAS.noop, reason: 'lane-open' };
  }
  execution.remove(laneKey.closed(lane.id));
  const fromSequence = ((execution.get(laneKey.nextSequence(lane.id)) as number | undefined) ?? 1) as number;
  execution.set(laneKey.openedAt(lane.id), fromSequence);
  execution.fact(laneReopened, { chain: chain.id, block: block.id, lane: lane.id, fromSequence });
  return { kind: 'done', gas: PACKET_GAS.send };
};
