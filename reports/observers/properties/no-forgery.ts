import { defineProperty, find, laneTally, packetName } from './property.ts';
import { FLAG } from '../states.ts';
import { SETTLED, settledAs } from '../judge-state.ts';

/** always: an executed packet was committed at its source. @source FAULTS 3.3, S1 */
export const noForgery = defineProperty<null>({
  slug: 'no-forgery',
  id: 'S1',
  group: 'safety',
  summary: 'what is executed on the destination was sent on the reference branch of the source, with equal commitment',
  requires: ['byzantine', 'reorg', 'lying-sources', 'honest-committee', 'sound-circuit'],
  applies: (declarations) => declarations.lanes.length > 0,
  create: () => null,
  onPacket: (p, judge, fact, message, before) => {
    if (fact.kind !== 'received') return;
    const tally = laneTally(p, judge, fact.lane);
    tally.checked++;
    if ((before & FLAG.committed) !== 0) return;
    const lane = judge.lanes[fact.lane];
    if (message === undefined && lane !== undefined && settledAs(lane, fact.sequence) !== SETTLED.none) return;
    const name = packetName(judge, fact, message);
    const known = (before & FLAG.wasCommitted) !== 0 ? 'its send left the reference branch before' : 'nobody sent it';
    find(p, judge, {
      tally,
      message: name,
      what: `received as sequence ${fact.sequence} by a proof at height ${fact.proofHeight}, and ${known}`,
    });
  },
});
