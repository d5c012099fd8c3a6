/**
 * The life of every message, folded from packet facts as they join and leave the reference branches. Total: whatever
 * the facts are, each message has one state; what should not have happened is left to the properties.
 */
import { bytesEqual } from '../../sim/base/bytes.ts';
import { finish } from './finish.ts';
import {
  type AcknowledgedFact,
  type CommittedFact,
  type HeldFact,
  NONE,
  type PacketFact,
  type ReceivedFact,
  type TimedOutFact,
  type VerifiedFact,
} from './facts.ts';
import { nextHop } from './hops.ts';
import {
  createMessage,
  type JudgeState,
  type LaneState,
  type Message,
  messageOf,
  SETTLED,
  settledAs,
} from './judge-state.ts';
import { accountName, type Cause, moveTo, pushRow } from './moves.ts';
import { packetHooks, undoneHooks } from './properties/table.ts';
import { CLOSED, FLAG, isEnd, REASON, UNWOUND } from './states.ts';

const FORGOTTEN_BY_UNDOING_COMMIT = FLAG.committed | FLAG.final | FLAG.attesting | FLAG.attested;
const DESTINATION_FACTS: readonly string[] = ['received', 'held', 'verified', 'tried', 'administered', 'written'];
const PROGRESS = FLAG.executed | FLAG.failed;

/** A packet fact joined the reference branch. */
export function applyPacket(judge: JudgeState, fact: PacketFact): void {
  const message = resolve(judge, fact);
  fact.message = message === undefined ? NONE : message.id;
  const before = message === undefined ? 0 : message.flags;
  if (message === undefined) late(judge, fact);
  else {
    message.unsettled++;
    follow(judge, fact, message);
  }
  for (const { index, hook } of packetHooks) hook(judge.properties[index] as never, judge, fact, message, before);
}

/** A packet fact left the reference branch. ORDER: facts of a block are undone in reverse. */
export function undoPacket(judge: JudgeState, fact: PacketFact): void {
  const message = judge.messages.get(fact.message);
  const before = message === undefined ? 0 : message.flags;
  if (message !== undefined) {
    message.unsettled--;
    goBack(judge, fact, message);
  }
  for (const { index, hook } of undoneHooks) hook(judge.properties[index] as never, judge, fact, message, before);
  if (message !== undefined && (message.flags & FLAG.discarded) !== 0) finish(judge, message, true);
}

/** A packet fact will never be undone. */
export function settlePacket(judge: JudgeState, fact: PacketFact): void {
  const message = judge.messages.get(fact.message);
  if (message === undefined) return;
  message.unsettled--;
  if (message.unsettled === 0 && isEnd(message.state, message)) finish(judge, message, true);
}

function resolve(judge: JudgeState, fact: PacketFact): Message | undefined {
  if (fact.kind === 'rejected') return judge.messages.get(fact.ghost);
  const lane = judge.lanes[fact.lane] as LaneState;
  if (fact.kind === 'committed') return judge.messages.get(fact.ghost) ?? createUnrequested(judge, fact);
  if (fact.kind === 'received' || fact.kind === 'held') return resolveReceived(judge, fact, lane);
  // Nothing is forged by a proof alone: it is where it is executed.
  if (fact.kind === 'verified') return resolveVerified(judge, fact, lane);
  // It speaks of the packet that came, and prepares the name of the one that goes on.
  if (fact.kind === 'forwarded') return messageOf(judge, fact.fromLane, fact.fromSequence);
  const message = messageOf(judge, fact.lane, fact.sequence);
  if (fact.kind === 'written' && (message === undefined || (message.flags & PROGRESS) === 0)) {
    const forged = lane.forged.get(fact.sequence);
    if (forged !== undefined) return judge.messages.get(forged);
    if (message === undefined) return resolveDisplaced(judge, lane, fact.sequence, PROGRESS);
  }
  return message;
}

function resolveVerified(judge: JudgeState, fact: VerifiedFact, lane: LaneState): Message | undefined {
  return [lane.bySequence.get(fact.sequence) ?? NONE, ...(lane.displaced.get(fact.sequence) ?? [])]
    .map((id) => judge.messages.get(id))
    .find((message) => message !== undefined && bytesEqual(message.commitment, fact.commitment));
}

