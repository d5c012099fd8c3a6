/**
 * The observer that judges: folds the facts of all chains into the life of every message, the properties, the accounts
 * and the metrics. One fold and not ten, because each fact is then copied and matched with its message once.
 */
import type * as records from '../../models/records.ts';
import type { Observer, RecordPlace } from '../../sim/kernel/simulation.ts';
import type { MessageRow, TransitionRow } from '../csv/columns.ts';
import * as accounts from './accounts.ts';
import { addFact, moveHead, moveTag, produceBlock } from './branches.ts';
import { createDeclarations, declare, type FieldsOf } from './declarations.ts';
import { createBranch, NONE } from './facts.ts';
import { finish } from './finish.ts';
import { createLaneState, createMessage, type JudgeState } from './judge-state.ts';
import { enterMempool } from './life-cycle.ts';
import { dropTransaction } from './mempool.ts';
import { createHops } from './hops.ts';
import { createMetrics, endMetrics, tick } from './metrics.ts';
import { pushRow } from './moves.ts';
import { onAttested, onDropped, onQueued, onSigned } from './off-chain.ts';
import { properties, createPropertyRecords } from './properties/table.ts';

type Handler = (judge: JudgeState, fields: never, place: RecordPlace) => void;

export function createJudgeState(): JudgeState {
  return {
    declarations: createDeclarations(),
    at: { timeUs: 0, event: 0, cause: 0, chain: -1, block: NONE, height: 0, chainUs: -1 },
    branches: [],
    lanes: [],
    lanesFrom: [],
    messages: new Map(),
    reached: new Map(),
    waitingTransactions: [],
    unresolved: 0,
    requested: 0,
    forgedCount: 0,
    unrequestedCount: 0,
    goingOn: new Map(),
    keepsRows: true,
    moves: [],
    finished: [],
    properties: createPropertyRecords(),
    findings: [],
    metrics: createMetrics(),
    hops: createHops(),
    accounts: accounts.createAccounts(),
    endedUs: -1,
  };
}

/** Where the fold stands when it handles a record that is no fact of a block. */
function arrive(judge: JudgeState, place: RecordPlace): void {
  const at = judge.at;
  at.timeUs = place.time;
  at.event = place.event;
  at.cause = place.cause;
  at.chain = -1;
  at.block = NONE;
}

const chainHandlers: Record<string, Handler> = {
  ...declare,
  'chain-declared': (judge: JudgeState, f: FieldsOf<typeof records.chainDeclared>) => {
    declare['chain-declared'](judge, f);
    judge.branches[f.chain] = createBranch(f.settleDepth);
    judge.waitingTransactions[f.chain] = new Map();
    judge.lanesFrom[f.chain] ??= [];
  },
  'lane-declared': (judge: JudgeState, f: FieldsOf<typeof records.laneDeclared>) => {
    declare['lane-declared'](judge, f);
    judge.lanes[f.lane] = createLaneState();
    const from = judge.lanesFrom[f.source] ?? [];
    if (f.sourceDepth > 0) from.push(f.lane);
    judge.lanesFrom[f.source] = from;
  },
  'block-produced': (judge: JudgeState, f: FieldsOf<typeof records.blockProduced>) => {
    produceBlock(judge, f.chain, f.block, f);
    accounts.onProposed(judge.accounts, f.chain, f.proposer);
  },
  'head-moved': (judge: JudgeState, f: FieldsOf<typeof records.headMoved>, place) => {
    arrive(judge, place);
    tick(judge, place.time);
    moveHead(judge, f.chain, { block: f.head, height: f.height, undone: f.undone, applied: f.applied });
  },
  'tag-moved': (judge: JudgeState, f: FieldsOf<typeof records.tagMoved>, place) => {
    arrive(judge, place);
    tick(judge, place.time);
    moveTag(judge, f.chain, f.tag, f.height);
  },
  'transaction-included': (judge: JudgeState, f: FieldsOf<typeof records.transactionIncluded>, place) => {
    arrive(judge, place);
    const { transaction, account, gas, fee, asset, isReverted, reason } = f;
    const rejected: number[] = [];
    // ORDER: known before the block is applied, since a packet's row may stand before its transaction's.
    judge.accounts.feeAssets[f.chain] ??= asset;
    addFact(judge, f.chain, f.block, {
      kind: 'included',
      transaction,
      account,
      gas,
      fee,
      asset,
      isReverted,
      reason,
      rejected,
    });
  },
  'transaction-dropped': (judge: JudgeState, f: FieldsOf<typeof records.transactionDropped>, place) => {
    arrive(judge, place);
    dropTransaction(judge, f.chain, f.transaction, f.reason);
  },
  'client-updated': (judge: JudgeState, f: FieldsOf<typeof records.clientUpdated>, place) => {
    arrive(judge, place);
    const { chain: host, client, height, headerBlock } = f;
    addFact(judge, host, f.block, { kind: 'believed', host, client, height, isTrue: headerBlock !== -1 });
  },
  'output-settled': (judge: JudgeState, f: FieldsOf<typeof records.outputSettled>, place) => {
    arrive(judge, place);
    judge.declarations.takesHeads = true;
    const { chain: host, rollup, height, isTrue } = f;
    addFact(judge, host, f.block, { kind: 'believed', host, client: -1 - rollup, height, isTrue });
  },
  'lane-paused': (judge: JudgeState, f: FieldsOf<typeof records.lanePaused>, place) => {
    arrive(judge, place);
    addFact(judge, f.chain, f.block, { kind: 'control', what: 'pause', lane: f.lane, isPaused: f.isPaused });
  },
  'limit-changed': (judge: JudgeState, f: FieldsOf<typeof records.limitChanged>, place) => {
    arrive(judge, place);
    const { lane, end, capacity, perSecond } = f;
    addFact(judge, f.chain, f.block, { kind: 'control', what: 'limit', lane, end, capacity, perSecond });
  },
  'asset-moved': (judge: JudgeState, f: FieldsOf<typeof records.assetMoved>, place) => {
    arrive(judge, place);
    const { asset, from, to, amount, why, lane, sequence } = f;
    addFact(judge, f.chain, f.block, { kind: 'moved', asset, from, to, amount, why, lane, sequence });
  },
};

