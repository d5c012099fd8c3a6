/** Traces written by hand: publishes records to observers without a simulation, and declares a small valid world. */
import * as records from '../../models/records.ts';
import type { FieldMap, RecordDefinition, RecordFields } from '../../sim/kernel/record.ts';
import { type Instant, START } from '../../sim/base/units.ts';
import type { Observer } from '../../sim/kernel/simulation.ts';
import { type JudgeState } from '../../reports/observers/judge-state.ts';
import { type AssumptionsState } from '../../reports/observers/assumptions.ts';
import { assumptionsOf, builtInObservers, judgeOf } from '../../reports/results.ts';

export const MS = 1_000;
export const SECOND = 1_000_000;

type Fold = (state: unknown, fields: unknown, place: unknown) => void;

export class Trace {
  readonly observers: { kind: string; state: unknown }[];
  private readonly parts: readonly Observer[];
  private readonly place = { index: 0, time: START as Instant, event: 0, cause: 0 };
  private readonly known = new Set<RecordDefinition>(records.records);

  constructor(parts: readonly Observer[] = builtInObservers) {
    this.parts = parts;
    this.observers = parts.map((part) => ({ kind: part.kind, state: part.create() as unknown }));
    const names = new Set(records.records.map((definition) => definition.name));
    for (const part of parts) {
      for (const name of Object.keys(part.on)) if (!names.has(name)) throw new Error(`no record is named ${name}`);
    }
  }

  get judge(): JudgeState {
    return judgeOf(this.observers);
  }

  get assumptions(): AssumptionsState {
    return assumptionsOf(this.observers);
  }

  get nowUs(): number {
    return this.place.time;
  }

  at(us: number): this {
    this.place.time = us as Instant;
    this.place.event++;
    return this;
  }

  record<F extends FieldMap>(definition: RecordDefinition<F>, fields: RecordFields<F>): this {
    if (!this.known.has(definition as unknown as RecordDefinition))
      throw new Error(`${definition.name} is not declared`);
    this.place.index++;
    this.parts.forEach((part, i) => {
      (part.on[definition.name] as unknown as Fold | undefined)?.(this.observers[i]?.state, fields, this.place);
    });
    return this;
  }
}

/** What differs between the worlds of the tests. */
export interface SmallWorld {
  readonly settleDepth?: number;
  readonly sourceDepth?: number;
  readonly acknowledges?: boolean;
  readonly boundUs?: number;
  readonly gstUs?: number;
  readonly relayers?: number;
  readonly committee?: boolean;
  /** What comes by lane 0 goes on by lane 1. */
  readonly routed?: boolean;
  /** Lane 0 has fees that wait for the work, with the account `fees`. */
  readonly charged?: boolean;
  /** Rules of lane 0 that are not the usual. */
  readonly rules?: Readonly<Record<string, string>>;
  /** Capacity of the buckets of lane 0, which fill by one unit a second. */
  readonly limit?: bigint;
}

/** Accounts of both chains. */
export const ACCOUNT = { user: 0, escrow: 1, relayer: 2, fees: 3 } as const;
const ROLES = ['user', 'escrow', 'relayer', 'fees'];

/**
 * Chains `a` and `b` of 4 validators each, lanes `a-b` (0) and `b-a` (1), relayers `r1`.., asset `ux` at home on `a`.
 */