function resolveReceived(judge: JudgeState, fact: ReceivedFact | HeldFact, lane: LaneState): Message | undefined {
  const message = messageOf(judge, fact.lane, fact.sequence);
  if (message !== undefined && bytesEqual(message.commitment, fact.commitment)) return message;
  for (const id of lane.displaced.get(fact.sequence) ?? []) {
    const other = judge.messages.get(id);
    if (other !== undefined && bytesEqual(other.commitment, fact.commitment)) return other;
  }
  if (message === undefined && settledAs(lane, fact.sequence) !== SETTLED.none) return undefined;
  return createForged(judge, fact, lane);
}

function resolveDisplaced(judge: JudgeState, lane: LaneState, sequence: number, flags: number): Message | undefined {
  for (const id of lane.displaced.get(sequence) ?? []) {
    const other = judge.messages.get(id);
    if (other !== undefined && (other.flags & flags) !== 0) return other;
  }
  return undefined;
}

function createForged(judge: JudgeState, fact: ReceivedFact | HeldFact, lane: LaneState): Message {
  judge.forgedCount++;
  const message = createMessage({
    id: -1 - judge.forgedCount * 2,
    name: `forged/${judge.forgedCount}`,
    lane: fact.lane,
    acknowledges: judge.declarations.lanes[fact.lane]?.acknowledges ?? false,
    endsFailed: judge.declarations.lanes[fact.lane]?.endsFailed ?? false,
    transaction: -1,
    amount: 0n,
    asset: '',
    state: 'forged',
    flags: FLAG.forged,
    sinceUs: judge.at.timeUs,
  });
  message.sequence = fact.sequence;
  message.commitment = fact.commitment;
  judge.messages.set(message.id, message);
  lane.forged.set(fact.sequence, message.id);
  return message;
}

/** A packet that no user asked for and that its source did commit: authentic, so it has a life like any other. */
function createUnrequested(judge: JudgeState, fact: CommittedFact): Message {
  const parent = judge.messages.get(judge.goingOn.get(`${fact.lane}/${fact.sequence}`) ?? NONE);
  judge.unrequestedCount++;
  const message = createMessage({
    id: -2 - judge.unrequestedCount * 2,
    name: parent === undefined ? `unrequested/${judge.unrequestedCount}` : hopName(parent),
    lane: fact.lane,
    acknowledges: judge.declarations.lanes[fact.lane]?.acknowledges ?? false,
    endsFailed: judge.declarations.lanes[fact.lane]?.endsFailed ?? false,
    // Where routes are declared, what nobody asked for is followed as what may go on.
    isRouted: parent?.isRouted ?? judge.declarations.routed.size > 0,
    transaction: -1,
    amount: fact.amount,
    asset: fact.asset,
    state: 'requested',
    flags: 0,
    sinceUs: judge.at.timeUs,
  });
  if (parent !== undefined) {
    message.parent = parent.id;
    parent.hops++;
    parent.openHops++;
    message.hop = nextHop(judge.declarations, parent, fact.lane);
  }
  judge.messages.set(message.id, message);
  judge.unresolved++;
  pushRow(judge, message.lane, message.name, '', 'requested', causeOf(judge, fact, fact.payer, '', 0));
  return message;
}

/** `t/7`, then `t/7/h2` over the second lane, `t/7/h3` over the third; sent again after a timeout, `t/7/h2.2`. */
function hopName({ name, hops }: Message): string {
  const [, own = name, depth = '1'] = /^(.*)\/h(\d+)(?:\.\d+)?$/.exec(name) ?? [];
  return `${own}/h${Number(depth) + 1}${hops === 0 ? '' : `.${hops + 1}`}`;
}

function causeOf(judge: JudgeState, fact: PacketFact, account: number, reason: string, sign = 1): Cause {
  const { chain, height } = judge.at;
  const fee = sign > 0 ? fact.fee : sign < 0 ? -fact.fee : 0n;
  return { chain, height, actor: accountName(judge, chain, account), reason, fee, gas: fact.gas * sign };
}

