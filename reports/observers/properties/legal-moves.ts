import { judgeOfMove, type MessageState } from '../states.ts';
import { defineProperty, find, laneTally } from './property.ts';

/** always: a message moves as the table of its life allows. @source FAULTS 3.3, S21 */
export const legalMoves = defineProperty<null>({
  slug: 'legal-moves',
  id: 'S21',
  group: 'safety',
  summary: 'every move of a message is in the table of its life',
  // Who is fooled believes in moves that were none: an acknowledgement of a fork that two processes with one key have made.
  requires: ['byzantine', 'reorg', 'lying-sources', 'honest-committee', 'sound-circuit'],
  applies: (declarations) => declarations.lanes.length > 0,
  create: () => null,
  onMove: (p, judge, message, from, to, reason) => {
    const tally = laneTally(p, judge, message.lane);
    tally.checked++;
    // The ordinary way is one comparison: a table of pairs is asked only for what is rare.
    if (reason === '' && isOrdinary(from as MessageState, to as MessageState)) return;
    if (judgeOfMove(from as MessageState, to as MessageState, reason) !== 'legal-moves') return;
    find(p, judge, {
      tally,
      message: message.name,
      what: `moved from ${from} to ${to}${reason === '' ? '' : ` by ${reason}`}`,
    });
  },
});

function isOrdinary(from: MessageState, to: MessageState): boolean {
  switch (to) {
    case 'sent':
      return from === 'requested';
    case 'final':
      return from === 'sent';
    case 'executed':
      return from === 'final' || from === 'attested';
    case 'ack-pending':
      return from === 'executed';
    case 'acknowledged':
      return from === 'ack-pending';
    default:
      return false;
  }
}
