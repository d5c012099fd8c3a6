/**
 * The life of a message as one table: its states, and every move between them. A move that is not here is a finding of
 * `legal-moves`; a move that another property speaks of says which.
 */

/** What has happened to a message, on the branches that count. Its state follows from these and nothing else. */
export const FLAG = {
  committed: 1,
  wasCommitted: 2,
  final: 4,
  attesting: 8,
  attested: 16,
  executed: 32,
  failed: 64,
  written: 128,
  acknowledged: 256,
  errorAcknowledged: 512,
  timedOut: 1024,
  rejected: 2048,
  stranded: 4096,
  discarded: 8192,
  forged: 16_384,
  held: 32_768,
  verified: 65_536,
  nilified: 131_072,
} as const;

/** Value came back to the sender. */
export const UNWOUND = FLAG.timedOut | FLAG.errorAcknowledged;
/** The source deleted the commitment. */
export const CLOSED = UNWOUND | FLAG.acknowledged;

/** `rank` orders progress: what a reorg takes back is every state above the one it leads to. */
export const states = {
  requested: { rank: 0, meaning: "user's transaction waits in the source mempool" },
  orphaned: { rank: 0, meaning: 'a reorg removed it; may be included again or given up' },
  rejected: { rank: 1, meaning: 'the source refused it' },
  sent: { rank: 1, meaning: 'committed in a source block, value escrowed or burnt' },
  final: { rank: 2, meaning: "final under the lane's own rule" },
  attesting: { rank: 3, meaning: 'some attestations' },
  attested: { rank: 4, meaning: 'enough attestations' },
  held: { rank: 4, meaning: 'a control holds it' },
  verified: { rank: 4, meaning: 'recorded on the destination, not yet executed' },
  executed: { rank: 5, meaning: 'application call succeeded, effects applied' },
  failed: { rank: 5, meaning: 'execution reverted' },
  'ack-pending': { rank: 6, meaning: 'acknowledgement written, not yet proven at the source' },
  acknowledged: { rank: 7, meaning: 'acknowledgement proven at the source' },
  unwound: { rank: 7, meaning: 'timeout or error acknowledgement proven at the source; value, if any, returned' },
  discarded: { rank: 7, meaning: 'given up for good: before it was sent, or by who holds the key of its lane' },
  stranded: { rank: 5, meaning: 'every relayer gave it up; ends it until someone takes it up again' },
  forged: { rank: 7, meaning: 'executed without an authentic send; only observers see this' },
} as const satisfies Record<string, { rank: number; meaning: string }>;
export type MessageState = keyof typeof states;
export const messageStates = Object.keys(states) as readonly MessageState[];

/** The state that flags add up to. Later progress hides earlier, and an unwinding hides an execution. */
export function stateOf(flags: number, acknowledges: boolean): MessageState {
  if ((flags & (FLAG.forged | FLAG.discarded)) !== 0) return (flags & FLAG.discarded) !== 0 ? 'discarded' : 'forged';
  if ((flags & UNWOUND) !== 0) return 'unwound';
  if ((flags & FLAG.acknowledged) !== 0) return 'acknowledged';
  if ((flags & FLAG.stranded) !== 0) return 'stranded';
  if ((flags & FLAG.written) !== 0 && acknowledges) return 'ack-pending';
  if ((flags & FLAG.executed) !== 0) return 'executed';
  if ((flags & FLAG.nilified) !== 0) return 'held';
  if ((flags & FLAG.failed) !== 0) return 'failed';
  if ((flags & FLAG.held) !== 0) return 'held';
  if ((flags & FLAG.verified) !== 0) return 'verified';
  if ((flags & FLAG.committed) === 0) {
    if ((flags & FLAG.rejected) !== 0) return 'rejected';
    return (flags & FLAG.wasCommitted) !== 0 ? 'orphaned' : 'requested';
  }
  if ((flags & FLAG.attested) !== 0) return 'attested';
  if ((flags & FLAG.attesting) !== 0) return 'attesting';
  return (flags & FLAG.final) !== 0 ? 'final' : 'sent';
}

/** Whether a message in this state is done, were its blocks settled. `stranded` is not: someone may take it up. */
export function isEnd(
  state: MessageState,
  { acknowledges, endsFailed }: { readonly acknowledges: boolean; readonly endsFailed: boolean },
): boolean {
  switch (state) {
    case 'rejected':
    case 'acknowledged':
    case 'unwound':
    case 'discarded':
    case 'forged':
      return true;
    case 'executed':
      return !acknowledges;
    // Its receipt stands, nothing is tried again and nothing is sent back: no more will come of it.
    case 'failed':
      return endsFailed;
    default:
      return false;
  }
}

