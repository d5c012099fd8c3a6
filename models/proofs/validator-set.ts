/**
 * Weighted validator sets: who may vote with what power, whose turn it is to propose, and how a set changes.
 * @source cometbft types/validator_set.go; priorities as in its spec/consensus/proposer-selection.md.
 */
import { assert, present } from '../../sim/base/assert.ts';
import type { HashBackend } from '../../sim/base/bytes.ts';
import { createMix, mixNumber, mixString, mixWord } from '../../sim/base/mix.ts';
import { exceeds, type Ratio, ratio } from '../../sim/base/ratio.ts';
import type { KeyId } from '../keys/keys.ts';
import { encodeCanonical } from './canonical-encoding.ts';
import { digestOfMix, type ProofScheme } from './proof-mode.ts';
import { listRoot } from './rfc6962.ts';

/** What a header's validators hash speaks of. */
export interface ValidatorEntry {
  /** Orders validators of equal power; unique in a set. Compared by code unit. */
  readonly address: string;
  readonly key: KeyId;
  /** Voting power, a whole number above 0. */
  readonly power: number;
}

export interface Validator extends ValidatorEntry {
  /** Proposer priority: a whole number of either sign. */
  readonly priority: number;
}

/** A change of a set: power 0 removes. */
export type ValidatorChange = ValidatorEntry;

/** Immutable plain data: functions here return new sets. */
export interface ValidatorSet {
  /** By power, highest first; of equal power by address. */
  readonly validators: readonly Validator[];
  readonly totalPower: number;
  /** Address of the proposer; '' before the first turn. */
  readonly proposer: string;
}

export type ValidatorChangeRefusal =
  | 'duplicate-validator'
  | 'power-out-of-range'
  | 'unknown-validator'
  | 'set-would-be-empty'
  | 'total-power-out-of-range';

export type ValidatorChangeVerdict =
  | { readonly kind: 'accepted'; readonly set: ValidatorSet }
  | { readonly kind: 'rejected'; readonly reason: ValidatorChangeRefusal };

/** Voting power that a commit must exceed. @source Tendermint, arXiv:1807.04938: n > 3f, decide on 2f + 1. */
export const QUORUM_ABOVE: Ratio = ratio(2, 3);

/** So that priorities, which reach some four times the total power, stay exact. CometBFT's bound is 2^60. */
export const TOTAL_POWER_MAX = 281_474_976_710_656; // 2^48
/** Priorities lie within this many total powers of each other. @source cometbft, PriorityWindowSizeFactor. */
const PRIORITY_WINDOW_FACTOR = 2;
const SET_DOMAIN = 0x7661_6c73; // "vals"
const EMPTY_SET: ValidatorSet = { validators: [], totalPower: 0, proposer: '' };

/** A set whose first proposer is chosen. Throws InvariantError on what `updateValidators` would refuse. */
export function createValidatorSet(entries: readonly ValidatorEntry[]): ValidatorSet {
  assert(
    entries.every((entry) => entry.power > 0),
    'a new validator has power',
  );
  const verdict = updateValidators(EMPTY_SET, entries);
  assert(verdict.kind === 'accepted', 'a first validator set is valid', { verdict });
  return nextProposer(verdict.set);
}

/** Whether signers of `power` are a quorum of the set: strictly above 2/3. */
export function hasQuorum(set: Pick<ValidatorSet, 'totalPower'>, power: number): boolean {
  return exceeds(power, set.totalPower, QUORUM_ABOVE);
}

export function totalPowerOf(validators: readonly Pick<ValidatorEntry, 'power'>[]): number {
  let total = 0;
  for (const validator of validators) total += validator.power;
  return total;
}

/** Signatures that a committee of `size` equal members needs. @source wormhole sdk/vaa/quorum.go: floor(2n / 3) + 1. */
export function guardianQuorum(size: number): number {
  return Math.floor((size * 2) / 3) + 1;
}

/**
 * Hash of who votes with what power, 32 bytes; turns do not show in it.
 * `entries` in the order of the set. Hashed: the RFC 6962 root of the entries, as CometBFT's.
 */
export function validatorsHash(entries: readonly ValidatorEntry[], scheme: ProofScheme): Uint8Array {
  if (scheme.mode === 'hashed') return hashEntries(entries, scheme.hash);
  const m = createMix(SET_DOMAIN);
  mixWord(m, entries.length);
  for (const { address, key, power } of entries) {
    mixString(m, address);
    mixNumber(m, key);
    mixNumber(m, power);
  }
  return digestOfMix(m);
}

