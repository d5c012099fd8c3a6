/** When people sign: hours of a day on the first days of a week. The run begins on a Monday at midnight. */
import { type Instant, instant } from '../../sim/base/units.ts';

export interface WorkingHours {
  /** Time of day from which on they work, and until when. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Days of the week, from Monday. */
  readonly days: number;
}

const DAY_US = 86_400_000_000;
const WEEK = 7;

/** The instant itself where it lies in working hours, otherwise the next at which work begins. */
export function inWorkingHours({ fromUs, toUs, days }: WorkingHours, at: Instant): Instant {
  let day = Math.floor(at / DAY_US);
  const isOver = at - day * DAY_US >= toUs;
  if (isOver) day++;
  while (day % WEEK >= days) day++;
  return instant(Math.max(at, day * DAY_US + fromUs));
}