const packetHandlers: Record<string, Handler> = {
  'message-requested': (judge: JudgeState, f: FieldsOf<typeof records.messageRequested>, place) => {
    arrive(judge, place);
    tick(judge, place.time);
    const traffic = judge.declarations.traffics[f.traffic] ?? `traffic-${f.traffic}`;
    const message = createMessage({
      id: f.message,
      name: `${traffic}/${f.number}`,
      lane: f.lane,
      acknowledges: judge.declarations.lanes[f.lane]?.acknowledges ?? false,
      endsFailed: judge.declarations.lanes[f.lane]?.endsFailed ?? false,
      isRouted: judge.declarations.routed.has(f.traffic),
      transaction: f.transaction,
      amount: f.amount,
      asset: f.asset,
      state: 'requested',
      flags: 0,
      sinceUs: place.time,
    });
    judge.messages.set(f.message, message);
    judge.unresolved++;
    judge.requested++;
    enterMempool(judge, message);
    const cause = { chain: -1, height: 0, actor: traffic, reason: '', fee: 0n, gas: 0 };
    pushRow(judge, f.lane, message.name, '', 'requested', cause);
  },
  'message-rejected': (judge: JudgeState, f: FieldsOf<typeof records.messageRejected>, place) => {
    arrive(judge, place);
    const { lane, message: ghost, reason } = f;
    addFact(judge, f.chain, f.block, {
      kind: 'rejected',
      lane,
      sequence: 0,
      message: NONE,
      fee: 0n,
      gas: 0,
      ghost,
      reason,
    });
  },
  'packet-committed': (judge: JudgeState, f: FieldsOf<typeof records.packetCommitted>, place) => {
    arrive(judge, place);
    addFact(judge, f.chain, f.block, {
      kind: 'committed',
      lane: f.lane,
      sequence: f.sequence,
      message: NONE,
      fee: 0n,
      gas: 0,
      ghost: f.message,
      commitment: f.commitment,
      timeoutChainUs: f.timeoutChainUs,
      timeoutHeight: f.timeoutHeight,
      payer: f.payer,
      asset: f.asset,
      amount: f.amount,
    });
  },
  'packet-received': (judge: JudgeState, f: FieldsOf<typeof records.packetReceived>, place) => {
    arrive(judge, place);
    addFact(judge, f.chain, f.block, {
      kind: 'received',
      lane: f.lane,
      sequence: f.sequence,
      message: NONE,
      fee: 0n,
      gas: 0,
      commitment: f.commitment,
      proofHeight: f.proofHeight,
      account: f.account,
      transaction: f.transaction,
      isExecuted: f.isExecuted,
      reason: f.reason,
    });
  },
  'packet-held': (judge: JudgeState, f: FieldsOf<typeof records.packetHeld>, place) => {
    arrive(judge, place);
    const { lane, sequence, commitment, account, transaction, reason } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'held', ...packet, commitment, account, transaction, reason });
  },
  'packet-verified': (judge: JudgeState, f: FieldsOf<typeof records.packetVerified>, place) => {
    arrive(judge, place);
    const { lane, sequence, commitment, account, transaction } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'verified', ...packet, commitment, account, transaction });
  },
  'packet-tried': (judge: JudgeState, f: FieldsOf<typeof records.packetTried>, place) => {
    arrive(judge, place);
    const { lane, sequence, account, transaction, reason } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'tried', ...packet, account, transaction, reason });
  },
  'packet-administered': (judge: JudgeState, f: FieldsOf<typeof records.packetAdministered>, place) => {
    arrive(judge, place);
    const { lane, sequence, act, account, transaction } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'administered', ...packet, act, account, transaction });
  },
  'packet-forwarded': (judge: JudgeState, f: FieldsOf<typeof records.packetForwarded>, place) => {
    arrive(judge, place);
    const { lane, sequence, fromLane, fromSequence } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'forwarded', ...packet, fromLane, fromSequence });
  },
  'packet-repeated': (judge: JudgeState, f: FieldsOf<typeof records.packetRepeated>, place) => {
    arrive(judge, place);
    addFact(judge, f.chain, f.block, { kind: 'idle', isRefused: false, account: f.account });
  },
  'packet-refused': (judge: JudgeState, f: FieldsOf<typeof records.packetRefused>, place) => {
    arrive(judge, place);
    addFact(judge, f.chain, f.block, { kind: 'idle', isRefused: true, account: f.account });
  },
  'acknowledgement-written': (judge: JudgeState, f: FieldsOf<typeof records.acknowledgementWritten>, place) => {
    arrive(judge, place);
    const { lane, sequence, isSuccess } = f;
    addFact(judge, f.chain, f.block, { kind: 'written', lane, sequence, message: NONE, fee: 0n, gas: 0, isSuccess });
  },
  'packet-acknowledged': (judge: JudgeState, f: FieldsOf<typeof records.packetAcknowledged>, place) => {
    arrive(judge, place);
    const { lane, sequence, isSuccess, account, transaction } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'acknowledged', ...packet, isSuccess, account, transaction });
  },
  'packet-timed-out': (judge: JudgeState, f: FieldsOf<typeof records.packetTimedOut>, place) => {
    arrive(judge, place);
    const { lane, sequence, account, transaction } = f;
    const packet = { lane, sequence, message: NONE, fee: 0n, gas: 0 };
    addFact(judge, f.chain, f.block, { kind: 'timed-out', ...packet, account, transaction });
  },
};

