/** Controls of a scenario: what bounds its lanes, and operators with their accounts, keys and plans. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { BucketSetting } from '../../../models/controls/token-bucket.ts';
import {
  operatorAccount,
  operatorsOf,
  type OperatorState,
  type PlannedAct,
  scheduleNext,
} from '../../../models/controls/operators.ts';
import { accountId, chainOf } from '../../../models/chains/chain.ts';
import { type Lane, laneOf } from '../../../models/lanes/lane.ts';
import { limitDeclared } from '../../../models/records.ts';
import type { ActEntry, BucketEntry, LaneEntry, Scenario } from '../../scenario/scenario.ts';
import { decimalsOf, toBaseUnits } from './amounts.ts';
import { idOf, type Names } from './names.ts';
import { type Endowment, USER_FORTUNE } from './endowments.ts';

export function bucketSetting(scenario: Scenario, { asset, capacity, perSecond }: BucketEntry): BucketSetting {
  const decimals = decimalsOf(scenario, asset);
  return { capacity: toBaseUnits(capacity, decimals), perSecond: toBaseUnits(perSecond, decimals) };
}

/** What bounds a lane from outside of its protocol, as the lane carries it. */
export function controlsOf(
  simulation: Simulation,
  scenario: Scenario,
  names: Names,
  name: string,
  { limiter, pause, from, to }: LaneEntry,
): Pick<Lane, 'limiter' | 'limit' | 'pause' | 'keyHolders'> {
  const limit =
    limiter === 'unlimited'
      ? undefined
      : Object.freeze({ asset: limiter.asset, ends: limiter.ends, ...bucketSetting(scenario, limiter) });
  const holder = holderOf(scenario, name);
  const account = (chain: string): number =>
    holder === undefined
      ? -1
      : accountId(chainOf(simulation.world, idOf(names.chains, chain)), operatorAccount(holder));
  return {
    limiter: limiter === 'unlimited' ? limiter : limiter.kind,
    ...(limit === undefined ? {} : { limit }),
    pause: pause === 'never' ? pause : pause.kind,
    ...(holder === undefined ? {} : { keyHolders: { source: account(from), destination: account(to) } }),
  };
}

export function declareLimit(simulation: Simulation, lane: number, limit: Lane['limit']): void {
  if (limit === undefined) return;
  const { asset, capacity, perSecond } = limit;
  for (const end of limit.ends) simulation.record(limitDeclared, { lane, end, asset, capacity, perSecond });
}

/** The name of who holds the key of a lane. */
export function holderOf(scenario: Scenario, lane: string): string | undefined {
  return Object.entries(scenario.operators ?? {}).find(([, { holds }]) => holds.includes(lane))?.[0];
}

export function buildOperators(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  const { world } = simulation;
  const endowments: Endowment[] = [];
  for (const [name, entry] of Object.entries(scenario.operators ?? {})) {
    const acts = entry.acts
      .flatMap((act) => planned(simulation, scenario, names, name, act))
      .sort((a, b) => a.atUs - b.atUs);
    const state: OperatorState = { id: operatorsOf(world).length, name, acts, next: 0 };
    const entity = simulation.addEntity('operator', name, state);
    operatorsOf(world).push(entity);
    scheduleNext(simulation, entity, state);
    for (const id of new Set(acts.map(({ chain }) => chain))) {
      const chain = chainOf(world, id);
      const account = accountId(chain, operatorAccount(name));
      const amount = toBaseUnits(USER_FORTUNE, decimalsOf(scenario, chain.feeAsset));
      endowments.push({ chain: id, account, asset: chain.feeAsset, amount });
    }
  }
  return endowments;
}

function planned(
  simulation: Simulation,
  scenario: Scenario,
  names: Names,
  operator: string,
  act: ActEntry,
): PlannedAct[] {
  const { world } = simulation;
  const lane = laneOf(world, idOf(names.lanes, act.lane));
  if ('sequence' in act) {
    const account = accountId(chainOf(world, lane.destination), operatorAccount(operator));
    const call = { action: `${act.do}-packet`, arguments: Object.freeze({ lane: lane.id, sequence: act.sequence }) };
    return [{ atUs: act.at, chain: lane.destination, account, call }];
  }
  return endsOf(names, lane, act).map((id): PlannedAct => {
    const account = accountId(chainOf(world, id), operatorAccount(operator));
    const action = act.do === 'set-limit' ? 'set-limit' : `${act.do}-lane`;
    const setting = act.do === 'set-limit' ? bucketSetting(scenario, act) : {};
    return {
      atUs: act.at,
      chain: id,
      account,
      call: { action, arguments: Object.freeze({ lane: lane.id, ...setting }) },
    };
  });
}

function endsOf(names: Names, lane: Lane, act: Exclude<ActEntry, { sequence: number }>): number[] {
  if (act.do === 'reopen') return [lane.source];
  return act.on === undefined ? [lane.source, lane.destination] : [idOf(names.chains, act.on)];
}
