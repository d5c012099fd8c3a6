import type { Scenario } from '../scenario.ts';
import type { Hit, LintRule } from './rule.ts';
import { depthOf } from './short-timeout.ts';

export const shallowFinality: LintRule = {
  summary: 'a lane believes blocks that the scenario itself says may be undone',
  check: ({ scenario }) =>
    Object.entries(scenario.lanes).flatMap(([name, lane]) => [
      ...hit(scenario, lane.from, depthOf(lane.finality), ['lanes', name, 'finality']),
      ...hit(scenario, lane.to, depthOf(lane.returnFinality), ['lanes', name, 'return-finality']),
    ]),
};

function hit(scenario: Scenario, chain: string, depth: number, path: readonly string[]): Hit[] {
  const expected = scenario.assume.flatMap((each) =>
    each.kind === 'reorg' && each.subject === chain ? [each.atMost] : [],
  );
  const deepest = Math.max(0, ...expected);
  if (deepest > depth) {
    const what = `waits for ${depth} blocks on ${chain}, where ${deepest} may be undone`;
    return [{ path, what, reason: 'what is believed before may never have happened' }];
  }
  if (depth > 0 || scenario.chains[chain]?.consensus.kind !== 'proof-of-work') return [];
  const what = `takes the newest block of ${chain} for final, which is mined`;
  return [{ path, what, reason: 'forks are its everyday life; wait for some blocks on top' }];
}
