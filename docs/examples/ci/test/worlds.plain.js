// Without a test runner of any make: fast-check and node alone.
import test from 'node:test';
import { checkScenarios, expectSafe, scenarioArbitrary } from 'l0sim/testing';

test('random worlds of two chains are safe', () => {
  checkScenarios(scenarioArbitrary({ chainsMax: 2, messagesMax: 3 }), (plan) => expectSafe(plan), {
    numRuns: 10,
    seed: Number(process.env.SEED ?? 20240607),
  });
});
