/** Messages whose transaction did not do what it should: reverted in a block, or dropped from the mempool. */
import { type IncludedFact, NONE } from './facts.ts';
import { finish } from './finish.ts';
import { enterMempool } from './life-cycle.ts';
import type { JudgeState, Message } from './judge-state.ts';
import { type Cause, moveTo } from './moves.ts';
import { FLAG, isEnd, REASON } from './states.ts';

/** Takes the messages of a transaction out of the mempool. */
function takeWaiting(judge: JudgeState, chain: number, transaction: number): Message[] {
  const waiting = judge.waitingTransactions[chain];
  const taken: Message[] = [];
  let id = waiting?.get(transaction) ?? NONE;
  if (id === NONE) return taken;
  waiting?.delete(transaction);
  while (id !== NONE) {
    const message = judge.messages.get(id);
    if (message === undefined) break;
    taken.push(message);
    id = message.nextInTransaction;
    message.nextInTransaction = NONE;
  }
  return taken;
}

/** A reverted transaction refuses the messages that it was to send. */
export function rejectReverted(judge: JudgeState, fact: IncludedFact): void {
  if (!fact.isReverted) return;
  const messages = takeWaiting(judge, judge.at.chain, fact.transaction);
  if (messages.length === 0) return;
  const count = messages.length;
  const cause: Cause = {
    chain: judge.at.chain,
    height: judge.at.height,
    actor: '',
    reason: fact.reason === '' ? 'reverted' : fact.reason,
    fee: fact.fee / BigInt(count),
    gas: Math.floor(fact.gas / count),
  };
  for (const message of messages) {
    fact.rejected.push(message.id);
    message.unsettled++;
    moveTo(judge, message, message.flags | FLAG.rejected, cause);
  }
}

export function restoreReverted(judge: JudgeState, fact: IncludedFact): void {
  const { chain, height } = judge.at;
  const count = fact.rejected.length;
  if (count === 0) return;
  const fee = -fact.fee / BigInt(count);
  const gas = -Math.floor(fact.gas / count);
  for (const id of fact.rejected) {
    const message = judge.messages.get(id);
    if (message === undefined) continue;
    message.unsettled--;
    moveTo(judge, message, message.flags & ~FLAG.rejected, {
      chain,
      height,
      actor: '',
      reason: REASON.sourceReorg,
      fee,
      gas,
    });
    enterMempool(judge, message);
  }
  fact.rejected.length = 0;
}

export function settleReverted(judge: JudgeState, fact: IncludedFact): void {
  for (const id of fact.rejected) {
    const message = judge.messages.get(id);
    if (message === undefined) continue;
    message.unsettled--;
    if (message.unsettled === 0 && isEnd(message.state, message)) finish(judge, message, true);
  }
}

/** A transaction left the mempool for good, and its messages with it. */
export function dropTransaction(judge: JudgeState, chain: number, transaction: number, reason: string): void {
  for (const message of takeWaiting(judge, chain, transaction)) {
    moveTo(judge, message, message.flags | FLAG.discarded, {
      chain: -1,
      height: 0,
      actor: '',
      reason,
      fee: 0n,
      gas: 0,
    });
    if (message.unsettled === 0) finish(judge, message, true);
  }
}
