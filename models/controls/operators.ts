/** Operators: people who act on contracts by plan, at an instant and by a transaction like any other. */
import { instant } from '../../sim/base/units.ts';
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { chainOf } from '../chains/chain.ts';
import type { Call } from '../chains/mempool.ts';
import { submit } from '../chains/views.ts';

/** One transaction that is planned. */
export interface PlannedAct {
  readonly atUs: number;
  readonly chain: number;
  /** The operator's account there. */
  readonly account: number;
  readonly call: Call;
}

export interface OperatorState {
  readonly id: number;
  readonly name: string;
  /** In order of time. */
  readonly acts: readonly PlannedAct[];
  next: number;
}

const EVENT = { act: 0 } as const;
const OPERATOR_GAS = 1_000_000;

export function operatorAccount(name: string): string {
  return `operator/${name}`;
}

export const operatorBehaviour: Behaviour<OperatorState> = {
  kind: 'operator',
  events: ['act'],
  handle(state, event, context) {
    const act = state.acts[state.next++];
    if (act === undefined) return;
    submit(context, chainOf(context.world, act.chain), {
      account: act.account,
      calls: [act.call],
      gasLimit: OPERATOR_GAS,
    });
    scheduleNext(context, event.target, state);
  },
};

/** Sets the clock for the next act, if there is one. */
export function scheduleNext(context: Pick<Context, 'schedule'>, entity: number, state: OperatorState): void {
  const act = state.acts[state.next];
  if (act !== undefined) context.schedule('timer', entity, EVENT.act, instant(act.atUs));
}

/** Entities of the operators, by operator id. */
export function operatorsOf(world: World): number[] {
  return (world.tables['operators'] ??= []) as number[];
}