function follow(judge: JudgeState, fact: PacketFact, message: Message): void {
  switch (fact.kind) {
    case 'committed':
      return followCommit(judge, fact, message);
    case 'received':
      return followReceive(judge, fact, message);
    case 'held': {
      const { account, reason } = fact;
      message.workers = 0;
      message.gaveUp.length = 0;
      return moveTo(
        judge,
        message,
        (message.flags | FLAG.held) & ~FLAG.stranded,
        causeOf(judge, fact, account, reason),
      );
    }
    case 'verified': {
      message.workers = 0;
      message.gaveUp.length = 0;
      const flags = (message.flags | FLAG.verified) & ~(FLAG.stranded | FLAG.nilified);
      return moveTo(judge, message, flags, causeOf(judge, fact, fact.account, ''));
    }
    case 'tried':
      message.tries++;
      return moveTo(judge, message, message.flags | FLAG.failed, causeOf(judge, fact, fact.account, fact.reason));
    case 'administered': {
      const flag = fact.act === 'nilify' ? FLAG.nilified : FLAG.discarded;
      const flags = (message.flags | flag) & ~FLAG.stranded;
      return moveTo(judge, message, flags, causeOf(judge, fact, fact.account, fact.act));
    }
    case 'forwarded':
      judge.goingOn.set(`${fact.lane}/${fact.sequence}`, message.id);
      return;
    case 'written':
      if (!message.acknowledges || (message.flags & FLAG.forged) !== 0) return;
      return moveTo(judge, message, (message.flags | FLAG.written) & ~FLAG.stranded, causeOf(judge, fact, -1, ''));
    case 'acknowledged':
    case 'timed-out':
      return followClosing(judge, fact, message);
    case 'rejected':
      leaveMempool(judge, message);
      return moveTo(judge, message, message.flags | FLAG.rejected, causeOf(judge, fact, -1, fact.reason));
  }
}

function followCommit(judge: JudgeState, fact: CommittedFact, message: Message): void {
  const lane = judge.lanes[fact.lane] as LaneState;
  const info = judge.declarations.lanes[fact.lane];
  const earlier = lane.bySequence.get(fact.sequence);
  if (earlier !== undefined && earlier !== message.id) displace(lane, fact.sequence, earlier);
  if ((message.flags & FLAG.wasCommitted) !== 0) takeBack(lane, message);
  message.sequence = fact.sequence;
  message.commitment = fact.commitment;
  message.payer = fact.payer;
  message.escrowed = fact.amount;
  message.escrowAsset = fact.asset;
  message.timeoutUs = timeoutOf(judge, fact, info?.destination ?? -1);
  lane.bySequence.set(fact.sequence, message.id);
  leaveMempool(judge, message);
  const flags = (message.flags | FLAG.committed | FLAG.wasCommitted) & ~(FLAG.rejected | FLAG.stranded);
  moveTo(judge, message, flags, causeOf(judge, fact, fact.payer, ''));
  if ((info?.sourceDepth ?? 0) === 0 && (info?.sourceTag ?? '') === '') becomeFinal(judge, message);
  else {
    lane.waiting.push(message.id);
    lane.waitingHeights.push(judge.at.height);
  }
}

/**
 * MODEL: a chain's clock is read as simulated time, and a height as a time at the mean block time. Bounds leave room.
 */
function timeoutOf(judge: JudgeState, fact: CommittedFact, destination: number): number {
  if (fact.timeoutHeight === 0) return fact.timeoutChainUs === 0 ? -1 : fact.timeoutChainUs;
  const blocks = Math.max(0, fact.timeoutHeight - (judge.branches[destination]?.headHeight ?? 0));
  const byHeightUs = judge.at.timeUs + blocks * (judge.declarations.chains[destination]?.blockTimeUs ?? 0);
  return fact.timeoutChainUs === 0 ? byHeightUs : Math.min(byHeightUs, fact.timeoutChainUs);
}

