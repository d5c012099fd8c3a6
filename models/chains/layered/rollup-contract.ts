/**
 * The contracts of a rollup on the chain below: batches of its blocks in order, and outputs, which are its heads. An
 * output is believed once its window has passed undisputed, or by a proof.
 * @source ethereum-optimism/optimism packages/contracts-bedrock: OptimismPortal2 proves against outputs whose dispute game
 * has resolved; matter-labs/era-contracts Executor: commitBatches, proveBatches, executeBatches.
 */
import { bytesEqual } from '../../../sim/base/bytes.ts';
import type { World } from '../../../sim/kernel/world.ts';
import { balanceOf, moveAsset } from '../../economy/ledger.ts';
import { rootOf } from '../../proofs/state-tree.ts';
import { batchPosted, outputDisputed, outputPosted, outputSettled } from '../../records.ts';
import { accountId, type BlockId, blockAtHeight, type Chain, type ChainId, chainOf, isOnBranch } from '../chain.ts';
import type { CallHandler, CallOutcome, Execution } from '../execution.ts';
import { type Anchor, type ReadState, setAnchor } from './anchors.ts';

/** How a rollup is believed below. One for each, from the beginning. */
export interface RollupRules {
  readonly chain: ChainId;
  /** Whether an output needs a proof, or else whoever doubts it may dispute it. */
  readonly isProven: boolean;
  /** Time from an output to its being believed, by the clock of the chain below. */
  readonly windowUs: number;
  /** Base units of the gas asset below that an output puts down. */
  readonly bond: bigint;
  readonly proposer: string;
  readonly challengers: readonly string[];
  /** Gas of checking a proof. */
  readonly proofGas: number;
}

/** Tip of the blocks whose data is below. Frozen. */
export type Posted = { readonly height: number; readonly block: BlockId };

/** Frozen. */
export type Output = Anchor & { readonly madeUs: number; readonly claimant: number };

/** @source EIP-2028, 16 gas a byte of calldata; a compressed transfer takes some 112 bytes. */
export const ROLLUP_GAS = { batch: 100_000, transaction: 1_800, output: 120_000, dispute: 400_000, settle: 90_000 };

const key = {
  posted: (chain: ChainId) => `rollups/${chain}/posted`,
  output: (chain: ChainId, number: number) => `rollups/${chain}/outputs/${number}`,
  /** Number of the next output, and of the next to be believed. */
  next: (chain: ChainId) => `rollups/${chain}/next`,
  unsettled: (chain: ChainId) => `rollups/${chain}/unsettled`,
};

export function rollupsOf(world: World): RollupRules[] {
  return (world.tables['rollups'] ??= []) as RollupRules[];
}

export function rulesOf(world: World, chain: ChainId): RollupRules | undefined {
  return rollupsOf(world).find((each) => each.chain === chain);
}

export function postedTip(read: ReadState, chain: ChainId): Posted {
  return (read(key.posted(chain)) ?? GENESIS_POSTED) as Posted;
}

export function outputAt(read: ReadState, chain: ChainId, number: number): Output | undefined {
  return read(key.output(chain, number)) as Output | undefined;
}

export function outputNumbers(read: ReadState, chain: ChainId): { readonly next: number; readonly unsettled: number } {
  return {
    next: (read(key.next(chain)) ?? 0) as number,
    unsettled: (read(key.unsettled(chain)) ?? 0) as number,
  };
}

const GENESIS_POSTED: Posted = Object.freeze({ height: 0, block: 0 });

/** Gas that a batch of blocks needs. */
export function batchGas(chain: Chain, blocks: readonly BlockId[]): number {
  const transactions = blocks.reduce((sum, id) => sum + (chain.blocks.get(id)?.transactions.length ?? 0), 0);
  return ROLLUP_GAS.batch + ROLLUP_GAS.transaction * transactions;
}

/** The head that an honest output at `height` states, of the blocks whose data ends in `posted`. */
export function trueAnchor(
  execution: Pick<Execution, 'context'>,
  chain: Chain,
  posted: Posted,
  height: number,
): Anchor | undefined {
  const block = chain.blocks.has(posted.block) ? blockAtHeight(chain, posted.block, height) : undefined;
  if (block === undefined) return undefined;
  const stateRoot = rootOf(chain.state, block.version, execution.context.hash);
  return { height, chainUs: block.chainUs, headerHash: block.seal.headerHash, stateRoot, block: block.id };
}

