import { SETTLED, settledAs } from '../judge-state.ts';
import { FLAG, UNWOUND } from '../states.ts';
import { defineProperty, find, laneTally, packetName } from './property.ts';

const RECEIPT_WRITTEN = FLAG.failed | FLAG.written;

function isBoth(flags: number): boolean {
  if ((flags & UNWOUND) !== 0 && (flags & FLAG.executed) !== 0) return true;
  if ((flags & FLAG.timedOut) === 0) return false;
  if ((flags & (FLAG.acknowledged | FLAG.errorAcknowledged)) !== 0) return true;
  // A receipt is a proof of presence, whatever came of the call.
  return (flags & RECEIPT_WRITTEN) === RECEIPT_WRITTEN;
}

/** always: a message is executed or unwound, not both; acknowledged or timed out, not both. @source FAULTS 3.3, S3 */
export const receiveXorUnwind = defineProperty<null>({
  slug: 'receive-xor-unwind',
  id: 'S3',
  group: 'safety',
  summary: 'no message is both executed and unwound, nor both acknowledged and timed out',
  requires: ['byzantine', 'reorg', 'lying-sources', 'honest-committee', 'sound-circuit'],
  applies: (declarations) => declarations.lanes.some((lane) => lane.acknowledges),
  create: () => null,
  onPacket: (p, judge, fact, message, before) => {
    if (fact.kind !== 'received' && fact.kind !== 'acknowledged' && fact.kind !== 'timed-out') return;
    const tally = laneTally(p, judge, fact.lane);
    tally.checked++;
    if (message !== undefined) {
      if (!isBoth(message.flags) || isBoth(before)) return;
      const how = (message.flags & FLAG.timedOut) !== 0 ? 'timed out' : 'came back by an error acknowledgement';
      find(p, judge, { tally, message: message.name, what: `received on the destination, and ${how} at the source` });
      return;
    }
    const lane = judge.lanes[fact.lane];
    const was = lane === undefined ? SETTLED.none : settledAs(lane, fact.sequence);
    const isLateReceive = fact.kind === 'received' && fact.isExecuted && was === SETTLED.unwound;
    const isLateTimeout = fact.kind === 'timed-out' && was === SETTLED.executed;
    if (!isLateReceive && !isLateTimeout) return;
    const what = isLateReceive
      ? 'executed after it had settled as unwound'
      : 'timed out after it had settled as executed';
    find(p, judge, { tally, message: packetName(judge, fact, message), what });
  },
});
