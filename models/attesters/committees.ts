/** Committees of the world: who attests for which lane, and with which keys. */
import { present } from '../../sim/base/assert.ts';
import type { World } from '../../sim/kernel/world.ts';

export interface Committee {
  readonly id: number;
  readonly name: string;
  readonly lane: number;
  readonly threshold: number;
  /** Members who read the chains for the others, who sign once so many of them have; undefined where all read. */
  readonly delegates: { readonly members: readonly number[]; readonly threshold: number } | undefined;
  /** Weight of each member; undefined where all weigh one. */
  readonly weights: readonly number[] | undefined;
  /** Key of each member, in its first set. */
  readonly keys: number[];
  /** Attester ids of the processes, twins included. */
  readonly attesters: number[];
}

export function committeesOf(world: World): Committee[] {
  return (world.tables['committees'] ??= []) as Committee[];
}

export function committeeOf(world: World, id: number): Committee {
  return present(committeesOf(world)[id], 'a committee exists', { id });
}
