/** Faults are planned as the world will plan them: one that hits nothing would pass for a fault survived. */
import { faults } from '../../models/faults/faults.ts';
import { planFault } from '../../models/faults/plan.ts';
import { directoryOfScenario } from './directory.ts';
import type { FaultEntry, Scenario } from './scenario.ts';
import type { ErrorCode } from './text/errors.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

export function checkFaults(scenario: Scenario, list: ProblemList): void {
  const directory = directoryOfScenario(scenario);
  Object.keys(scenario.faults).forEach((name, id) => {
    const planned = planFault(faults, scenario.faults[name] as FaultEntry, directory, { id, name });
    if (planned.ok) return;
    for (const { path, what, expected, got, hint } of planned.problems) {
      list.at(['faults', name, ...path], codeOf(path, what), what, { expected, got, hint });
    }
  });
}

function codeOf(path: Path, what: string): ErrorCode {
  if (path[0] === 'kind') return 'E121';
  if (path[0] === 'with') return 'E114';
  if (what.startsWith('unknown ')) return 'E130';
  return path[0] === 'target' ? 'E137' : 'E139';
}
