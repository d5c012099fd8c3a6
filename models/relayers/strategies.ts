/** Which work a relayer takes on. */
import type { RelayerState } from './relayer.ts';

export interface RelayStrategy {
  readonly summary: string;
  takes(state: RelayerState, lane: number, sequence: number): boolean;
}

export const strategies = {
  racing: {
    summary: 'takes everything and races: whoever is second pays gas for nothing',
    takes: () => true,
  },
  assigned: {
    summary: 'shares the sequences of a lane out among the copies of one entry, each to one of them',
    takes: (state, _lane, sequence) => sequence % state.places === state.place,
  },
} as const satisfies Record<string, RelayStrategy>;

export type StrategyKind = keyof typeof strategies;
