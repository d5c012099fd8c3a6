/** The end of a message: its row, its share of the figures, and its memory freed. */
import type { MessageRow } from '../csv/columns.ts';
import {
  deadlineOf,
  type JudgeState,
  type LaneState,
  markSettled,
  type Message,
  SETTLED,
  TIME_SLOTS,
} from './judge-state.ts';
import { NONE } from './facts.ts';
import { countFinished } from './metrics.ts';
import { finishHooks } from './properties/table.ts';
import { FLAG, isEnd, UNWOUND } from './states.ts';

/** Writes the row of a message and forgets it. `isSettled` says that no reorg can change it any more. */
export function finish(judge: JudgeState, message: Message, isSettled: boolean): void {
  const isDone = isEnd(message.state, message);
  for (const { index, hook } of finishHooks) hook(judge.properties[index] as never, judge, message, isDone);
  // What a reorg unmade was never forged: the moves tell of it, the table of messages does not.
  if ((message.flags & FLAG.forged) === 0 || message.state === 'forged') {
    const row = rowOf(judge, message, isDone, isSettled);
    if (judge.keepsRows) judge.finished.push(row);
    countFinished(judge, row, message);
  }
  forget(judge, message);
}

function forget(judge: JudgeState, message: Message): void {
  const lane = judge.lanes[message.lane] as LaneState;
  const parent = judge.messages.get(message.parent);
  if (parent !== undefined && isEnd(message.state, message)) {
    parent.openHops--;
    parent.hopEndedUs = Math.max(parent.hopEndedUs, message.sinceUs);
  }
  judge.messages.delete(message.id);
  if (message.parent !== NONE) judge.goingOn.delete(`${message.lane}/${message.sequence}`);
  judge.reached.delete(message.id);
  if ((message.flags & FLAG.forged) !== 0) {
    lane.forged.delete(message.sequence);
    return;
  }
  if (message.sequence === 0) return;
  if (lane.bySequence.get(message.sequence) === message.id) {
    lane.bySequence.delete(message.sequence);
    const how =
      (message.flags & UNWOUND) !== 0 ? SETTLED.unwound : message.executions > 0 ? SETTLED.executed : SETTLED.other;
    markSettled(lane, message.sequence, how);
  }
  const displaced = lane.displaced.get(message.sequence);
  if (displaced !== undefined && displaced.every((id) => id === message.id)) lane.displaced.delete(message.sequence);
}

function time(message: Message, slot: number): number | undefined {
  const us = message.timesUs[slot] as number;
  return us < 0 ? undefined : us;
}

function difference(later: number | undefined, earlier: number | undefined): number | undefined {
  return later === undefined || earlier === undefined ? undefined : later - earlier;
}

function rowOf(judge: JudgeState, message: Message, isDone: boolean, isSettled: boolean): MessageRow {
  const requestedUs = message.timesUs[TIME_SLOTS.requested] as number;
  const sentUs = time(message, TIME_SLOTS.sent);
  const finalUs = time(message, TIME_SLOTS.final);
  const executedUs = time(message, TIME_SLOTS.executed);
  const endedUs = isDone ? message.sinceUs : undefined;
  const acknowledgedUs = message.state === 'acknowledged' ? endedUs : undefined;
  const isCarried = message.executions > 0 || message.state === 'unwound';
  return {
    message: message.name,
    lane: judge.declarations.lanes[message.lane]?.name ?? '',
    sequence: message.sequence === 0 ? undefined : message.sequence,
    outcome: message.state,
    reason: message.reason,
    isSettled,
    requestedUs,
    sentUs,
    finalUs,
    attestedUs: time(message, TIME_SLOTS.attested),
    executedUs,
    failedUs: time(message, TIME_SLOTS.failed),
    ackPendingUs: time(message, TIME_SLOTS['ack-pending']),
    endedUs,
    deadlineUs: deadlineOf(judge, message),
    requestToSentUs: difference(sentUs, requestedUs),
    sentToFinalUs: difference(finalUs, sentUs),
    finalToExecutedUs: difference(executedUs, finalUs),
    executedToAcknowledgedUs: difference(acknowledgedUs, executedUs),
    totalUs: isCarried && (message.flags & FLAG.forged) === 0 ? difference(endedUs, requestedUs) : undefined,
    valueBaseUnits: message.amount,
    asset: message.asset,
    sourceFeeBaseUnits: message.sourceFee,
    destinationFeeBaseUnits: message.destinationFee,
    gas: message.gas,
  };
}
