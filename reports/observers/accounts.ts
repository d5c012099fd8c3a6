/**
 * Who paid, earned and did what. Fees, income and deliveries count on the reference branch; votes and work as they
 * happen.
 */
import type * as records from '../../models/records.ts';
import type { RecordPlace } from '../../sim/kernel/simulation.ts';
import type { Declarations, FieldsOf } from './declarations.ts';
import type { Fact, MovedFact } from './facts.ts';
import type { JudgeState } from './judge-state.ts';

/** Accounts of one participant on one chain. */
export interface Purse {
  readonly participant: string;
  readonly role: 'relayer' | 'users';
  /** Relayer id, -1 for users. */
  readonly relayer: number;
  readonly chain: number;
  submitted: number;
  delivered: number;
  repeated: number;
  refused: number;
  dropped: number;
  gas: number;
  cost: bigint;
  readonly income: Map<string, bigint>;
}

/** Time that a condition has held: summed up to `sinceUs`, or -1 while it does not hold. */
export interface Spell {
  totalUs: number;
  sinceUs: number;
}

export interface AccountsState {
  /** By chain: denomination of fees, as first seen. */
  readonly feeAssets: string[];
  readonly purses: Purse[];
  /** By chain and account: index of the purse, -1 where nobody asks. */
  readonly owners: number[][];
  /** By asset at home: what senders paid for carriage, less what came back. */
  readonly carriage: Map<string, bigint>;
  readonly proposed: number[][];
  readonly votes: number[][];
  /** By key id. */
  readonly evidence: number[];
  /** By attester id. */
  readonly attestations: number[];
  /** By chain and node, where it changed. */
  readonly power: Map<number, number>[];
  /** By `<role>/<id>`: crashed or not serving. */
  readonly down: Map<string, Spell>;
  /** By `<role>/<id>`: Byzantine, or reading a lying source. */
  readonly byzantine: Map<string, Spell>;
}

export function createAccounts(): AccountsState {
  return {
    feeAssets: [],
    purses: [],
    owners: [],
    carriage: new Map(),
    proposed: [],
    votes: [],
    evidence: [],
    attestations: [],
    power: [],
    down: new Map(),
    byzantine: new Map(),
  };
}

/** The purse that an account belongs to, made at first use. Undefined for escrows, fee pots and the system. */
function purseOf(judge: JudgeState, chain: number, account: number): Purse | undefined {
  if (account < 0) return undefined;
  const accounts = judge.accounts;
  const owners = (accounts.owners[chain] ??= []);
  let index = owners[account];
  if (index === undefined) {
    index = findPurse(accounts, judge.declarations, chain, account);
    owners[account] = index;
  }
  return index < 0 ? undefined : accounts.purses[index];
}

function findPurse(accounts: AccountsState, declarations: Declarations, chain: number, account: number): number {
  const relayer = declarations.relayers.findIndex((each) => holds(each.accounts, chain, account));
  const isUser = relayer < 0 && declarations.chains[chain]?.accountRoles[account] === 'user';
  if (relayer < 0 && !isUser) return -1;
  return openPurse(accounts, declarations, relayer, chain);
}

function holds(pairs: readonly number[], chain: number, account: number): boolean {
  for (let i = 0; i + 1 < pairs.length; i += 2) if (pairs[i] === chain && pairs[i + 1] === account) return true;
  return false;
}

function openPurse(accounts: AccountsState, declarations: Declarations, relayer: number, chain: number): number {
  const known = accounts.purses.findIndex((purse) => purse.chain === chain && purse.relayer === relayer);
  if (known >= 0) return known;
  accounts.purses.push({
    participant: relayer < 0 ? 'users' : (declarations.relayers[relayer]?.name ?? ''),
    role: relayer < 0 ? 'users' : 'relayer',
    relayer,
    chain,
    submitted: 0,
    delivered: 0,
    repeated: 0,
    refused: 0,
    dropped: 0,
    gas: 0,
    cost: 0n,
    income: new Map(),
  });
  return accounts.purses.length - 1;
}

/** A fact joined (`sign` 1) or left (-1) the reference branch. */
export function countFact(judge: JudgeState, fact: Fact, sign: 1 | -1): void {
  const chain = judge.at.chain;
  switch (fact.kind) {
    case 'included': {
      const purse = purseOf(judge, chain, fact.account);
      if (purse === undefined) return;
      purse.gas += fact.gas * sign;
      purse.cost += sign > 0 ? fact.fee : -fact.fee;
      return;
    }
    case 'moved': {
      countCarriage(judge, fact, sign);
      if (fact.why !== 'fee') return;
      const purse = purseOf(judge, chain, fact.to);
      if (purse === undefined) return;
      purse.income.set(fact.asset, (purse.income.get(fact.asset) ?? 0n) + (sign > 0 ? fact.amount : -fact.amount));
      return;
    }
    case 'idle': {
      const purse = purseOf(judge, chain, fact.account);
      if (purse === undefined) return;
      if (fact.isRefused) purse.refused += sign;
      else purse.repeated += sign;
      return;
    }
    case 'received':
    case 'held':
    case 'verified':
    case 'acknowledged':
    case 'timed-out': {
      const purse = purseOf(judge, chain, fact.account);
      if (purse !== undefined) purse.delivered += sign;
      return;
    }
    case 'committed':
    case 'written':
    case 'rejected':
    case 'forwarded':
    case 'tried':
    case 'administered':
    case 'believed':
    case 'control':
      return;
  }
}

