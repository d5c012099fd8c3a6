import { describe, expect, it } from 'vitest';
import { createJustification, weighJustification } from '../../models/chains/consensus/ffg.ts';
import {
  createStake,
  CORRELATION_MULTIPLIER,
  endEpochOf,
  LEAK_QUOTIENT,
  MAX_EFFECTIVE_GWEI,
  slashOperator,
  type Stake,
  STEP_GWEI,
  votesOf,
} from '../../models/chains/consensus/slots-stake.ts';
import { weakSubjectivityEpochs } from '../../models/chains/consensus/weak-subjectivity.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

interface FfgStep {
  readonly cur: 0 | 1;
  readonly prev: 0 | 1;
  readonly current_justified_changed: 0 | 1;
  readonly previous_justified_changed?: 0 | 1;
  readonly finalized_changed: 0 | 1;
  readonly finalized?: 'prev_state.current_justified' | 'prev_state.previous_justified';
}
interface FfgVectors {
  readonly rule_4: readonly FfgStep[];
  readonly rule_1: readonly FfgStep[];
  readonly genesis: readonly FfgStep[];
}

const RULES = {
  slotsPerEpoch: 4,
  leakQuotient: LEAK_QUOTIENT,
  stepGwei: STEP_GWEI,
  correlationMultiplier: CORRELATION_MULTIPLIER,
};

/** All epochs up to `firstEpoch` stay without a vote; then each step is an epoch whose votes are on the chain as it says. */
function follow(steps: readonly FfgStep[], firstEpoch: number): void {
  const stake = createStake([1, 1, 1, 1], RULES);
  const state = createJustification(0);
  for (let epoch = 0; epoch < firstEpoch; epoch++) end(stake, state, epoch);
  steps.forEach((step, index) => {
    const before = structuredClone(state);
    if (step.cur === 1) stake.current.fill(1);
    if (step.prev === 1) stake.previous.fill(1);
    end(stake, state, firstEpoch + index);
    const changed = (a: object, b: object): number => (JSON.stringify(a) === JSON.stringify(b) ? 0 : 1);
    expect(changed(before.currentJustified, state.currentJustified)).toBe(step.current_justified_changed);
    if (step.previous_justified_changed !== undefined) {
      expect(changed(before.previousJustified, state.previousJustified)).toBe(step.previous_justified_changed);
    }
    expect(changed(before.finalized, state.finalized)).toBe(step.finalized_changed);
    if (step.finalized === 'prev_state.current_justified') expect(state.finalized).toEqual(before.currentJustified);
    if (step.finalized === 'prev_state.previous_justified') expect(state.finalized).toEqual(before.previousJustified);
  });
}

function end(stake: Stake, state: ReturnType<typeof createJustification>, epoch: number): void {
  weighJustification(state, { epoch, ...votesOf(stake, epoch) }, (of) => 1_000 + of);
  endEpochOf(stake, state, epoch);
}

describeWithVectors('ffg: published steps', () => {
  const published = vectors<FfgVectors>('eth_ffg_rules.json');
  it('follows the published steps of rule 4: the last epoch finalises by the one before', () => {
    follow(published.rule_4, 2);
  });
  it('follows the published steps of rule 1: the fourth last epoch is finalised by the second last', () => {
    follow(published.rule_1, 2);
  });
  it('justifies nothing in the first two epochs', () => {
    follow(published.genesis, 0);
    follow(published.genesis, 1);
  });
});

describe('ffg: justification and finalisation', () => {
  // @source ethereum/consensus-specs@a08d8a6e tests, test_process_justification_and_finalization: rules 2 and 3.
  it('finalises by rule 2: the third last epoch, by votes that came an epoch late', () => {
    const state = {
      previousJustified: { epoch: 3, block: 3 },
      currentJustified: { epoch: 3, block: 3 },
      finalized: { epoch: 2, block: 2 },
      bits: [false, true, true, false] as [boolean, boolean, boolean, boolean],
    };
    weighJustification(state, { epoch: 5, active: 3, previousTarget: 2, currentTarget: 0 }, (of) => of);
    expect(state.finalized.epoch).toBe(3);
    expect(state.currentJustified.epoch).toBe(4);
  });
  it('finalises by rule 3: the third last epoch, two epochs of it justified at once', () => {
    const state = {
      previousJustified: { epoch: 3, block: 3 },
      currentJustified: { epoch: 3, block: 3 },
      finalized: { epoch: 2, block: 2 },
      bits: [false, true, false, false] as [boolean, boolean, boolean, boolean],
    };
    weighJustification(state, { epoch: 5, active: 3, previousTarget: 2, currentTarget: 2 }, (of) => of);
    expect(state.finalized.epoch).toBe(3);
    expect(state.currentJustified.epoch).toBe(5);
  });
  it.each([
    [199, false],
    [200, true],
  ])('takes exactly two thirds for enough: %i of 300 -> justified %s', (target, isJustified) => {
    const state = createJustification(0);
    weighJustification(state, { epoch: 2, active: 300, previousTarget: 0, currentTarget: target }, (of) => of);
    expect(state.currentJustified.epoch === 2).toBe(isJustified);
  });
});

