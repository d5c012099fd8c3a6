/** The world's keys. */
import { assert } from '../../sim/base/assert.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { KeyTable } from './keys.ts';

const TABLE = 'keys';

export function keysOf(world: World): KeyTable {
  const table = world.tables[TABLE];
  assert(table !== undefined, 'a world has its keys before anyone signs');
  return table as KeyTable;
}

export function placeKeys(world: World, keys: KeyTable): void {
  world.tables[TABLE] = keys;
}
