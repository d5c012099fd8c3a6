/**
 * Slots and epochs: a proposer drawn by stake for each slot, an attesting committee a slot, and epochs that justify and
 * finalise their checkpoints.
 * @source ethereum/consensus-specs@a08d8a6e specs/phase0/beacon-chain.md, and specs/altair for who counts as present.
 */
// MODEL: all nodes that are up share one view and every vote in time reaches the next proposer, so that branches come from
// late blocks alone and never from a split network; votes for the head weigh nothing here but whether a block was late.
import { present } from '../../../sim/base/assert.ts';
import { after, duration } from '../../../sim/base/units.ts';
import type { StreamId } from '../../../sim/kernel/random/streams.ts';
import type { Behaviour, Context } from '../../../sim/kernel/simulation.ts';
import type { World } from '../../../sim/kernel/world.ts';
import { companyPenalised, epochEnded, slotMissed, validatorSlashed } from '../../records.ts';
import { type Block, type BlockId, blockOf, type Chain, chainOf, nodeOf } from '../chain.ts';
import { slownessOf } from '../conditions.ts';
import type { Executor } from '../execution.ts';
import { announceTags, moveTag } from '../finality.ts';
import { makeBlock, moveReference, moveView, selectTransactions } from '../views.ts';
import { sealCommit } from './bft-sealing.ts';
import { type Justification, weighJustification } from './ffg.ts';
import { endEpochOf, isLeaking, slashOperator, type Stake, votesOf } from './slots-stake.ts';

/** Votes of one slot that no block holds yet. */
interface SlotVotes {
  readonly slot: number;
  readonly turn: number;
  readonly operators: readonly number[];
}

export interface SlotsState {
  readonly chain: number;
  readonly slotUs: number;
  /** Share of blocks that come too late to be voted for. */
  readonly lateness: number;
  readonly proposerStream: StreamId;
  readonly lateStream: StreamId;
  readonly turnStream: StreamId;
  readonly stake: Stake;
  readonly justification: Justification;
  slot: number;
  /** Head of the branch that is voted for. */
  tip: BlockId;
  /** A block that came after the votes of its slot, -1 where there is none: the next proposer builds beside it. */
  lateTip: BlockId;
  readonly waiting: SlotVotes[];
  /** Block of each epoch's beginning, as far as it is still asked for. */
  readonly checkpoints: Map<number, BlockId>;
  /** Height up to which headers are hashed, and committed to at checkpoints. */
  sealedTo: number;
}

export const SLOTS_KIND = 'slots-chain';
const EVENT = { slot: 0, attest: 1, publishLate: 2 } as const;
/** Votes are cast a third into the slot. @source consensus-specs, INTERVALS_PER_SLOT = 3. */
const INTERVALS_PER_SLOT = 3;

export function startSlots(context: Context, entity: number, state: SlotsState): void {
  state.checkpoints.set(0, state.tip);
  context.schedule('block', entity, EVENT.slot, after(context.now, duration(state.slotUs)));
}

export function createSlots(executor: Executor): Behaviour<SlotsState> {
  return {
    kind: SLOTS_KIND,
    events: ['slot', 'attest', 'publish-late'],
    handle(state, event, context) {
      const chain = chainOf(context.world, state.chain);
      switch (event.kind) {
        case EVENT.slot:
          return onSlot(context, chain, state, event.target, executor);
        case EVENT.attest:
          return attest(chain, state, context);
        default:
          if (nodeOf(chain, event.a).isUp) build(context, chain, state, event.a, state.tip, executor, true);
      }
    },
  };
}

/** The slots state of a chain. */
export function slotsOf(world: World, chain: Chain): SlotsState {
  const entity = world.entities[nodeOf(chain, 0).entity];
  return present(entity, 'a chain has a node', { chain: chain.name }).state as SlotsState;
}

function epochOf(state: SlotsState, slot: number): number {
  return Math.floor(slot / state.stake.rules.slotsPerEpoch);
}

function onSlot(context: Context, chain: Chain, state: SlotsState, entity: number, executor: Executor): void {
  const slot = ++state.slot;
  const { slotsPerEpoch } = state.stake.rules;
  context.schedule('block', entity, EVENT.slot, after(context.now, duration(state.slotUs)));
  const attestAt = after(context.now, duration(Math.floor(state.slotUs / INTERVALS_PER_SLOT)));
  context.schedule('timer', entity, EVENT.attest, attestAt);
  // ORDER: the epoch before ends, and its checkpoints move, before the first block of the next can hold more votes.
  if (slot % slotsPerEpoch === 0) endEpoch(context, chain, state, slot / slotsPerEpoch - 1);
  const proposer = drawProposer(context, state, slot);
  const isSlow = context.drawKeyed(state.lateStream, slot, 1) * slownessOf(chain) >= 1;
  const isUp = proposer !== -1 && nodeOf(chain, proposer).isUp && !isSlow;
  if (!isUp) context.record(slotMissed, { chain: chain.id, slot, proposer });
  else if (context.drawKeyed(state.lateStream, slot, 0) < state.lateness) {
    const lateAt = after(attestAt, duration(Math.floor(state.slotUs / INTERVALS_PER_SLOT)));
    context.schedule('block', entity, EVENT.publishLate, lateAt, proposer);
  } else build(context, chain, state, proposer, state.tip, executor, false);
}

/** By effective balance; -1 where nobody is left. */
function drawProposer(context: Context, state: SlotsState, slot: number): number {
  const { weights } = state.stake;
  let total = 0;
  for (const weight of weights) total += weight;
  let at = context.drawKeyed(state.proposerStream, slot, 0) * total;
  for (let operator = 0; operator < weights.length; operator++) {
    at -= weights[operator] as number;
    if (at < 0) return operator;
  }
  return -1;
}

