/** How a message moves: one row for `transitions.csv`, its times, and the hooks of the properties. */
import type { TransitionRow } from '../csv/columns.ts';
import { chainName } from './declarations.ts';
import { isInFlight, type JudgeState, type LaneState, type Message, slotOf, timeSlots } from './judge-state.ts';
import { moveHooks } from './properties/table.ts';
import { FLAG, isEnd, isReorgReason, type MessageState, REASON, stateOf, states } from './states.ts';

/** Who did it and why, with its share of a transaction's fee and gas; `chain` is -1 where no block did it. */
export interface Cause {
  readonly chain: number;
  readonly height: number;
  readonly actor: string;
  readonly reason: string;
  readonly fee: bigint;
  readonly gas: number;
}

/** The name of an account, or the empty string. */
export function accountName(judge: JudgeState, chain: number, account: number): string {
  return judge.declarations.chains[chain]?.accountNames[account] ?? '';
}

export function pushRow(
  judge: JudgeState,
  lane: number,
  name: string,
  from: string,
  to: MessageState,
  cause: Cause,
): void {
  if (!judge.keepsRows) return;
  const at = judge.at;
  const row: TransitionRow = {
    timeUs: at.timeUs,
    event: at.event,
    cause: at.cause,
    chain: chainName(judge.declarations, cause.chain),
    height: cause.chain < 0 ? undefined : cause.height,
    lane: judge.declarations.lanes[lane]?.name ?? '',
    message: name,
    from,
    to,
    actor: cause.actor,
    reason: cause.reason,
    feeBaseUnits: cause.fee,
    feeAsset: cause.fee === 0n ? '' : (judge.accounts.feeAssets[cause.chain] ?? ''),
    gas: cause.gas,
  };
  judge.moves.push(row);
}

/** The destination has it. */
const ARRIVED = FLAG.executed | FLAG.held;

/**
 * Gives a message its flags and lets its state follow. A row is left even where it stays, since the fact cost a fee.
 */
export function moveTo(judge: JudgeState, message: Message, flags: number, cause: Cause): void {
  const lane = judge.lanes[message.lane] as LaneState;
  if (isInFlight(flags)) {
    if (!isInFlight(message.flags)) lane.inFlight++;
  } else if (isInFlight(message.flags)) lane.inFlight--;
  message.flags = flags;
  if ((flags & ARRIVED) === 0) message.arrivedUs = -1;
  else if (message.arrivedUs < 0) message.arrivedUs = judge.at.timeUs;
  const from = message.state;
  const to = stateOf(flags, message.acknowledges);
  pushRow(judge, message.lane, message.name, from, to, cause);
  charge(judge, message, cause);
  if (from !== to) {
    judge.unresolved += Number(isEnd(from, message)) - Number(isEnd(to, message));
    enter(message, to, cause.reason, judge.at.timeUs);
  }
  for (const { index, hook } of moveHooks) {
    hook(judge.properties[index] as never, judge, message, from, to, cause.reason);
  }
}

function charge(judge: JudgeState, message: Message, cause: Cause): void {
  message.gas += cause.gas;
  if (cause.fee === 0n) return;
  if (cause.chain === judge.declarations.lanes[message.lane]?.source) message.sourceFee += cause.fee;
  else message.destinationFee += cause.fee;
}

function enter(message: Message, to: MessageState, reason: string, timeUs: number): void {
  if (isReorgReason(reason)) {
    // What a reorg took back did not happen: its time is that of the next time, if any.
    const rank = states[to].rank;
    for (let slot = 0; slot < timeSlots.length; slot++) {
      if (states[timeSlots[slot] as MessageState].rank > rank) message.timesUs[slot] = -1;
    }
  }
  message.state = to;
  message.reason = reason;
  message.sinceUs = timeUs;
  const slot = slotOf(to);
  // A recovery or a reorg leads back to a state whose time stands.
  const isReturn = isReorgReason(reason) || reason === REASON.takenUp;
  if (slot >= 0 && ((message.timesUs[slot] as number) < 0 || !isReturn)) message.timesUs[slot] = timeUs;
}
