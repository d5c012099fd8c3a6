/**
 * What attesters have in common: a custodian of keys, a machine room, a provider of data, the software that they run. Each
 * stands for one layer, and when it fails, that layer fails for all who depend on it, in whatever committee they sit.
 */
import { present } from '../../sim/base/assert.ts';
import type { World } from '../../sim/kernel/world.ts';

/** The layer that each kind carries. */
export const causeKinds = {
  custodian: 'key',
  cloud: 'process',
  'client-software': 'process',
  'rpc-provider': 'source',
} as const;
export type CauseKind = keyof typeof causeKinds;
export type Layer = (typeof causeKinds)[CauseKind];

export interface Cause {
  readonly id: number;
  readonly name: string;
  readonly kind: CauseKind;
  /** Node that a provider of data answers from, on each chain. */
  readonly node: number;
  /** Attester ids, ascending. */
  readonly attesters: number[];
}

export function causesOf(world: World): Cause[] {
  return (world.tables['causes'] ??= []) as Cause[];
}

export function causeOf(world: World, id: number): Cause {
  return present(causesOf(world)[id], 'a cause exists', { id });
}
