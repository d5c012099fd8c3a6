/** Who looks after an optimistic verifier: reads every claim on its host, and disputes what its own view of the other chain denies. */
import { after, duration, roundDuration } from '../../sim/base/units.ts';
import { type Law, sample } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../sim/kernel/simulation.ts';
import type { World } from '../../sim/kernel/world.ts';
import { blockAtHeight, type Chain, chainOf, nodeOf } from '../chains/chain.ts';
import { type Cursor, readForward } from '../chains/reading.ts';
import { submit } from '../chains/views.ts';
import { holdsAfter, isProvable } from '../verifiers/client-store.ts';
import { watcherTurned } from '../records.ts';
import type { StandingClaim } from '../verifiers/optimistic.ts';
import { clientOf } from '../verifiers/verifier.ts';

export interface WatcherState {
  readonly id: number;
  readonly name: string;
  readonly lane: number;
  /** The optimistic client, its host and the chain that it is about. */
  readonly client: number;
  readonly hostNode: number;
  readonly counterpartyNode: number;
  /** Its account on the host. */
  readonly account: number;
  readonly host: Cursor;
  /** Share of the claims that it looks at, in parts per million: it sleeps through the rest. With `turns`, of the time. */
  readonly availabilityPpm: number;
  /** Time from seeing a claim to having judged it. */
  readonly reaction: Law;
  readonly stream: StreamId;
  seen: number;
  /** How it goes down and is repaired; it is always up where this is not there. */
  readonly turns?: Turns;
}

export interface Turns {
  readonly up: Law;
  readonly repair: Law;
  readonly stream: StreamId;
  isUp: boolean;
  /** Turns so far. */
  count: number;
  /** What it had seen and not yet judged when it went down. */
  readonly missed: StandingClaim[];
}

export const WATCHER_EVENT = { viewMoved: 0, judge: 1, begin: 2, turn: 3 } as const;

/** Time after which it looks again at a claim about a block that it has not seen yet, in microseconds. */
const LOOK_AGAIN_US = 1_000_000;
const DISPUTE_GAS = 200_000;

export function watchersOf(world: World): number[] {
  return (world.tables['watchers'] ??= []) as number[];
}

export function watcherAccount(lane: string, side: string, index: number): string {
  return `watcher/${lane}/${side}/${index}`;
}

export const watcherBehaviour: Behaviour<WatcherState> = {
  kind: 'watcher',
  events: ['view-moved', 'judge', 'begin', 'turn'],
  handle(state, event, context) {
    switch (event.kind) {
      case WATCHER_EVENT.judge:
        return judge(context, state, event.payload as StandingClaim);
      case WATCHER_EVENT.begin:
        return begin(context, state);
      case WATCHER_EVENT.turn:
        return turn(context, state, state.turns?.isUp === false);
      default:
        if (event.a === clientOf(context.world, state.client).host) look(context, state, event.b);
    }
  },
};

/** Reads the claims up to a head of the host. One who is down reads them when it is up again. */
function look(context: Context, state: WatcherState, head: number): void {
  if (state.turns?.isUp === false) return;
  const { host } = clientOf(context.world, state.client);
  for (const block of readForward(chainOf(context.world, host), state.host, head).blocks) {
    for (const entry of block.logs) {
      if (entry.kind === 'claim-made' && entry.lane === state.lane)
        notice(context, state, entry.packet as StandingClaim);
    }
  }
}

/** As if it had been going for long: up with the chance that the availability says. */
function begin(context: Context, state: WatcherState): void {
  const { turns } = state;
  if (turns === undefined) return;
  const isUp = context.drawKeyed(turns.stream, 0, 0) * 1_000_000 < state.availabilityPpm;
  // MODEL: what is left of the first turn is drawn like a whole one: right where nothing wears out, so where repairs take
  // an exponential time; else the first turn is too long by as much as a law is regular.
  if (isUp) scheduleTurn(context, state, turns);
  else turn(context, state, false);
}

function turn(context: Context, state: WatcherState, isUp: boolean): void {
  const { turns } = state;
  if (turns === undefined) return;
  turns.isUp = isUp;
  context.record(watcherTurned, { watcher: state.id, lane: state.lane, client: state.client, isUp });
  scheduleTurn(context, state, turns);
  if (!isUp) return;
  for (const standing of turns.missed.splice(0)) judge(context, state, standing);
  look(context, state, nodeOf(chainOf(context.world, clientOf(context.world, state.client).host), state.hostNode).head);
}

function scheduleTurn(context: Context, state: WatcherState, turns: Turns): void {
  const law = turns.isUp ? turns.up : turns.repair;
  const time = Math.max(1, roundDuration(sample(law, context.keyed(turns.stream, ++turns.count, 0))));
  const entity = watchersOf(context.world)[state.id] ?? -1;
  context.schedule('timer', entity, WATCHER_EVENT.turn, after(context.now, duration(time)));
}

function notice(context: Context, state: WatcherState, standing: StandingClaim): void {
  const number = state.seen++;
  // One who goes down and is repaired looks at all claims, if late.
  const isAsleep =
    state.turns === undefined && context.drawKeyed(state.stream, number, 0) * 1_000_000 >= state.availabilityPpm;
  if (isAsleep) return;
  const delay = roundDuration(sample(state.reaction, context.keyed(state.stream, number, 1)));
  schedule(context, state, delay, standing);
}

function schedule(context: Context, state: WatcherState, delay: number, standing: StandingClaim): void {
  const entity = watchersOf(context.world)[state.id] ?? -1;
  context.schedule('timer', entity, WATCHER_EVENT.judge, after(context.now, duration(delay)), 0, 0, standing);
}

function judge(context: Context, state: WatcherState, standing: StandingClaim): void {
  if (state.turns?.isUp === false) {
    state.turns.missed.push(standing);
    return;
  }
  const client = clientOf(context.world, state.client);
  const about = chainOf(context.world, client.counterparty);
  const head = about.blocks.get(nodeOf(about, state.counterpartyNode).head);
  if (head === undefined || head.height < standing.height) return schedule(context, state, LOOK_AGAIN_US, standing);
  if (isTrue(about, head.id, standing)) return;
  const host = chainOf(context.world, client.host);
  const { claim } = standing;
  submit(context, host, {
    account: state.account,
    calls: [{ action: 'dispute-claim', arguments: Object.freeze({ client: client.id, claim }) }],
    gasLimit: DISPUTE_GAS,
  });
}

/** Whether a claim is true of the block that it names, as the watcher's view has it; what is pruned is taken for true. */
function isTrue(about: Chain, head: number, { claim, height }: StandingClaim): boolean {
  const block = blockAtHeight(about, head, height);
  return block === undefined || holdsAfter(about, block, claim) || isProvable(about, block, claim);
}
