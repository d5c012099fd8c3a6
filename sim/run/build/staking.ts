/** Validators that bond and withdraw: transactions of the chain's own stakers, by the plan of the scenario. */
import { accountId } from '../../../models/chains/chain.ts';
import {
  operatorAccount,
  operatorsOf,
  type OperatorState,
  type PlannedAct,
  scheduleNext,
} from '../../../models/controls/operators.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { decimalsOf, toBaseUnits } from './amounts.ts';
import type { BuiltChain } from './chains.ts';
import { type Endowment, USER_FORTUNE } from './endowments.ts';

/** Adds an entity for each chain whose powers change. Its name has a slash, which no operator of a scenario has. */
export function buildStaking(simulation: Simulation, scenario: Scenario, chains: readonly BuiltChain[]): Endowment[] {
  const { world } = simulation;
  return chains.flatMap(({ chain, entry }): Endowment[] => {
    if (entry.staking === undefined) return [];
    const name = `staking/${chain.name}`;
    const account = accountId(chain, operatorAccount(name));
    const acts = entry.staking.map(({ at, validator, power }): PlannedAct => ({
      atUs: at,
      chain: chain.id,
      account,
      call: { action: 'update-validator', arguments: Object.freeze({ validator, power }) },
    }));
    const state: OperatorState = { id: operatorsOf(world).length, name, acts, next: 0 };
    const entity = simulation.addEntity('operator', name, state);
    operatorsOf(world).push(entity);
    scheduleNext(simulation, entity, state);
    const amount = toBaseUnits(USER_FORTUNE, decimalsOf(scenario, chain.feeAsset));
    return [{ chain: chain.id, account, asset: chain.feeAsset, amount }];
  });
}
