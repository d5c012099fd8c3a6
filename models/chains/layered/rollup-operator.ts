/**
 * What a rollup does on the chain below: a batcher posts its blocks, a proposer states its heads, with proofs where the
 * contracts ask for them, challengers dispute false ones, and the named heads follow what the chain below holds.
 */
import { after, duration, type Duration, roundDuration } from '../../../sim/base/units.ts';
import { type Law, sample } from '../../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import type { World } from '../../../sim/kernel/world.ts';
import { assert, present } from '../../../sim/base/assert.ts';
import { type Block, type BlockId, blockAtHeight, type Chain, type ChainId, chainOf } from '../chain.ts';
import { announceTags, moveTag } from '../finality.ts';
import { finalBlock } from '../reading.ts';
import { readState } from '../views.ts';
import { newestAnchor, type ReadState } from './anchors.ts';
import { type Errand, isFree, send } from './errand.ts';
import { headBelow, type OriginRule } from './layered-blocks.ts';
import {
  batchGas,
  isTrueOf,
  outputAt,
  outputNumbers,
  postedTip,
  ROLLUP_GAS,
  rulesOf,
  type RollupRules,
  trueAnchor,
} from './rollup-contract.ts';

export interface Challenger {
  readonly errand: Errand;
  /** Number of the next output that it has not looked at. */
  seen: number;
}

export interface RollupOperatorState {
  readonly chain: number;
  /** When a block below counts as final. */
  readonly finality: OriginRule;
  readonly batchEveryUs: Duration;
  readonly outputEveryUs: Duration;
  /** Time that a proof takes; undefined where none is asked for. */
  readonly provingLaw: Law | undefined;
  readonly availabilityPpm: number;
  readonly reaction: Law;
  readonly stream: StreamId;
  readonly batcher: Errand;
  readonly proposer: Errand;
  /** The proposer's account, for what it settles. */
  readonly settler: Errand;
  readonly challengers: readonly Challenger[];
  /** Roles that a fault has stopped. */
  readonly stopped: Set<RollupRole>;
  /** Whether the proposer states a head that is not so, as a fault has it. */
  liesNow: boolean;
  proofs: number;
  /** Block whose proof is being made, -1 for none. */
  inProof: BlockId;
}

export const ROLLUP_ROLES = ['batcher', 'proposer', 'challengers'] as const;
export type RollupRole = (typeof ROLLUP_ROLES)[number];

/** Entity of each rollup's operator, by chain. */
function operatorsOf(world: World): Map<ChainId, number> {
  return (world.tables['rollup-operators'] ??= new Map()) as Map<ChainId, number>;
}

/** Makes the operator of a rollup known, for faults. */
export function placeOperator(world: World, chain: ChainId, entity: number): void {
  operatorsOf(world).set(chain, entity);
}

export function operatorOf(world: World, chain: ChainId): RollupOperatorState {
  const entity = world.entities[operatorsOf(world).get(chain) ?? -1];
  return present(entity, 'a rollup has its operator', { chain }).state as RollupOperatorState;
}

export const OPERATOR_KIND = 'rollup-operator';
export const OPERATOR_EVENT = { belowMoved: 0, post: 1, propose: 2, proven: 3, challenge: 4 } as const;

/** What an event of an operator looks at: the rollup, the chain below it, and the state of that in a view. */
interface Place {
  readonly entity: number;
  readonly chain: Chain;
  readonly below: Chain;
  readonly head: BlockId;
  readonly read: ReadState;
  readonly rules: RollupRules;
}

export const rollupOperatorBehaviour: Behaviour<RollupOperatorState> = {
  kind: OPERATOR_KIND,
  events: ['below-moved', 'post', 'propose', 'proven', 'challenge'],
  handle(state, event, context) {
    const place = placeOf(context, state, event.target);
    switch (event.kind) {
      case OPERATOR_EVENT.belowMoved:
        return follow(context, state, place);
      case OPERATOR_EVENT.post:
        context.schedule('timer', event.target, OPERATOR_EVENT.post, after(context.now, state.batchEveryUs));
        return postBatch(context, state, place);
      case OPERATOR_EVENT.propose:
        context.schedule('timer', event.target, OPERATOR_EVENT.propose, after(context.now, state.outputEveryUs));
        return propose(context, state, place);
      case OPERATOR_EVENT.proven:
        state.inProof = -1;
        return state.stopped.has('proposer') ? undefined : postOutput(context, state, place, event.a);
      default:
        return challenge(context, state, place, event.a, event.b);
    }
  },
};

