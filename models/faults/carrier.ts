/** Carries what a lie made attesters sign: no honest relayer would, since its own node shows no such packet. */
import { after, duration } from '../../sim/base/units.ts';
import type { Behaviour, Context, Simulation } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { accountId, chainOf, nodeOf } from '../chains/chain.ts';
import { submit } from '../chains/views.ts';
import { packetCommitmentOf } from '../lanes/commitments.ts';
import { laneOf } from '../lanes/lane.ts';
import { commitmentClaim, PACKET_GAS } from '../lanes/packet-calls.ts';
import {
  type Claim,
  type Client,
  clientOf,
  leavesOf,
  nodesOf,
  ruleOf,
  type VerifierTable,
} from '../verifiers/verifier.ts';
import { WINDOW } from '../verifiers/optimistic.ts';
import { TIMELOCK } from '../verifiers/validity-proof.ts';
import { committeesOf } from '../attesters/committees.ts';
import type { FaultEndowment, FaultPlan } from './fault.ts';
import { type Forgery, forgeryOf } from './forgeries.ts';
import { attestersOfMembers } from './people.ts';

export interface CarrierState {
  readonly fault: number;
  /** Its account on the destination. */
  readonly account: number;
}

export const CARRIER_KIND = 'carrier';
const EVENT = { attested: 0, again: 1 } as const;

/** What it waits for by looking again. */
const WAITS: readonly string[] = [WINDOW, TIMELOCK];
/** Time after which it looks again where a claim must stand first, in microseconds. */
const AGAIN_US = 2_000_000;

/** Delay with which it hears of posted signatures, in microseconds. */
const NOTICE_DELAY_US = 50_000;
/** Gas that it allows for the application's call, and for each signature. */
const CALL_ALLOWANCE = 400_000;
const SIGNATURE_ALLOWANCE = 10_000;
/** Deliveries that its wallet pays for. */
const DELIVERIES = 100n;
/** First prices that it can pay for a unit of gas where prices move: a base fee that rose without a pause for 353 blocks. */
// MODEL: like users, a carrier never runs dry: a lie is judged by what is believed, not by what its author can pay.
const ABUNDANCE = 1_000_000_000_000_000_000n;

/** Adds the carrier of a fault on a lane. Returns what it pays its gas from. */
export function addCarrier(simulation: Simulation, plan: FaultPlan, laneId: number): readonly FaultEndowment[] {
  const { world } = simulation;
  const chain = chainOf(world, laneOf(world, laneId).destination);
  const client = clientOf(world, laneOf(world, laneId).destinationClient);
  const account = accountId(chain, `carrier/${plan.name}`);
  const state: CarrierState = { fault: plan.id, account };
  const entity = simulation.addEntity(CARRIER_KIND, plan.name, state);
  carriersOf(world).set(plan.name, entity);
  // Of a tree, another committee than the one that is lied to may be the last to sign.
  for (const { id, lane, keys } of committeesOf(world)) {
    if (lane !== laneId) continue;
    for (const { listeners } of attestersOfMembers(world, id, [...keys.keys()])) {
      listeners.push({ entity, kind: EVENT.attested, delayUs: NOTICE_DELAY_US });
    }
  }
  const gas = gasFor(signersOf(world, laneId), leavesOf(world, client).length);
  const price = chain.market === undefined ? chain.gasPrice : ABUNDANCE * (2n * chain.market.initial + chain.gasPrice);
  const amount = DELIVERIES * (price * BigInt(gas) + bondsOf(world, client));
  if (amount === 0n) return [];
  return [{ chain: chain.id, account, asset: chain.feeAsset, amount }];
}

/** Entities of the carriers, by the name of their fault. */
function carriersOf(world: World): Map<string, number> {
  return (world.tables['carriers'] ??= new Map()) as Map<string, number>;
}

/** Has the carrier of a fault look at a claim, and again until it can be carried. */
export function startCarrying(context: Context, fault: string, { lane, sequence }: Claim): void {
  const entity = carriersOf(context.world).get(fault);
  if (entity !== undefined) context.schedule('timer', entity, EVENT.again, context.now, lane, sequence);
}

export function createCarrier(verifiers: VerifierTable): Behaviour<CarrierState> {
  return {
    kind: CARRIER_KIND,
    events: ['attested', 'again'],
    handle(state, event, context) {
      const forgery = forgeryOf(context.world, event.a, event.b);
      if (forgery?.fault === state.fault && !forgery.isCarried) carry(context, state, forgery, verifiers, event.target);
    },
  };
}

function carry(context: Context, state: CarrierState, forgery: Forgery, verifiers: VerifierTable, self: number): void {
  const { packet } = forgery;
  const lane = laneOf(context.world, packet.lane);
  const source = chainOf(context.world, lane.source);
  const destination = chainOf(context.world, lane.destination);
  const client = clientOf(context.world, lane.destinationClient);
  const claim = commitmentClaim(lane, packet, packetCommitmentOf(context.hash, source.mode, lane, packet));
  const view = { counterpartyHead: nodeOf(source, 0).head, hostHead: nodeOf(destination, 0).head };
  const gathered = ruleOf(verifiers, client).gather(context, client, claim, view);
  if (gathered.kind === 'first' || (gathered.kind === 'waiting' && WAITS.includes(gathered.reason))) {
    const at = after(context.now, duration(AGAIN_US));
    context.schedule('timer', self, EVENT.again, at, packet.lane, packet.sequence);
    if (gathered.kind === 'waiting' || forgery.isClaimed) return;
    forgery.isClaimed = true;
    const gasLimit = gasFor(signersOf(context.world, lane.id), leavesOf(context.world, client).length);
    submit(context, destination, { account: state.account, calls: gathered.calls, gasLimit });
    return;
  }
  if (gathered.kind !== 'ready') return;
  forgery.isCarried = true;
  const delivery = Object.freeze({ packet, isSuccess: true, evidence: gathered.evidence });
  submit(context, destination, {
    account: state.account,
    calls: [...gathered.updates, { action: 'receive', arguments: delivery }],
    gasLimit: gasFor(signersOf(context.world, lane.id), leavesOf(context.world, client).length),
  });
}

/** What claims that must stand first put down. */
function bondsOf(world: World, client: Client): bigint {
  const bonds = nodesOf(world, client).map(({ parameters }) => (parameters as { readonly bond?: bigint }).bond ?? 0n);
  return bonds.reduce((sum, bond) => sum + bond, 0n);
}

/** Members of all committees of a lane: no delivery bears more signatures. */
function signersOf(world: World, lane: number): number {
  return committeesOf(world).reduce((sum, each) => sum + (each.lane === lane ? each.keys.length : 0), 0);
}

function gasFor(members: number, leaves: number): number {
  return PACKET_GAS.receive + CALL_ALLOWANCE * leaves + SIGNATURE_ALLOWANCE * members;
}
