/** What may be done to a lane itself: opened again by anyone, paused and limited by who holds its key. */
import type { CallHandler, CallOutcome, Execution } from '../chains/execution.ts';
import { pausedKey } from '../controls/pauses.ts';
import { type BucketSetting, type LaneEnd, reconfigureBucket } from '../controls/token-bucket.ts';
import { lanePaused, laneReopened, limitChanged } from '../records.ts';
import { isRecord, isWhole } from '../verifiers/client-store.ts';
import { type Lane, laneKey, lanesOf } from './lane.ts';
import { laneToSendOn, PACKET_GAS, refuseCall } from './packet-calls.ts';

export interface LaneArguments {
  readonly lane: number;
}

export interface LimitArguments extends LaneArguments, BucketSetting {}

/** Gas of a call that changes a setting: a few storage slots. */
const SETTING_GAS = 50_000;

/** The lane, and which of its ends this chain is; a refusal where it is neither, or the caller lacks the key. */
export function heldEnd(
  execution: Execution,
  given: unknown,
): { readonly kind: 'held'; readonly lane: Lane; readonly end: LaneEnd } | CallOutcome {
  const { chain, account, context } = execution;
  const id = isRecord(given) ? given['lane'] : undefined;
  const lane = isWhole(id) ? lanesOf(context.world)[id] : undefined;
  if (lane === undefined) return refuseCall('unknown-lane');
  const end = lane.source === chain.id ? 'source' : lane.destination === chain.id ? 'destination' : undefined;
  if (end === undefined) return refuseCall('wrong-chain');
  return lane.keyHolders?.[end] === account ? { kind: 'held', lane, end } : refuseCall('not-the-key-holder');
}

/** Opens a closed lane again: sequences go on, and the first packet since tells the destination where. */
// MODEL: a real channel is opened by four steps on two chains and starts at sequence 1 under a new name. Here the next
// packet carries the news. It costs the latency and the fees of the handshake. @source ICS 27: anyone may reopen.
const reopenLane: CallHandler = (execution, given) => {
  const { chain, block } = execution;
  const lane = laneToSendOn(execution, isRecord(given) ? given['lane'] : undefined);
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

/** Stops one end of a lane, or lets it go on. Acknowledgements and timeouts pass: a pause destroys no value. */
function setPaused(isPaused: boolean): CallHandler {
  return (execution, given) => {
    const found = heldEnd(execution, given);
    if (found.kind !== 'held') return found;
    const { chain, block, account } = execution;
    const key = pausedKey(found.lane.id);
    if (found.lane.pause !== 'key') return refuseCall('no-pause');
    if ((execution.get(key) !== undefined) === isPaused) {
      return { kind: 'noop', gas: PACKET_GAS.noop, reason: isPaused ? 'already-paused' : 'not-paused' };
    }
    if (isPaused) execution.set(key, 1);
    else execution.remove(key);
    execution.fact(lanePaused, { chain: chain.id, block: block.id, lane: found.lane.id, isPaused, account });
    return { kind: 'done', gas: SETTING_GAS };
  };
}

function isUnits(value: unknown): boolean {
  return typeof value === 'bigint' && value >= 0n;
}

/** Gives the bucket of this end another setting, and no tokens. */
const setLimit: CallHandler = (execution, given) => {
  const found = heldEnd(execution, given);
  if (found.kind !== 'held') return found;
  const { lane, end } = found;
  const { chain, block } = execution;
  if (lane.limit === undefined || !lane.limit.ends.includes(end)) return refuseCall('no-limit');
  const { capacity, perSecond } = given as LimitArguments;
  if (!isUnits(capacity) || !isUnits(perSecond)) return refuseCall('call-malformed');
  reconfigureBucket(execution, lane.id, end, lane.limit, { capacity, perSecond });
  execution.fact(limitChanged, { chain: chain.id, block: block.id, lane: lane.id, end, capacity, perSecond });
  return { kind: 'done', gas: SETTING_GAS };
};

export const administration = {
  'reopen-lane': reopenLane,
  'pause-lane': setPaused(true),
  'resume-lane': setPaused(false),
  'set-limit': setLimit,
} as const satisfies Record<string, CallHandler>;
