/**
 * Stake of a chain of slots and epochs: balances that leak while nothing is final, penalties of those who are slashed, and
 * who has voted. Amounts are whole Gwei, weights are whole steps of the effective balance.
 * @source ethereum/consensus-specs@a08d8a6e specs/altair and specs/bellatrix/beacon-chain.md.
 */
// MODEL: an operator is `power` equal validators, spread evenly over the slots of an epoch as cohorts; each cohort is one
// representative validator times its size. Duties move between cohorts by one turn an epoch and not by a full shuffle, so
// that chance in who sits in which committee is left out. Rewards, and the penalties of those who miss a vote while all is
// final, are left out: about 0.002 % of the stake a day.
import { GENESIS_EPOCH, type Justification } from './ffg.ts';

export interface StakeRules {
  readonly slotsPerEpoch: number;
  /** The larger, the slower stake leaks. */
  readonly leakQuotient: number;
  /** Step of the effective balance, in Gwei. */
  readonly stepGwei: number;
  readonly correlationMultiplier: number;
}

/** By cohort, `operator * slotsPerEpoch + turn`. */
export interface Stake {
  readonly rules: StakeRules;
  /** Validators of each cohort of an operator. */
  readonly powers: number[];
  readonly balance: Float64Array;
  /** In steps. */
  readonly effective: Float64Array;
  readonly score: Float64Array;
  /** Whether its vote for the checkpoint of the epoch is on the chain: of the epoch before, and of this one. */
  previous: Uint8Array;
  current: Uint8Array;
  /** First epoch in which it has no duties, and in which the penalty for slashing in company falls due. */
  readonly exit: Float64Array;
  readonly penaltyAt: Float64Array;
  /** Steps slashed, by epoch. */
  readonly slashedIn: Map<number, number>;
  /** Weight of each operator, in steps: for who proposes. */
  readonly weights: number[];
}

/** @source mainnet preset: 32 ETH, 16 ETH. */
export const MAX_EFFECTIVE_GWEI = 32_000_000_000;
const EJECTION_GWEI = 16_000_000_000;
export const LEAK_QUOTIENT = 16_777_216;
export const STEP_GWEI = 1_000_000_000;
export const CORRELATION_MULTIPLIER = 3;
/** @source mainnet configuration: INACTIVITY_SCORE_BIAS, INACTIVITY_SCORE_RECOVERY_RATE, MIN_EPOCHS_TO_INACTIVITY_PENALTY. */
const SCORE_BIAS = 4;
const SCORE_RECOVERY = 16;
const LEAK_AFTER_EPOCHS = 4;
/** @source mainnet preset: MAX_SEED_LOOKAHEAD, EPOCHS_PER_SLASHINGS_VECTOR, MIN_SLASHING_PENALTY_QUOTIENT_BELLATRIX. */
const EXIT_AFTER_EPOCHS = 5;
const SLASHINGS_EPOCHS = 8_192;
const SLASHING_QUOTIENT = 32;
/** A quarter of a step down, five quarters up. */
const HYSTERESIS = { quotient: 4, down: 1, up: 5 };
const NEVER = Number.MAX_SAFE_INTEGER;

export function createStake(powers: readonly number[], rules: StakeRules): Stake {
  const cohorts = powers.length * rules.slotsPerEpoch;
  const stake: Stake = {
    rules: { ...rules },
    powers: [...powers],
    balance: new Float64Array(cohorts).fill(MAX_EFFECTIVE_GWEI),
    effective: new Float64Array(cohorts).fill(Math.floor(MAX_EFFECTIVE_GWEI / rules.stepGwei)),
    score: new Float64Array(cohorts),
    previous: new Uint8Array(cohorts),
    current: new Uint8Array(cohorts),
    exit: new Float64Array(cohorts).fill(NEVER),
    penaltyAt: new Float64Array(cohorts).fill(NEVER),
    slashedIn: new Map(),
    weights: powers.map(() => 0),
  };
  weigh(stake, GENESIS_EPOCH);
  return stake;
}

/** Stake with duties in an epoch, in all and with its vote for the two checkpoints. In steps. */
export function votesOf(
  stake: Stake,
  epoch: number,
): { active: number; previousTarget: number; currentTarget: number } {
  let active = 0;
  let previousTarget = 0;
  let currentTarget = 0;
  const { slotsPerEpoch } = stake.rules;
  for (let cohort = 0; cohort < stake.balance.length; cohort++) {
    const power = stake.powers[Math.floor(cohort / slotsPerEpoch)] as number;
    const weight = power * (stake.effective[cohort] as number);
    const exit = stake.exit[cohort] as number;
    const isSlashed = stake.penaltyAt[cohort] !== NEVER;
    if (epoch < exit) active += weight;
    if (isSlashed) continue;
    if (epoch - 1 < exit && stake.previous[cohort] === 1) previousTarget += weight;
    if (epoch < exit && stake.current[cohort] === 1) currentTarget += weight;
  }
  return { active, previousTarget, currentTarget };
}

export function isLeaking(justification: Justification, epoch: number): boolean {
  return Math.max(0, epoch - 1) - justification.finalized.epoch > LEAK_AFTER_EPOCHS;
}

/** Penalties that fell due for being slashed in company. */
export interface CompanyPenalties {
  /** By operator, Gwei of all of its validators: what was taken, and their effective balance before. */
  readonly of: Map<number, { penalty: bigint; effective: bigint }>;
  /** In steps: slashed in the epochs that count, and with duties. */
  readonly slashed: number;
  readonly active: number;
}

