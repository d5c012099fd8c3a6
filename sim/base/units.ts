/**
 * Units as brands over number. Brands stop a wrong argument; they do not stop `+` and `<`, so arithmetic on them
 * goes through this file, the only one that casts to a brand.
 */
import { assert } from './assert.ts';

declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** Whole microseconds since the run began. */
export type Instant = Branded<'Instant'>;
/** Whole microseconds, not negative. */
export type Duration = Branded<'Duration'>;

/** Upper bound of every instant: above any horizon, below 2^53. */
export const END_OF_TIME = 4_503_599_627_370_496 as Instant; // 2^52
export const START = 0 as Instant;
export const ZERO = 0 as Duration;

export const MICROSECOND = 1 as Duration;
export const MILLISECOND = 1_000 as Duration;
export const SECOND = 1_000_000 as Duration;
export const MINUTE = 60_000_000 as Duration;
export const HOUR = 3_600_000_000 as Duration;
export const DAY = 86_400_000_000 as Duration;

/** An instant from whole microseconds. Throws InvariantError off the range [0, 2^52]. */
export function instant(us: number): Instant {
  assert(Number.isSafeInteger(us) && us >= 0 && us <= END_OF_TIME, 'an instant is whole microseconds in range', { us });
  return us as Instant;
}

/** A duration from whole microseconds. Throws InvariantError when negative or not whole. */
export function duration(us: number): Duration {
  assert(Number.isSafeInteger(us) && us >= 0, 'a duration is whole, not negative microseconds', { us });
  return us as Duration;
}

/** A duration from a float of microseconds, rounded to nearest and never negative: how sampled delays become time. */
export function roundDuration(us: number): Duration {
  assert(Number.isFinite(us), 'a sampled duration is finite', { us });
  return (us <= 0 ? 0 : Math.round(us)) as Duration;
}

/** `at + by`, saturating at the end of time. */
export function after(at: Instant, by: Duration): Instant {
  const sum = at + by;
  return (sum > END_OF_TIME ? END_OF_TIME : sum) as Instant;
}

/** The time from `earlier` to `later`. Throws InvariantError when `later` is before `earlier`. */
export function between(earlier: Instant, later: Instant): Duration {
  assert(later >= earlier, 'time between goes forward', { earlier, later });
  return (later - earlier) as Duration;
}

export function addDurations(a: Duration, b: Duration): Duration {
  return duration(a + b);
}

/** A duration times a number, rounded to a whole microsecond. */
export function scaleDuration(a: Duration, by: number): Duration {
  return roundDuration(a * by);
}

export function laterOf(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

/** For hot paths whose number is whole and in range by construction: no check, so say why beside the call. */
export function uncheckedInstant(us: number): Instant {
  return us as Instant;
}

/** As `uncheckedInstant`. */
export function uncheckedDuration(us: number): Duration {
  return us as Duration;
}