function countCarriage(judge: JudgeState, fact: MovedFact, sign: 1 | -1): void {
  const charged = fact.lane < 0 ? undefined : judge.declarations.charged.get(fact.lane);
  if (charged === undefined || (fact.why !== 'fee' && fact.why !== 'fee-back')) return;
  // What goes on from the account that holds fees to who earned them was paid before.
  if (fact.why === 'fee' && charged.account >= 0 && fact.to !== charged.account) return;
  const { carriage } = judge.accounts;
  const asset = fact.asset.replace(/^.*\//, '');
  const isPaid = (fact.why === 'fee') === sign > 0;
  carriage.set(asset, (carriage.get(asset) ?? 0n) + (isPaid ? fact.amount : -fact.amount));
}

export function onProposed(accounts: AccountsState, chain: number, node: number): void {
  const proposed = (accounts.proposed[chain] ??= []);
  if (node >= 0) proposed[node] = (proposed[node] ?? 0) + 1;
}

export function onAttestation(accounts: AccountsState, attester: number): void {
  accounts.attestations[attester] = (accounts.attestations[attester] ?? 0) + 1;
}

export function onWorkDropped(judge: JudgeState, relayer: number): void {
  const chain = judge.declarations.relayers[relayer]?.accounts[0] ?? -1;
  const purse = judge.accounts.purses[openPurse(judge.accounts, judge.declarations, relayer, chain)];
  if (purse !== undefined) purse.dropped++;
}

function turn(spells: Map<string, Spell>, id: string, isOn: boolean, timeUs: number): void {
  let spell = spells.get(id);
  if (spell === undefined) {
    spell = { totalUs: 0, sinceUs: -1 };
    spells.set(id, spell);
  }
  if (isOn === spell.sinceUs >= 0) return;
  if (!isOn) spell.totalUs += timeUs - spell.sinceUs;
  spell.sinceUs = isOn ? timeUs : -1;
}

/** Length of a condition up to now. */
export function spellUs(spells: Map<string, Spell>, id: string, nowUs: number): number {
  const spell = spells.get(id);
  if (spell === undefined) return 0;
  return spell.totalUs + (spell.sinceUs < 0 ? 0 : nowUs - spell.sinceUs);
}

export const accountHandlers = {
  'vote-cast': (judge: JudgeState, f: FieldsOf<typeof records.voteCast>): void => {
    const votes = (judge.accounts.votes[f.chain] ??= []);
    votes[f.node] = (votes[f.node] ?? 0) + 1;
  },
  'evidence-found': (judge: JudgeState, f: FieldsOf<typeof records.evidenceFound>): void => {
    judge.accounts.evidence[f.key] = (judge.accounts.evidence[f.key] ?? 0) + 1;
  },
  'validator-set-changed': (judge: JudgeState, f: FieldsOf<typeof records.validatorSetChanged>): void => {
    const power = (judge.accounts.power[f.chain] ??= new Map());
    power.set(f.node, f.power);
  },
  'node-crashed': (judge: JudgeState, f: FieldsOf<typeof records.nodeCrashed>, place: RecordPlace): void => {
    turn(judge.accounts.down, `node/${f.chain}/${f.node}`, true, place.time);
  },
  'node-restarted': (judge: JudgeState, f: FieldsOf<typeof records.nodeRestarted>, place: RecordPlace): void => {
    turn(judge.accounts.down, `node/${f.chain}/${f.node}`, false, place.time);
  },
  'validator-turned': (judge: JudgeState, f: FieldsOf<typeof records.validatorTurned>, place: RecordPlace): void => {
    turn(judge.accounts.byzantine, `node/${f.chain}/${f.node}`, f.isByzantine, place.time);
  },
  'relayer-turned': (judge: JudgeState, f: FieldsOf<typeof records.relayerTurned>, place: RecordPlace): void => {
    turn(judge.accounts.down, `relayer/${f.relayer}`, !f.isServing, place.time);
  },
  'attester-turned': (judge: JudgeState, f: FieldsOf<typeof records.attesterTurned>, place: RecordPlace): void => {
    turn(judge.accounts.byzantine, `attester/${f.attester}`, f.isByzantine, place.time);
  },
  'source-turned': (judge: JudgeState, f: FieldsOf<typeof records.sourceTurned>, place: RecordPlace): void => {
    turn(judge.accounts.byzantine, `attester/${f.attester}`, f.isLying, place.time);
  },
  'relay-submitted': (judge: JudgeState, f: FieldsOf<typeof records.relaySubmitted>): void => {
    const purse = judge.accounts.purses[openPurse(judge.accounts, judge.declarations, f.relayer, f.chain)];
    if (purse !== undefined) purse.submitted++;
  },
};
