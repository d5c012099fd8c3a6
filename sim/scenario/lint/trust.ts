/**
 * What a lane really trusts: the fewest independent things that must fail before it believes what never happened, or
 * before it believes nothing at all. Members count as one where a cause carries several of them.
 */
import type { CauseEntry, CommitteeEntry, LaneEntry, Scenario, ValidityEntry, VerifierEntry } from '../scenario.ts';
import {
  atLeastOf,
  CLAIM,
  committeesOfLane,
  guardiansEntry,
  guardiansName,
  partsOf,
  weightsOf,
} from '../verifier-tree.ts';

/** Ways to fail: keys that sign anything, sources that tell anything, either of them, and what only stops. */
export type Way = 'keys' | 'sources' | 'either' | 'halt';

/** The fewest that must fail together. */
export interface Weakest {
  /** Causes and single members together; Infinity where nothing of the kind suffices. */
  readonly count: number;
  /** Names of the causes among them. */
  readonly causes: readonly string[];
}

export interface Trust {
  /** As the scenario has it. */
  readonly real: Readonly<Record<Way, Weakest>>;
  /** As it would be if no member had anything in common with another. */
  readonly nominal: Readonly<Record<Way, number>>;
}

/** Causes of a lane that are tried in every combination; of more, only the widest. */
const CAUSES_MAX = 12;

interface Subject {
  readonly scenario: Scenario;
  readonly way: Way;
  /** Causes that have failed. */
  readonly failed: readonly (readonly [string, CauseEntry])[];
  /** False where delegates and causes are left out of account. */
  readonly isReal: boolean;
}

export function trustOf(scenario: Scenario, name: string, lane: LaneEntry): Trust {
  const ways = ['keys', 'sources', 'either', 'halt'] as const;
  const real = ways.map((way) => [way, weakestOf(scenario, name, lane, way)] as const);
  const nominal = ways.map((way) => {
    const subject: Subject = { scenario, way, failed: [], isReal: false };
    return [way, costOf(subject, name, lane.from, lane.verifier)] as const;
  });
  return {
    real: Object.fromEntries(real) as Record<Way, Weakest>,
    nominal: Object.fromEntries(nominal) as Record<Way, number>,
  };
}

/** How many must fail before one part of a lane is fooled, causes included. */
export function weakestOfPart(scenario: Scenario, name: string, lane: LaneEntry, part: VerifierEntry): Weakest {
  return weakestOf(scenario, name, { ...lane, verifier: part }, 'either');
}

function weakestOf(scenario: Scenario, name: string, lane: LaneEntry, way: Way): Weakest {
  const causes = causesOf(scenario, name, lane);
  let best: Weakest = { count: Infinity, causes: [] };
  for (let mask = 0; mask < 1 << causes.length; mask++) {
    const failed = causes.filter((_, bit) => (mask & (1 << bit)) !== 0);
    if (failed.length > best.count) continue;
    const rest = costOf({ scenario, way, failed, isReal: true }, name, lane.from, lane.verifier);
    const count = failed.length + rest;
    const isBetter = count < best.count || (count === best.count && failed.length < best.causes.length);
    if (isBetter) best = { count, causes: failed.map(([id]) => id) };
  }
  return best;
}

/** Causes that members of a lane depend on, those of most members first. */
function causesOf(scenario: Scenario, name: string, lane: LaneEntry): (readonly [string, CauseEntry])[] {
  const own = committeesOfLane(name, lane).map((each) => each.name);
  const breadth = (cause: CauseEntry): number =>
    cause.of.reduce((sum, { committee, members }) => sum + (own.includes(committee) ? members.length : 0), 0);
  return Object.entries(scenario.causes ?? {})
    .filter(([, cause]) => breadth(cause) > 0)
    .sort(([, a], [, b]) => breadth(b) - breadth(a))
    .slice(0, CAUSES_MAX);
}

/** How many more must fail, each for itself. */
function costOf(subject: Subject, name: string, tracked: string, entry: VerifierEntry): number {
  switch (entry.kind) {
    case 'committee':
      return costOfCommittee(subject, name, entry);
    case 'light-client':
    case 'header-chain':
    case 'shared-security':
      return costOfChain(subject, tracked);
    case 'validity-proof':
      return costOfProven(subject, name, tracked, entry);
    case 'hash-lock':
      // Nobody's key makes a secret; what stops it is a participant who does not come.
      return Infinity;
    case 'proof-chain': {
      // Whoever holds any chain on the way can show of those before it what he likes.
      const way = entry.through.flatMap((lane) => subject.scenario.lanes[lane] ?? []);
      const isForth = way[0]?.from === tracked;
      return Math.min(...way.map(({ from, to }) => costOfChain(subject, isForth ? from : to)));
    }
    case 'optimistic': {
      const claim = costOf(subject, `${name}.${CLAIM}`, tracked, entry.of);
      // A false claim counts when every watcher is down as well; what nobody claims needs none of them.
      return subject.way === 'halt' ? claim : claim + entry.watchers.count;
    }
    default: {
      const parts = partsOf(entry).map((part) => ({
        isRequired: part.isRequired,
        cost: costOf(subject, `${name}.${part.name}`, tracked, part.entry),
      }));
      const required = parts.filter(({ isRequired }) => isRequired).map(({ cost }) => cost);
      const optional = parts.flatMap(({ isRequired, cost }) => (isRequired ? [] : [cost])).sort((a, b) => a - b);
      const atLeast = atLeastOf(entry);
      if (subject.way !== 'halt') return total(required) + total(optional.slice(0, atLeast));
      // Of routes each is somebody's only one.
      const stopped = entry.kind === 'route' ? 1 : optional.length - atLeast + 1;
      return Math.min(...required, stopped > optional.length ? Infinity : total(optional.slice(0, stopped)));
    }
  }
}

