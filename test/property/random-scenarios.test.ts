import { describe, expect, it } from 'vitest';
import { checkScenarios } from '../../sim/experiment/plan/check-scenarios.ts';
import { scenarioArbitrary } from '../../sim/experiment/plan/scenario-arbitrary.ts';
import { expectVerdict } from '../../sim/experiment/plan/expectations.ts';

describe('properties over random small scenarios', () => {
  it('always: safety holds and every message comes to its end; can: each of them is exercised', () => {
    const exercised = new Map<string, number>();
    const outcomes = new Map<string, number>();
    checkScenarios(
      scenarioArbitrary(),
      (plan) => {
        const result = expectVerdict(plan, 'as-expected');
        expect(result.violations).toEqual([]);
        expect(result.messages.length).toBe(plan.messages.length);
        for (const row of result.properties) {
          exercised.set(row.property, (exercised.get(row.property) ?? 0) + row.checked);
        }
        for (const { outcome } of result.messages) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      },
      { numRuns: 80, folder: false },
    );
    for (const slug of [
      'no-forgery',
      'at-most-once',
      'receive-xor-unwind',
      'refund-exact',
      'conservation',
      'finality-respected',
      'agreement',
      'quorum-of-attestations',
      'legal-moves',
      'resolution',
    ]) {
      expect(exercised.get(slug) ?? 0, slug).toBeGreaterThan(0);
    }
    expect(outcomes.get('acknowledged') ?? 0).toBeGreaterThan(0);
    expect(outcomes.get('unwound') ?? 0).toBeGreaterThan(0);
    expect(outcomes.get('rejected') ?? 0).toBeGreaterThan(0);
  }, 120_000);
});
