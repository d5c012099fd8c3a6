/** How a chain that votes begins: its validators, their copies, and its first height. */
import { assert } from '../../../sim/base/assert.ts';
import type { Simulation } from '../../../sim/kernel/simulation.ts';
import { keysOf } from '../../keys/key-room.ts';
import { addHolder } from '../../keys/keys.ts';
import type { Chain, ChainNode } from '../chain.ts';
import { addNode, GENESIS } from '../founding.ts';
import { scheduleLook } from './bft.ts';
import { createPost, furnish } from './bft-post.ts';
import { firstPlan } from './bft-sets.ts';
import {
  BFT_EVENT,
  BFT_NODE_KIND,
  type BftChain,
  bftNodeOf,
  bftOf,
  bftTable,
  type BftTimeouts,
  createBftNode,
} from './bft-state.ts';

export interface BftFounding {
  /** Voting power by validator; 0 for one that may join later. */
  readonly powers: readonly number[];
  /** Key of each validator. */
  readonly keys: readonly number[];
  /** Validators that have a second process with their key. */
  readonly twins: readonly number[];
  readonly timeouts: BftTimeouts;
  /** Whether each vote is an envelope, or votes are read when a quorum of them has come; `votes` unless given. */
  readonly fidelity?: 'votes' | 'quorum';
}

/**
 * Adds a node for each validator (index = validator), then one for each twin, down until a fault starts it.
 * Returns what starts height 1, to be called once the genesis block stands.
 */
export function foundBft(simulation: Simulation, chain: Chain, founding: BftFounding): () => void {
  const { powers, keys, twins, timeouts } = founding;
  assert(founding.fidelity !== 'quorum' || twins.length === 0, 'twins vote by envelopes', { twins: twins.length });
  assert(keys.length === powers.length, 'each validator has a key', { keys: keys.length, powers: powers.length });
  const bft: BftChain = {
    chain: chain.id,
    timeouts: { ...timeouts },
    keys: [...keys],
    sets: [],
    plans: new Map(),
    undecided: new Map(),
    ...(founding.fidelity === 'quorum' ? { post: createPost() } : {}),
  };
  bftTable(simulation.world).set(chain.id, bft);
  bft.plans.set(GENESIS, firstPlan(bft, powers));
  powers.forEach((_, validator) => addBftNode(simulation, chain, validator, `${chain.name}/${validator}`));
  for (const validator of twins) addTwin(simulation, chain, validator);
  return () => {
    if (bft.post !== undefined) furnish(bft.post, chain.nodes.length);
    for (const node of chain.nodes) {
      const state = bftNodeOf(simulation.world, node);
      simulation.schedule('timer', node.entity, BFT_EVENT.newHeight, simulation.now, 0, 0);
      scheduleLook(simulation, state);
    }
  };
}

/** Adds a second process of a validator while the world is built: down, until a fault sets it going. */
export function addTwin(simulation: Simulation, chain: Chain, validator: number): ChainNode {
  const copies = chain.nodes.filter((node) => node.validator === validator).length;
  const name = `${chain.name}/${validator}'${copies > 1 ? copies : ''}`;
  const node = addBftNode(simulation, chain, validator, name);
  node.isUp = false;
  const key = bftOf(simulation.world, chain.id).keys[validator];
  assert(key !== undefined, 'a twin shares the key of a validator', { validator });
  addHolder(keysOf(simulation.world), { key, process: name });
  return node;
}

/** Adds a process that follows the chain and never votes. */
export function addFollower(simulation: Simulation, chain: Chain): ChainNode {
  return addBftNode(simulation, chain, -1, `${chain.name}/follower-${chain.nodes.length}`);
}

function addBftNode(simulation: Simulation, chain: Chain, validator: number, name: string): ChainNode {
  const index = chain.nodes.length;
  const entity = simulation.world.entities.length;
  const validators = bftOf(simulation.world, chain.id).keys.length;
  const state = createBftNode({ chain: chain.id, index, validator, entity }, validators);
  const added = simulation.addEntity(BFT_NODE_KIND, name, state);
  assert(added === entity, 'entities are dense', { added, entity });
  return addNode(chain, { name, entity, validator });
}