function becomeFinal(judge: JudgeState, message: Message): void {
  const source = judge.declarations.lanes[message.lane]?.source ?? -1;
  const height = judge.branches[source]?.headHeight ?? 0;
  const flags = message.flags | FLAG.final;
  if ((flags & (FLAG.attested | FLAG.attesting | PROGRESS | CLOSED | FLAG.stranded)) !== 0) message.flags = flags;
  else moveTo(judge, message, flags, { chain: source, height, actor: '', reason: '', fee: 0n, gas: 0 });
}

/** Messages of a lane whose commits have enough blocks on top are final. */
export function finalise(judge: JudgeState, lane: LaneState, upToHeight: number): void {
  while (lane.waitingStart < lane.waiting.length) {
    if ((lane.waitingHeights[lane.waitingStart] as number) > upToHeight) return;
    const message = judge.messages.get(lane.waiting[lane.waitingStart] as number);
    lane.waitingStart++;
    if (message !== undefined) becomeFinal(judge, message);
    if (lane.waitingStart >= 1_024) {
      lane.waiting = lane.waiting.slice(lane.waitingStart);
      lane.waitingHeights = lane.waitingHeights.slice(lane.waitingStart);
      lane.waitingStart = 0;
    }
  }
}

function followReceive(judge: JudgeState, fact: ReceivedFact, message: Message): void {
  const before = message.flags;
  if ((before & FLAG.forged) !== 0) {
    const cause = causeOf(judge, fact, fact.account, fact.reason);
    if (fact.isExecuted) message.executions++;
    message.gas += cause.gas;
    message.destinationFee += cause.fee;
    pushRow(judge, message.lane, message.name, message.unsettled > 1 ? 'forged' : '', 'forged', cause);
    return;
  }
  message.workers = 0;
  message.gaveUp.length = 0;
  if (!fact.isExecuted) {
    const flags = (before | FLAG.failed) & ~FLAG.stranded;
    return moveTo(judge, message, flags, causeOf(judge, fact, fact.account, fact.reason));
  }
  const isRepeated = message.executions > 0;
  message.executions++;
  const reason = isRepeated ? REASON.repeated : (before & UNWOUND) !== 0 ? REASON.executedAfterUnwinding : '';
  const flags = (before | FLAG.executed) & ~(FLAG.failed | FLAG.stranded);
  moveTo(judge, message, flags, causeOf(judge, fact, fact.account, reason));
}

function followClosing(judge: JudgeState, fact: AcknowledgedFact | TimedOutFact, message: Message): void {
  const before = message.flags;
  const isTimeout = fact.kind === 'timed-out';
  const flag = isTimeout ? FLAG.timedOut : fact.isSuccess ? FLAG.acknowledged : FLAG.errorAcknowledged;
  const ordinary: string = isTimeout ? REASON.timeout : fact.isSuccess ? '' : REASON.errorAck;
  const isOfForgery =
    !isTimeout && (before & PROGRESS) === 0 && (judge.lanes[message.lane] as LaneState).forged.has(message.sequence);
  const reason = (before & CLOSED) !== 0 ? REASON.closedTwice : isOfForgery ? REASON.forgedAcknowledgement : ordinary;
  message.workers = 0;
  message.gaveUp.length = 0;
  moveTo(judge, message, (before | flag) & ~FLAG.stranded, causeOf(judge, fact, fact.account, reason));
}

