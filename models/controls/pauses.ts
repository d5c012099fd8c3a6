/** Pauses that the packet machine asks before it sends or executes. */
import type { Execution } from '../chains/execution.ts';

export interface Pause {
  readonly summary: string;
  isPaused(execution: Execution, lane: number): boolean;
}

export const pauses = {
  never: { summary: 'nobody can pause the lane', isPaused: () => false },
} as const satisfies Record<string, Pause>;

export type PauseKind = keyof typeof pauses;
