import { FLAG } from '../states.ts';
import { defineProperty, find, laneTally, withdraw } from './property.ts';

const SEND_REMOVED = 'a reorg of the source removed the send of an executed message';

/** always: nothing is executed before its send is final, nor is its send undone afterwards. @source FAULTS 3.3, S8 */
export const finalityRespected = defineProperty<null>({
  slug: 'finality-respected',
  id: 'S8',
  group: 'safety',
  summary: 'no execution before the send is final under the rule of the lane; no reorg removes an executed send',
  requires: ['byzantine', 'reorg', 'lying-sources', 'honest-committee', 'sound-circuit'],
  applies: (declarations) => declarations.lanes.length > 0,
  create: () => null,
  onPacket: (p, judge, fact, message, before) => {
    if (fact.kind !== 'received' || message === undefined) return;
    const tally = laneTally(p, judge, fact.lane);
    tally.checked++;
    // Without a send on the branch it is a forgery, which is judged there.
    if ((before & FLAG.committed) === 0 || (before & FLAG.final) !== 0) return;
    const { sourceDepth = 0, sourceTag = '' } = judge.declarations.lanes[fact.lane] ?? {};
    const rule =
      sourceTag === '' ? `before ${sourceDepth} blocks stood on its send` : `before its send was ${sourceTag}`;
    find(p, judge, { tally, message: message.name, what: `executed ${rule}` });
  },
  onPacketUndone: (p, judge, fact, message, before) => {
    if (message === undefined) return;
    const found = { tally: laneTally(p, judge, fact.lane), message: message.name, what: SEND_REMOVED };
    // Chains that share security undo both ends, one after the other.
    if (fact.kind === 'received') withdraw(p, judge, found);
    else if (fact.kind === 'committed' && (before & FLAG.executed) !== 0) find(p, judge, found);
  },
});
