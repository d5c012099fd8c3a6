import type { MovedFact } from '../facts.ts';
import type { JudgeState } from '../judge-state.ts';
import { defineProperty, find, laneTally, type PropertyRecord } from './property.ts';

/** Fees of one packet, in base units, on the branches that count. */
interface Account {
  readonly lane: number;
  readonly sequence: number;
  paidIn: bigint;
  paidOut: bigint;
  /** Payments that were taken for it. */
  times: number;
  isClosed: boolean;
}

interface Own {
  readonly accounts: Map<string, Account>;
  readonly touched: Set<string>;
}

function accountOf(p: PropertyRecord<Own>, lane: number, sequence: number): Account {
  const key = `${lane}/${sequence}`;
  let account = p.own.accounts.get(key);
  if (account === undefined) {
    account = { lane, sequence, paidIn: 0n, paidOut: 0n, times: 0, isClosed: false };
    p.own.accounts.set(key, account);
  }
  p.own.touched.add(key);
  return account;
}

function onFee(p: PropertyRecord<Own>, judge: JudgeState, fact: MovedFact, sign: 1 | -1): void {
  if ((fact.why !== 'fee' && fact.why !== 'fee-back') || fact.lane < 0 || fact.sequence <= 0) return;
  const charged = judge.declarations.charged.get(fact.lane);
  if (charged === undefined) return;
  const account = accountOf(p, fact.lane, fact.sequence);
  const amount = sign > 0 ? fact.amount : -fact.amount;
  const isHeld = charged.account >= 0;
  if (!isHeld || fact.to === charged.account) {
    account.paidIn += amount;
    account.times += sign;
  }
  if (!isHeld || fact.from === charged.account) account.paidOut += amount;
}

/** What is wrong with the fees of a packet, or nothing. `isEarned` where they wait for the work. */
function breach(account: Account, isEarned: boolean): string | undefined {
  const { paidIn, paidOut, times, isClosed } = account;
  const told = `paid in=${paidIn} in ${times} payments, paid out=${paidOut}`;
  if (times > 1) return `${told}: a packet is charged once`;
  if (paidOut > paidIn) return told;
  if (!isEarned) return undefined;
  if (!isClosed && paidOut > 0n) return `${told} before the packet was done with`;
  return isClosed && paidOut !== paidIn ? `${told}, and the packet is done with` : undefined;
}

/**
 * always: a packet is charged once, no more is paid out for it than came in, and where fees wait for the work, all of it
 * is with somebody once the source has done with the packet. @source FAULTS 3.3, S15; PROTOCOLS V8
 */
export const feesExact = defineProperty<Own>({
  slug: 'fees-exact',
  id: 'S15',
  group: 'safety',
  summary: 'fees of a packet are paid in once; paid out <= paid in, and all of it where they wait for the work',
  requires: ['byzantine', 'reorg'],
  applies: (declarations) => declarations.charged.size > 0,
  create: () => ({ accounts: new Map(), touched: new Set() }),
  onAsset: (p, judge, fact, sign) => onFee(p, judge, fact, sign),
  onPacket: (p, judge, fact) => {
    if (fact.kind !== 'acknowledged' && fact.kind !== 'timed-out') return;
    if (judge.declarations.charged.has(fact.lane)) accountOf(p, fact.lane, fact.sequence).isClosed = true;
  },
  onPacketUndone: (p, judge, fact) => {
    if (fact.kind !== 'acknowledged' && fact.kind !== 'timed-out') return;
    if (judge.declarations.charged.has(fact.lane)) accountOf(p, fact.lane, fact.sequence).isClosed = false;
  },
  onBlock: (p, judge) => {
    for (const key of p.own.touched) {
      const account = p.own.accounts.get(key);
      if (account === undefined) continue;
      const tally = laneTally(p, judge, account.lane);
      tally.checked++;
      const what = breach(account, judge.declarations.charged.get(account.lane)?.scheme === 'incentive');
      const message = `${tally.component}#${account.sequence}`;
      if (what !== undefined) find(p, judge, { tally, message, what });
    }
    p.own.touched.clear();
  },
  onFinished: (p, _judge, message) => {
    p.own.accounts.delete(`${message.lane}/${message.sequence}`);
  },
});