const otherHandlers: Record<string, Handler> = {
  ...accounts.accountHandlers,
  'attestation-signed': (judge: JudgeState, f: FieldsOf<typeof records.attestationSigned>, place) => {
    arrive(judge, place);
    accounts.onAttestation(judge.accounts, f.attester);
    onSigned(judge, f);
  },
  'attestation-reached': (judge: JudgeState, f: FieldsOf<typeof records.attestationReached>, place) => {
    arrive(judge, place);
    onAttested(judge, f);
  },
  'relay-queued': (judge: JudgeState, f: FieldsOf<typeof records.relayQueued>, place) => {
    arrive(judge, place);
    onQueued(judge, f);
  },
  'relay-dropped': (judge: JudgeState, f: FieldsOf<typeof records.relayDropped>, place) => {
    arrive(judge, place);
    accounts.onWorkDropped(judge, f.relayer);
    onDropped(judge, f);
  },
  'run-ended': (judge: JudgeState, _fields: FieldsOf<typeof records.runEnded>, place) => {
    arrive(judge, place);
    endRun(judge);
  },
};

/** Everything that is not at its end gets its row, and its obligation is judged as it stands. */
function endRun(judge: JudgeState): void {
  endMetrics(judge);
  judge.endedUs = judge.at.timeUs;
  // ORDER: the Map holds messages in the order of their requests, and a reorg does not change it.
  for (const message of [...judge.messages.values()]) finish(judge, message, false);
}

/** Hooks of the properties on records that are no facts, behind what the fold itself does with the record. */
function withProperties(own: Readonly<Record<string, Handler>>): Record<string, Handler> {
  const all: Record<string, Handler> = { ...own };
  properties.forEach((part, index) => {
    for (const name of Object.keys(part.on ?? {})) {
      const hook = part.on?.[name];
      const before = all[name];
      if (hook === undefined) continue;
      all[name] = (judge, fields, place) => {
        // ORDER: the property first: it judges what led to the move that the record makes.
        arrive(judge, place);
        hook(judge.properties[index] as never, judge, fields);
        before?.(judge, fields, place);
      };
    }
  });
  return all;
}

/** Kind `judge`. Its `moves` and `finished` are outboxes: drain them between events. */
export const judge: Observer<JudgeState> = {
  kind: 'judge',
  create: createJudgeState,
  on: withProperties({ ...chainHandlers, ...packetHandlers, ...otherHandlers }),
};

/** Takes the rows for `transitions.csv` that have gathered. */
export function drainMoves(state: JudgeState): TransitionRow[] {
  const rows = state.moves;
  state.moves = [];
  return rows;
}

/** Takes the rows for `messages.csv` that have gathered. */
export function drainFinished(state: JudgeState): MessageRow[] {
  const rows = state.finished;
  state.finished = [];
  return rows;
}