/** What the end of an epoch does to balances, after its justification was weighed. Returns the penalties for company. */
export function endEpochOf(stake: Stake, justification: Justification, epoch: number): CompanyPenalties {
  const { active } = votesOf(stake, epoch);
  const isLeak = isLeaking(justification, epoch);
  let slashed = 0;
  for (const [at, steps] of stake.slashedIn) {
    if (at + SLASHINGS_EPOCHS <= epoch) stake.slashedIn.delete(at);
    else slashed += steps;
  }
  const adjusted = Math.min(slashed * stake.rules.correlationMultiplier, active);
  const penalties: CompanyPenalties = { of: new Map(), slashed, active };
  for (let cohort = 0; cohort < stake.balance.length; cohort++) {
    if (epoch > GENESIS_EPOCH) leak(stake, cohort, epoch, isLeak);
    eject(stake, cohort, epoch);
    if (stake.penaltyAt[cohort] === epoch) {
      // ORDER: multiplied before it is divided, in whole steps, as the specification rounds.
      const effective = stake.effective[cohort] as number;
      const share = active === 0 ? 0 : Math.floor((effective * adjusted) / active);
      takeGwei(stake, cohort, share * stake.rules.stepGwei);
      notePenalty(stake, penalties, cohort, share, effective);
    }
    settleEffective(stake, cohort);
  }
  const spent = stake.previous;
  stake.previous = stake.current;
  stake.current = spent.fill(0);
  weigh(stake, epoch + 1);
  return penalties;
}

function notePenalty(
  { rules, powers }: Stake,
  { of }: CompanyPenalties,
  cohort: number,
  share: number,
  all: number,
): void {
  const operator = Math.floor(cohort / rules.slotsPerEpoch);
  const validators = BigInt(powers[operator] as number) * BigInt(rules.stepGwei);
  const sum = of.get(operator) ?? { penalty: 0n, effective: 0n };
  sum.penalty += validators * BigInt(share);
  sum.effective += validators * BigInt(all);
  of.set(operator, sum);
}

function leak(stake: Stake, cohort: number, epoch: number, isLeak: boolean): void {
  const isSlashed = stake.penaltyAt[cohort] !== NEVER;
  const isEligible = epoch - 1 < (stake.exit[cohort] as number) || (isSlashed && epoch < slashedUntil(stake, cohort));
  if (!isEligible) return;
  const hasVoted = stake.previous[cohort] === 1 && !isSlashed;
  const score = stake.score[cohort] as number;
  let next = hasVoted ? Math.max(0, score - 1) : score + SCORE_BIAS;
  if (!isLeak) next = Math.max(0, next - SCORE_RECOVERY);
  stake.score[cohort] = next;
  if (hasVoted || next === 0) return;
  const effective = (stake.effective[cohort] as number) * stake.rules.stepGwei;
  takeGwei(stake, cohort, Math.floor((effective * next) / (SCORE_BIAS * stake.rules.leakQuotient)));
}

/** Epoch from which who was slashed may withdraw. */
function slashedUntil(stake: Stake, cohort: number): number {
  return (stake.penaltyAt[cohort] as number) + SLASHINGS_EPOCHS / 2;
}

/** MODEL: who falls to half of a full stake leaves at once; the queue of those who leave is left out. */
function eject(stake: Stake, cohort: number, epoch: number): void {
  const effective = (stake.effective[cohort] as number) * stake.rules.stepGwei;
  if (effective <= EJECTION_GWEI && stake.exit[cohort] === NEVER) stake.exit[cohort] = epoch + EXIT_AFTER_EPOCHS;
}

function takeGwei(stake: Stake, cohort: number, amount: number): void {
  stake.balance[cohort] = Math.max(0, (stake.balance[cohort] as number) - amount);
}

function settleEffective(stake: Stake, cohort: number): void {
  const { stepGwei } = stake.rules;
  const balance = stake.balance[cohort] as number;
  const effective = (stake.effective[cohort] as number) * stepGwei;
  const quarter = stepGwei / HYSTERESIS.quotient;
  if (balance + quarter * HYSTERESIS.down < effective || effective + quarter * HYSTERESIS.up < balance) {
    stake.effective[cohort] = Math.floor(Math.min(balance, MAX_EFFECTIVE_GWEI) / stepGwei);
  }
}

function weigh(stake: Stake, epoch: number): void {
  const { slotsPerEpoch } = stake.rules;
  stake.weights.forEach((_, operator) => {
    let steps = 0;
    for (let turn = 0; turn < slotsPerEpoch; turn++) {
      const cohort = operator * slotsPerEpoch + turn;
      if (epoch < (stake.exit[cohort] as number)) steps += stake.effective[cohort] as number;
    }
    stake.weights[operator] = steps * (stake.powers[operator] as number);
  });
}

/**
 * Slashes all validators of an operator who have not been: a first penalty now, exit soon, and half a vector of epochs later
 * the penalty for all who were slashed around then. Returns the Gwei taken now from each; 0 where it was slashed before.
 */
export function slashOperator(stake: Stake, operator: number, epoch: number): number {
  const { slotsPerEpoch, stepGwei } = stake.rules;
  let taken = 0;
  for (let turn = 0; turn < slotsPerEpoch; turn++) {
    const cohort = operator * slotsPerEpoch + turn;
    if (stake.penaltyAt[cohort] !== NEVER) continue;
    const effective = stake.effective[cohort] as number;
    stake.exit[cohort] = Math.min(stake.exit[cohort] as number, epoch + EXIT_AFTER_EPOCHS);
    stake.penaltyAt[cohort] = epoch + SLASHINGS_EPOCHS / 2;
    const steps = effective * (stake.powers[operator] as number);
    stake.slashedIn.set(epoch, (stake.slashedIn.get(epoch) ?? 0) + steps);
    taken = Math.floor((effective * stepGwei) / SLASHING_QUOTIENT);
    takeGwei(stake, cohort, taken);
  }
  return taken;
}
