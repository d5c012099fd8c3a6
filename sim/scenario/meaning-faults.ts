/** Faults are planned as the world will plan them: one that hits nothing would pass for a fault survived. */
import { faults } from '../../models/faults/faults.ts';
import { type FaultTable, planFault } from '../../models/faults/plan.ts';
import { directoryOfScenario } from './directory.ts';
import type { FaultEntry, Scenario } from './scenario.ts';
import type { ErrorCode } from './text/errors.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

export function checkFaults(scenario: Scenario, list: ProblemList): void {
  const directory = directoryOfScenario(scenario);
  Object.keys(scenario.faults).forEach((name, id) => {
    const entry = scenario.faults[name] as FaultEntry;
    checkFidelity(scenario, entry, name, list);
    const planned = planFault(faults, entry, directory, { id, name });
    if (planned.ok) {
      checkRelay(scenario, name, entry, list);
      return;
    }
    // What the schema of the kind refuses is said better by who knows where each key stands.
    const isRefused = !conforms(entry, name, list);
    for (const { path, what, expected, got, hint } of planned.problems) {
      if (isRefused && path[0] === 'with') continue;
      const details = { expected, got: what.startsWith('unknown ') ? JSON.stringify(got) : got, hint };
      list.at(['faults', name, ...path], codeOf(path, what), what, details);
    }
  });
}

/** Who signs twice must be heard vote by vote. */
function checkFidelity(scenario: Scenario, { kind, target }: FaultEntry, name: string, list: ProblemList): void {
  const consensus = scenario.chains[target?.chain ?? '']?.consensus;
  if (kind !== 'bft.twin' || consensus?.kind !== 'bft' || consensus.fidelity === 'votes') return;
  list.at(
    ['faults', name, 'kind'],
    'E139',
    'twins contradict each other vote by vote, and the chain does not send votes',
    {
      expected: 'a fault other than bft.twin',
      hint: `fidelity: votes for chain ${target.chain}`,
    },
  );
}

/** Only a chain without votes can be taken back, as a dispute does it. */
function checkRelay(scenario: Scenario, name: string, entry: FaultEntry, list: ProblemList): void {
  const chain = entry.kind === 'parachain.wrong-candidate' ? scenario.chains[entry.target.chain ?? ''] : undefined;
  if (chain === undefined || !('on' in chain.consensus)) return;
  const relay = scenario.chains[chain.consensus.on]?.consensus.kind;
  if (relay === undefined || relay === 'parametric') return;
  list.at(['faults', name, 'target', 'chain'], 'E139', `its relay chain cannot be taken back`, {
    expected: 'a parametric relay chain',
    got: relay,
    hint: 'give the relay chain consensus: { kind: parametric, heads: { finalized: … } }',
  });
}

/** Whether `with` is what the kind takes; adds what is wrong with it. */
function conforms(entry: FaultEntry, name: string, list: ProblemList): boolean {
  const table: FaultTable = faults;
  const part = Object.hasOwn(table, entry.kind) ? table[entry.kind] : undefined;
  if (part === undefined || part.parameters.safeParse(entry.with ?? {}).success) return true;
  list.conform(['faults', name, 'with'], part.parameters);
  return false;
}

function codeOf(path: Path, what: string): ErrorCode {
  if (path[0] === 'kind') return 'E121';
  if (what.startsWith('unknown ')) return 'E130';
  return path[0] === 'target' ? 'E137' : 'E139';
}
