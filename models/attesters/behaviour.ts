/** What an attester does when: view moved, signing time over, delegates have signed. */
import type { Behaviour } from '../../sim/kernel/simulation.ts';
import { laneOf } from '../lanes/lane.ts';
import { ATTESTER_EVENT, type AttesterState, type SignOrder } from './attester.ts';
import { order, post, rotate } from './signing.ts';
import { agreedHead, watchDestination, watchSource } from './watching.ts';

export const attesterBehaviour: Behaviour<AttesterState> = {
  kind: 'attester',
  events: ['view-moved', 'signed', 'delegated', 'rotated'],
  handle(state, event, context) {
    if (event.kind === ATTESTER_EVENT.signed) {
      // The disk stays: what was about to be signed is signed when the layer works again.
      if (state.down.length > 0) state.missed.push(event.payload as SignOrder);
      else post(context, state, event.payload as SignOrder);
      return;
    }
    if (event.kind === ATTESTER_EVENT.rotated) return rotate(context, state, event.a);
    if (event.kind === ATTESTER_EVENT.delegated) return order(context, state, event.payload as SignOrder);
    if (state.isFollower || state.down.includes('process')) return;
    const lane = laneOf(context.world, state.lane);
    const head = agreedHead(context, state, event.a, event.b);
    if (head === undefined) return;
    if (event.a === lane.source) watchSource(context, state, lane, head);
    if (event.a === lane.destination) watchDestination(context, state, lane, head);
  },
};