/** Moves forward: from, to, and the property that speaks of it where it is no legal one. */
type Move = readonly [MessageState, readonly MessageState[]];
const legal: readonly Move[] = [
  ['requested', ['rejected', 'sent', 'discarded']],
  ['orphaned', ['sent', 'rejected', 'discarded']],
  ['sent', ['final', 'attesting', 'attested', 'discarded', 'unwound', 'stranded']],
  ['final', ['attesting', 'attested', 'held', 'verified', 'executed', 'failed', 'discarded', 'unwound', 'stranded']],
  ['attesting', ['attested', 'held', 'verified', 'executed', 'failed', 'discarded', 'unwound', 'stranded']],
  ['attested', ['held', 'verified', 'executed', 'failed', 'discarded', 'unwound', 'stranded']],
  ['held', ['attested', 'verified', 'executed', 'failed', 'unwound', 'discarded', 'stranded']],
  ['verified', ['executed', 'failed', 'held', 'discarded', 'unwound', 'stranded']],
  ['executed', ['ack-pending', 'stranded']],
  ['failed', ['executed', 'failed', 'held', 'ack-pending', 'discarded', 'unwound', 'stranded']],
  ['ack-pending', ['acknowledged', 'unwound', 'stranded']],
  [
    'stranded',
    [
      ...(['sent', 'final', 'attesting', 'attested', 'held', 'verified', 'executed', 'failed'] as const),
      ...(['ack-pending', 'acknowledged', 'discarded', 'unwound'] as const),
    ],
  ],
  ['forged', ['discarded']],
];

/** Moves that no correct protocol makes, each judged by the property that is about it, and not twice. */
const judgedElsewhere: readonly (readonly [MessageState, MessageState, string, string])[] = [
  ['orphaned', 'executed', '', 'no-forgery'],
  ['orphaned', 'failed', '', 'no-forgery'],
  ['orphaned', 'held', '', 'no-forgery'],
  ['orphaned', 'verified', '', 'no-forgery'],
  ['sent', 'executed', '', 'finality-respected'],
  ['sent', 'held', '', 'finality-respected'],
  ['sent', 'verified', '', 'finality-respected'],
  ['sent', 'failed', '', 'finality-respected'],
  ['executed', 'unwound', '', 'receive-xor-unwind'],
  ['ack-pending', 'unwound', 'timeout', 'receive-xor-unwind'],
  ['acknowledged', 'unwound', '', 'receive-xor-unwind'],
];

/** Reasons of moves that the fold gives itself; the others are the models' words. */
export const REASON = {
  sourceReorg: 'source-reorg',
  destinationReorg: 'destination-reorg',
  repeated: 'repeated',
  forgedAcknowledgement: 'forged-acknowledgement',
  executedAfterUnwinding: 'executed-after-unwinding',
  closedTwice: 'closed-twice',
  timeout: 'timeout',
  errorAck: 'error-ack',
  takenUp: 'taken-up',
} as const;

/** Reasons of moves that stay in place and are another property's matter. */
const judgedReasons: Readonly<Record<string, string>> = {
  [REASON.repeated]: 'at-most-once',
  [REASON.forgedAcknowledgement]: 'no-forgery',
  [REASON.executedAfterUnwinding]: 'receive-xor-unwind',
  [REASON.closedTwice]: 'receive-xor-unwind',
};

/** Every legal move, as `from>to`, in the order of a life. */
export const legalMoves: readonly string[] = legal.flatMap(([from, list]) => list.map((to) => `${from}>${to}`));
const legalPairs: ReadonlySet<string> = new Set(legalMoves);

export function isReorgReason(reason: string): boolean {
  return reason === REASON.sourceReorg || reason === REASON.destinationReorg;
}

/** Which property judges a move: the empty string where it is legal, `legal-moves` where no other speaks of it. */
export function judgeOfMove(from: MessageState, to: MessageState, reason: string): string {
  if (legalPairs.has(`${from}>${to}`)) return elsewhere(from, to, reason);
  if (isReorgReason(reason)) {
    return from === to || states[to].rank <= states[from].rank ? '' : 'legal-moves';
  }
  const byReason = judgedReasons[reason];
  if (byReason !== undefined) return byReason;
  const other = elsewhere(from, to, reason);
  return other === '' ? 'legal-moves' : other;
}

function elsewhere(from: MessageState, to: MessageState, reason: string): string {
  const row = judgedElsewhere.find(
    (each) => each[0] === from && each[1] === to && (each[2] === '' || each[2] === reason),
  );
  return row === undefined ? '' : row[3];
}
