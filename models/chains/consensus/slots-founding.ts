/** How a chain of slots and epochs begins: one driver, a node for each operator of validators. */
import { duration } from '../../../sim/base/units.ts';
import type { Simulation } from '../../../sim/kernel/simulation.ts';
import type { Chain } from '../chain.ts';
import { addNode, GENESIS } from '../founding.ts';
import { bftTable, createPowerSet } from './bft-state.ts';
import { createJustification } from './ffg.ts';
import { createStake, type StakeRules } from './slots-stake.ts';
import { SLOTS_KIND, type SlotsState, startSlots } from './slots.ts';

export interface SlotsFounding {
  /** Validators of each operator, in units. */
  readonly powers: readonly number[];
  readonly keys: readonly number[];
  readonly slotUs: number;
  readonly lateness: number;
  readonly rules: StakeRules;
}

/** Adds a node for each operator. Returns what starts the first slot, to be called once the genesis block stands. */
export function foundSlots(simulation: Simulation, chain: Chain, founding: SlotsFounding): () => void {
  const { name } = chain;
  const state: SlotsState = {
    chain: chain.id,
    slotUs: founding.slotUs,
    lateness: founding.lateness,
    proposerStream: simulation.stream(`chain/${name}/proposer`),
    lateStream: simulation.stream(`chain/${name}/late`),
    turnStream: simulation.stream(`chain/${name}/turn`),
    stake: createStake(founding.powers, founding.rules),
    justification: createJustification(GENESIS),
    slot: 0,
    tip: GENESIS,
    lateTip: -1,
    waiting: [],
    checkpoints: new Map(),
    sealedTo: 0,
  };
  const none = duration(0);
  // Who signs for its headers outside: the same table as that of chains that vote, with one set for ever.
  bftTable(simulation.world).set(chain.id, {
    chain: chain.id,
    timeouts: { propose: none, prevote: none, precommit: none, step: none, commit: none },
    keys: [...founding.keys],
    sets: [createPowerSet(founding.powers)],
    plans: new Map(),
    undecided: new Map(),
  });
  const entity = simulation.addEntity(SLOTS_KIND, name, state);
  founding.powers.forEach((_, index) => addNode(chain, { name: `${name}/${index}`, entity, validator: index }));
  return () => startSlots(simulation, entity, state);
}
