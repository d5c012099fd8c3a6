/** Names of a scenario to ids of the world, while it is built. */
import { present } from '../../base/assert.ts';

export interface Names {
  readonly chains: Map<string, number>;
  readonly lanes: Map<string, number>;
  readonly relayers: Map<string, number>;
  readonly traffic: Map<string, number>;
  readonly faults: Map<string, number>;
  readonly committees: Map<string, number>;
}

export function createNames(): Names {
  return {
    chains: new Map(),
    lanes: new Map(),
    relayers: new Map(),
    traffic: new Map(),
    faults: new Map(),
    committees: new Map(),
  };
}

/** The id of a name that validation has already found to exist. */
export function idOf(names: Map<string, number>, name: string): number {
  return present(names.get(name), 'validation refuses unknown names', { name });
}
