/** Measured lanes beside simulated ones, and how far each system is off. */
import type { MeasuredLane } from './lane-file.ts';
import { rank, type SimulatedLane } from './lane-run.ts';

export interface ComparedLane {
  readonly measured: MeasuredLane;
  /** Why it was not simulated; empty where it was. */
  readonly problem: string;
  readonly simulated: SimulatedLane | undefined;
}

export interface SystemError {
  readonly bridge: string;
  readonly lanes: number;
  /** Median over lanes of |simulated - measured| / measured, of the medians. */
  readonly medianError: number | undefined;
}

/** Relative error of the median; undefined where nothing, or nothing above zero, was measured. */
export function errorOf({ measured, simulated }: ComparedLane): number | undefined {
  const { median } = measured;
  if (median === undefined || median <= 0 || simulated?.median === undefined) return undefined;
  return Math.abs(simulated.median - median) / median;
}

/** By bridge, in the order in which the file names them. */
export function systemErrors(lanes: readonly ComparedLane[]): SystemError[] {
  const bridges = [...new Set(lanes.map(({ measured }) => measured.bridge))];
  return bridges.map((bridge) => {
    const own = lanes.filter(({ measured }) => measured.bridge === bridge).map(errorOf);
    const errors = own.filter((each) => each !== undefined).sort((a, b) => a - b);
    return { bridge, lanes: errors.length, medianError: middle(errors) };
  });
}

/** The median, of an even number the mean of the two in the middle. */
export function middle(sorted: readonly number[]): number | undefined {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = rank(sorted, 0.5);
  if (upper === undefined || lower === undefined) return undefined;
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/**
 * What one constant a system and destination would have to be, in seconds and not below zero: the median over its lanes of
 * what was measured less what was simulated.
 */
export function fittedDelays(lanes: readonly ComparedLane[]): Map<string, Map<string, number>> {
  const differences = new Map<string, Map<string, number[]>>();
  for (const { measured, simulated } of lanes) {
    if (measured.median === undefined || simulated?.median === undefined) continue;
    const bySystem = differences.get(measured.bridge) ?? new Map<string, number[]>();
    differences.set(measured.bridge, bySystem);
    const own = bySystem.get(measured.destination) ?? [];
    bySystem.set(measured.destination, [...own, measured.median - simulated.median]);
  }
  return new Map(
    [...differences].map(([bridge, byDestination]) => [
      bridge,
      new Map(
        [...byDestination].map(([destination, values]) => [
          destination,
          Math.max(0, middle(values.sort((a, b) => a - b)) ?? 0),
        ]),
      ),
    ]),
  );
}