export function declareWorld(trace: Trace, options: SmallWorld = {}): void {
  const { settleDepth = 0, sourceDepth = 0, acknowledges = true, boundUs = 60 * SECOND, gstUs = -1 } = options;
  trace.record(records.runDeclared, { horizonUs: 600 * SECOND, drainUs: 600 * SECOND, gstUs, deltaUs: 2 * SECOND });
  ['a', 'b'].forEach((name, chain) => {
    const block = { consensus: 'bft', nodes: 4, totalPower: 4, settleDepth, blockTimeUs: SECOND };
    trace.record(records.chainDeclared, { chain, name, ...block });
    for (let node = 0; node < 4; node++) {
      trace.record(records.validatorDeclared, {
        chain,
        node,
        name: `${name}/${node}`,
        key: chain * 4 + node,
        power: 1,
      });
    }
    ROLES.forEach((role, account) => {
      trace.record(records.accountDeclared, { chain, account, name: `${role}-${name}`, role });
    });
  });
  trace.record(records.assetDeclared, { asset: 'ux', chain: 0, decimals: 6 });
  ['a-b', 'b-a'].forEach((name, lane) => {
    const lanes = {
      path: 'p',
      verifier: 'light-client',
      sourceDepth,
      destinationDepth: sourceDepth,
      acknowledges,
      boundUs,
    };
    trace.record(records.laneDeclared, {
      lane,
      name,
      source: lane,
      destination: 1 - lane,
      reverse: 1 - lane,
      ...lanes,
    });
  });
  const usual = { ordering: 'unordered', replay: 'receipt', timeout: 'destination', acknowledgement: 'sync' };
  const rules = { ...usual, failure: 'error-ack', pause: 'never', ...options.rules };
  if (options.rules !== undefined) trace.record(records.laneRuled, { lane: 0, ...rules });
  for (const end of options.limit === undefined ? [] : ['source', 'destination']) {
    trace.record(records.limitDeclared, { lane: 0, end, asset: 'ux', perSecond: 1n, capacity: options.limit ?? 0n });
  }
  trace.record(records.trafficDeclared, { traffic: 0, name: 't', lane: 0, application: 'token-transfer' });
  if (options.charged === true) {
    trace.record(records.laneCharged, { lane: 0, scheme: 'incentive', account: ACCOUNT.fees });
  }
  if (options.routed === true) trace.record(records.trafficRouted, { traffic: 0, lanes: [1] });
  for (let relayer = 0; relayer < (options.relayers ?? 1); relayer++) {
    const accounts = relayer === 0 ? [0, ACCOUNT.relayer, 1, ACCOUNT.relayer] : [];
    trace.record(records.relayerDeclared, { relayer, name: `r${relayer + 1}`, lanes: [0, 1], accounts });
  }
  if (options.committee !== true) return;
  trace.record(records.committeeDeclared, { committee: 0, name: 'c', lane: 0, threshold: 2, members: 3 });
  for (let attester = 0; attester < 3; attester++) {
    trace.record(records.attesterDeclared, {
      attester,
      name: `m${attester}`,
      committee: 0,
      member: attester,
      key: 100 + attester,
    });
  }
}

export const commitmentOf = (message: number): Uint8Array =>
  Uint8Array.of(1, message & 255, (message >> 8) & 255, message >> 16);

/** A world with shorthands for blocks and packets. Heights follow the branch; block ids are dense from 1. */
export class Chains {
  readonly trace = new Trace();
  private readonly next = [1, 1];
  private readonly branch: number[][] = [[0], [0]];

  constructor(options: SmallWorld = {}) {
    declareWorld(this.trace, options);
  }

  get judge(): JudgeState {
    return this.trace.judge;
  }

  /** Executes a block on top of `height` blocks of the branch, replacing those above. Facts are published in it. */
  block(chain: number, facts: (block: number) => void = () => undefined, onto?: number): number {
    const block = this.next[chain] as number;
    this.next[chain] = block + 1;
    const branch = this.branch[chain] as number[];
    const parentHeight = onto ?? branch.length - 1;
    const parent = branch[parentHeight] as number;
    const height = parentHeight + 1;
    facts(block);
    const empty = { transactions: 0, gas: 0, stateRoot: new Uint8Array(32) };
    const header = { chain, block, parent, height, chainUs: this.trace.nowUs, proposer: block % 4 };
    this.trace.record(records.blockProduced, { ...header, ...empty });
    const undone = branch.slice(height).reverse();
    branch.length = height;
    branch.push(block);
    this.trace.record(records.headMoved, { chain, head: block, height, undone, applied: [block] });
    return block;
  }

  request(message: number, amount = 0n): void {
    const asset = amount === 0n ? '' : 'ux';
    const whose = { traffic: 0, number: message, lane: 0, chain: 0, transaction: message };
    this.trace.record(records.messageRequested, { message, ...whose, amount, asset });
  }

  included(chain: number, block: number, transaction: number, account: number, fee = 10n, isReverted = false): void {
    const what = {
      gas: 100,
      fee,
      asset: chain === 0 ? 'ux' : 'uy',
      isReverted,
      reason: isReverted ? 'out-of-gas' : '',
    };
    this.trace.record(records.transactionIncluded, { chain, block, transaction, account, ...what });
  }

  moved(
    chain: number,
    block: number,
    asset: string,
    from: number,
    to: number,
    amount: bigint,
    why: string,
    sequence: number,
  ): void {
    this.trace.record(records.assetMoved, { chain, block, asset, from, to, amount, why, lane: 0, sequence });
  }

  commit(block: number, sequence: number, message = sequence, amount = 0n, timeoutChainUs = 0): void {
    if (amount > 0n) this.moved(0, block, 'ux', ACCOUNT.user, ACCOUNT.escrow, amount, 'escrow', sequence);
    this.trace.record(records.packetCommitted, {
      chain: 0,
      block,
      lane: 0,
      sequence,
      message,
      commitment: commitmentOf(message),
      timeoutChainUs,
      timeoutHeight: 0,
      payer: ACCOUNT.user,
      asset: amount === 0n ? '' : 'ux',
      amount,
    });
    if (message >= 0) this.included(0, block, message, ACCOUNT.user);
  }