const rejected = (gas: number, reason: string): CallOutcome => ({ kind: 'rejected', gas, reason });

interface Site {
  readonly rules: RollupRules;
  readonly chain: Chain;
  readonly given: Readonly<Record<string, unknown>>;
}

/** The rollup that a call speaks of, where it stands on the chain that executes. */
function siteOf(execution: Execution, given: unknown): Site | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const fields = given as Readonly<Record<string, unknown>>;
  const rules = rulesOf(execution.context.world, fields['chain'] as number);
  if (rules === undefined) return undefined;
  const chain = chainOf(execution.context.world, rules.chain);
  return chain.below === execution.chain.id ? { rules, chain, given: fields } : undefined;
}

// MODEL: a batch names the blocks whose data it carries, and the data is there once the batch is: nobody withholds it. It
// costs attacks on availability.
const postBatch: CallHandler = (execution, given) => {
  const site = siteOf(execution, given);
  const blocks = site?.given['blocks'];
  if (site === undefined || !Array.isArray(blocks)) return rejected(ROLLUP_GAS.batch, 'batch-malformed');
  const { chain } = site;
  const ids = blocks as readonly BlockId[];
  const gas = batchGas(chain, ids);
  let tip = postedTip((k) => execution.get(k), chain.id);
  for (const id of ids) {
    const block = chain.blocks.get(id);
    if (block === undefined || block.parent !== tip.block) return rejected(gas, 'batch-not-next');
    if (!isOnBranch(execution.chain, execution.block.id, block.origin)) return rejected(gas, 'origin-unknown');
    tip = { height: block.height, block: id };
  }
  if (ids.length === 0) return rejected(gas, 'batch-empty');
  execution.set(key.posted(chain.id), Object.freeze(tip));
  const { chain: below, block } = execution;
  execution.fact(batchPosted, {
    chain: below.id,
    block: block.id,
    rollup: chain.id,
    to: tip.height,
    blocks: ids.length,
  });
  return { kind: 'done', gas };
};

const postOutput: CallHandler = (execution, given) => {
  const site = siteOf(execution, given);
  const stated = site?.given['output'] as Anchor | undefined;
  if (site === undefined || !isAnchor(stated)) return rejected(ROLLUP_GAS.output, 'output-malformed');
  const { rules, chain } = site;
  const gas = ROLLUP_GAS.output + (rules.isProven ? rules.proofGas : 0);
  const read: ReadState = (k) => execution.get(k);
  const { chain: below, block, account } = execution;
  if (below.accounts[account] !== rules.proposer) return rejected(gas, 'not-the-proposer');
  const posted = postedTip(read, chain.id);
  const { next, unsettled } = outputNumbers(read, chain.id);
  const last = outputAt(read, chain.id, next - 1);
  if (stated.height > posted.height) return rejected(gas, 'output-not-posted');
  if (last !== undefined && stated.height <= last.height) return { kind: 'noop', gas, reason: 'output-known' };
  // The proof speaks of what the posted data comes to: no other output has one.
  if (rules.isProven && !isTrueOf(execution, chain, posted, stated)) return rejected(gas, 'proof-invalid');
  if (balanceOf(execution, account, below.feeAsset) < rules.bond) return rejected(gas, 'bond-too-low');
  moveBond(execution, rules, { from: account, to: bondAccount(below, chain) });
  const { height, chainUs, headerHash, stateRoot } = stated;
  const anchor = { height, chainUs, headerHash, stateRoot, block: stated.block };
  execution.set(key.output(chain.id, next), Object.freeze({ ...anchor, madeUs: block.chainUs, claimant: account }));
  execution.set(key.next(chain.id), next + 1);
  execution.fact(outputPosted, { chain: below.id, block: block.id, rollup: chain.id, output: next, height });
  if (rules.windowUs === 0 && unsettled === next) settle(execution, site, next);
  return { kind: 'done', gas };
};

