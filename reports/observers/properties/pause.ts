import { FLAG } from '../states.ts';
import { defineProperty, find, laneTally, packetName } from './property.ts';

interface Own {
  /** By lane: whether its source and its destination are paused. */
  readonly ends: (boolean[] | undefined)[];
}

const SOURCE = 0;
const DESTINATION = 1;

/** always: nothing is sent at, or executed by, an end of a lane while that end is paused. @source FAULTS 3.3, S17 */
export const pause = defineProperty<Own>({
  slug: 'pause',
  id: 'S17',
  group: 'safety',
  summary: 'nothing is sent from or executed at an end of a lane between its pause and its resumption',
  requires: ['byzantine'],
  applies: (declarations) => declarations.lanes.some((lane) => lane.pause !== 'never'),
  create: () => ({ ends: [] }),
  onControl: (p, judge, fact, sign) => {
    if (fact.what !== 'pause') return;
    const ends = (p.own.ends[fact.lane] ??= [false, false]);
    const end = judge.declarations.lanes[fact.lane]?.source === judge.at.chain ? SOURCE : DESTINATION;
    ends[end] = sign > 0 ? fact.isPaused : !fact.isPaused;
  },
  onPacket: (p, judge, fact, message, before) => {
    const isSend = fact.kind === 'committed';
    // What was held before the pause may be answered in it: nothing new is let in.
    const isReceive =
      fact.kind === 'held' || fact.kind === 'verified' || (fact.kind === 'received' && (before & FLAG.held) === 0);
    if ((!isSend && !isReceive) || judge.declarations.lanes[fact.lane]?.pause === 'never') return;
    const tally = laneTally(p, judge, fact.lane);
    tally.checked++;
    if (p.own.ends[fact.lane]?.[isSend ? SOURCE : DESTINATION] !== true) return;
    const what = `sequence ${fact.sequence} was ${isSend ? 'sent' : 'received'} while that end was paused`;
    find(p, judge, { tally, message: packetName(judge, fact, message), what });
  },
});
