/** What the trace declares before anything happens: the names and promises that every fold looks up. */
import type { RecordDefinition, RecordFields } from '../../sim/kernel/record.ts';
import type * as records from '../../models/records.ts';

/** The values of a record of this kind. */
export type FieldsOf<D> = D extends RecordDefinition<infer F> ? RecordFields<F> : never;

export interface ChainInfo {
  name: string;
  nodes: number;
  totalPower: number;
  settleDepth: number;
  blockTimeUs: number;
  accountNames: string[];
  accountRoles: string[];
}

export interface LaneInfo {
  name: string;
  source: number;
  destination: number;
  path: string;
  verifier: string;
  sourceDepth: number;
  destinationDepth: number;
  /** Named head that a source block waits for in place of a depth; empty where depth decides. */
  sourceTag: string;
  acknowledges: boolean;
  /** Whether a call that failed is the end of its message. */
  endsFailed: boolean;
  ordering: string;
  pause: string;
  boundUs: number;
  /** Number of relayers that declare to serve it. */
  relayers: number;
  /** Parts of the tree by which it is believed; empty where that is one verifier alone. */
  tree: TreePart[];
}

export interface TreePart {
  above: number;
  isRequired: boolean;
  atLeast: number;
  committee: number;
}

export interface CommitteeInfo {
  name: string;
  lane: number;
  threshold: number;
  members: number;
}

/** Verifiers that keep heads of the chain that they follow. */
const TAKES_HEADS: ReadonlySet<string> = new Set(['light-client', 'header-chain', 'validity-proof']);

export interface Declarations {
  /** Whether any contract keeps heads of another chain. */
  takesHeads: boolean;
  horizonUs: number;
  drainUs: number;
  gstUs: number;
  deltaUs: number;
  chains: ChainInfo[];
  lanes: LaneInfo[];
  traffics: string[];
  /** Lanes that go on from the first, by traffic that has any. */
  routed: Map<number, readonly number[]>;
  /** Fee scheme by lane that has one, and the account at the source that holds what was paid; -1 where none does. */
  charged: Map<number, { readonly scheme: string; readonly account: number }>;
  relayers: { name: string; lanes: number[]; accounts: number[] }[];
  committees: CommitteeInfo[];
  attesters: { name: string; committee: number; member: number; key: number; weight: number }[];
  /** Keys that members have come to sign with since, by attester. */
  rotated: Map<number, number[]>;
  validators: { chain: number; node: number; name: string; key: number; power: number }[];
  /** Home chain of every native asset. */
  homes: Map<string, number>;
  faults: string[];
  /** Whether any lane bounds what passes. */
  limited: boolean;
}

export function createDeclarations(): Declarations {
  return {
    horizonUs: 0,
    drainUs: 0,
    gstUs: -1,
    deltaUs: -1,
    chains: [],
    lanes: [],
    traffics: [],
    routed: new Map(),
    charged: new Map(),
    relayers: [],
    committees: [],
    attesters: [],
    rotated: new Map(),
    validators: [],
    homes: new Map(),
    faults: [],
    takesHeads: false,
    limited: false,
  };
}

/** The name of a chain, or the empty string for -1. */
export function chainName(d: Declarations, chain: number): string {
  return chain < 0 ? '' : (d.chains[chain]?.name ?? `chain-${chain}`);
}

export function faultName(d: Declarations, fault: number): string {
  return fault < 0 ? '' : (d.faults[fault] ?? `fault-${fault}`);
}

interface WithDeclarations {
  readonly declarations: Declarations;
}

