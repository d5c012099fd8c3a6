/** From a draw to a fault that the plan's world has a place for, inside the assumptions where that is asked. */
import type { FaultKind } from '../../../models/faults/faults.ts';
import { formatIndices } from '../../grammar/format.ts';
import type { FaultPlan } from './scenario-plan.ts';
import { type ChainSite, guardiansOf, type LaneSite, type Sites, weakValidators } from './sites.ts';

/** Kinds that are drawn, simplest first: what a counterexample shrinks to. */
export const drawnKinds = [
  'rel.stop',
  'node.crash',
  'node.restart',
  'net.latency',
  'net.loss',
  'net.partition',
  'mev.censor',
  'bft.silent',
  'bft.twin',
  'com.sign-wrong-fork',
  'data.lie',
  'keys.steal',
] as const satisfies readonly FaultKind[];
export type DrawnKind = (typeof drawnKinds)[number];

/** Kinds that no plan draws, and why. A kind that is in neither list is refused by a test. */
export const undrawnKinds: Readonly<Partial<Record<FaultKind, string>>> = {
  'slots.double-vote': 'no planned chain has slots',
  'rollup.stop': 'no planned chain stands on another',
  'rollup.undo': 'no planned chain stands on another',
  'rollup.false-output': 'no planned chain stands on another',
  'parachain.wrong-candidate': 'no planned chain stands on another',
  'bug.circuit': 'no planned lane believes validity proofs',
  'chain.halt': 'node.crash of all validators does the same',
  'chain.slow-blocks': 'what is due on a lane is not stretched with the blocks',
  'chain.empty-blocks': 'what is due on a lane counts on room in every block',
  'chain.congestion': 'what is due on a lane counts on room in every block',
};

/** Numbers that choose among what is there: each is taken modulo the number of choices. */
export interface FaultDraw {
  readonly kind: DrawnKind;
  readonly place: number;
  readonly first: number;
  readonly size: number;
  readonly atMs: number;
  readonly forMs: number;
  readonly isForever: boolean;
  /** 1 to 100. */
  readonly strength: number;
}

export interface FaultFrame {
  readonly sites: Sites;
  /** Until when a fault may begin. */
  readonly horizonMs: number;
  readonly gstMs: number;
  /** Whether the assumptions are to hold: what heals does so by GST, what stays is below every limit. */
  readonly isInside: boolean;
}

/** Undefined where the world has no place for it. */
export function settleFault(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  switch (draw.kind) {
    case 'rel.stop':
      return stopRelayer(draw, frame);
    case 'mev.censor':
      return censor(draw, frame);
    case 'com.sign-wrong-fork':
    case 'data.lie':
    case 'keys.steal':
      return turnMembers(draw, frame);
    case 'bft.silent':
    case 'bft.twin':
      return turnValidators(draw, frame);
    case 'node.crash':
    case 'node.restart':
      return stopNodes(draw, frame);
    case 'net.latency':
    case 'net.loss':
    case 'net.partition':
      return disturb(draw, frame);
  }
}

function pick<T>(choices: readonly T[], index: number): T | undefined {
  return choices[index % Math.max(1, choices.length)];
}

/** A run of `among`, as a target writes it. At least one of them. */
function range(among: readonly number[], { first, size }: FaultDraw): string {
  const start = first % among.length;
  const length = 1 + (size % (among.length - start));
  return String(formatIndices(among.slice(start, start + length)));
}

function allOf(chain: ChainSite): number[] {
  return chain.powers.map((_power, index) => index);
}

/** Begins and ends. Inside, what heals does so before GST; `mayStay` tells whether it need not heal at all. */
function timed(draw: FaultDraw, frame: FaultFrame, mayStay: boolean, longestMs = Number.MAX_SAFE_INTEGER) {
  const isForever = draw.isForever && (mayStay || !frame.isInside);
  const mustHeal = frame.isInside && !mayStay;
  const endMs = mustHeal ? frame.gstMs : frame.horizonMs;
  const atMs = draw.atMs % Math.max(1, endMs);
  if (isForever) return { atMs, forMs: undefined };
  const most = Math.min(longestMs, mustHeal ? endMs - atMs : draw.forMs);
  return { atMs, forMs: Math.max(1, Math.min(draw.forMs, most)) };
}

