/** Users as a source of messages: when they ask, how much, and the transaction that they send. */
import { assertNever } from '../../sim/base/assert.ts';
import { after, type Instant, roundDuration, duration, instant } from '../../sim/base/units.ts';
import { type Law, sample } from '../../sim/kernel/random/laws.ts';
import type { UniformSource } from '../../sim/kernel/random/samplers.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { accountId, chainClock, chainOf } from '../chains/chain.ts';
import { submit } from '../chains/views.ts';
import type { Lane } from '../lanes/lane.ts';
import { laneOf } from '../lanes/lane.ts';
import { messageRequested } from '../records.ts';

export type Arrivals =
  | { readonly kind: 'poisson'; readonly perSecond: number }
  | { readonly kind: 'periodic'; readonly everyUs: number }
  | { readonly kind: 'burst'; readonly everyUs: number; readonly size: number }
  | { readonly kind: 'trace'; readonly entries: readonly { readonly atUs: number; readonly amount?: bigint }[] };

export type TrafficApplication =
  | {
      readonly kind: 'token-transfer';
      readonly asset: string;
      /** Lanes behind the first, and how often a hop is sent again; absent where there are none. */
      readonly route?: readonly number[];
      readonly retries?: number;
      /** Law of whole units; a draw is rounded to `1 / perUnit` of one and then scaled to base units. */
      readonly amount: Law;
      readonly perUnit: number;
      readonly scale: bigint;
      /** A call that goes in the same packet; absent where there is none. */
      readonly call?: CallContent;
    }
  | ({ readonly kind: 'remote-call' } & CallContent);

export interface CallContent {
  readonly bytes: Law;
  readonly gas: number;
  readonly failure: number;
  /** How long after its sending a call that reverts does so; absent where for ever. */
  readonly failureLastsUs?: number;
}

export interface TrafficState {
  readonly id: number;
  readonly name: string;
  readonly lane: number;
  readonly application: TrafficApplication;
  readonly arrivals: Arrivals;
  /** Name of the traffic whose users send. */
  readonly sender: string;
  readonly users: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly limit: number;
  readonly arrivalStream: StreamId;
  readonly contentStream: StreamId;
  requested: number;
}

const EVENT = { arrive: 0 } as const;
/** Gas limit of a user's transaction. */
const USER_GAS = 400_000;

export function messageCounter(world: World): { next: number } {
  return (world.tables['messages'] ??= { next: 0 }) as { next: number };
}

/** Name of a user's account on its chain. */
export function userAccount(traffic: string, user: number): string {
  return `user/${traffic}/${user}`;
}

export function startTraffic(context: Context, entity: number, state: TrafficState): void {
  scheduleNext(context, entity, state, instant(state.startUs));
}

export const trafficBehaviour: Behaviour<TrafficState> = {
  kind: 'traffic',
  events: ['arrive'],
  handle(state, event, context) {
    const size = state.arrivals.kind === 'burst' ? state.arrivals.size : 1;
    for (let i = 0; i < size && (state.limit === 0 || state.requested < state.limit); i++) request(context, state);
    scheduleNext(context, event.target, state, context.now);
  },
};

function scheduleNext(context: Context, entity: number, state: TrafficState, from: Instant): void {
  const at = nextArrival(context, state, from);
  const isSpent = state.limit > 0 && state.requested >= state.limit;
  if (at === undefined || at >= state.endUs || isSpent) return;
  context.schedule('timer', entity, EVENT.arrive, at);
}

function nextArrival(context: Context, state: TrafficState, from: Instant): Instant | undefined {
  const { arrivals } = state;
  switch (arrivals.kind) {
    case 'poisson': {
      const gap = { kind: 'exponential', mean: 1_000_000 / arrivals.perSecond } as const;
      return after(from, roundDuration(sample(gap, context.source(state.arrivalStream))));
    }
    case 'periodic':
    case 'burst':
      return state.requested === 0 ? from : after(from, duration(arrivals.everyUs));
    case 'trace': {
      const entry = arrivals.entries[state.requested];
      return entry === undefined ? undefined : instant(Math.max(entry.atUs, from));
    }
    default:
      return assertNever(arrivals, 'nextArrival');
  }
}

function request(context: Context, state: TrafficState): void {
  const lane = laneOf(context.world, state.lane);
  const chain = chainOf(context.world, lane.source);
  const counter = messageCounter(context.world);
  const message = counter.next++;
  const number = ++state.requested;
  const account = accountId(chain, userAccount(state.sender, number % state.users));
  const content = contentOf(context, state, lane, number, message);
  const transaction = submit(context, chain, {
    account,
    calls: [{ action: content.action, arguments: content.arguments }],
    gasLimit: USER_GAS,
  });
  context.record(messageRequested, {
    message,
    traffic: state.id,
    number,
    lane: lane.id,
    chain: chain.id,
    transaction: transaction.id,
    amount: content.amount,
    asset: content.asset,
  });
}

interface Content {
  readonly action: string;
  readonly arguments: unknown;
  readonly amount: bigint;
  readonly asset: string;
}

function contentOf(context: Context, state: TrafficState, lane: Lane, number: number, message: number): Content {
  const { application } = state;
  const source = context.keyed(state.contentStream, number, 0);
  switch (application.kind) {
    case 'token-transfer': {
      const traced = state.arrivals.kind === 'trace' ? state.arrivals.entries[number - 1]?.amount : undefined;
      const amount = traced ?? drawnAmount(application, source);
      const { asset } = application;
      const receiver = userAccount(state.sender, number % state.users);
      const transfer = Object.freeze({ lane: lane.id, asset, amount, receiver, message });
      if (application.route !== undefined) {
        const through = Object.freeze({ ...transfer, route: application.route, retries: application.retries ?? 0 });
        return { action: 'transfer-through', arguments: through, amount, asset };
      }
      if (application.call !== undefined) {
        const call = callOf(context, lane, application.call, source, message);
        return { action: 'transfer-and-call', arguments: Object.freeze({ transfer, call }), amount, asset };
      }
      return { action: 'transfer', arguments: transfer, amount, asset };
    }
    case 'remote-call':
      return { action: 'call', arguments: callOf(context, lane, application, source, message), amount: 0n, asset: '' };
    default:
      return assertNever(application, 'contentOf');
  }
}

/** Arguments of a call, drawn when it is asked for. */
function callOf(context: Context, lane: Lane, call: CallContent, source: UniformSource, message: number): unknown {
  const length = Math.max(0, Math.round(sample(call.bytes, source)));
  const fails = source.uniform() < call.failure;
  const drawn = { lane: lane.id, bytes: new Uint8Array(length), gas: call.gas, fails, message };
  const { failureLastsUs } = call;
  if (!fails || failureLastsUs === undefined) return Object.freeze(drawn);
  const wellAt = after(context.now, duration(failureLastsUs));
  return Object.freeze({ ...drawn, wellFromUs: chainClock(chainOf(context.world, lane.destination), wellAt) });
}

function drawnAmount(
  application: Extract<TrafficApplication, { kind: 'token-transfer' }>,
  source: UniformSource,
): bigint {
  const units = Math.round(sample(application.amount, source) * application.perUnit);
  return BigInt(Math.max(1, units)) * application.scale;
}

export function trafficsOf(world: World): number[] {
  return (world.tables['traffics'] ??= []) as number[];
}