const settleOutput: CallHandler = (execution, given) => {
  const site = siteOf(execution, given);
  const gas = ROLLUP_GAS.settle;
  if (site === undefined) return rejected(gas, 'output-malformed');
  const { rules, chain } = site;
  const read: ReadState = (k) => execution.get(k);
  const { next, unsettled } = outputNumbers(read, chain.id);
  if (unsettled === next) return { kind: 'noop', gas, reason: 'nothing-to-settle' };
  const output = outputAt(read, chain.id, unsettled) as Output;
  if (execution.block.chainUs < output.madeUs + rules.windowUs) return rejected(gas, 'window-open');
  settle(execution, site, unsettled);
  return { kind: 'done', gas };
};

function settle(execution: Execution, { rules, chain }: Site, number: number): void {
  const { chain: below, block } = execution;
  const { madeUs: _made, claimant, ...anchor } = outputAt((k) => execution.get(k), chain.id, number) as Output;
  setAnchor(execution, chain.id, anchor);
  execution.set(key.unsettled(chain.id), number + 1);
  // Kept until then: the last one tells from where the next must go on.
  if (number > 0) execution.remove(key.output(chain.id, number - 1));
  moveBond(execution, rules, { from: bondAccount(below, chain), to: claimant });
  const posted = postedTip((k) => execution.get(k), chain.id);
  const isTrue = isTrueOf(execution, chain, posted, anchor);
  execution.fact(outputSettled, {
    chain: below.id,
    block: block.id,
    rollup: chain.id,
    output: number,
    height: anchor.height,
    isTrue,
  });
}

// MODEL: a dispute is decided at once, and rightly: the game that narrows it down to one step, which takes days of its own
// and costs both sides, is not played. So a window is as long as whoever doubts needs to speak up.
const disputeOutput: CallHandler = (execution, given) => {
  const site = siteOf(execution, given);
  const gas = ROLLUP_GAS.dispute;
  if (site === undefined) return rejected(gas, 'output-malformed');
  const { rules, chain } = site;
  const { chain: below, block, account } = execution;
  if (!rules.challengers.includes(below.accounts[account] ?? '')) return rejected(gas, 'not-a-challenger');
  const read: ReadState = (k) => execution.get(k);
  const { next, unsettled } = outputNumbers(read, chain.id);
  const number = site.given['output'] as number;
  const output = outputAt(read, chain.id, number);
  if (output === undefined || number < unsettled || number >= next) return rejected(gas, 'not-disputable');
  if (block.chainUs >= output.madeUs + rules.windowUs) return rejected(gas, 'window-over');
  if (isTrueOf(execution, chain, postedTip(read, chain.id), output)) return rejected(gas, 'output-is-true');
  // What stands on a false head falls with it.
  for (let each = number; each < next; each++) {
    moveBond(execution, rules, { from: bondAccount(below, chain), to: account });
    execution.remove(key.output(chain.id, each));
  }
  execution.set(key.next(chain.id), number);
  execution.fact(outputDisputed, { chain: below.id, block: block.id, rollup: chain.id, output: number, account });
  return { kind: 'done', gas };
};

export const rollupCalls = {
  'post-batch': postBatch,
  'post-output': postOutput,
  'settle-output': settleOutput,
  'dispute-output': disputeOutput,
} as const satisfies Readonly<Record<string, CallHandler>>;

/** Whether an output states what the data below comes to. What is not kept any more is taken for true. */
export function isTrueOf(execution: Pick<Execution, 'context'>, chain: Chain, posted: Posted, output: Anchor): boolean {
  const anchor = trueAnchor(execution, chain, posted, output.height);
  if (anchor === undefined) return output.height <= chain.keptFrom;
  return bytesEqual(anchor.stateRoot, output.stateRoot) && bytesEqual(anchor.headerHash, output.headerHash);
}

function isAnchor(given: Anchor | undefined): given is Anchor {
  return (
    typeof given === 'object' &&
    Number.isSafeInteger(given.height) &&
    Number.isSafeInteger(given.chainUs) &&
    given.headerHash instanceof Uint8Array &&
    given.stateRoot instanceof Uint8Array
  );
}

function bondAccount(below: Chain, chain: Chain): number {
  return accountId(below, `bond/${chain.name}`);
}

function moveBond(
  execution: Execution,
  rules: RollupRules,
  ends: { readonly from: number; readonly to: number },
): void {
  if (rules.bond > 0n)
    moveAsset(execution, { asset: execution.chain.feeAsset, ...ends, amount: rules.bond, why: 'bond' });
}
