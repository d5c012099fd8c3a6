/** Who a resolved scenario will put into its world, by name: what the selectors of faults are checked against. */
import { type Directory, provenWays } from '../../models/faults/directory.ts';
import type { Scenario } from './scenario.ts';
import { committeesOfLane, validitiesOf } from './verifier-tree.ts';

/** Names and counts in the order in which the world will number them. */
export function directoryOfScenario(scenario: Scenario): Directory {
  const chainNames = Object.keys(scenario.chains);
  const laneNames = Object.keys(scenario.lanes);
  const chains = Object.entries(scenario.chains);
  const lanes = Object.entries(scenario.lanes);
  return {
    chains: chains.map(([name, { consensus, validators }]) => ({
      name,
      consensus: consensus.kind,
      validators: validators.length,
    })),
    lanes: lanes.map(([name, { from, to, verifier, returnVerifier }]) => ({
      name,
      source: chainNames.indexOf(from),
      destination: chainNames.indexOf(to),
      ...provenWays(validitiesOf(name, verifier).length > 0, validitiesOf(name, returnVerifier).length > 0),
    })),
    relayers: Object.entries(scenario.relayers).flatMap(([name, relayer]) =>
      Array.from({ length: relayer.count }, (_, copy) => ({
        name: relayer.count === 1 ? name : `${name}.${copy + 1}`,
        lanes: relayer.lanes.map((lane) => laneNames.indexOf(lane)),
      })),
    ),
    traffics: Object.entries(scenario.traffic).map(([name, { lane }]) => ({ name, lane: laneNames.indexOf(lane) })),
    committees: lanes.flatMap(([name, lane]) =>
      committeesOfLane(name, lane).map((committee) => ({
        name: committee.name,
        lane: laneNames.indexOf(name),
        members: committee.entry.members,
      })),
    ),
    causes: Object.entries(scenario.causes ?? {}).map(([name, { kind, of }]) => ({
      name,
      kind,
      lanes: [...new Set(of.map(({ committee }) => laneNames.indexOf(committee.split('.')[0] ?? '')))],
    })),
    assets: chains.map(([, { asset }]) => asset),
    gstUs: scenario.synchrony.model === 'partial' ? scenario.synchrony.gst : -1,
  };
}