  receive(block: number, sequence: number, message = sequence, amount = 0n, isExecuted = true): void {
    const transaction = 1_000_000 + block * 100 + sequence;
    if (amount > 0n && isExecuted) this.moved(1, block, 'p/ux', -1, ACCOUNT.user, amount, 'mint', sequence);
    this.trace.record(records.packetReceived, {
      chain: 1,
      block,
      lane: 0,
      sequence,
      commitment: commitmentOf(message),
      proofHeight: 1,
      proofBlock: -1,
      account: ACCOUNT.relayer,
      transaction,
      isExecuted,
      reason: isExecuted ? '' : 'call-failed',
    });
    this.included(1, block, transaction, ACCOUNT.relayer, 7n);
  }

  /** Receives a message, sends `sentOn` of it on by lane 1, and holds it meanwhile. */
  forward(block: number, sequence: number, message: number, amount: bigint, sentOn: bigint): void {
    const transaction = 1_000_000 + block * 100 + sequence;
    this.moved(1, block, 'p/ux', -1, ACCOUNT.user, amount, 'mint', sequence);
    const burnt = { asset: 'p/ux', from: ACCOUNT.user, to: -1, amount: sentOn, why: 'burn', lane: 1, sequence: 0 };
    this.trace.record(records.assetMoved, { chain: 1, block, ...burnt });
    const of = { chain: 1, block, sequence };
    const next = { chain: 1, block, lane: 1, sequence };
    this.trace.record(records.packetForwarded, { ...next, fromLane: 0, fromSequence: sequence });
    this.trace.record(records.packetCommitted, {
      ...next,
      message: -1,
      commitment: commitmentOf(message + 1_000),
      timeoutChainUs: 0,
      timeoutHeight: 0,
      payer: ACCOUNT.user,
      asset: 'p/ux',
      amount: sentOn,
    });
    const commitment = commitmentOf(message);
    const by = { account: ACCOUNT.relayer, transaction, reason: 'forwarded' };
    this.trace.record(records.packetHeld, { ...of, lane: 0, commitment, ...by });
    this.included(1, block, transaction, ACCOUNT.relayer, 7n);
  }

  verified(block: number, sequence: number, message = sequence): void {
    const transaction = 2_000_000 + block * 100 + sequence;
    const of = { chain: 1, block, lane: 0, sequence, commitment: commitmentOf(message) };
    this.trace.record(records.packetVerified, { ...of, account: ACCOUNT.relayer, transaction });
  }

  written(block: number, sequence: number, isSuccess = true): void {
    this.trace.record(records.acknowledgementWritten, { chain: 1, block, lane: 0, sequence, isSuccess });
  }

  acknowledge(block: number, sequence: number, isSuccess = true): void {
    const by = { account: ACCOUNT.relayer, transaction: 2_000_000 + block * 100 + sequence };
    this.trace.record(records.packetAcknowledged, { chain: 0, block, lane: 0, sequence, isSuccess, ...by });
    this.included(0, block, by.transaction, by.account, 3n);
  }

  timeOut(block: number, sequence: number): void {
    const by = { account: ACCOUNT.relayer, transaction: 2_000_000 + block * 100 + sequence };
    this.trace.record(records.packetTimedOut, {
      chain: 0,
      block,
      lane: 0,
      sequence,
      proofChainUs: 0,
      proofHeight: 1,
      ...by,
    });
    this.included(0, block, by.transaction, by.account, 3n);
  }

  refund(block: number, sequence: number, amount: bigint, to: number = ACCOUNT.user): void {
    this.moved(0, block, 'ux', ACCOUNT.escrow, to, amount, 'refund', sequence);
  }

  /** Carries message `n` all the way, a second a step, from the present. */
  carry(n: number, amount = 0n): void {
    const { trace } = this;
    this.request(n, amount);
    trace.at(trace.nowUs + SECOND);
    this.block(0, (block) => this.commit(block, n, n, amount));
    trace.at(trace.nowUs + SECOND);
    this.block(1, (block) => {
      this.receive(block, n, n, amount);
      this.written(block, n);
    });
    trace.at(trace.nowUs + SECOND);
    this.block(0, (block) => this.acknowledge(block, n));
  }

  end(us: number): void {
    this.trace.at(us).record(records.runEnded, { reason: 'resolved' });
  }

  /** Slugs of the properties that found something. */
  found(): string[] {
    return [...new Set(this.judge.findings.map((finding) => finding.property))];
  }

  /** `from>to` of the moves of a message so far, reasons after a colon. */
  movesOf(name: string): string[] {
    return this.judge.moves
      .filter((move) => move.message === name)
      .map((move) => `${move.from}>${move.to}${move.reason === '' ? '' : `:${move.reason}`}`);
  }
}
