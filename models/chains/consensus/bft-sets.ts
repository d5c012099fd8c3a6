/**
 * Who may vote at which height, and whose turn it is. A change made in block h counts from height h + 2, so that the header
 * of h + 1 can already name the set after it.
 * @source cometbft/cometbft@5bba72c1 state/execution.go, updateState: validators, next validators, one turn a height.
 */
import { present } from '../../../sim/base/assert.ts';
import type { World } from '../../../sim/kernel/world.ts';
import { validatorSetChanged } from '../../records.ts';
import {
  createValidatorSet,
  nextProposer,
  updateValidators,
  type ValidatorChange,
  type ValidatorEntry,
  type ValidatorSet,
} from '../../proofs/validator-set.ts';
import type { Block, Chain } from '../chain.ts';
import type { CallHandler, CallOutcome } from '../execution.ts';
import { readState } from '../views.ts';
import { type BftChain, bftOf, bftTable, type BftRun, createPowerSet, type HeightPlan } from './bft-state.ts';

const ADDRESS_DIGITS = 5;

/** Address of a validator: orders equal ones by index. */
export function addressOf(validator: number): string {
  return `v${String(validator).padStart(ADDRESS_DIGITS, '0')}`;
}

export function validatorAt(address: string): number {
  return Number(address.slice(1));
}

/** What genesis says of the heights 1 and 2. */
export function firstPlan(bft: BftChain, powers: readonly number[]): HeightPlan {
  bft.sets.push(createPowerSet(powers));
  const validators = createValidatorSet(entriesOf(bft, 0));
  return { set: 0, nextSet: 0, validators, nextValidators: nextProposer(validators), height: 0, proposers: [] };
}

/** Members of a set in its own order, as a header's hash speaks of them. */
export function entriesOf(bft: Pick<BftChain, 'sets' | 'keys'>, set: number): ValidatorEntry[] {
  const { powers } = present(bft.sets[set], 'a power set exists', { set });
  const entries: ValidatorEntry[] = [];
  powers.forEach((power, validator) => {
    if (power > 0) entries.push({ address: addressOf(validator), key: bft.keys[validator] as number, power });
  });
  return entries.sort((a, b) => b.power - a.power || (a.address < b.address ? -1 : 1));
}

/** Plan of the height that the node is at. */
export function planOf({ bft, node }: BftRun): HeightPlan {
  return present(bft.plans.get(node.head), 'the head of a node is planned on', { node: node.name, head: node.head });
}

/** Validator whose turn it is in a round of the node's height. */
export function proposerOf(run: BftRun, round: number): number {
  const { proposers, validators } = planOf(run);
  for (let next = proposers.length; next <= round; next++) {
    const turn = next === 0 ? validators : nextProposer(validators, next);
    proposers.push(validatorAt(turn.proposer));
  }
  return proposers[round] as number;
}

/** Notes what an executed block says of the heights after it. */
export function planAfter(bft: BftChain, chain: Chain, block: Block): void {
  const before = present(bft.plans.get(block.parent), 'a block is decided on a planned one', { block: block.id });
  const changes = changesIn(bft, chain, block, before.nextSet);
  const updated = changes.length === 0 ? undefined : updateValidators(before.nextValidators, changes);
  const isChanged = updated?.kind === 'accepted';
  const nextSet = isChanged ? changedSet(bft, before.nextSet, changes) : before.nextSet;
  bft.plans.set(block.id, {
    set: before.nextSet,
    nextSet,
    validators: copySet(before.nextValidators),
    nextValidators: nextProposer(isChanged ? updated.set : before.nextValidators),
    height: block.height,
    proposers: [],
  });
}

/** The world is a tree: two plans share no set. */
function copySet(set: ValidatorSet): ValidatorSet {
  return { ...set, validators: set.validators.map((validator) => ({ ...validator })) };
}

