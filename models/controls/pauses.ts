/** Pauses that the packet machine asks before it sends or executes. */
import type { Execution } from '../chains/execution.ts';
import type { StateValue } from '../proofs/state-tree.ts';

export interface Pause {
  readonly summary: string;
  isPaused(execution: Execution, lane: number): boolean;
}

/** Contract state of either end of a lane: 1 while it is paused there. */
export function pausedKey(lane: number): string {
  return `pauses/${lane}`;
}

/** Whether a view of one end shows it paused. */
export function isPausedIn(view: { get(key: string): StateValue | undefined }, lane: number): boolean {
  return view.get(pausedKey(lane)) !== undefined;
}

export const pauses = {
  never: { summary: 'nobody can pause the lane', isPaused: () => false },
  key: {
    summary: 'who holds the key can pause each end of the lane, and resume it',
    isPaused: (execution, lane) => isPausedIn(execution, lane),
  },
} as const satisfies Record<string, Pause>;

export type PauseKind = keyof typeof pauses;
