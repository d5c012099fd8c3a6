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
  /** Share of the claims that it looks at, in parts per million: it sleeps through the rest. */
  readonly availabilityPpm: number;
  /** Time from seeing a claim to having judged it. */
  readonly reaction: Law;
  readonly stream: StreamId;
  seen: number;
}

export const WATCHER_EVENT = { viewMoved: 0, judge: 1 } as const;

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
  events: ['view-moved', 'judge'],
  handle(state, event, context) {
    if (event.kind === WATCHER_EVENT.judge) return judge(context, state, event.payload as StandingClaim);
    const client = clientOf(context.world, state.client);
    if (event.a !== client.host) return;
    const { blocks } = readForward(chainOf(context.world, client.host), state.host, event.b);
    for (const block of blocks) {
      for (const entry of block.logs) {
        if (entry.kind === 'claim-made' && entry.lane === state.lane)
          notice(context, state, entry.packet as StandingClaim);
      }
    }
  },
};

function notice(context: Context, state: WatcherState, standing: StandingClaim): void {
  const number = state.seen++;
  const draw = context.drawKeyed(state.stream, number, 0);
  if (draw * 1_000_000 >= state.availabilityPpm) return;
  const delay = roundDuration(sample(state.reaction, context.keyed(state.stream, number, 1)));
  schedule(context, state, delay, standing);
}

function schedule(context: Context, state: WatcherState, delay: number, standing: StandingClaim): void {
  const entity = watchersOf(context.world)[state.id] ?? -1;
  context.schedule('timer', entity, WATCHER_EVENT.judge, after(context.now, duration(delay)), 0, 0, standing);
}

function judge(context: Context, state: WatcherState, standing: StandingClaim): void {
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
