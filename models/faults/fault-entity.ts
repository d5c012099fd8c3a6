/** The entity of a fault: begins and ends it in class `fault`, says so, and comes again where the plan says so. */
import { present } from '../../sim/base/assert.ts';
import { after, duration, instant, type Instant, roundDuration } from '../../sim/base/units.ts';
import type { EventHandle } from '../../sim/kernel/event-slots.ts';
import { sample } from '../../sim/kernel/random/laws.ts';
import type { Behaviour, Context, Simulation } from '../../sim/kernel/simulation.ts';
import { faultDeclared, faultEnded, faultStarted } from '../records.ts';
import { type FaultAction, type FaultEndowment, type FaultPlan, faultStream } from './fault.ts';
import type { FaultTable } from './plan.ts';

export interface FaultState {
  readonly plan: FaultPlan;
  /** Times that it has begun, and gaps that were drawn. */
  starts: number;
  gaps: number;
  isActing: boolean;
  /** Alarm of its end, -1 where none is set. */
  stopTimer: EventHandle;
}

export const FAULT_KIND = 'fault';
const EVENT = { start: 0, stop: 1, matched: 2 } as const;

/** Adds a fault while the world is built. Returns what genesis has to give to its people. */
export function addFault(simulation: Simulation, table: FaultTable, plan: FaultPlan): readonly FaultEndowment[] {
  simulation.record(faultDeclared, { fault: plan.id, name: plan.name, kind: plan.kind });
  const state: FaultState = { plan, starts: 0, gaps: 0, isActing: false, stopTimer: -1 };
  const entity = simulation.addEntity(FAULT_KIND, plan.name, state);
  const { start } = plan.when;
  switch (start.kind) {
    case 'at':
      simulation.schedule('fault', entity, EVENT.start, instant(start.atUs));
      break;
    case 'every':
      if (start.fromUs === -1) scheduleNext(simulation, entity, state);
      else simulation.schedule('fault', entity, EVENT.start, instant(start.fromUs));
      break;
    case 'on': {
      const { record, where } = start.pattern;
      simulation.addWatch({ record, where, entity, kind: EVENT.matched, left: start.count });
      break;
    }
  }
  return actionOf(table, plan).prepare?.(simulation, plan) ?? [];
}

/** The behaviour of every fault, over the kinds of this build. */
export function createFaultBehaviour(table: FaultTable): Behaviour<FaultState> {
  return {
    kind: FAULT_KIND,
    events: ['start', 'stop', 'matched'],
    handle(state, event, context) {
      switch (event.kind) {
        case EVENT.start:
          if (state.plan.when.start.kind === 'every') scheduleNext(context, event.target, state);
          return start(context, event.target, state, table);
        case EVENT.stop:
          return stop(context, state, table);
        case EVENT.matched:
          return matched(context, event.target, state, table);
      }
    },
  };
}

function actionOf(table: FaultTable, plan: FaultPlan): FaultAction {
  return present(table[plan.kind], 'validation refuses unknown kinds', { kind: plan.kind }).create(plan.with);
}

function matched(context: Context, entity: number, state: FaultState, table: FaultTable): void {
  const when = state.plan.when.start;
  const afterUs = when.kind === 'on' ? when.afterUs : 0;
  if (afterUs === 0) start(context, entity, state, table);
  else context.schedule('fault', entity, EVENT.start, after(context.now, duration(afterUs)));
}

/** A start that comes while the fault acts is passed over. */
function start(context: Context, entity: number, state: FaultState, table: FaultTable): void {
  const { plan } = state;
  if (state.isActing || !isOpen(plan, context.now)) return;
  state.isActing = true;
  state.starts++;
  const action = actionOf(table, plan);
  context.record(faultStarted, { fault: plan.id });
  const end = endOf(context, state, action);
  if (end !== undefined) state.stopTimer = context.schedule('fault', entity, EVENT.stop, end);
  action.start(context, { plan, start: state.starts });
}

function stop(context: Context, state: FaultState, table: FaultTable): void {
  const { plan } = state;
  state.isActing = false;
  state.stopTimer = -1;
  actionOf(table, plan).stop(context, { plan, start: state.starts });
  context.record(faultEnded, { fault: plan.id });
}

function endOf(context: Context, state: FaultState, action: FaultAction): Instant | undefined {
  const { plan, starts } = state;
  const law = action.lasting ?? plan.when.lasting ?? undefined;
  const { untilUs } = plan.when;
  if (law === undefined) return untilUs === -1 ? undefined : instant(untilUs);
  const lasting = roundDuration(sample(law, context.keyed(context.stream(faultStream(plan, 'lasting')), starts, 0)));
  const end = after(context.now, lasting);
  return untilUs === -1 ? end : instant(Math.min(end, untilUs));
}

/** Gaps run from start to start and are keyed by their number, however long each time lasts. */
function scheduleNext(context: Context, entity: number, state: FaultState): void {
  const { plan } = state;
  const { start } = plan.when;
  if (start.kind !== 'every') return;
  const first = start.fromUs === -1 ? 0 : 1;
  if (start.count > 0 && state.gaps + first >= start.count) return;
  const source = context.keyed(context.stream(faultStream(plan, 'every')), state.gaps++, 0);
  const at = after(context.now, duration(Math.max(1, roundDuration(sample(start.gap, source)))));
  if (isOpen(plan, at)) context.schedule('fault', entity, EVENT.start, at);
}

function isOpen(plan: FaultPlan, at: Instant): boolean {
  return plan.when.untilUs === -1 || at < plan.when.untilUs;
}