/** Record handlers that fill `state.declarations`; spread into the `on` of an observer. */
export const declare = {
  'run-declared': (s: WithDeclarations, f: FieldsOf<typeof records.runDeclared>): void => {
    s.declarations.horizonUs = f.horizonUs;
    s.declarations.drainUs = f.drainUs;
    s.declarations.gstUs = f.gstUs;
    s.declarations.deltaUs = f.deltaUs;
  },
  'chain-declared': (s: WithDeclarations, f: FieldsOf<typeof records.chainDeclared>): void => {
    s.declarations.chains[f.chain] = {
      name: f.name,
      nodes: f.nodes,
      totalPower: f.totalPower,
      settleDepth: f.settleDepth,
      blockTimeUs: f.blockTimeUs,
      accountNames: [],
      accountRoles: [],
    };
  },
  'validator-declared': (s: WithDeclarations, f: FieldsOf<typeof records.validatorDeclared>): void => {
    s.declarations.validators.push({ chain: f.chain, node: f.node, name: f.name, key: f.key, power: f.power });
  },
  'account-declared': (s: WithDeclarations, f: FieldsOf<typeof records.accountDeclared>): void => {
    const chain = s.declarations.chains[f.chain];
    if (chain === undefined) return;
    chain.accountNames[f.account] = f.name;
    chain.accountRoles[f.account] = f.role;
  },
  'asset-declared': (s: WithDeclarations, f: FieldsOf<typeof records.assetDeclared>): void => {
    s.declarations.homes.set(f.asset, f.chain);
  },
  'lane-declared': (s: WithDeclarations, f: FieldsOf<typeof records.laneDeclared>): void => {
    s.declarations.takesHeads ||= TAKES_HEADS.has(f.verifier);
    s.declarations.lanes[f.lane] = {
      name: f.name,
      source: f.source,
      destination: f.destination,
      path: f.path,
      verifier: f.verifier,
      sourceDepth: f.sourceDepth,
      destinationDepth: f.destinationDepth,
      sourceTag: '',
      acknowledges: f.acknowledges,
      endsFailed: !f.acknowledges,
      ordering: 'unordered',
      pause: 'never',
      boundUs: f.boundUs,
      relayers: s.declarations.relayers.filter((relayer) => relayer.lanes.includes(f.lane)).length,
      tree: [],
    };
  },
  'verifier-declared': (s: WithDeclarations, f: FieldsOf<typeof records.verifierDeclared>): void => {
    s.declarations.takesHeads ||= TAKES_HEADS.has(f.kind);
    const tree = s.declarations.lanes[f.lane]?.tree;
    if (tree === undefined) return;
    tree[f.part] = { above: f.above, isRequired: f.isRequired, atLeast: f.atLeast, committee: f.committee };
  },
  'lane-ruled': (s: WithDeclarations, f: FieldsOf<typeof records.laneRuled>): void => {
    const lane = s.declarations.lanes[f.lane];
    if (lane === undefined) return;
    lane.ordering = f.ordering;
    lane.pause = f.pause;
    lane.endsFailed = !lane.acknowledges && f.failure === 'error-ack';
  },
  'limit-declared': (s: WithDeclarations): void => {
    s.declarations.limited = true;
  },
  'lane-finality': (s: WithDeclarations, f: FieldsOf<typeof records.laneFinality>): void => {
    const lane = s.declarations.lanes[f.lane];
    if (lane !== undefined) lane.sourceTag = f.sourceTag === 'latest' ? '' : f.sourceTag;
  },
  'traffic-declared': (s: WithDeclarations, f: FieldsOf<typeof records.trafficDeclared>): void => {
    s.declarations.traffics[f.traffic] = f.name;
  },
  'lane-charged': (s: WithDeclarations, f: FieldsOf<typeof records.laneCharged>): void => {
    s.declarations.charged.set(f.lane, { scheme: f.scheme, account: f.account });
  },
  'traffic-routed': (s: WithDeclarations, f: FieldsOf<typeof records.trafficRouted>): void => {
    s.declarations.routed.set(f.traffic, [...f.lanes]);
  },
  'relayer-declared': (s: WithDeclarations, f: FieldsOf<typeof records.relayerDeclared>): void => {
    s.declarations.relayers[f.relayer] = { name: f.name, lanes: [...f.lanes], accounts: [...f.accounts] };
    for (const lane of f.lanes) {
      const info = s.declarations.lanes[lane];
      if (info !== undefined) info.relayers++;
    }
  },
  'committee-declared': (s: WithDeclarations, f: FieldsOf<typeof records.committeeDeclared>): void => {
    s.declarations.committees[f.committee] = {
      name: f.name,
      lane: f.lane,
      threshold: f.threshold,
      members: f.members,
    };
  },
  'attester-declared': (s: WithDeclarations, f: FieldsOf<typeof records.attesterDeclared>): void => {
    const { name, committee, member, key } = f;
    s.declarations.attesters[f.attester] = { name, committee, member, key, weight: 1 };
  },
  'member-weighed': (s: WithDeclarations, f: FieldsOf<typeof records.memberWeighed>): void => {
    const attester = s.declarations.attesters[f.attester];
    if (attester !== undefined) attester.weight = f.weight;
  },
  'key-rotated': (s: WithDeclarations, f: FieldsOf<typeof records.keyRotated>): void => {
    const keys = s.declarations.rotated.get(f.attester) ?? [];
    keys.push(f.key);
    s.declarations.rotated.set(f.attester, keys);
  },
  'fault-declared': (s: WithDeclarations, f: FieldsOf<typeof records.faultDeclared>): void => {
    s.declarations.faults[f.fault] = f.name;
  },
};
