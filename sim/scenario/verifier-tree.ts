/** Walks over verifier trees: their parts, and the committees in them. */
import { HOUR } from '../base/units.ts';
import type { CommitteeEntry, OptimisticEntry, ValidityEntry, VerifierEntry } from './scenario.ts';

/** Name of who may claim, within an optimistic verifier. */
export const CLAIM = 'claim';
/** Name of the last route, which bears no condition. */
export const OTHERWISE = 'otherwise';

export interface TreePart {
  readonly name: string;
  /** Keys from the entry to the part. */
  readonly path: readonly string[];
  readonly entry: VerifierEntry;
  /** Whether nothing is accepted without it. */
  readonly isRequired: boolean;
}

/** The parts right below an entry, in order; none below a leaf. */
export function partsOf(entry: VerifierEntry): TreePart[] {
  const from = (key: string, parts: Readonly<Record<string, VerifierEntry>>, isRequired: boolean): TreePart[] =>
    Object.entries(parts).map(([name, part]) => ({ name, path: [key, name], entry: part, isRequired }));
  switch (entry.kind) {
    case 'all':
      return from('of', entry.of, true);
    case 'optimistic':
      return [{ name: CLAIM, path: ['of'], entry: entry.of, isRequired: true }];
    case 'any':
    case 'threshold':
      return from('of', entry.of, false);
    case 'required-optional':
      return [...from('required', entry.required, true), ...from('optional', entry.optional, false)];
    case 'route': {
      const routes = Object.entries(entry.routes).map(([name, { verifier }]) => ({
        name,
        path: ['routes', name, 'verifier'],
        entry: verifier,
        isRequired: false,
      }));
      const { otherwise } = entry;
      if (otherwise === undefined) return routes;
      return [...routes, { name: OTHERWISE, path: [OTHERWISE], entry: otherwise, isRequired: false }];
    }
    default:
      return [];
  }
}

/** How many of the parts that are not required must accept; of routes, the one that decides. */
export function atLeastOf(entry: VerifierEntry): number {
  switch (entry.kind) {
    case 'any':
    case 'route':
      return 1;
    case 'threshold':
    case 'required-optional':
      return entry.atLeast;
    default:
      return 0;
  }
}

export interface NamedEntry {
  /** Name of the lane and, within a tree, those of the parts: `hub-eth.guards.first`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly entry: VerifierEntry;
}

/** The leaves of a tree in order; the tree itself where it is one. */
export function leavesOf(name: string, entry: VerifierEntry, path: readonly string[] = []): NamedEntry[] {
  const parts = partsOf(entry);
  if (parts.length === 0) return [{ name, path, entry }];
  return parts.flatMap((part) => leavesOf(`${name}.${part.name}`, part.entry, [...path, ...part.path]));
}

/** The optimistic verifiers of a tree, from the top. */
export function optimisticsOf(name: string, entry: VerifierEntry, path: readonly string[] = []): NamedOptimistic[] {
  const below = partsOf(entry).flatMap((part) =>
    optimisticsOf(`${name}.${part.name}`, part.entry, [...path, ...part.path]),
  );
  return entry.kind === 'optimistic' ? [{ name, path, entry }, ...below] : below;
}

export interface NamedOptimistic {
  readonly name: string;
  readonly path: readonly string[];
  readonly entry: OptimisticEntry;
}

export interface NamedValidity {
  readonly name: string;
  readonly path: readonly string[];
  readonly entry: ValidityEntry;
}

/** The validity-proof verifiers of a tree, in order. */
export function validitiesOf(name: string, entry: VerifierEntry): NamedValidity[] {
  return leavesOf(name, entry).filter((leaf): leaf is NamedValidity => leaf.entry.kind === 'validity-proof');
}

export interface NamedCommittee {
  readonly name: string;
  readonly path: readonly string[];
  readonly entry: CommitteeEntry;
}

/** Those who may replace the circuit of a validity-proof, by the name of that verifier. */
export function guardiansName(verifier: string): string {
  return `${verifier}.guardians`;
}

/** Guardians of a circuit as the committee that they are: they read no chain and sign for no packet. */
export function guardiansEntry({ guardians, threshold }: NonNullable<ValidityEntry['key']>): CommitteeEntry {
  // Frozen: it stands in the state of each of them.
  const signing = Object.freeze({ kind: 'constant', value: 0 } as const);
  return { kind: 'committee', members: guardians, threshold, signing, twins: [] };
}

/** The committees of a tree, guardians of circuits among them. */
export function committeesOf(name: string, entry: VerifierEntry): NamedCommittee[] {
  return leavesOf(name, entry).flatMap((leaf): NamedCommittee[] => {
    if (leaf.entry.kind === 'committee') return [{ ...leaf, entry: leaf.entry }];
    if (leaf.entry.kind !== 'validity-proof' || leaf.entry.key === undefined) return [];
    const path = [...leaf.path, 'key'];
    return [{ name: guardiansName(leaf.name), path, entry: guardiansEntry(leaf.entry.key) }];
  });
}

/** Committees of a lane, those of a way back of its own last, in the order in which the world numbers them. */
export function committeesOfLane(
  name: string,
  lane: { readonly verifier: VerifierEntry; readonly returnVerifier: VerifierEntry; readonly ownReturn?: true },
): NamedCommittee[] {
  const forth = committeesOf(name, lane.verifier);
  return lane.ownReturn === true ? [...forth, ...committeesOf(`${name}.${RETURN}`, lane.returnVerifier)] : forth;
}

/** Weight of each member of a committee. */
export function weightsOf({ members, weights }: CommitteeEntry): readonly number[] {
  return weights ?? Array.from({ length: members }, () => 1);
}

/** Longest time that nobody of a committee signs, night and weekend together. */
export function closedUs({ hours }: CommitteeEntry): number {
  return hours === undefined ? 0 : 24 * HOUR - (hours.to - hours.from) + (7 - hours.days) * 24 * HOUR;
}

/** Stands between a lane and the committees of its way back. */
export const RETURN = 'return';
