/**
 * State of a chain that decides by votes as CometBFT does: what all of its nodes share, and what each keeps for itself.
 * @source Buchman, Kwon, Milosevic, "The latest gossip on BFT consensus", arXiv:1807.04938.
 */
import { assert, present } from '../../../sim/base/assert.ts';
import { compareShare, exceeds, ratio } from '../../../sim/base/ratio.ts';
import { type Duration, type Instant, START } from '../../../sim/base/units.ts';
import type { Context } from '../../../sim/kernel/simulation.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { ValidatorSet } from '../../proofs/validator-set.ts';
import type { Block, BlockId, Chain, ChainNode } from '../chain.ts';
import type { Executor } from '../execution.ts';
import type { SealBlock } from '../sealing.ts';
import type { Post } from './bft-post.ts';
import { createTally, type Tally } from './bft-tally.ts';

/** Voting power a quorum must exceed. @source arXiv:1807.04938: n > 3f, 2f + 1 messages. */
export const QUORUM_ABOVE = ratio(2, 3);
/** Voting power that must hold one honest validator. @source arXiv:1807.04938, line 55: f + 1 messages. */
export const SKIP_ABOVE = ratio(1, 3);

/** Time between two looks of a node at whether it still moves. */
export const LOOK_US = 1_000_000;

/** @source cometbft/cometbft@5bba72c1 config/config.go:1281-1287 for the defaults: 3 s, 1 s, 1 s, 500 ms, 1 s. */
export interface BftTimeouts {
  readonly propose: Duration;
  readonly prevote: Duration;
  readonly precommit: Duration;
  /** Added to the three with each round. */
  readonly step: Duration;
  /** Pause between a decision and the next height. */
  readonly commit: Duration;
}

/** Voting powers in force for some heights. */
export interface PowerSet {
  /** By validator, 0 for who is not in the set. */
  readonly powers: readonly number[];
  readonly total: number;
  /** Largest power that is not yet a quorum, and largest that need not hold an honest validator. */
  readonly quorum: number;
  readonly third: number;
  /** Hash of its members, empty until a header needs it. */
  hash: Uint8Array;
}

/** What a decided block says of the heights after it. */
export interface HeightPlan {
  /** Ids of the power sets of the next height and of the one after it. */
  readonly set: number;
  readonly nextSet: number;
  /** Sets with their proposer priorities, of the same two heights. */
  readonly validators: ValidatorSet;
  readonly nextValidators: ValidatorSet;
  readonly height: number;
  /** Proposing validator of the next height by round, as far as it was asked for. */
  readonly proposers: number[];
}

/** Shared by the nodes of one chain. */
export interface BftChain {
  readonly chain: number;
  readonly timeouts: BftTimeouts;
  /** Key of each validator. */
  readonly keys: number[];
  /** Every set that was ever in force, by its id. */
  readonly sets: PowerSet[];
  /** By decided block. */
  readonly plans: Map<BlockId, HeightPlan>;
  /** Blocks proposed and not decided by anyone yet, by height. */
  readonly undecided: Map<number, BlockId[]>;
  /** Votes on their way, where they are no envelopes: fidelity `quorum`. */
  readonly post?: Post;
}

export const STEP = { propose: 0, prevote: 1, precommit: 2, commit: 3 } as const;
export type Step = (typeof STEP)[keyof typeof STEP];

/** One process. What a restart keeps is all of it. */
// MODEL: every node writes its locks and votes ahead to a disk that never fails, so a restart cannot vote twice.
export interface BftNode {
  readonly chain: number;
  readonly index: number;
  /** Validator that it votes for, -1 for one that only follows. */
  readonly validator: number;
  readonly entity: number;
  height: number;
  round: number;
  step: Step;
  /** Id of the power set of this height. */
  set: number;
  /** Locked and valid value and round of the algorithm: block id, -1 for none. */
  lockedBlock: BlockId;
  lockedRound: number;
  validBlock: BlockId;
  validRound: number;
  /** Votes of this height, and those of the next one that came early. */
  current: Tally;
  early: Tally;
  /** It takes part in nothing and sends nothing, but listens. */
  isSilent: boolean;
  /** Whether it ran when it last looked: how it learns that it was restarted. */
  wasUp: boolean;
  /** Where it stood at its last look, and how many looks it has stood there: what it then says again. */
  readonly seen: { height: number; round: number; step: number; looks: number };
  /** Whether it has named those who signed for another branch than its own. */
  hasAccused: boolean;
  /** Status envelopes sent, and the instant of the last one that it sent because others were ahead. */
  statuses: number;
  askedAt: Instant;
}

