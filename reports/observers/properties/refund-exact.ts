import { type JudgeState, type Message, messageOf } from '../judge-state.ts';
import { UNWOUND } from '../states.ts';
import { defineProperty, find, laneTally, type PropertyRecord } from './property.ts';

/** Messages whose refunds or unwinding changed in the block that is being applied. */
interface Touched {
  messages: number[];
}

function check(p: PropertyRecord<Touched>, judge: JudgeState, message: Message): void {
  const tally = laneTally(p, judge, message.lane);
  tally.checked++;
  const isUnwound = (message.flags & UNWOUND) !== 0;
  const due = isUnwound && message.escrowed > 0n ? 1 : 0;
  const owed = due === 1 ? message.escrowed : 0n;
  if (message.refunds === due && message.refunded === owed) return;
  const was = `refunds=${message.refunds} of ${message.refunded} ${message.escrowAsset}`;
  const what = `${was}, where ${due} of ${owed} is due`;
  find(p, judge, { tally, message: message.name, what });
}

/**
 * always: value comes back once, whole, to its payer, when and only when its message is unwound.
 * @source FAULTS 3.3, S4
 */
export const refundExact = defineProperty<Touched>({
  slug: 'refund-exact',
  id: 'S4',
  group: 'safety',
  summary: 'an unwound message refunds exactly its escrow, once, to its payer; no other message refunds',
  requires: ['byzantine'],
  applies: (declarations) => declarations.lanes.some((lane) => lane.acknowledges),
  create: () => ({ messages: [] }),
  onPacket: (p, _judge, fact, message) => {
    if (message === undefined || (fact.kind !== 'acknowledged' && fact.kind !== 'timed-out')) return;
    if (fact.kind === 'acknowledged' && fact.isSuccess) return;
    if (!p.own.messages.includes(message.id)) p.own.messages.push(message.id);
  },
  onAsset: (p, judge, fact, sign) => {
    if (fact.why !== 'refund' || fact.lane < 0) return;
    const message = messageOf(judge, fact.lane, fact.sequence);
    if (message === undefined) {
      if (sign < 0) return;
      const tally = laneTally(p, judge, fact.lane);
      tally.checked++;
      find(p, judge, {
        tally,
        what: `sequence ${fact.sequence} refunded ${fact.amount} ${fact.asset} after it had settled`,
      });
      return;
    }
    message.refunds += sign;
    message.refunded += sign > 0 ? fact.amount : -fact.amount;
    if (sign < 0) return;
    if (!p.own.messages.includes(message.id)) p.own.messages.push(message.id);
    if (fact.to === message.payer && fact.asset === message.escrowAsset) return;
    const tally = laneTally(p, judge, fact.lane);
    const owed = `${message.escrowAsset} to account ${message.payer}`;
    const what = `refunded ${fact.asset} to account ${fact.to}, where ${owed} is due`;
    find(p, judge, { tally, message: message.name, what });
  },
  onBlock: (p, judge) => {
    if (p.own.messages.length === 0) return;
    for (const id of p.own.messages) {
      const message = judge.messages.get(id);
      if (message !== undefined) check(p, judge, message);
    }
    p.own.messages.length = 0;
  },
});