function goBack(judge: JudgeState, fact: PacketFact, message: Message): void {
  const cause = causeOf(judge, fact, -1, reorgReason(fact), -1);
  const flags = message.flags;
  switch (fact.kind) {
    case 'committed':
      undoCommit(judge, fact, message);
      moveTo(judge, message, flags & ~FORGOTTEN_BY_UNDOING_COMMIT, cause);
      // Nobody asked for a hop: what goes on from the other branch is another.
      if (message.parent === NONE) return;
      return moveTo(judge, message, message.flags | FLAG.discarded, { ...cause, fee: 0n, gas: 0 });
    case 'received': {
      if (fact.isExecuted) message.executions--;
      if ((flags & FLAG.forged) !== 0) {
        return moveTo(judge, message, message.unsettled === 0 ? flags | FLAG.discarded : flags, cause);
      }
      const isStillFailed = message.tries > 0 ? FLAG.failed : 0;
      const left = message.executions > 0 ? flags : (flags & ~PROGRESS) | isStillFailed;
      return moveTo(judge, message, left, cause);
    }
    case 'held':
      return moveTo(judge, message, flags & ~FLAG.held, cause);
    case 'verified':
      return moveTo(judge, message, flags & ~FLAG.verified, cause);
    case 'tried':
      message.tries--;
      return moveTo(judge, message, message.tries > 0 ? flags : flags & ~FLAG.failed, cause);
    case 'administered':
      return moveTo(judge, message, flags & ~(fact.act === 'nilify' ? FLAG.nilified : FLAG.discarded), cause);
    case 'forwarded':
      judge.goingOn.delete(`${fact.lane}/${fact.sequence}`);
      return;
    case 'written':
      if (!message.acknowledges || (flags & FLAG.forged) !== 0) return;
      return moveTo(judge, message, flags & ~FLAG.written, cause);
    case 'acknowledged':
      return moveTo(judge, message, flags & ~(fact.isSuccess ? FLAG.acknowledged : FLAG.errorAcknowledged), cause);
    case 'timed-out':
      return moveTo(judge, message, flags & ~FLAG.timedOut, cause);
    case 'rejected':
      enterMempool(judge, message);
      return moveTo(judge, message, flags & ~FLAG.rejected, cause);
  }
}

function reorgReason(fact: PacketFact): string {
  return DESTINATION_FACTS.includes(fact.kind) ? REASON.destinationReorg : REASON.sourceReorg;
}

function undoCommit(judge: JudgeState, fact: CommittedFact, message: Message): void {
  const lane = judge.lanes[fact.lane] as LaneState;
  if (lane.bySequence.get(fact.sequence) === message.id) lane.bySequence.delete(fact.sequence);
  displace(lane, fact.sequence, message.id);
  // ORDER: blocks are undone newest first, so that the commit undone is the last that waits, if it still waits.
  if (lane.waiting.length > lane.waitingStart && lane.waiting[lane.waiting.length - 1] === message.id) {
    lane.waiting.pop();
    lane.waitingHeights.pop();
  }
  enterMempool(judge, message);
}

function displace(lane: LaneState, sequence: number, id: number): void {
  const list = lane.displaced.get(sequence);
  if (list === undefined) lane.displaced.set(sequence, [id]);
  else if (!list.includes(id)) list.push(id);
}

function takeBack(lane: LaneState, message: Message): void {
  const list = lane.displaced.get(message.sequence);
  if (list === undefined) return;
  const left = list.filter((id) => id !== message.id);
  if (left.length === 0) lane.displaced.delete(message.sequence);
  else lane.displaced.set(message.sequence, left);
}

/** The transaction of a message waits in the mempool: if it is dropped or reverted, so is the message. */
export function enterMempool(judge: JudgeState, message: Message): void {
  if (message.transaction < 0) return;
  const waiting = judge.waitingTransactions[judge.declarations.lanes[message.lane]?.source ?? 0];
  if (waiting === undefined) return;
  const other = waiting.get(message.transaction);
  message.nextInTransaction = other === undefined || other === message.id ? NONE : other;
  waiting.set(message.transaction, message.id);
}

function leaveMempool(judge: JudgeState, message: Message): void {
  if (message.transaction < 0) return;
  judge.waitingTransactions[judge.declarations.lanes[message.lane]?.source ?? 0]?.delete(message.transaction);
}

/** A fact about a packet that was settled and forgotten: what it was is two bits. */
function late(judge: JudgeState, fact: PacketFact): void {
  const lane = judge.lanes[fact.lane];
  if (lane === undefined || fact.kind !== 'received' || !fact.isExecuted) return;
  const was = settledAs(lane, fact.sequence);
  const name = `${judge.declarations.lanes[fact.lane]?.name ?? fact.lane}#${fact.sequence}`;
  const reason =
    was === SETTLED.unwound ? REASON.executedAfterUnwinding : was === SETTLED.executed ? REASON.repeated : '';
  const state = was === SETTLED.unwound ? 'unwound' : 'executed';
  pushRow(judge, fact.lane, name, state, state, causeOf(judge, fact, fact.account, reason));
}
