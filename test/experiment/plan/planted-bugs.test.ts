/** Bugs planted in the parts, and faults that break what is assumed: found in few scenarios, and made small. */
import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../../sim/base/noble-hash.ts';
import { checkScenarios } from '../../../sim/experiment/plan/check-scenarios.ts';
import { expectLive, expectSafe } from '../../../sim/experiment/plan/expectations.ts';
import { ScenarioFailure } from '../../../sim/experiment/plan/failure.ts';
import { scenarioArbitrary, type ScenarioOptions } from '../../../sim/experiment/plan/scenario-arbitrary.ts';
import type { ScenarioPlan } from '../../../sim/experiment/plan/scenario-plan.ts';
import type { RunParts } from '../../../sim/run/build/world.ts';
import { createRunParts, type PartChanges } from '../../../sim/run/parts.ts';
import { builtInObservers } from '../../../reports/results.ts';
import { type CallHandler } from '../../../models/chains/execution.ts';
import { moveAsset } from '../../../models/economy/ledger.ts';
import { laneKey, laneOf } from '../../../models/lanes/lane.ts';

/** Scenarios that a bug may hide in. */
const BUDGET = 150;
const SEED = 11;

interface Found {
  readonly property: string;
  /** The smallest plan that failed, which is the last one that did. */
  readonly plan: ScenarioPlan;
  readonly message: string;
}

/** Draws until a check fails. Throws where nothing does within the budget. */
function hunt(options: ScenarioOptions, check: (plan: ScenarioPlan) => void): Found {
  let smallest: ScenarioPlan | undefined;
  const watched = (plan: ScenarioPlan): void => {
    try {
      check(plan);
    } catch (error) {
      smallest = plan;
      throw error;
    }
  };
  try {
    checkScenarios(scenarioArbitrary(options), watched, { numRuns: BUDGET, seed: SEED, folder: false });
  } catch (error) {
    if (!(error instanceof ScenarioFailure) || smallest === undefined) throw error;
    return { property: error.property, plan: smallest, message: error.message };
  }
  throw new Error(`nothing was found in ${BUDGET} scenarios`);
}

function partsWith(changes: PartChanges): RunParts {
  return createRunParts(builtInObservers, nobleHash, changes);
}

interface PlantedCall {
  readonly packet: { readonly lane: number; readonly sequence: number };
}

/** The built-in calls with one of them made wrong. */
const mutants: readonly {
  name: string;
  property: string;
  group: 'safe' | 'live';
  options: ScenarioOptions;
  changes: PartChanges;
}[] = [
  {
    name: 'the receipt is not written: a second relayer delivers again',
    property: 'at-most-once',
    group: 'safe',
    options: { chainKinds: ['parametric'], messagesMax: 4 },
    changes: {
      calls: (calls) => ({
        ...calls,
        receive: (execution, given) => {
          const outcome = (calls['receive'] as CallHandler)(execution, given);
          const { lane, sequence } = (given as PlantedCall).packet;
          execution.remove(laneKey.receipt(lane, sequence));
          return outcome;
        },
      }),
    },
  },
  {
    name: 'a voucher is minted one unit too large',
    property: 'conservation',
    group: 'safe',
    options: { chainKinds: ['parametric'] },
    changes: {
      calls: (calls) => ({
        ...calls,
        receive: (execution, given) => {
          const outcome = (calls['receive'] as CallHandler)(execution, given);
          const lane = laneOf(execution.context.world, (given as PlantedCall).packet.lane);
          const asset = `${lane.path}/C1`;
          if (outcome.kind === 'done') moveAsset(execution, { asset, from: -1, to: 0, amount: 1n, why: 'mint' });
          return outcome;
        },
      }),
    },
  },
  {
    name: 'relayers that were stopped never take up again what they were told meanwhile',
    property: 'resolution',
    group: 'live',
    // A stopped guardian is outside of the assumptions, and here the stop ends.
    options: { faults: ['rel.stop'], relayersMax: 1, chainKinds: ['parametric'] },
    changes: {
      behaviours: (all) =>
        all.map((each) =>
          each.kind === 'relayer'
            ? {
                ...each,
                handle(state, event, context) {
                  if ((state as unknown as { isServing: boolean }).isServing) each.handle(state, event, context);
                },
              }
            : each,
        ),
    },
  },
];

describe('planted bugs', () => {
  it.each(mutants)('$name -> $property, shrunk', ({ property, group, options, changes }) => {
    const parts = partsWith(changes);
    const found = hunt(options, (plan) => {
      if (group === 'safe') expectSafe(plan, { run: { parts } });
      else expectLive(plan, { run: { parts }, explained: 'count' });
    });
    expect(found.property).toBe(property);
    expect(found.plan.faults.length).toBeLessThanOrEqual(3);
    expect(found.plan.messages.length).toBeLessThanOrEqual(3);
    expect(found.plan.world?.lanes.length).toBe(1);
  });
});

describe('declared faults beyond the assumptions', () => {
  it('members of a committee who are lied to, enough of them: shrunk to one lie', () => {
    const { property, plan } = hunt(
      { faults: ['data.lie', 'net.loss', 'node.crash'], verifiers: ['committee'] },
      (each) => {
        expectSafe(each, { explained: 'count' });
      },
    );
    expect(property).toBe('no-forgery');
    expect(plan.faults.map(({ kind }) => kind)).toEqual(['data.lie']);
    expect(plan.messages).toHaveLength(1);
  });

  it('validators doubled, more than a third of them: shrunk to one fault with twins', () => {
    const { property, plan } = hunt(
      {
        faults: ['bft.twin', 'net.partition'],
        chainKinds: ['bft'],
        faultsMax: 2,
        lanesMax: 1,
        chainsMax: 2,
        messagesMax: 2,
        validatorsMax: 4,
      },
      (each) => {
        expectSafe(each, { explained: 'count' });
      },
    );
    expect(property).toBe('agreement');
    expect(plan.faults.length).toBeLessThanOrEqual(3);
    expect(plan.faults.map(({ kind }) => kind)).toContain('bft.twin');
    expect(plan.messages.length).toBeLessThanOrEqual(3);
  });
});
