/** Faults of a scenario: planned against its names, carried out by entities. */
import { assert } from '../../base/assert.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { addFault } from '../../../models/faults/fault-entity.ts';
import { faults } from '../../../models/faults/faults.ts';
import { planFault } from '../../../models/faults/plan.ts';
import { directoryOfScenario } from '../../scenario/directory.ts';
import type { FaultEntry, Scenario } from '../../scenario/scenario.ts';
import type { Names } from './names.ts';
import type { Endowment } from './endowments.ts';

/** Adds an entity for each planned fault. Returns what genesis gives to their people. */
export function buildFaults(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  const directory = directoryOfScenario(scenario);
  return Object.keys(scenario.faults).flatMap((name, id) => {
    names.faults.set(name, id);
    const planned = planFault(faults, scenario.faults[name] as FaultEntry, directory, { id, name });
    assert(planned.ok, 'validation refuses faults that cannot be planned', { name });
    return [...addFault(simulation, faults, planned.value)];
  });
}
