/** How long each chain has gone without a block: the assumption that it does not stand still, measured with each block. */
import type { Declarations } from './declarations.ts';
import { type AssumptionState, note } from './intervals.ts';

/** By chain: when its last block came, and the faults that have disturbed it since. */
export interface Pace {
  lastUs: number;
  readonly disturbedBy: Set<number>;
  readonly since: Set<number>;
}

/** What the measure needs of the state that it is part of. */
export interface Paced {
  readonly declarations: Declarations;
  readonly assumptions: readonly (AssumptionState | undefined)[];
  /** By chain. */
  readonly paces: Pace[];
}

function createPace(): Pace {
  return { lastUs: 0, disturbedBy: new Set(), since: new Set() };
}

function paceOf(state: Paced, chain: number): Pace {
  return (state.paces[chain] ??= createPace());
}

/** A fault stops a chain or its nodes, or lets them go. */
export function onDisturbed(state: Paced, chain: number, fault: number, isOn: boolean): void {
  const pace = paceOf(state, chain);
  if (!isOn) pace.disturbedBy.delete(fault);
  else {
    pace.disturbedBy.add(fault);
    pace.since.add(fault);
  }
}

/** A block of any branch. */
export function onBlock(state: Paced, chain: number, timeUs: number): void {
  const pace = paceOf(state, chain);
  measure(state, chain, pace, timeUs, true);
  pace.lastUs = timeUs;
  pace.since.clear();
  for (const fault of pace.disturbedBy) pace.since.add(fault);
}

/** The run is over: what a chain has not made by now it has not made. */
export function onRunEnd(state: Paced, timeUs: number): void {
  state.paces.forEach((pace, chain) => measure(state, chain, pace, timeUs, false));
}

function measure(state: Paced, chain: number, pace: Pace, timeUs: number, isOver: boolean): void {
  const gapUs = timeUs - pace.lastUs;
  for (const assumption of state.assumptions) {
    if (assumption?.kind !== 'block-gap' || assumption.subject !== chain) continue;
    const limitUs = limitOf(assumption);
    const holds = gapUs <= limitUs;
    // It is broken from the instant at which the gap grew too long, which is known only afterwards.
    const atUs = holds ? timeUs : pace.lastUs + limitUs;
    note(state.declarations, assumption, atUs, { part: gapUs, whole: 1, holds, faults: [...pace.since] });
    if (!holds && isOver) note(state.declarations, assumption, timeUs, { part: 0, whole: 1, holds: true, faults: [] });
  }
}

function limitOf({ limitNumerator, limitDenominator }: AssumptionState): number {
  return limitNumerator / limitDenominator;
}
