/** Chains that decide by votes, each vote an envelope: the behaviour of one node. */
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import { after, duration } from '../../../sim/base/units.ts';
import { networksOf } from '../../network/network.ts';
import { type Chain, chainsOf, type ChainNode } from '../chain.ts';
import type { Executor } from '../execution.ts';
import type { SealBlock } from '../sealing.ts';
import { onDecision, onLook, onProposal, onStatus, onVote, resume } from './bft-hearing.ts';
import { enterHeight, onTimeout } from './bft-rules.ts';
import { isAwaited, planWake, readBox } from './bft-quorum.ts';
import type { StatusNote } from './bft-sending.ts';
import {
  BFT_EVENT,
  BFT_EVENT_NAMES,
  BFT_NODE_KIND,
  type BftChain,
  type BftNode,
  type BftRun,
  bftTable,
  LOOK_US,
  STEP,
} from './bft-state.ts';
import { PRECOMMIT, PREVOTE } from './bft-tally.ts';

/** `sealBlock` may add to what the part itself seals: header, header hash and commit. */
export function createBft(executor: Executor, sealBlock?: SealBlock): Behaviour<BftNode> {
  const envelope = { from: 0, to: 0, key: 0, target: 0, kind: 0, a: 0, b: 0, payload: undefined, bytes: 0 };
  // Filled before each use: it carries nothing from one event to the next.
  const scratch = { at: new Float64Array(64), powers: new Float64Array(64) };
  const run = { executor, sealBlock, envelope, scratch } as unknown as BftRun;
  return {
    kind: BFT_NODE_KIND,
    events: BFT_EVENT_NAMES,
    handle(state, event, context) {
      const { kind } = event;
      const chain = chainsOf(context.world)[state.chain] as Chain;
      const node = chain.nodes[state.index] as ChainNode;
      if (kind <= BFT_EVENT.decision) {
        const network = networksOf(context.world)[chain.network];
        if (network !== undefined) network.delivered++;
      }
      if (kind === BFT_EVENT.look) scheduleLook(context, state);
      const bft = bftTable(context.world).get(state.chain) as BftChain;
      const { post } = bft;
      if (kind === BFT_EVENT.wake && (post === undefined || !isAwaited(post, state.index, context.now))) return;
      if (!node.isUp) {
        state.wasUp = false;
        return;
      }
      run.context = context;
      run.chain = chain;
      run.node = node;
      run.state = state;
      run.bft = bft;
      // Timers run after all that is delivered at their instant; a delivery comes before what else is.
      if (post !== undefined) readBox(run, post, kind <= BFT_EVENT.decision ? context.now - 1 : context.now, onVote);
      if (kind === BFT_EVENT.prevote) onVote(run, PREVOTE, event.a, event.b);
      else if (kind === BFT_EVENT.precommit) onVote(run, PRECOMMIT, event.a, event.b);
      else handleRare(run, kind, event.a, event.b, event.payload);
      if (post !== undefined) planWake(run, post, state);
    },
  };
}

function handleRare(run: BftRun, kind: number, a: number, b: number, payload: unknown): void {
  const { state } = run;
  switch (kind) {
    case BFT_EVENT.proposal:
      return onProposal(run, a, b, payload as readonly number[] | undefined);
    case BFT_EVENT.status:
      return onStatus(run, b, payload as StatusNote);
    case BFT_EVENT.decision:
      return onDecision(run, a);
    case BFT_EVENT.newHeight:
      // A timer from before a stop may find the node elsewhere.
      if (state.step === STEP.commit && state.height === a) enterHeight(run, a + 1);
      return;
    case BFT_EVENT.look:
      return state.wasUp ? onLook(run) : resume(run);
    case BFT_EVENT.resume:
      return state.wasUp ? undefined : resume(run);
    case BFT_EVENT.wake:
      return; // What it woke for, it has read.
    default:
      return onTimeout(run, kind, a, b);
  }
}

export function scheduleLook(context: Context, state: BftNode): void {
  context.schedule('timer', state.entity, BFT_EVENT.look, after(context.now, duration(LOOK_US)));
}