/** What the handling of one event works with. One object a behaviour, filled anew for each event. */
export interface BftRun {
  context: Context;
  chain: Chain;
  bft: BftChain;
  node: ChainNode;
  state: BftNode;
  readonly executor: Executor;
  readonly sealBlock: SealBlock | undefined;
  /** Scratch for `transmit`, which keeps no hold of it. */
  readonly envelope: MutableEnvelope;
  /** Scratch for order statistics. */
  readonly scratch: Weighted;
}

/** Instants and the voting power that comes at each. */
export interface Weighted {
  at: Float64Array;
  powers: Float64Array;
}

export interface MutableEnvelope {
  from: number;
  to: number;
  key: number;
  target: number;
  kind: number;
  a: number;
  b: number;
  payload: unknown;
  bytes: number;
}

export const BFT_EVENT = {
  prevote: 0,
  precommit: 1,
  proposal: 2,
  status: 3,
  decision: 4,
  proposeTimeout: 5,
  prevoteTimeout: 6,
  precommitTimeout: 7,
  newHeight: 8,
  look: 9,
  resume: 10,
  wake: 11,
} as const;

export const BFT_EVENT_NAMES: readonly string[] = [
  'prevote',
  'precommit',
  'proposal',
  'status',
  'decision',
  'propose-timeout',
  'prevote-timeout',
  'precommit-timeout',
  'new-height',
  'look',
  'resume',
  'wake',
];

const TABLE = 'bft';

export function bftTable(world: World): Map<number, BftChain> {
  return (world.tables[TABLE] ??= new Map()) as Map<number, BftChain>;
}

export function bftOf(world: World, chain: number): BftChain {
  return present(bftTable(world).get(chain), 'a chain decides by votes', { chain });
}

/** The consensus state of a node. */
export function bftNodeOf(world: World, node: ChainNode): BftNode {
  const entity = present(world.entities[node.entity], 'a node has its entity', { node: node.name });
  assert(entity.kind === BFT_NODE_KIND, 'the node votes', { node: node.name });
  return entity.state as BftNode;
}

export const BFT_NODE_KIND = 'bft-node';

export function createBftNode(
  of: Pick<BftNode, 'chain' | 'index' | 'validator' | 'entity'>,
  validators: number,
): BftNode {
  return {
    ...of,
    height: 0,
    round: 0,
    step: STEP.commit,
    set: 0,
    lockedBlock: -1,
    lockedRound: -1,
    validBlock: -1,
    validRound: -1,
    current: createTally(validators),
    early: createTally(validators),
    isSilent: false,
    wasUp: true,
    seen: { height: -1, round: -1, step: -1, looks: 0 },
    hasAccused: false,
    statuses: 0,
    askedAt: START,
  };
}

export function createPowerSet(powers: readonly number[]): PowerSet {
  let total = 0;
  for (const power of powers) total += power;
  assert(total > 0, 'a validator set has power', { total });
  const quorum = largestNotAbove(total, QUORUM_ABOVE.numerator, QUORUM_ABOVE.denominator);
  const third = largestNotAbove(total, SKIP_ABOVE.numerator, SKIP_ABOVE.denominator);
  assert(!exceeds(quorum, total, QUORUM_ABOVE) && exceeds(quorum + 1, total, QUORUM_ABOVE), 'a quorum is exact');
  assert(compareShare(third, total, SKIP_ABOVE) <= 0, 'a third is exact');
  return { powers: [...powers], total, quorum, third, hash: new Uint8Array(0) };
}

/** Largest whole share of `total` that is at most numerator / denominator of it, without rounding. */
function largestNotAbove(total: number, numerator: number, denominator: number): number {
  const product = total * numerator;
  assert(Number.isSafeInteger(product), 'voting power is far below 2^53', { total });
  return (product - (product % denominator)) / denominator;
}

/** Whether a block stands on the node's own branch as its next one. */
export function extendsHead(run: BftRun, block: Block | undefined): block is Block {
  return block !== undefined && block.parent === run.node.head && block.height === run.state.height;
}
