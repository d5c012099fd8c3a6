/** Whether time passes from one thing to the next. */
import { END_OF_TIME } from '../base/units.ts';
import { type Law, lawMean } from '../kernel/random/laws.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

/** What comes again and again must take time, or the run stands still at one instant; and must come at all. */
export function checkPace(law: Law, path: Path, list: ProblemList): void {
  const mean = lawMean(law);
  const expected = 'a mean from 1us to 142 years';
  if (mean < 1) list.at(path, 'E115', 'no time passes from one to the next', { expected });
  else if (!(mean <= END_OF_TIME)) list.at(path, 'E115', 'a law without a mean', { expected });
}