function stopRelayer(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  const guardians = guardiansOf(frame.sites);
  const relayers = frame.sites.relayers.filter(({ id }) => !frame.isInside || !guardians.has(id));
  const relayer = pick(relayers, draw.place);
  if (relayer === undefined) return undefined;
  return { kind: draw.kind, target: { relayer: relayer.id }, with: {}, ...timed(draw, frame, true) };
}

function censor(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  const { lanes, relayers } = frame.sites;
  const targets = lanes.flatMap(({ id, from, to }): Record<string, string>[] => {
    const served = relayers.filter((relayer) => relayer.lanes.includes(id));
    const carried = served.flatMap((relayer) => [
      { chain: from.id, relayer: relayer.id },
      { chain: to.id, relayer: relayer.id },
    ]);
    return [{ chain: from.id, lane: id }, ...carried];
  });
  const target = pick(targets, draw.place);
  if (target === undefined) return undefined;
  return { kind: draw.kind, target, with: {}, ...timed(draw, frame, false) };
}

function turnMembers(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  const lane = pick(
    frame.sites.lanes.filter((each) => mayTurn(each, frame.isInside).length > 0),
    draw.place,
  );
  if (lane === undefined) return undefined;
  const target = { committee: lane.id, members: range(mayTurn(lane, frame.isInside), draw) };
  const madeUp = draw.kind === 'com.sign-wrong-fork' ? {} : { amount: `${draw.strength} ${lane.from.asset}` };
  return { kind: draw.kind, target, with: madeUp, ...timed(draw, frame, true) };
}

/** Members that may turn: fewer than the threshold, the last ones, where the assumptions are to hold. */
function mayTurn({ committee }: LaneSite, isInside: boolean): number[] {
  if (committee === undefined) return [];
  const first = isInside ? committee.members - committee.threshold + 1 : 0;
  return Array.from({ length: committee.members - first }, (_, index) => first + index);
}

function turnValidators(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  const among = (chain: ChainSite): number[] => (frame.isInside ? weakValidators(chain) : allOf(chain));
  const chains = frame.sites.chains.filter((chain) => chain.kind === 'bft' && among(chain).length > 0);
  const chain = pick(chains, draw.place);
  if (chain === undefined) return undefined;
  const target = { chain: chain.id, validators: range(among(chain), draw) };
  return { kind: draw.kind, target, with: {}, ...timed(draw, frame, true) };
}

function stopNodes(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  const chain = pick(frame.sites.chains, draw.place);
  if (chain === undefined) return undefined;
  const target = { chain: chain.id, validators: range(allOf(chain), draw) };
  const { atMs, forMs } = timed({ ...draw, isForever: draw.isForever && !frame.isInside }, frame, false);
  if (draw.kind === 'node.crash') return { kind: draw.kind, target, atMs, forMs, with: {} };
  return { kind: draw.kind, target, atMs, forMs: undefined, with: { down: `${forMs ?? draw.forMs}ms` } };
}

/** What a mined chain may be disturbed for inside the assumptions: branches must not outgrow the depth that is final. */
function longestOn(chain: ChainSite, isInside: boolean): number {
  if (!isInside || chain.kind !== 'proof-of-work') return Number.MAX_SAFE_INTEGER;
  return Math.max(1, Math.floor((chain.blockMs * chain.depth) / 8));
}

function disturb(draw: FaultDraw, frame: FaultFrame): FaultPlan | undefined {
  const isCut = draw.kind === 'net.partition';
  // A chain of one node has no links.
  const chain = pick(
    frame.sites.chains.filter(({ powers }) => powers.length > 1),
    draw.place,
  );
  if (chain === undefined) return undefined;
  const someOf = isCut ? allOf(chain).slice(0, -1) : allOf(chain);
  const target = { chain: chain.id, validators: range(someOf, draw) };
  const when = timed(draw, frame, false, longestOn(chain, frame.isInside));
  return { kind: draw.kind, target, with: disturbance(draw), ...when };
}

function disturbance({ kind, strength }: FaultDraw): FaultPlan['with'] {
  if (kind === 'net.loss') return { probability: strength / 100 };
  if (kind === 'net.latency') return { extra: `${strength * 30}ms` };
  return strength % 2 === 0 ? { symmetric: false } : {};
}
