/**
 * A claim about the protocol, checked on ground truth. A part hooks into the judging fold at the facts it is about;
 * each hook says when the claim was exercised (`checked`) and when it failed (`find`).
 */
import type { AssumptionKind } from '../assumption-kinds.ts';
import type { Declarations } from '../declarations.ts';
import type { BelievedFact, ControlFact, Fact, PacketFact } from '../facts.ts';
import type { JudgeState, Message } from '../judge-state.ts';

/** Findings kept of one property; more are only counted. */
export const FINDINGS_MAX = 1_000;

/** `leastSlackUs` of a tally that no obligation fell due in. */
export const NO_SLACK = Number.MAX_SAFE_INTEGER;

/** What one property counted on one component. */
export interface Tally {
  component: string;
  checked: number;
  met: number;
  missed: number;
  notDue: number;
  leastSlackUs: number;
  /** Latest deadline of those that were not due. */
  latestDueUs: number;
}

/** State of a property in the judging fold. */
export interface PropertyRecord<Own = unknown> {
  readonly slug: string;
  /** By component id. */
  readonly tallies: (Tally | undefined)[];
  /** All findings, kept or not, and those that were seen in blocks since undone taken off. */
  found: number;
  readonly own: Own;
}

/** A hook's view: its own record and the fold. `before` are the flags of the message before the fact. */
type FactHook<Own> = (
  p: PropertyRecord<Own>,
  judge: JudgeState,
  fact: PacketFact,
  message: Message | undefined,
  before: number,
) => void;

export interface PropertyPart<Own = never> {
  readonly slug: string;
  /** Its id on the page of properties. */
  readonly id: string;
  readonly group: 'safety' | 'liveness';
  readonly summary: string;
  /** What must hold for the claim to be owed. */
  readonly requires: readonly AssumptionKind[];
  applies(declarations: Declarations): boolean;
  create(): Own;
  /** After a packet fact joined the branch and the message followed it. */
  readonly onPacket?: FactHook<Own>;
  /** After a packet fact left the branch. */
  readonly onPacketUndone?: FactHook<Own>;
  /** Facts of a block that are about no packet; `sign` is 1 when applied and -1 when undone. */
  readonly onAsset?: (
    p: PropertyRecord<Own>,
    judge: JudgeState,
    fact: Extract<Fact, { kind: 'moved' }>,
    sign: 1 | -1,
  ) => void;
  /** A control of a lane was used; `sign` as above. */
  readonly onControl?: (p: PropertyRecord<Own>, judge: JudgeState, fact: ControlFact, sign: 1 | -1) => void;
  /** A fact of a block that joined the branch; what is found there goes with the block. */
  readonly onBelieved?: (p: PropertyRecord<Own>, judge: JudgeState, fact: BelievedFact) => void;
  /** All facts of a block are applied, or undone. */
  readonly onBlock?: (p: PropertyRecord<Own>, judge: JudgeState) => void;
  readonly onMove?: (
    p: PropertyRecord<Own>,
    judge: JudgeState,
    message: Message,
    from: string,
    to: string,
    reason: string,
  ) => void;
  /** A message is at its end for good, or the run is over. */
  readonly onFinished?: (p: PropertyRecord<Own>, judge: JudgeState, message: Message, isEnd: boolean) => void;
  /** Records that are no facts of blocks. */
  readonly on?: Readonly<Record<string, (p: PropertyRecord<Own>, judge: JudgeState, fields: never) => void>>;
}

/** A part whose own state is nobody else's business. */
export type AnyProperty = PropertyPart<unknown>;

/** Hides the type of a part's own state. */
export function defineProperty<Own>(part: PropertyPart<Own>): AnyProperty {
  return part as unknown as AnyProperty;
}

export function tallyOf(p: PropertyRecord, id: number, component: string): Tally {
  let tally = p.tallies[id];
  if (tally === undefined) {
    tally = { component, checked: 0, met: 0, missed: 0, notDue: 0, leastSlackUs: NO_SLACK, latestDueUs: -1 };
    p.tallies[id] = tally;
  }
  return tally;
}

/** The tally of a lane. */
export function laneTally(p: PropertyRecord, judge: JudgeState, lane: number): Tally {
  return p.tallies[lane] ?? tallyOf(p, lane, judge.declarations.lanes[lane]?.name ?? `lane-${lane}`);
}

/** What is found, beside where the fold stands. `timeUs` where it is not now. */
export interface Found {
  readonly tally: Tally;
  readonly message?: string;
  readonly timeUs?: number;
  readonly what: string;
}

/** Adds a finding to the property and to its tally. */
export function find(p: PropertyRecord, judge: JudgeState, found: Found): void {
  p.found++;
  found.tally.missed++;
  if (p.found > FINDINGS_MAX) return;
  judge.findings.push({
    property: p.slug,
    component: found.tally.component,
    message: found.message ?? '',
    timeUs: found.timeUs ?? judge.at.timeUs,
    event: judge.at.event,
    what: found.what,
    chain: judge.at.chain,
    block: judge.at.block,
  });
}

/** Takes back what was found of a message: it did not stay so on the branches that count. */
export function withdraw(
  p: PropertyRecord,
  judge: JudgeState,
  taken: Required<Pick<Found, 'tally' | 'message' | 'what'>>,
): void {
  const at = judge.findings.findIndex(
    ({ property, message, what }) => property === p.slug && message === taken.message && what === taken.what,
  );
  if (at === -1) return;
  judge.findings.splice(at, 1);
  p.found--;
  taken.tally.missed--;
}

/** Name of the packet of a fact, with its message where that is known. */
export function packetName(
  judge: JudgeState,
  fact: Pick<PacketFact, 'lane' | 'sequence'>,
  message: Message | undefined,
): string {
  return message?.name ?? `${judge.declarations.lanes[fact.lane]?.name ?? fact.lane}#${fact.sequence}`;
}
