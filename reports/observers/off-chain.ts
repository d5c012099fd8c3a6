/** What happens to a message between the chains: attestations, and relayers that take it up or give it up. */
import type * as records from '../../models/records.ts';
import type { FieldsOf } from './declarations.ts';
import { type JudgeState, type Message, messageOf } from './judge-state.ts';
import { moveTo } from './moves.ts';
import { CLOSED, FLAG, isEnd, REASON } from './states.ts';

const ARRIVED = FLAG.executed | FLAG.failed | CLOSED;

function act(judge: JudgeState, message: Message, flags: number, actor: string, reason: string): void {
  moveTo(judge, message, flags, { chain: -1, height: 0, actor, reason, fee: 0n, gas: 0 });
}

export function onSigned(judge: JudgeState, f: FieldsOf<typeof records.attestationSigned>): void {
  if (f.claim !== 'commitment') return;
  const message = messageOf(judge, f.lane, f.sequence);
  if (message === undefined || (message.flags & (ARRIVED | FLAG.attesting | FLAG.attested)) !== 0) return;
  const flags = message.flags | FLAG.attesting;
  // Attested work may be given up and taken up again: then the state stays with the relayers.
  if ((flags & FLAG.stranded) !== 0) message.flags = flags;
  else act(judge, message, flags, judge.declarations.attesters[f.attester]?.name ?? '', '');
}

export function onAttested(judge: JudgeState, f: FieldsOf<typeof records.attestationReached>): void {
  if (f.claim !== 'commitment') return;
  const message = messageOf(judge, f.lane, f.sequence);
  if (message === undefined || (message.flags & (ARRIVED | FLAG.attested)) !== 0) return;
  const flags = message.flags | FLAG.attested;
  if ((flags & FLAG.stranded) !== 0) message.flags = flags;
  else act(judge, message, flags, judge.declarations.committees[f.committee]?.name ?? '', '');
}

export function onQueued(judge: JudgeState, f: FieldsOf<typeof records.relayQueued>): void {
  const message = messageOf(judge, f.lane, f.sequence);
  if (message === undefined) return;
  message.workers++;
  const at = message.gaveUp.indexOf(f.relayer);
  if (at >= 0) message.gaveUp.splice(at, 1);
  if ((message.flags & FLAG.stranded) === 0) return;
  const relayer = judge.declarations.relayers[f.relayer]?.name ?? '';
  act(judge, message, message.flags & ~FLAG.stranded, relayer, REASON.takenUp);
}

/**
 * A message is stranded when its last active relayer gives up, and every relayer of its lane has. One that never took
 * the work up may still do so.
 */
export function onDropped(judge: JudgeState, f: FieldsOf<typeof records.relayDropped>): void {
  const message = messageOf(judge, f.lane, f.sequence);
  if (message === undefined) return;
  if (message.workers > 0) message.workers--;
  if (f.reason === 'done-by-another' || isEnd(message.state, message.acknowledges)) return;
  const isStale = f.action === 'receive' && (message.flags & ARRIVED) !== 0;
  if (isStale || (message.flags & FLAG.committed) === 0) return;
  if (!message.gaveUp.includes(f.relayer)) message.gaveUp.push(f.relayer);
  if (message.workers > 0 || (message.flags & FLAG.stranded) !== 0 || f.reason === 'queue-full') return;
  if (message.gaveUp.length < (judge.declarations.lanes[message.lane]?.relayers ?? 0)) return;
  const relayer = judge.declarations.relayers[f.relayer]?.name ?? '';
  act(judge, message, message.flags | FLAG.stranded, relayer, f.reason);
}