export function startOperator(context: Context, entity: number, state: RollupOperatorState): void {
  context.schedule('timer', entity, OPERATOR_EVENT.post, after(context.now, state.batchEveryUs));
  context.schedule('timer', entity, OPERATOR_EVENT.propose, after(context.now, state.outputEveryUs));
}

function placeOf(context: Context, state: RollupOperatorState, entity: number): Place {
  const chain = chainOf(context.world, state.chain);
  const below = chainOf(context.world, chain.below);
  const head = headBelow(context, chain);
  const rules = rulesOf(context.world, chain.id);
  assert(rules !== undefined, 'a rollup has its contracts', { chain: chain.name });
  return { entity, chain, below, head, rules, read: (key) => readState(below, head, key) };
}

function follow(context: Context, state: RollupOperatorState, place: Place): void {
  moveTags(context, state, place);
  settle(context, state, place);
  watch(context, state, place);
}

/** Safe: posted. Finalized: posted in a block below that is final. Settled: believed in a block below that is final. */
function moveTags(context: Context, state: RollupOperatorState, { chain, below, head, read }: Place): void {
  // MODEL: a batch that the chain below undoes, and that is posted again, leaves the safe head where it was meanwhile.
  const isSafer = moveTo(context, chain, 'safe', postedTip(read, chain.id).block);
  const final = finalBlock(below, head, state.finality.depth, state.finality.tag);
  if (final === undefined) return isSafer ? announceTags(context, chain, true) : undefined;
  const readFinal: ReadState = (key) => readState(below, final.id, key);
  const isFinal = moveTo(context, chain, 'finalized', postedTip(readFinal, chain.id).block);
  const isSettled = moveTo(context, chain, 'settled', newestAnchor(readFinal, chain.id)?.block ?? -1);
  if (isSafer || isFinal || isSettled) announceTags(context, chain, true);
}

function moveTo(context: Context, chain: Chain, tag: 'safe' | 'finalized' | 'settled', id: BlockId): boolean {
  const block = chain.blocks.get(id);
  return block !== undefined && block.height > 0 && moveTag(context, chain, tag, block);
}

/** Posts what has been made since, as much as half of a block below has room for. */
function postBatch(context: Context, state: RollupOperatorState, place: Place): void {
  const { chain, below, head, read } = place;
  if (state.stopped.has('batcher') || !isFree(below, head, state.batcher)) return;
  const posted = postedTip(read, chain.id);
  const blocks: BlockId[] = [];
  let block: Block | undefined = chain.blocks.get(chain.head);
  for (; block !== undefined && block.height > posted.height; block = chain.blocks.get(block.parent)) {
    blocks.push(block.id);
  }
  // On another branch than what is posted: nothing fits until the chain below has undone that.
  if (block?.id !== posted.block) return;
  blocks.reverse();
  while (blocks.length > 1 && batchGas(chain, blocks) > below.gasLimit / 2)
    blocks.length = Math.ceil(blocks.length / 2);
  if (blocks.length === 0) return;
  const call = { action: 'post-batch', arguments: Object.freeze({ chain: chain.id, blocks: Object.freeze(blocks) }) };
  send(context, below, state.batcher, call, batchGas(chain, blocks));
}

