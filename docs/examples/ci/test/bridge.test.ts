import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  checkScenarios,
  expectLive,
  expectProperty,
  expectSafe,
  property,
  scenarioArbitrary,
  scenarioReporter,
} from 'l0sim/testing';

const base = readFileSync(new URL('../scenario.yaml', import.meta.url), 'utf8');

/** A promise of ours that l0sim does not know: nobody waits for more than so many packets of one lane. */
const atMostEightOpen = property('at most eight packets of a lane are open', {
  initial: () => new Map<number, number>(),
  on(record, open) {
    if (record.kind === 'packet-committed') {
      const { lane, sequence } = record.fields;
      const count = (open.get(lane) ?? 0) + 1;
      open.set(lane, count);
      if (count > 8) return { what: `${count} packets are open`, message: `lane ${lane}, sequence ${sequence}` };
    }
    if (record.kind === 'packet-acknowledged' || record.kind === 'packet-timed-out') {
      const { lane } = record.fields;
      open.set(lane, (open.get(lane) ?? 0) - 1);
    }
    return undefined;
  },
});

describe('our bridge', () => {
  it('is safe and live under random messages, and under faults inside of its assumptions', () => {
    checkScenarios(
      scenarioArbitrary({ base, messagesMax: 8, faults: 'inside-assumptions' }),
      (plan) => {
        expectSafe(plan);
        expectLive(plan);
      },
      { numRuns: 12, seed: 20240607 },
    );
  });

  it('is safe whatever breaks', () => {
    // The same with fast-check's own words: any property over plans, and the reporter that keeps the smallest failure.
    fc.assert(
      fc.property(scenarioArbitrary({ base, messagesMax: 4, faults: 'any' }), (plan) => {
        expectSafe(plan);
      }),
      { numRuns: 12, seed: 20240607, reporter: scenarioReporter() },
    );
  });

  it('keeps our own promise', () => {
    checkScenarios(
      scenarioArbitrary({ base, vary: ['messages', 'seed'] }),
      (plan) => expectProperty(plan, atMostEightOpen),
      {
        numRuns: 12,
        seed: 20240607,
      },
    );
  });
});
