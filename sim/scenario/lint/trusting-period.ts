import { DAY } from '../../base/units.ts';
import type { LaneEntry, Scenario, VerifierEntry } from '../scenario.ts';
import type { Path } from '../text/located.ts';
import { leavesOf } from '../verifier-tree.ts';
import type { Hit, LintRule } from './rule.ts';

/** @source hermes@a0335506 config.toml: the trusting period should be two thirds of the unbonding period. */
export const trustingPeriod: LintRule = {
  summary: 'a client trusts for longer than two thirds of the time that stake is bound',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => [
      ...hits(scenario, ['lanes', name, 'verifier'], lane.verifier, lane.from),
      ...hits(scenario, placeOfReturn(name, lane), lane.returnVerifier, lane.to),
    ]),
};

/** What stands in the scenario for the way back: itself, or the way forth that it mirrors. */
function placeOfReturn(name: string, { ownReturn }: LaneEntry): Path {
  return ['lanes', name, ownReturn === true ? 'return-verifier' : 'verifier'];
}

function hits(scenario: Scenario, path: Path, entry: VerifierEntry, tracked: string): Hit[] {
  const unbonding = scenario.chains[tracked]?.unbonding ?? 0;
  return leavesOf('', entry).flatMap((leaf) => {
    const { entry: own } = leaf;
    if (own.kind !== 'light-client' && own.kind !== 'validity-proof') return [];
    if (own.trustingPeriod === undefined || own.trustingPeriod * 3 <= unbonding * 2) return [];
    const days = (us: number): string => `${Math.round((us / DAY) * 10) / 10} d`;
    return [
      {
        path: [...path, ...leaf.path, 'trusting-period'],
        what: `trusts ${tracked} for ${days(own.trustingPeriod)} of ${days(unbonding)} that its stake is bound`,
        reason: 'who signed falsely must be caught and punished in what is left',
      },
    ];
  });
}