function build(
  context: Context,
  chain: Chain,
  state: SlotsState,
  proposer: number,
  parent: BlockId,
  executor: Executor,
  isLate: boolean,
): void {
  const transactions = selectTransactions(context, chain, nodeOf(chain, proposer), parent);
  const block = makeBlock(context, chain, { parent, proposer, transactions, work: 1 });
  if (!isLate) includeVotes(state);
  executor.execute(context, chain, block);
  moveReference(context, chain, block.id);
  for (const node of chain.nodes) if (node.isUp) moveView(context, chain, node, block.id);
  if (isLate) state.lateTip = block.id;
  else {
    state.tip = block.id;
    state.lateTip = -1;
  }
}

/** A block takes the votes of the slots before it, of its own epoch and the one before. */
function includeVotes(state: SlotsState): void {
  const { slot, stake } = state;
  const epoch = epochOf(state, slot);
  let kept = 0;
  for (const votes of state.waiting) {
    if (votes.slot >= slot) {
      state.waiting[kept++] = votes;
      continue;
    }
    const of = epochOf(state, votes.slot);
    if (of < epoch - 1) continue;
    const flags = of === epoch ? stake.current : stake.previous;
    for (const operator of votes.operators) flags[operator * stake.rules.slotsPerEpoch + votes.turn] = 1;
  }
  state.waiting.length = kept;
}

/** A third into a slot its committee votes: one turn of the cohorts of every operator that is up. */
function attest(chain: Chain, state: SlotsState, context: Context): void {
  const { slot, stake } = state;
  const { slotsPerEpoch } = stake.rules;
  const epoch = epochOf(state, slot);
  // A late block that found no vote in its own slot has them all in a slot without another.
  if (state.lateTip !== -1 && blockOf(chain, state.lateTip).madeAt < context.now - state.slotUs / 2) {
    state.tip = state.lateTip;
    state.lateTip = -1;
  }
  if (slot % slotsPerEpoch === 0) state.checkpoints.set(epoch, state.tip);
  const shift = Math.floor(context.drawKeyed(state.turnStream, epoch, 0) * slotsPerEpoch);
  const turn = (slot + shift) % slotsPerEpoch;
  const operators: number[] = [];
  for (let operator = 0; operator < stake.powers.length; operator++) {
    const cohort = operator * slotsPerEpoch + turn;
    if (nodeOf(chain, operator).isUp && epoch < (stake.exit[cohort] as number)) operators.push(operator);
  }
  while ((state.waiting[0]?.slot ?? slot) < slot - 2 * slotsPerEpoch) state.waiting.shift();
  if (operators.length > 0) state.waiting.push({ slot, turn, operators });
}

function endEpoch(context: Context, chain: Chain, state: SlotsState, epoch: number): void {
  const { stake, justification } = state;
  const votes = votesOf(stake, epoch);
  weighJustification(justification, { epoch, ...votes }, (of) => state.checkpoints.get(of) ?? state.tip);
  const isLeak = isLeaking(justification, epoch);
  const penalties = endEpochOf(stake, justification, epoch);
  context.record(epochEnded, {
    chain: chain.id,
    epoch,
    active: votes.active,
    voted: votes.previousTarget,
    justified: justification.currentJustified.epoch,
    finalized: justification.finalized.epoch,
    isLeaking: isLeak,
  });
  const { slashed, active } = penalties;
  for (const [node, sums] of penalties.of) {
    context.record(companyPenalised, { chain: chain.id, node, epoch, ...sums, slashed, active });
  }
  for (const of of state.checkpoints.keys()) if (of < epoch) state.checkpoints.delete(of);
  moveTags(context, chain, state);
}

function moveTags(context: Context, chain: Chain, state: SlotsState): void {
  const { currentJustified, finalized } = state.justification;
  const safe = chain.blocks.get(currentJustified.block);
  const final = chain.blocks.get(finalized.block);
  let isMoved = safe !== undefined && moveTag(context, chain, 'safe', safe);
  if (final !== undefined && final.height > 0) {
    sealUpTo(context, chain, state, final);
    const isFinal = moveTag(context, chain, 'finalized', final);
    isMoved = moveTag(context, chain, 'settled', final) || isFinal || isMoved;
  }
  if (isMoved) announceTags(context, chain);
}

/**
 * Hashes the headers that have become final, and lets those who are up sign the checkpoint.
 * MODEL: outside, a header is only signed for once it is final: it stands for the sync committee's signature on a header
 * that proves which one is final. Who misses at that instant is missing in the signature.
 */
function sealUpTo(context: Context, chain: Chain, state: SlotsState, final: Block): void {
  const signers = chain.nodes.filter(({ isUp }) => isUp).map(({ validator }) => validator);
  for (let height = Math.max(state.sealedTo + 1, chain.keptFrom + 1); height <= final.height; height++) {
    const block = chain.blocks.get(chain.branch.get(height) ?? -1);
    if (block === undefined) continue;
    const by = block.id === final.id ? signers : [];
    sealCommit(context, chain, block, { set: 0, nextSet: 0, round: 0, signers: by });
    if (by.length === 0) block.seal.evidence = null;
  }
  state.sealedTo = Math.max(state.sealedTo, final.height);
}

/** Slashes an operator on the word of whoever has seen its two votes. */
export function slashOnSlots(context: Context, chain: Chain, operator: number): void {
  const state = slotsOf(context.world, chain);
  const epoch = epochOf(state, state.slot);
  const penalty = slashOperator(state.stake, operator, epoch);
  context.record(validatorSlashed, { chain: chain.id, node: operator, epoch, penalty });
}