/** The newest head that can be stated: of what is posted, where a proof shows it; of what is final below, otherwise. */
function propose(context: Context, state: RollupOperatorState, place: Place): void {
  const { chain, below, head, read, rules } = place;
  if (state.stopped.has('proposer') || state.inProof !== -1 || !isFree(below, head, state.proposer)) return;
  const { next } = outputNumbers(read, chain.id);
  const last = outputAt(read, chain.id, next - 1)?.height ?? 0;
  const id = rules.isProven ? postedTip(read, chain.id).block : chain.tags.finalized;
  const block = chain.blocks.get(id);
  if (block === undefined || block.height <= last) return;
  if (state.provingLaw === undefined) return postOutput(context, state, place, id);
  // MODEL: one proof at a time, of all that was posted since the last: a proof takes as long however much it covers.
  state.inProof = id;
  const time = roundDuration(sample(state.provingLaw, context.keyed(state.stream, state.proofs++, 1)));
  context.schedule('timer', place.entity, OPERATOR_EVENT.proven, after(context.now, time), id);
}

function postOutput(context: Context, state: RollupOperatorState, place: Place, id: BlockId): void {
  const { chain, below, rules, read } = place;
  const block = chain.blocks.get(id);
  if (block === undefined) return;
  const honest = trueAnchor({ context }, chain, { height: block.height, block: id }, block.height);
  if (honest === undefined || blockAtHeight(chain, postedTip(read, chain.id).block, block.height)?.id !== id) return;
  const output = Object.freeze(
    state.liesNow ? { ...honest, stateRoot: honest.stateRoot.map((byte) => 255 - byte) } : honest,
  );
  const gas = ROLLUP_GAS.output + ROLLUP_GAS.settle + (rules.isProven ? rules.proofGas : 0);
  const call = { action: 'post-output', arguments: Object.freeze({ chain: chain.id, output }) };
  send(context, below, state.proposer, call, gas);
}

function settle(context: Context, state: RollupOperatorState, { chain, below, head, read, rules }: Place): void {
  if (state.stopped.has('proposer') || !isFree(below, head, state.settler)) return;
  const { next, unsettled } = outputNumbers(read, chain.id);
  const output = unsettled < next ? outputAt(read, chain.id, unsettled) : undefined;
  const top = below.blocks.get(head);
  if (output === undefined || top === undefined || top.chainUs < output.madeUs + rules.windowUs) return;
  const call = { action: 'settle-output', arguments: Object.freeze({ chain: chain.id }) };
  send(context, below, state.settler, call, ROLLUP_GAS.settle);
}

/** Challengers notice new outputs, and those that are awake judge each after their reaction time. */
function watch(context: Context, state: RollupOperatorState, { entity, chain, read }: Place): void {
  const { next, unsettled } = outputNumbers(read, chain.id);
  state.challengers.forEach((challenger, index) => {
    // Outputs that were struck off leave their numbers to others.
    challenger.seen = Math.min(challenger.seen, next);
    for (let number = Math.max(challenger.seen, unsettled); number < next; number++) {
      const madeUs = outputAt(read, chain.id, number)?.madeUs ?? 0;
      if (context.drawKeyed(state.stream, madeUs, 2 + 2 * index) * 1_000_000 >= state.availabilityPpm) continue;
      const delay = roundDuration(sample(state.reaction, context.keyed(state.stream, madeUs, 3 + 2 * index)));
      context.schedule('timer', entity, OPERATOR_EVENT.challenge, after(context.now, duration(delay)), number, index);
    }
    challenger.seen = next;
  });
}

function challenge(context: Context, state: RollupOperatorState, place: Place, number: number, index: number): void {
  const { chain, below, head, read } = place;
  const challenger = state.challengers[index];
  const output = outputAt(read, chain.id, number);
  if (challenger === undefined || output === undefined || state.stopped.has('challengers')) return;
  if (isTrueOf({ context }, chain, postedTip(read, chain.id), output)) return;
  if (!isFree(below, head, challenger.errand)) return;
  const call = { action: 'dispute-output', arguments: Object.freeze({ chain: chain.id, output: number }) };
  send(context, below, challenger.errand, call, ROLLUP_GAS.dispute);
}

/** Height up to which blocks are posted or on their way below: a sequencer cannot take them back any more. */
export function committedHeight(context: Context, state: RollupOperatorState): number {
  const { chain, below, head, read } = placeOf(context, state, -1);
  return isFree(below, head, state.batcher) ? postedTip(read, chain.id).height : Number.MAX_SAFE_INTEGER;
}
