/**
 * The reference branch of each chain. Facts of a block wait until the block joins the branch, are taken back when it
 * leaves, and are forgotten when it is settled. On a chain that never forks all three happen in one call.
 */
import { assert, present } from '../../sim/base/assert.ts';
import { countFact } from './accounts.ts';
import {
  type BlockFacts,
  blockOf,
  type Branch,
  type ControlFact,
  type Fact,
  type IncludedFact,
  NONE,
  type PacketFact,
} from './facts.ts';
import type { JudgeState, LaneState } from './judge-state.ts';
import { applyPacket, finalise, settlePacket, undoPacket } from './life-cycle.ts';
import { rejectReverted, restoreReverted, settleReverted } from './mempool.ts';
import { assetHooks, believedHooks, blockHooks, controlHooks } from './properties/table.ts';

/** A fact was published. It acts at once only if its block is the head already. */
export function addFact(judge: JudgeState, chain: number, block: number, fact: Fact): void {
  const branch = present(judge.branches[chain], 'a chain is declared before its facts', { chain });
  const facts = blockOf(branch, block);
  facts.facts.push(fact);
  if (!facts.isApplied) return;
  place(judge, chain, block, facts.height, facts.chainUs);
  applyFact(judge, fact);
  endBlock(judge);
}

export function produceBlock(
  judge: JudgeState,
  chain: number,
  block: number,
  { height, chainUs }: { readonly height: number; readonly chainUs: number },
): void {
  const branch = present(judge.branches[chain], 'a chain is declared before its blocks', { chain });
  const produced = blockOf(branch, block);
  produced.height = height;
  produced.chainUs = chainUs;
}

/** The reference branch moved: `undone` newest first, then `applied` oldest first. */
export function moveHead(
  judge: JudgeState,
  chain: number,
  head: { block: number; height: number; undone: readonly number[]; applied: readonly number[] },
): void {
  const branch = present(judge.branches[chain], 'a chain is declared before its head', { chain });
  for (const block of head.undone) undoBlock(judge, branch, chain, block);
  branch.head = head.block;
  branch.headHeight = head.height;
  for (let i = 0; i < head.applied.length; i++) {
    applyBlock(judge, branch, chain, head.applied[i] as number, head.height - (head.applied.length - 1 - i));
  }
  place(judge, chain, NONE, head.height);
  for (const lane of judge.lanesFrom[chain] ?? []) {
    const state = judge.lanes[lane] as LaneState;
    if (state.waiting.length > state.waitingStart) {
      finalise(judge, state, head.height - (judge.declarations.lanes[lane]?.sourceDepth ?? 0));
    }
  }
  settle(judge, branch);
}

/** The chain holds its blocks up to `height` for what the tag says. */
export function moveTag(judge: JudgeState, chain: number, tag: string, height: number): void {
  place(judge, chain, NONE, height);
  judge.declarations.lanes.forEach(({ source, sourceTag }, lane) => {
    if (source === chain && sourceTag === tag) finalise(judge, judge.lanes[lane] as LaneState, height);
  });
}

function place(judge: JudgeState, chain: number, block: number, height: number, chainUs = -1): void {
  judge.at.chain = chain;
  judge.at.block = block;
  judge.at.height = height;
  judge.at.chainUs = chainUs;
}

function applyBlock(judge: JudgeState, branch: Branch, chain: number, block: number, height: number): void {
  const facts = blockOf(branch, block);
  if (facts.isApplied) return;
  facts.height = height;
  facts.isApplied = true;
  place(judge, chain, block, height, facts.chainUs);
  if (facts.facts.length === 0) return;
  shareFees(judge, facts);
  for (const fact of facts.facts) applyFact(judge, fact);
  endBlock(judge);
}

function endBlock(judge: JudgeState): void {
  for (const { index, hook } of blockHooks) hook(judge.properties[index] as never, judge);
}

function undoBlock(judge: JudgeState, branch: Branch, chain: number, block: number): void {
  const facts = branch.blocks.get(block);
  assert(facts !== undefined && facts.isApplied, 'a block that is undone is on the branch and not settled', {
    chain,
    block,
  });
  place(judge, chain, block, facts.height, facts.chainUs);
  dropFindings(judge, chain, block);
  facts.isApplied = false;
  for (let i = facts.facts.length - 1; i >= 0; i--) undoFact(judge, facts.facts[i] as Fact);
  endBlock(judge);
}

