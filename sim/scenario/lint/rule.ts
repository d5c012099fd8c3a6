/** What a rule of the linter is: a look at a resolved scenario that finds what is allowed and yet unlikely to be meant. */
import type { Scenario } from '../scenario.ts';
import type { Path } from '../text/located.ts';
import type { Trust } from './trust.ts';

/** What a rule is given. */
export interface LintView {
  readonly scenario: Scenario;
  /** By lane. */
  readonly trust: ReadonlyMap<string, Trust>;
}

/** One thing found, before anybody knows in which line it stands. */
export interface Hit {
  readonly path: Path;
  readonly what: string;
  readonly reason: string;
}

export interface LintRule {
  readonly summary: string;
  check(view: LintView): readonly Hit[];
}
