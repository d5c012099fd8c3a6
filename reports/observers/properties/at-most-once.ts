import { SETTLED, settledAs } from '../judge-state.ts';
import { defineProperty, find, laneTally, packetName } from './property.ts';

/** always: a message is executed at most once. No network assumption. @source FAULTS 3.3, S2; ICS 4 */
export const atMostOnce = defineProperty<null>({
  slug: 'at-most-once',
  id: 'S2',
  group: 'safety',
  summary: 'a packet is executed at most once on the branch that counts',
  requires: ['byzantine'],
  applies: (declarations) => declarations.lanes.length > 0,
  create: () => null,
  onPacket: (p, judge, fact, message) => {
    if (fact.kind !== 'received' || !fact.isExecuted) return;
    const tally = laneTally(p, judge, fact.lane);
    tally.checked++;
    if (message !== undefined) {
      if (message.executions <= 1) return;
      find(p, judge, {
        tally,
        message: message.name,
        what: `executions=${message.executions} of sequence ${fact.sequence}`,
      });
      return;
    }
    const lane = judge.lanes[fact.lane];
    if (lane === undefined || settledAs(lane, fact.sequence) !== SETTLED.executed) return;
    const name = packetName(judge, fact, message);
    find(p, judge, { tally, message: name, what: `executed again after it had settled as sequence ${fact.sequence}` });
  },
});