/** What was seen in a block that did not stay did not happen on the branch that counts. */
function dropFindings(judge: JudgeState, chain: number, block: number): void {
  for (let i = judge.findings.length - 1; i >= 0; i--) {
    const finding = judge.findings[i];
    if (finding === undefined || finding.chain !== chain || finding.block !== block) continue;
    judge.findings.splice(i, 1);
    const p = present(
      judge.properties.find((each) => each.slug === finding.property),
      'a finding is of a property of the table',
    );
    p.found--;
    const tally = p.tallies.find((each) => each?.component === finding.component);
    if (tally !== undefined) tally.missed--;
  }
}

function applyFact(judge: JudgeState, fact: Fact): void {
  countFact(judge, fact, 1);
  switch (fact.kind) {
    case 'moved':
      for (const { index, hook } of assetHooks) hook(judge.properties[index] as never, judge, fact, 1);
      return;
    case 'included':
      return rejectReverted(judge, fact);
    case 'idle':
      return;
    case 'believed':
      for (const { index, hook } of believedHooks) hook(judge.properties[index] as never, judge, fact);
      return;
    case 'control':
      return useControl(judge, fact, 1);
    default:
      return applyPacket(judge, fact);
  }
}

function useControl(judge: JudgeState, fact: ControlFact, sign: 1 | -1): void {
  const lane = judge.lanes[fact.lane];
  if (lane !== undefined && fact.what === 'pause') {
    const isPaused = sign > 0 ? fact.isPaused : !fact.isPaused;
    lane.pausedEnds += isPaused ? 1 : -1;
    if (!isPaused) lane.resumedUs = judge.at.timeUs;
  }
  for (const { index, hook } of controlHooks) hook(judge.properties[index] as never, judge, fact, sign);
}

function undoFact(judge: JudgeState, fact: Fact): void {
  countFact(judge, fact, -1);
  switch (fact.kind) {
    case 'moved':
      for (const { index, hook } of assetHooks) hook(judge.properties[index] as never, judge, fact, -1);
      return;
    case 'included':
      return restoreReverted(judge, fact);
    case 'idle':
    // What was found in the block is dropped with it.
    case 'believed':
      return;
    case 'control':
      return useControl(judge, fact, -1);
    default:
      return undoPacket(judge, fact);
  }
}

/** Forgets blocks that are deep enough: those on the branch are settled, the others never were. */
function settle(judge: JudgeState, branch: Branch): void {
  const deepest = branch.headHeight - branch.settleDepth;
  for (const [id, block] of branch.blocks) {
    if (block.height > deepest) return;
    branch.blocks.delete(id);
    if (!block.isApplied) continue;
    for (const fact of block.facts) {
      if (fact.kind === 'included') settleReverted(judge, fact);
      else if (isOfPacket(fact)) settlePacket(judge, fact);
    }
  }
}

/** Facts that move a message. */
function isOfPacket(fact: Fact): fact is PacketFact {
  return fact.kind !== 'moved' && fact.kind !== 'included' && fact.kind !== 'idle' && fact.kind !== 'control';
}

function transactionOf(judge: JudgeState, fact: PacketFact): number {
  switch (fact.kind) {
    case 'received':
    case 'held':
    case 'verified':
    case 'tried':
    case 'administered':
    case 'acknowledged':
    case 'timed-out':
      return fact.transaction;
    case 'committed':
    case 'rejected':
      return judge.messages.get(fact.ghost)?.transaction ?? -1;
    case 'written':
    case 'forwarded':
      return -1;
  }
}

/** Fee and gas of a transaction fall in equal shares on the packets that it moved; the remainder on none. */
function shareFees(judge: JudgeState, block: BlockFacts): void {
  let sharers: Map<number, PacketFact[]> | undefined;
  for (const fact of block.facts) {
    if (!isOfPacket(fact)) continue;
    const transaction = transactionOf(judge, fact);
    if (transaction < 0) continue;
    sharers ??= new Map();
    const list = sharers.get(transaction);
    if (list === undefined) sharers.set(transaction, [fact]);
    else list.push(fact);
  }
  if (sharers === undefined) return;
  for (const fact of block.facts) {
    if (fact.kind === 'included') share(fact, sharers.get(fact.transaction));
  }
}

function share(included: IncludedFact, sharers: readonly PacketFact[] | undefined): void {
  if (sharers === undefined) return;
  const fee = sharers.length === 1 ? included.fee : included.fee / BigInt(sharers.length);
  const gas = Math.floor(included.gas / sharers.length);
  for (const fact of sharers) {
    fact.fee = fee;
    fact.gas = gas;
  }
}