describe('slots: stake', () => {
  it('leaks until two thirds are back at epoch 4822.67, half of the stake being away', () => {
    // Continuous: steps of the effective balance too small to matter. @source closed_form_targets.json, leak-0.5.
    const stake = createStake([1, 1], { ...RULES, stepGwei: 1_000_000 });
    const state = createJustification(0);
    let epoch = 0;
    for (; epoch < 6_000; epoch++) {
      stake.current.fill(1, 0, RULES.slotsPerEpoch);
      const { active, currentTarget } = votesOf(stake, epoch);
      if (currentTarget * 3 >= active * 2) break;
      end(stake, state, epoch);
    }
    expect(Math.abs(epoch / 4_822.67 - 1)).toBeLessThan(0.02);
  });

  it('ejects who leaked to half at epoch 4685, in whole steps of one ETH', () => {
    // @source "4685 epochs, about three weeks": ethereum.org and eth2book, the inactivity leak since Bellatrix.
    const stake = createStake([1, 1], RULES);
    const state = createJustification(0);
    let epoch = 0;
    for (; epoch < 6_000 && stake.effective[4]! > 16; epoch++) {
      stake.current.fill(1, 0, RULES.slotsPerEpoch);
      end(stake, state, epoch);
    }
    expect(Math.abs(epoch - 4_685)).toBeLessThanOrEqual(10);
    expect(stake.balance[0]).toBe(MAX_EFFECTIVE_GWEI);
  });

  it('takes nothing while epochs become final', () => {
    const stake = createStake([1, 1, 1, 1], RULES);
    const state = createJustification(0);
    for (let epoch = 0; epoch < 100; epoch++) {
      stake.current.fill(1, 0, 3 * RULES.slotsPerEpoch);
      end(stake, state, epoch);
    }
    expect(state.finalized.epoch).toBe(98);
    expect([...stake.balance]).toEqual(Array.from({ length: 16 }, () => MAX_EFFECTIVE_GWEI));
  });

  // @source closed_form_targets.json, slash-0.010 and slash-0.333: min(1, 3 x slashed share) of the stake with duties.
  it.each([
    [1, 100, 0.03],
    [1, 3, 1],
  ])('slashes %i beside %i: a 32nd at once, and %d of it half a vector of epochs later', (part, rest, share) => {
    const stake = createStake([part, rest], { ...RULES, stepGwei: 1_000_000 });
    const state = createJustification(0);
    expect(slashOperator(stake, 0, 2)).toBe(MAX_EFFECTIVE_GWEI / 32);
    expect(slashOperator(stake, 0, 2)).toBe(0);
    expect(stake.balance[0]).toBe((MAX_EFFECTIVE_GWEI / 32) * 31);
    // Nothing leaks: the epoch before is final.
    state.finalized = { epoch: 4_096, block: 0 };
    endEpochOf(stake, state, 2 + 4_096);
    expect(stake.balance[0]).toBe(Math.max(0, (MAX_EFFECTIVE_GWEI / 32) * 31 - share * MAX_EFFECTIVE_GWEI));
    expect(stake.balance[4]).toBe(MAX_EFFECTIVE_GWEI);
  });
});

describeWithVectors('slots: weak subjectivity', () => {
  const table = vectors<{ avg_balance_eth: number; rows: readonly [number, number][] }>('eth_weak_subjectivity.json');
  it.each(table.rows)('%i validators of 32 ETH -> %i epochs', (validators, epochs) => {
    expect(weakSubjectivityEpochs(validators, table.avg_balance_eth)).toBe(epochs);
  });
});
