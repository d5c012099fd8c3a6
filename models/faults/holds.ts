/** Who holds what down: faults that overlap on one subject add up, and it is free again when the last one lets go. */
import { assert } from '../../sim/base/assert.ts';
import type { World } from '../../sim/kernel/world.ts';

/** Ids of the faults that hold a subject, by its name: `crash/0/3`. */
function holdsOf(world: World): Map<string, number[]> {
  return (world.tables['fault-holds'] ??= new Map()) as Map<string, number[]>;
}

/** Takes hold. True where nobody held the subject before. */
export function hold(world: World, subject: string, fault: number): boolean {
  const holds = holdsOf(world);
  const holders = holds.get(subject);
  if (holders === undefined) {
    holds.set(subject, [fault]);
    return true;
  }
  assert(!holders.includes(fault), 'a fault holds a subject once', { subject, fault });
  holders.push(fault);
  return false;
}

/** Lets go. True where nobody holds the subject any more. */
export function release(world: World, subject: string, fault: number): boolean {
  const holds = holdsOf(world);
  const holders = holds.get(subject) ?? [];
  const at = holders.indexOf(fault);
  assert(at !== -1, 'who lets go held on', { subject, fault });
  holders.splice(at, 1);
  if (holders.length > 0) return false;
  holds.delete(subject);
  return true;
}
