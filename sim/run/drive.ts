/** Drives a built world to its end: traffic until the horizon, then on until each obligation is met or due. */
import type { Simulation } from '../kernel/simulation.ts';
import type { World } from '../kernel/world.ts';
import { runEnded } from '../../models/records.ts';

/** What the loop must know and a snapshot must keep. */
export interface RunPlan {
  readonly horizonUs: number;
  /** Longest time that the run goes on after the horizon. */
  readonly drainUs: number;
}

const TABLE = 'run';

export function planOf(world: World): RunPlan {
  return world.tables[TABLE] as RunPlan;
}

export function placePlan(world: World, plan: RunPlan): void {
  world.tables[TABLE] = plan;
}

export interface DriveOptions {
  /** Whether every message has come to its end: asked after each event past the horizon. */
  readonly isResolved: () => boolean;
  /** Called every `everyEvents` events, between two of them. Returns false to stop the run where it stands. */
  readonly onPause?: (simulation: Simulation) => boolean;
  readonly everyEvents?: number;
}

export type DriveEnd = 'resolved' | 'drain-cap' | 'ran-dry' | 'stopped';

/** Runs to the end. `stopped` only when `onPause` says so; the run can then be driven on, and ends with equal digests. */
export function drive(simulation: Simulation, options: DriveOptions): DriveEnd {
  const { world } = simulation;
  const { horizonUs, drainUs } = planOf(world);
  const everyEvents = options.everyEvents ?? 65_536;
  const cap = horizonUs + drainUs;
  for (;;) {
    const next = simulation.nextEventTime();
    if (next === undefined) return close(simulation, 'ran-dry');
    // ORDER: the end is a function of records alone, so that a restored run stops at the same event.
    if (next > horizonUs && options.isResolved()) return close(simulation, 'resolved');
    if (next > cap) return close(simulation, 'drain-cap');
    simulation.step();
    if (world.eventCount % everyEvents === 0 && options.onPause?.(simulation) === false) return 'stopped';
  }
}

function close(simulation: Simulation, reason: Exclude<DriveEnd, 'stopped'>): DriveEnd {
  simulation.record(runEnded, { reason });
  simulation.checkpoint();
  simulation.end();
  return reason;
}