/** Whoever holds the source, or the keys of those who may replace the circuit; each prover must be down to stop it. */
function costOfProven(subject: Subject, name: string, tracked: string, { key, provers }: ValidityEntry): number {
  if (subject.way === 'halt') return provers.count;
  const ofChain = costOfChain(subject, tracked);
  // Guardians read nothing: no lie makes them sign.
  if (key === undefined || subject.way === 'sources') return ofChain;
  return Math.min(ofChain, costOfCommittee(subject, guardiansName(name), guardiansEntry(key)));
}

function total(costs: readonly number[]): number {
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/**
 * Validators that must sign a false header.
 * MODEL: parts of one tree that follow the same chain are counted each; the authority behind a parametric chain is out of
 * account, as is what stops a chain altogether.
 */
function costOfChain({ scenario, way }: Subject, tracked: string): number {
  const own = scenario.chains[tracked];
  // A parachain is as good as the chain that checks it.
  const chain = own?.consensus.kind === 'parachain' ? scenario.chains[own.consensus.on] : own;
  const share =
    chain === undefined
      ? undefined
      : { bft: 2 / 3, slots: 2 / 3, 'proof-of-work': 1 / 2 }[chain.consensus.kind as string];
  if (chain === undefined || share === undefined || way === 'sources' || way === 'halt') return Infinity;
  const all = total(chain.validators);
  return fewest(chain.validators, all * share + Number.EPSILON * all);
}

/** How few of some weights, largest first, reach a sum. */
function fewest(weights: readonly number[], least: number): number {
  let sum = 0;
  let count = 0;
  for (const weight of [...weights].sort((a, b) => b - a)) {
    if (sum >= least) break;
    sum += weight;
    count++;
  }
  return sum >= least ? count : Infinity;
}

interface MemberState {
  readonly weight: number;
  /** Whether the causes that have failed carry it. */
  readonly isTaken: boolean;
  /** Whether it can fail by itself. */
  readonly isAlone: boolean;
  readonly reads: boolean;
}

function costOfCommittee(subject: Subject, name: string, entry: CommitteeEntry): number {
  const { delegates, threshold } = entry;
  const weights = weightsOf(entry);
  const members = weights.map((weight, member): MemberState => {
    const state = memberOf(subject, name, entry, member);
    return { weight, ...state, reads: delegates === undefined || delegates.members.includes(member) };
  });
  const sum = total(weights);
  if (subject.way === 'halt') {
    const silent = costToReach(members, sum - threshold + 1);
    if (delegates === undefined || !subject.isReal) return silent;
    const readers = members.filter(({ reads }) => reads).map((each) => ({ ...each, weight: 1 }));
    return Math.min(silent, costToReach(readers, readers.length - delegates.threshold + 1));
  }
  if (subject.way === 'keys' || delegates === undefined || !subject.isReal) return costToReach(members, threshold);
  // Followers sign whatever enough delegates have signed.
  const readers = members.filter(({ reads }) => reads);
  const followers = sum - total(readers.map(({ weight }) => weight));
  const byCount = costToReach(
    readers.map((each) => ({ ...each, weight: 1 })),
    delegates.threshold,
  );
  const byWord = Math.max(byCount, costToReach(readers, threshold - followers));
  return subject.way === 'sources' ? byWord : Math.min(byWord, costToReach(members, threshold));
}

function costToReach(members: readonly MemberState[], least: number): number {
  const taken = total(members.filter(({ isTaken }) => isTaken).map(({ weight }) => weight));
  const free = members.filter(({ isTaken, isAlone }) => !isTaken && isAlone).map(({ weight }) => weight);
  return taken >= least ? 0 : fewest(free, least - taken);
}

/** Whether the causes that have failed carry a member, and whether it can fail by itself. */
function memberOf(
  { scenario, way, failed, isReal }: Subject,
  name: string,
  { providersAgree }: CommitteeEntry,
  member: number,
): Pick<MemberState, 'isTaken' | 'isAlone'> {
  if (!isReal) return { isTaken: false, isAlone: true };
  const isCarried = ([, cause]: readonly [string, CauseEntry]): boolean =>
    cause.of.some(({ committee, members }) => committee === name && members.includes(member));
  const providers = Object.entries(scenario.causes ?? {}).filter(
    ([id, cause]) => cause.kind === 'rpc-provider' && isCarried([id, cause]),
  ).length;
  const own = failed.filter(isCarried).map(([, { kind }]) => kind);
  const lost = own.filter((kind) => kind === 'rpc-provider').length;
  const agree = providersAgree ?? providers;
  const isDeceived = (providers > 0 && lost >= agree) || own.includes('client-software');
  switch (way) {
    case 'keys':
      return { isTaken: own.includes('custodian'), isAlone: true };
    case 'sources':
      return { isTaken: isDeceived, isAlone: providers === 0 };
    case 'either':
      return { isTaken: isDeceived || own.includes('custodian'), isAlone: true };
    case 'halt':
      return { isTaken: own.length > lost || (providers > 0 && providers - lost < agree), isAlone: true };
  }
}
