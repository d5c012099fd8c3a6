/** Orders in which a lane's packets may be received. */
import type { Execution } from '../chains/execution.ts';
import type { LaneId } from './lane.ts';

export interface Ordering {
  readonly summary: string;
  /** Why this sequence may not be received now; undefined where it may. */
  refuse(execution: Execution, lane: LaneId, sequence: number): string | undefined;
}

export const orderings = {
  unordered: { summary: 'any packet whose receipt is absent may be received', refuse: () => undefined },
} as const satisfies Record<string, Ordering>;

export type OrderingKind = keyof typeof orderings;
