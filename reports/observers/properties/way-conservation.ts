import type { MovedFact } from '../facts.ts';
import { hopOf } from '../hops.ts';
import { type JudgeState, type Message, messageOf } from '../judge-state.ts';
import { FLAG, UNWOUND } from '../states.ts';
import { defineProperty, find, laneTally, type PropertyRecord } from './property.ts';

/** What one packet on the way has moved, in base units, on the branches that count. */
interface Part {
  /** First of the way, which a user sent: what leaves and comes back there is the user's. */
  readonly isFirst: boolean;
  /** Taken from whoever sent it, and not received, returned or disposed of yet. */
  sent: bigint;
  flying: bigint;
  /** Given out at its destination, less what was taken back there; and given back at its source. */
  given: bigint;
  refunded: bigint;
  /** Sent on from what it gave out, less what came back of that. */
  sentOn: bigint;
  isHeld: boolean;
}

/** One transfer over several lanes, with all its packets. */
interface Way {
  readonly lane: number;
  readonly parts: Map<number, Part>;
  /** Parts that are not at their end. */
  open: number;
  isTouched: boolean;
  isBroken: boolean;
}

interface Own {
  /** By name of the message that the user asked for. */
  readonly ways: Map<string, Way>;
  readonly touched: string[];
}

/**
 * Whether the value of a packet is on a lane: it has left its sender and is with nobody else. What the holder of a lane's
 * key disposed of lies there for ever, and is not lost by forwarding.
 */
function isFlying(flags: number): boolean {
  if ((flags & FLAG.committed) === 0 || (flags & (FLAG.executed | UNWOUND)) !== 0) return false;
  return (flags & (FLAG.held | FLAG.failed)) !== FLAG.held;
}

function wayOf(p: PropertyRecord<Own>, judge: JudgeState, message: Message): Way {
  const name = hopOf(judge.declarations, message).origin;
  let way = p.own.ways.get(name);
  if (way === undefined) {
    way = { lane: message.lane, parts: new Map(), open: 0, isTouched: false, isBroken: false };
    p.own.ways.set(name, way);
  }
  if (!way.isTouched) {
    way.isTouched = true;
    p.own.touched.push(name);
  }
  return way;
}

function partOf(way: Way, message: Message): Part {
  let part = way.parts.get(message.id);
  if (part === undefined) {
    const nothing = { sent: 0n, flying: 0n, given: 0n, refunded: 0n, sentOn: 0n, isHeld: false };
    part = { isFirst: message.hop === undefined, ...nothing };
    way.parts.set(message.id, part);
    way.open++;
  }
  return part;
}

function follow(p: PropertyRecord<Own>, judge: JudgeState, message: Message | undefined): void {
  if (message === undefined || !message.isRouted) return;
  const way = wayOf(p, judge, message);
  const part = partOf(way, message);
  const sent = (message.flags & FLAG.committed) === 0 ? 0n : message.escrowed;
  const before = way.parts.get(message.parent);
  if (before !== undefined) before.sentOn += sent - part.sent;
  part.sent = sent;
  part.flying = isFlying(message.flags) ? message.escrowed : 0n;
  part.isHeld = (message.flags & FLAG.held) !== 0;
}

function move(p: PropertyRecord<Own>, judge: JudgeState, fact: MovedFact, sign: 1 | -1): void {
  if (fact.lane < 0 || fact.sequence <= 0) return;
  const message = messageOf(judge, fact.lane, fact.sequence);
  if (message === undefined || !message.isRouted) return;
  const way = wayOf(p, judge, message);
  const part = partOf(way, message);
  const amount = sign > 0 ? fact.amount : -fact.amount;
  const isThere = judge.at.chain === judge.declarations.lanes[message.lane]?.destination;
  if (isThere === (fact.why === 'refund')) return;
  switch (fact.why) {
    case 'mint':
    case 'unescrow':
      part.given += amount;
      return;
    case 'burn':
    case 'escrow':
      part.given -= amount;
      return;
    case 'refund': {
      part.refunded += amount;
      const before = way.parts.get(message.parent);
      if (before !== undefined) before.sentOn -= amount;
      return;
    }
  }
}

/** What is wrong with a way, or nothing. */
function breach(way: Way): string | undefined {
  let [sent, flying, arrived, refunded, middle] = [0n, 0n, 0n, 0n, 0n];
  for (const part of way.parts.values()) {
    if (part.isFirst) {
      sent += part.sent;
      refunded += part.refunded;
    }
    flying += part.flying;
    const here = part.given - part.sentOn;
    if (part.isHeld) middle += here;
    else arrived += here;
  }
  const parts = `in flight=${flying}, arrived=${arrived}, refunded=${refunded}`;
  if (middle !== 0n) return `sent=${sent}, ${parts}, and ${middle} left in the middle`;
  return sent === flying + arrived + refunded ? undefined : `sent=${sent}, ${parts}`;
}

/**
 * always: what a user sent over several lanes is on one of them, has arrived behind the last, or has come back; nothing of
 * it stays on the chains between. Equal, and not at least: escrow that covers too much hides a refund that was lost.
 * @source FAULTS 3.3, S5, read along a route
 */
export const wayConservation = defineProperty<Own>({
  slug: 'way-conservation',
  id: 'S5w',
  group: 'safety',
  summary: 'per forwarded transfer: sent = in flight on its lanes + arrived + refunded; nothing stays in the middle',
  requires: ['byzantine', 'reorg', 'lying-sources', 'honest-committee'],
  applies: (declarations) => declarations.routed.size > 0,
  create: () => ({ ways: new Map(), touched: [] }),
  onPacket: (p, judge, _fact, message) => follow(p, judge, message),
  onPacketUndone: (p, judge, _fact, message) => follow(p, judge, message),
  onAsset: (p, judge, fact, sign) => move(p, judge, fact, sign),
  onBlock: (p, judge) => {
    for (const name of p.own.touched) {
      const way = p.own.ways.get(name);
      if (way === undefined) continue;
      way.isTouched = false;
      const tally = laneTally(p, judge, way.lane);
      tally.checked++;
      const what = breach(way);
      // One finding when it breaks, not one a block for as long as it stays broken.
      if (what !== undefined && !way.isBroken) find(p, judge, { tally, message: name, what });
      way.isBroken = what !== undefined;
    }
    p.own.touched.length = 0;
  },
  onFinished: (p, judge, message) => {
    if (!message.isRouted) return;
    const name = hopOf(judge.declarations, message).origin;
    const way = p.own.ways.get(name);
    if (way?.parts.has(message.id) !== true) return;
    way.open--;
    if (way.open === 0) p.own.ways.delete(name);
  },
});
