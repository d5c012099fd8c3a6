/** Limiters that the packet machine asks on both sides. The library of limits comes with the controls. */
import type { Execution } from '../chains/execution.ts';

export interface Limiter {
  readonly summary: string;
  /** Why so many base units may not pass now; undefined where they may. `amountOf` reads the packet: ask only if it counts. */
  refuse(execution: Execution, lane: number, amountOf: () => bigint): string | undefined;
}

export const limiters = {
  unlimited: { summary: 'lets everything pass', refuse: () => undefined },
} as const satisfies Record<string, Limiter>;

export type LimiterKind = keyof typeof limiters;
