/** Carries what a lie made attesters sign: no honest relayer would, since its own node shows no such packet. */
import { present } from '../../sim/base/assert.ts';
import type { Behaviour, Context, Simulation } from '../../sim/kernel/simulation.ts';
import { accountId, chainOf, nodeOf } from '../chains/chain.ts';
import { submit } from '../chains/views.ts';
import { packetCommitmentOf } from '../lanes/commitments.ts';
import { laneOf } from '../lanes/lane.ts';
import { commitmentClaim, PACKET_GAS } from '../lanes/packet-machine.ts';
import { clientOf, type VerifierTable } from '../verifiers/verifier.ts';
import { committeeOf } from '../attesters/committees.ts';
import type { FaultEndowment, FaultPlan } from './fault.ts';
import { type Forgery, forgeryOf } from './forgeries.ts';
import { attestersOfMembers } from './people.ts';

export interface CarrierState {
  readonly fault: number;
  /** Its account on the destination. */
  readonly account: number;
}

export const CARRIER_KIND = 'carrier';
const EVENT = { attested: 0 } as const;

/** Delay with which it hears of posted signatures, in microseconds. */
const NOTICE_DELAY_US = 50_000;
/** Gas that it allows for the application's call, and for each signature. */
const CALL_ALLOWANCE = 400_000;
const SIGNATURE_ALLOWANCE = 10_000;
/** Deliveries that its wallet pays for. */
const DELIVERIES = 100n;

/** Adds the carrier of a fault, on the lane of its committee. Returns what it pays its gas from. */
export function addCarrier(simulation: Simulation, plan: FaultPlan): readonly FaultEndowment[] {
  const { world } = simulation;
  const committee = committeeOf(world, plan.target.committee);
  const chain = chainOf(world, laneOf(world, committee.lane).destination);
  const account = accountId(chain, `carrier/${plan.name}`);
  const state: CarrierState = { fault: plan.id, account };
  const entity = simulation.addEntity(CARRIER_KIND, plan.name, state);
  const everyone = committee.keys.map((_, member) => member);
  for (const { listeners } of attestersOfMembers(world, committee.id, everyone)) {
    listeners.push({ entity, kind: EVENT.attested, delayUs: NOTICE_DELAY_US });
  }
  if (chain.gasPrice === 0n) return [];
  const amount = DELIVERIES * chain.gasPrice * BigInt(gasFor(committee.keys.length));
  return [{ chain: chain.id, account, asset: chain.feeAsset, amount }];
}

export function createCarrier(verifiers: VerifierTable): Behaviour<CarrierState> {
  return {
    kind: CARRIER_KIND,
    events: ['attested'],
    handle(state, event, context) {
      const forgery = forgeryOf(context.world, event.a, event.b);
      if (forgery?.fault === state.fault && !forgery.isCarried) carry(context, state, forgery, verifiers);
    },
  };
}

function carry(context: Context, state: CarrierState, forgery: Forgery, verifiers: VerifierTable): void {
  const { packet } = forgery;
  const lane = laneOf(context.world, packet.lane);
  const source = chainOf(context.world, lane.source);
  const destination = chainOf(context.world, lane.destination);
  const client = clientOf(context.world, lane.destinationClient);
  const claim = commitmentClaim(lane, packet, packetCommitmentOf(context.hash, source.mode, lane, packet));
  const view = { counterpartyHead: nodeOf(source, 0).head, hostHead: nodeOf(destination, 0).head };
  const rule = present(verifiers[client.kind], 'validation refuses unknown verifiers', { kind: client.kind });
  const gathered = rule.gather(context, client, claim, view);
  if (gathered.kind !== 'ready') return;
  forgery.isCarried = true;
  const delivery = Object.freeze({ packet, isSuccess: true, evidence: gathered.evidence });
  submit(context, destination, {
    account: state.account,
    calls: [...gathered.updates, { action: 'receive', arguments: delivery }],
    gasLimit: gasFor(membersOf(client.parameters)),
  });
}

function membersOf(parameters: unknown): number {
  return (parameters as { readonly keys: readonly number[] }).keys.length;
}

function gasFor(members: number): number {
  return PACKET_GAS.receive + CALL_ALLOWANCE + SIGNATURE_ALLOWANCE * members;
}