/** Moves on by `turns` proposers. Priorities are rescaled and centred once, before the first. */
export function nextProposer(set: ValidatorSet, turns = 1): ValidatorSet {
  assert(set.validators.length > 0, 'an empty set has no proposer');
  assert(Number.isSafeInteger(turns) && turns > 0, 'turns are a positive whole number', { turns });
  const { totalPower } = set;
  const validators = centre(rescale(set.validators, totalPower)).map((validator) => ({ ...validator }));
  let proposer = '';
  for (let turn = 0; turn < turns; turn++) {
    let first: Mutable<Validator> | undefined;
    for (const validator of validators) {
      validator.priority += validator.power;
      if (first === undefined || goesBefore(validator, first)) first = validator;
    }
    const chosen: Mutable<Validator> = present(first, 'somebody proposes');
    chosen.priority -= totalPower;
    proposer = chosen.address;
  }
  return { validators, totalPower, proposer };
}

/**
 * The set after changes: existing validators keep their priority, new ones start at -1.125 times the total power before
 * removals, so that leaving and coming back wins no turn. The proposer is as before until `nextProposer`.
 */
export function updateValidators(set: ValidatorSet, changes: readonly ValidatorChange[]): ValidatorChangeVerdict {
  if (changes.length === 0) return { kind: 'accepted', set };
  const changed = new Map<string, ValidatorChange>();
  for (const change of changes) {
    if (changed.has(change.address)) return rejected('duplicate-validator');
    const isPower = Number.isSafeInteger(change.power) && change.power >= 0 && change.power <= TOTAL_POWER_MAX;
    if (!isPower) return rejected('power-out-of-range');
    changed.set(change.address, change);
  }
  const standing = new Map(set.validators.map((validator) => [validator.address, validator] as const));
  let totalBeforeRemovals = set.totalPower;
  let removedPower = 0;
  for (const { address, power } of changes) {
    const known = standing.get(address);
    if (power === 0) {
      if (known === undefined) return rejected('unknown-validator');
      removedPower += known.power;
    } else {
      totalBeforeRemovals += power - (known?.power ?? 0);
    }
  }
  const totalPower = totalBeforeRemovals - removedPower;
  if (totalPower === 0) return rejected('set-would-be-empty');
  if (totalPower > TOTAL_POWER_MAX) return rejected('total-power-out-of-range');

  const newPriority = -(totalBeforeRemovals + Math.floor(totalBeforeRemovals / 8));
  const kept = set.validators.filter((validator) => !changed.has(validator.address));
  const added = changes
    .filter((change) => change.power > 0)
    .map((change) => ({ ...change, priority: standing.get(change.address)?.priority ?? newPriority }));
  const validators = centre(rescale([...kept, ...added], totalPower));
  const ordered = [...validators].sort((a, b) => b.power - a.power || compareAddresses(a, b));
  return { kind: 'accepted', set: { validators: ordered, totalPower, proposer: set.proposer } };
}

/** Divides priorities so that they lie within the window. @source cometbft, RescalePriorities: integer division. */
function rescale(validators: readonly Validator[], totalPower: number): readonly Validator[] {
  const window = PRIORITY_WINDOW_FACTOR * totalPower;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { priority } of validators) {
    lowest = Math.min(lowest, priority);
    highest = Math.max(highest, priority);
  }
  const spread = highest - lowest;
  // A set without power, as in CometBFT's own tests of averaging, has no window.
  if (window <= 0 || spread <= window) return validators;
  const by = Math.floor((spread + window - 1) / window);
  return validators.map((validator) => ({ ...validator, priority: Math.trunc(validator.priority / by) }));
}

/** Takes the average, rounded down, from each priority. @source cometbft, shiftByAvgProposerPriority. */
function centre(validators: readonly Validator[]): readonly Validator[] {
  // The sum may leave the safe range where each priority is within it.
  let sum = 0n;
  for (const { priority } of validators) sum += BigInt(priority);
  const size = BigInt(validators.length);
  const remainder = ((sum % size) + size) % size;
  const average = Number((sum - remainder) / size);
  if (average === 0) return validators;
  return validators.map((validator) => ({ ...validator, priority: validator.priority - average }));
}

function goesBefore(a: Validator, b: Validator): boolean {
  return a.priority > b.priority || (a.priority === b.priority && compareAddresses(a, b) < 0);
}

function compareAddresses(a: ValidatorEntry, b: ValidatorEntry): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}

function hashEntries(entries: readonly ValidatorEntry[], hash: HashBackend): Uint8Array {
  const leaves = entries.map(({ address, key, power }) => encodeCanonical([address, key, power]));
  return listRoot(leaves, hash);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function rejected(reason: ValidatorChangeRefusal): ValidatorChangeVerdict {
  return { kind: 'rejected', reason };
}
