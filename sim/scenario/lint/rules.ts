/** Every rule of the linter, by its code. A code never gets another meaning. */
import { degenerateTree } from './degenerate-tree.ts';
import { fragileAssumption } from './fragile-assumption.ts';
import { loneSigner } from './lone-signer.ts';
import { minority } from './minority.ts';
import { hastyKey } from './hasty-key.ts';
import type { LintRule } from './rule.ts';
import { shallowFinality } from './shallow-finality.ts';
import { sharedHalt } from './shared-halt.ts';
import { sharedKeys } from './shared-keys.ts';
import { sharedSources } from './shared-sources.ts';
import { shortTimeout } from './short-timeout.ts';
import { shortWindow } from './short-window.ts';
import { slowProvers } from './slow-provers.ts';
import { staleWay } from './stale-way.ts';
import { trustingPeriod } from './trusting-period.ts';
import { unanimous } from './unanimous.ts';
import { unlimited } from './unlimited.ts';
import { unreachableRoute } from './unreachable-route.ts';
import { unstoppable } from './unstoppable.ts';
import { weakAlternative } from './weak-alternative.ts';

export const lintRules = {
  L101: loneSigner,
  L102: sharedKeys,
  L103: sharedSources,
  L104: sharedHalt,
  L105: fragileAssumption,
  L111: minority,
  L112: unanimous,
  L113: degenerateTree,
  L114: weakAlternative,
  L115: unreachableRoute,
  L121: trustingPeriod,
  L122: shortTimeout,
  L123: shallowFinality,
  L124: shortWindow,
  L125: hastyKey,
  L126: slowProvers,
  L127: staleWay,
  L131: unlimited,
  L132: unstoppable,
} as const satisfies Record<string, LintRule>;
export type LintCode = keyof typeof lintRules;
