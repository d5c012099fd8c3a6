/** Limiters that the packet machine asks at both ends of a lane. The library of limits comes with the controls. */
import type { Execution } from '../chains/execution.ts';
import { type BucketSetting, type LaneEnd, takeFrom } from './token-bucket.ts';

/** What a lane sets of its limiter: the asset by its name at home, and the ends that the limiter stands at. */
export interface Limit extends BucketSetting {
  readonly asset: string;
  readonly ends: readonly LaneEnd[];
}

export interface Moved {
  readonly asset: string;
  readonly amount: bigint;
}

/** What is to pass. `moved` reads the packet: ask only if it counts. */
export interface Passage {
  readonly lane: number;
  readonly end: LaneEnd;
  readonly limit: Limit | undefined;
  readonly moved: () => Moved;
}

export interface Limiter {
  readonly summary: string;
  /** Why it may not pass now; undefined where it may, and is counted. A call that is refused is reverted. */
  refuse(execution: Execution, passage: Passage): string | undefined;
}

/** A voucher is named `<path>/<asset>`: a limit in an asset counts for its vouchers too. */
export function homeAsset(denomination: string): string {
  return denomination.slice(denomination.lastIndexOf('/') + 1);
}

const tokenBucket: Limiter = {
  summary: 'bears so much at once, and so much more each second',
  refuse(execution, { lane, end, limit, moved }) {
    if (limit === undefined || !limit.ends.includes(end)) return undefined;
    const { asset, amount } = moved();
    if (homeAsset(asset) !== limit.asset) return undefined;
    return takeFrom(execution, lane, end, limit, amount);
  },
};

export const limiters = {
  unlimited: { summary: 'lets everything pass', refuse: () => undefined },
  'token-bucket': tokenBucket,
} as const satisfies Record<string, Limiter>;

export type LimiterKind = keyof typeof limiters;