function changesIn(bft: BftChain, chain: Chain, block: Block, set: number): ValidatorChange[] {
  if (readState(chain, block.id, CHANGED_KEY) !== block.height) return [];
  const { powers } = present(bft.sets[set], 'a power set exists', { set });
  const changes: ValidatorChange[] = [];
  powers.forEach((known, validator) => {
    const power = readState(chain, block.id, powerKey(validator)) as number | undefined;
    if (power === undefined || power === known) return;
    changes.push({ address: addressOf(validator), key: bft.keys[validator] as number, power });
  });
  return changes;
}

function changedSet(bft: BftChain, from: number, changes: readonly ValidatorChange[]): number {
  const powers = [...present(bft.sets[from], 'a power set exists', { set: from }).powers];
  for (const { address, power } of changes) powers[validatorAt(address)] = power;
  bft.sets.push(createPowerSet(powers));
  return bft.sets.length - 1;
}

/** Forgets plans that no node stands on or below any more. */
export function forgetPlans(bft: BftChain, chain: Chain): void {
  const heads = chain.nodes.map(({ head }) => head);
  let lowest = Number.POSITIVE_INFINITY;
  for (const head of heads) lowest = Math.min(lowest, bft.plans.get(head)?.height ?? lowest);
  // A node that is down for good must not make the chain remember everything.
  lowest = Math.max(lowest, chain.keptFrom);
  for (const [id, plan] of bft.plans) {
    // ORDER: plans were made by height, but for forks, where a few stay a little longer.
    if (plan.height >= lowest) break;
    if (!heads.includes(id)) bft.plans.delete(id);
  }
}

const CHANGED_KEY = 'validators/changed';

function powerKey(validator: number): string {
  return `validators/${validator}`;
}

/** Arguments of `validator-update`. */
export interface ValidatorUpdate {
  readonly validator: number;
  /** New voting power, 0 to leave the set. */
  readonly power: number;
}

const UPDATE_GAS = 50_000;

/**
 * Contract call: gives a validator another power from height + 2 on. Refuses what would leave no power at all.
 * MODEL: whoever sends it is obeyed: a scenario plans who bonds and withdraws (`staking`), and delegators do not choose.
 */
export const updateValidator: CallHandler = (execution, callArguments): CallOutcome => {
  const { chain, block, context } = execution;
  const update = readUpdate(callArguments);
  const bft = bftTable(context.world).get(chain.id);
  if (bft === undefined || update === undefined)
    return { kind: 'rejected', gas: UPDATE_GAS, reason: 'update-malformed' };
  const powers = pendingPowers(context.world, chain, (key) => execution.get(key) as number | undefined);
  if (powers[update.validator] === undefined) {
    return { kind: 'rejected', gas: UPDATE_GAS, reason: 'unknown-validator' };
  }
  powers[update.validator] = update.power;
  if (powers.every((power) => power === 0)) return { kind: 'rejected', gas: UPDATE_GAS, reason: 'set-would-be-empty' };
  execution.set(powerKey(update.validator), update.power);
  execution.set(CHANGED_KEY, block.height);
  execution.fact(validatorSetChanged, {
    chain: chain.id,
    block: block.id,
    node: update.validator,
    power: update.power,
    fromHeight: block.height + 2,
  });
  return { kind: 'done', gas: UPDATE_GAS };
};

function pendingPowers(world: World, chain: Chain, read: (key: string) => number | undefined): number[] {
  const bft = bftOf(world, chain.id);
  const first = present(bft.sets[0], 'a chain starts with a set');
  return first.powers.map((power, validator) => read(powerKey(validator)) ?? power);
}

function readUpdate(callArguments: unknown): ValidatorUpdate | undefined {
  if (typeof callArguments !== 'object' || callArguments === null) return undefined;
  const { validator, power } = callArguments as Partial<ValidatorUpdate>;
  if (!Number.isSafeInteger(validator) || !Number.isSafeInteger(power)) return undefined;
  const isInRange = (power as number) >= 0 && (power as number) <= POWER_MAX;
  return isInRange ? (callArguments as ValidatorUpdate) : undefined;
}

/** Far below where the sum of ten thousand validators would leave the range of exact thresholds. */
export const POWER_MAX = 10_000_000_000;
