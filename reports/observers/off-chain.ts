/** What happens to a message between the chains: attestations, and relayers that take it up or give it up. */
import type * as records from '../../models/records.ts';
import type { FieldsOf, TreePart } from './declarations.ts';
import { type JudgeState, type Message, messageOf } from './judge-state.ts';
import { moveTo } from './moves.ts';
import { CLOSED, FLAG, isEnd, REASON } from './states.ts';

const ARRIVED = FLAG.verified | FLAG.held | FLAG.executed | FLAG.failed | CLOSED;

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
  if (!isAttested(judge, message, f.committee)) return;
  const flags = message.flags | FLAG.attested;
  if ((flags & FLAG.stranded) !== 0) message.flags = flags;
  else act(judge, message, flags, judge.declarations.committees[f.committee]?.name ?? '', '');
}

/** Whether enough of those who sign for the lane have, now that this committee has: all of them where it is alone. */
function isAttested(judge: JudgeState, { id, lane }: Message, committee: number): boolean {
  const tree = judge.declarations.lanes[lane]?.tree ?? [];
  if (tree.length === 0) return true;
  const reached = judge.reached.get(id) ?? [];
  if (!reached.includes(committee)) reached.push(committee);
  judge.reached.set(id, reached);
  if (!isSigned(tree, 0, reached)) return false;
  judge.reached.delete(id);
  return true;
}

// MODEL: a part that nobody signs for counts as ready, and of routes the first that is signed decides: what a packet holds
// is no business of this fold.
function isSigned(tree: readonly TreePart[], place: number, reached: readonly number[]): boolean {
  const { committee, atLeast } = tree[place] as TreePart;
  if (committee !== -1) return reached.includes(committee);
  let signed = 0;
  for (let below = place + 1; below < tree.length; below++) {
    const part = tree[below] as TreePart;
    if (part.above !== place) continue;
    if (isSigned(tree, below, reached)) signed += part.isRequired ? 0 : 1;
    else if (part.isRequired) return false;
  }
  return signed >= atLeast;
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
  // It was never taken up, and will be when the queue has room: nobody gave anything up.
  if (f.reason === 'queue-full') return;
  const message = messageOf(judge, f.lane, f.sequence);
  if (message === undefined) return;
  if (message.workers > 0) message.workers--;
  if (f.reason === 'done-by-another' || isEnd(message.state, message)) return;
  const isStale = f.action === 'receive' && (message.flags & ARRIVED) !== 0;
  if (isStale || (message.flags & FLAG.committed) === 0) return;
  if (!message.gaveUp.includes(f.relayer)) message.gaveUp.push(f.relayer);
  if (message.workers > 0 || (message.flags & FLAG.stranded) !== 0) return;
  if (message.gaveUp.length < (judge.declarations.lanes[message.lane]?.relayers ?? 0)) return;
  const relayer = judge.declarations.relayers[f.relayer]?.name ?? '';
  act(judge, message, message.flags | FLAG.stranded, relayer, f.reason);
}
