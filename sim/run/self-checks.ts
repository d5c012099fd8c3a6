/**
 * What must hold of our own bookkeeping at the end of a run, whatever the protocol does: a breach is a defect of l0sim and
 * voids the results.
 */
import { InvariantError } from '../base/assert.ts';
import { eachPending } from '../kernel/event-slots.ts';
import { EVENT_CLASS, type World } from '../kernel/world.ts';
import { chainsOf } from '../../models/chains/chain.ts';
import { networksOf } from '../../models/network/network.ts';

/**
 * Every envelope that was sent, and every copy, has arrived, was dropped or is still pending in the queue: counted from
 * the queue itself, once a run, so that no counter vouches for another.
 * Throws InvariantError with the counts of the first network that does not add up.
 */
export function checkEnvelopes(world: World): void {
  const flying = envelopesInFlight(world);
  for (const { id, sent, duplicated, delivered, dropped } of networksOf(world)) {
    const inFlight = flying.get(id) ?? 0;
    if (sent + duplicated === delivered + dropped + inFlight) continue;
    throw new InvariantError(
      `conservation of envelopes: sent ${sent} + dup ${duplicated} != ` +
        `delivered ${delivered} + dropped ${dropped} + in flight ${inFlight}`,
    );
  }
}

/** Pending envelopes by network: nothing but envelopes is delivered to the nodes of a chain that stands alone. */
function envelopesInFlight(world: World): Map<number, number> {
  const networkOf = new Map<number, number>();
  for (const { nodes, network, below } of chainsOf(world)) {
    // What stands on another chain hears of that, and sends itself nothing.
    if (below === -1) for (const { entity } of nodes) networkOf.set(entity, network);
  }
  const flying = new Map<number, number>();
  eachPending(world.queue, (cls, target) => {
    const network = cls === EVENT_CLASS.delivery ? networkOf.get(target) : undefined;
    if (network !== undefined) flying.set(network, (flying.get(network) ?? 0) + 1);
  });
  return flying;
}
