/**
 * A token bucket: starts full, fills at a constant rate up to its capacity, and what it cannot bear is refused whole.
 * @source CCIP, RateLimiter.sol (vectors rate_limits): consume, currentTokenBucketState, setTokenBucketConfig.
 */
// MODEL: the contract refills by whole seconds of block time; here by the microsecond, in exact integers, so that whole
// seconds give the same. Chains whose blocks are closer than a second part from it by less than a second of refill.
import type { StateValue } from '../proofs/state-tree.ts';

/** What a bucket may hold, and gets each second, in base units. */
export interface BucketSetting {
  readonly capacity: bigint;
  readonly perSecond: bigint;
}

export interface Bucket {
  /** Millionths of base units: what a microsecond brings is then whole. */
  readonly level: bigint;
  /** Chain time of the level. */
  readonly atUs: number;
}

export const MILLIONTHS = 1_000_000n;

export function fullBucket(setting: BucketSetting, nowUs: number): Bucket {
  return { level: setting.capacity * MILLIONTHS, atUs: nowUs };
}

export function refilled({ level, atUs }: Bucket, { capacity, perSecond }: BucketSetting, nowUs: number): Bucket {
  const grown = level + perSecond * BigInt(Math.max(0, nowUs - atUs));
  const most = capacity * MILLIONTHS;
  return { level: grown < most ? grown : most, atUs: Math.max(atUs, nowUs) };
}

export type Taken =
  | { readonly kind: 'taken'; readonly bucket: Bucket }
  /** No wait helps. */
  | { readonly kind: 'refused'; readonly reason: 'above-capacity' }
  | { readonly kind: 'refused'; readonly reason: 'limit-reached'; readonly waitUs: number };

/** Takes `amount` base units at `nowUs`, all or nothing. `waitUs` never helps where the rate is 0. */
export function take(bucket: Bucket, setting: BucketSetting, amount: bigint, nowUs: number): Taken {
  if (amount > setting.capacity) return { kind: 'refused', reason: 'above-capacity' };
  const { level, atUs } = refilled(bucket, setting, nowUs);
  const missing = amount * MILLIONTHS - level;
  if (missing <= 0n) return { kind: 'taken', bucket: { level: -missing, atUs } };
  const { perSecond } = setting;
  const waitUs = perSecond === 0n ? Number.MAX_SAFE_INTEGER : Number((missing + perSecond - 1n) / perSecond);
  return { kind: 'refused', reason: 'limit-reached', waitUs };
}

/** Changes the setting and fills nothing: what is there stays, down to the new capacity. */
export function reconfigured(bucket: Bucket, before: BucketSetting, after: BucketSetting, nowUs: number): Bucket {
  const { level, atUs } = refilled(bucket, before, nowUs);
  const most = after.capacity * MILLIONTHS;
  return { level: level < most ? level : most, atUs };
}

/** Contract state that a bucket lives in. */
export interface BucketState {
  readonly block: { readonly chainUs: number };
  get(key: string): StateValue | undefined;
  set(key: string, value: StateValue): void;
}

/** The end of a lane that a bucket stands at. */
export type LaneEnd = 'source' | 'destination';

export const bucketKey = {
  level: (lane: number, end: LaneEnd) => `limits/${lane}/${end}`,
  setting: (lane: number, end: LaneEnd) => `limits/${lane}/${end}/setting`,
};

/** The setting in force: that of the lane until somebody with the key changes it. */
export function settingOf(state: BucketState, lane: number, end: LaneEnd, founding: BucketSetting): BucketSetting {
  return (state.get(bucketKey.setting(lane, end)) as BucketSetting | undefined) ?? founding;
}

/** The bucket as it was left. One that nobody touched yet is full. */
function bucketOf(state: BucketState, lane: number, end: LaneEnd, setting: BucketSetting): Bucket {
  const stored = state.get(bucketKey.level(lane, end)) as Bucket | undefined;
  return stored ?? fullBucket(setting, state.block.chainUs);
}

/** Takes from the bucket of one end of a lane; why not, where it refuses. */
export function takeFrom(
  state: BucketState,
  lane: number,
  end: LaneEnd,
  founding: BucketSetting,
  amount: bigint,
): string | undefined {
  const setting = settingOf(state, lane, end, founding);
  const taken = take(bucketOf(state, lane, end, setting), setting, amount, state.block.chainUs);
  if (taken.kind === 'refused') return taken.reason;
  state.set(bucketKey.level(lane, end), { ...taken.bucket });
  return undefined;
}

export function reconfigureBucket(
  state: BucketState,
  lane: number,
  end: LaneEnd,
  founding: BucketSetting,
  after: BucketSetting,
): void {
  const before = settingOf(state, lane, end, founding);
  const bucket = reconfigured(bucketOf(state, lane, end, before), before, after, state.block.chainUs);
  state.set(bucketKey.level(lane, end), { ...bucket });
  state.set(bucketKey.setting(lane, end), { ...after });
}
