/** Whoever opens a lane: takes the steps in turn, each when the one before it can be proven, and pays for them. */
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import type { Instant } from '../../sim/base/units.ts';
import { chainOf, nodeOf } from '../chains/chain.ts';
import type { Call } from '../chains/mempool.ts';
import { readState, submit } from '../chains/views.ts';
import { endOf, openedTo, OPENING_STEPS, openingClaim } from '../lanes/opening.ts';
import { laneOf } from '../lanes/lane.ts';
import { relayersOf, type RelayerState } from './relayer.ts';
import { clientOf, ruleOf, type VerifierTable } from '../verifiers/verifier.ts';

export interface OpenerState {
  readonly lane: number;
  /** Its accounts: those of the relayer that opens the lane. */
  readonly accounts: { readonly source: number; readonly destination: number };
  /** The relayer that it is part of: what stops that one stops it. */
  readonly relayer: number;
  readonly patienceUs: number;
  /** Step that was submitted last, and when; 0 before. */
  step: number;
  submittedAt: number;
}

export const OPENER_EVENT = { viewMoved: 0 } as const;
const GAS_LIMIT = 4_000_000;

export function createOpener(verifiers: VerifierTable): Behaviour<OpenerState> {
  return {
    kind: 'opener',
    events: ['view-moved'],
    handle(state, _event, context) {
      goOn(context, state, context.now, verifiers);
    },
  };
}

// MODEL: it reads both chains through their first node, and its transactions are at the mempool at once.
function goOn(context: Context, state: OpenerState, now: Instant, verifiers: VerifierTable): void {
  const entity = context.world.entities[relayersOf(context.world)[state.relayer] ?? -1];
  if ((entity?.state as RelayerState | undefined)?.isServing === false) return;
  const lane = laneOf(context.world, state.lane);
  const headOf = (chain: number): number => nodeOf(chainOf(context.world, chain), 0).head;
  const taken = (chain: number): number =>
    openedTo({ get: (key) => readState(chainOf(context.world, chain), headOf(chain), key) }, lane.id);
  const number = Math.max(taken(lane.source), taken(lane.destination)) + 1;
  const step = OPENING_STEPS[number - 1];
  if (step === undefined) return;
  // Both clients are created before anything is proven: the first two steps are of different ends.
  if (number === state.step && now < state.submittedAt + state.patienceUs) return;
  const chain = chainOf(context.world, endOf(lane, step.end));
  const calls: Call[] = [];
  let evidence: unknown;
  if (step.proves) {
    const client = clientOf(context.world, step.end === 'source' ? lane.sourceClient : lane.destinationClient);
    const view = { counterpartyHead: headOf(client.counterparty), hostHead: headOf(client.host) };
    const gathered = ruleOf(verifiers, client).gather(context, client, openingClaim(lane, number), view);
    if (gathered.kind !== 'ready') return;
    calls.push(...gathered.updates);
    evidence = gathered.evidence;
  }
  calls.push({ action: 'open-step', arguments: Object.freeze({ lane: lane.id, step: number, evidence }) });
  state.step = number;
  state.submittedAt = now;
  submit(context, chain, { account: state.accounts[step.end], calls, gasLimit: GAS_LIMIT });
}
