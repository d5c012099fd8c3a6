/**
 * A scenario as an explicit plan: what exists, what is sent and what goes wrong, each thing an entry of its own, so that
 * a failing plan can be made smaller by leaving entries out and halving times. Times are whole milliseconds.
 */
import type { FaultKind } from '../../../models/faults/faults.ts';
import type { PlainMap } from '../../scenario/text/located.ts';
import type { Sites } from './sites.ts';

export type ChainKind = 'parametric' | 'proof-of-work' | 'bft';
export const chainKinds: readonly ChainKind[] = ['parametric', 'proof-of-work', 'bft'];

export interface ChainPlan {
  readonly id: string;
  readonly kind: ChainKind;
  /** Voting power, or share of the hashes, of each validator. A parametric chain has one. */
  readonly powers: readonly number[];
  readonly blockMs: number;
  /** Mean one-way delay between two nodes. */
  readonly latencyMs: number;
  /** Percent of envelopes lost before GST. */
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  /** What its clock is ahead by. */
  readonly skewMs: number;
  /** Blocks on top of a block that make it final; 0 where blocks are final at once. */
  readonly depth: number;
}

export interface CommitteePlan {
  readonly members: number;
  readonly threshold: number;
}

export interface LanePlan {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Undefined where the destination follows the source by itself: light client or header chain. */
  readonly committee: CommitteePlan | undefined;
  readonly timeoutMs: number;
  /** 0 for no limit. */
  readonly inFlightMax: number;
  /** Order of delivery: whether late packets are received as such, in their turn. */
  readonly ordering: 'unordered' | 'ordered-allow-timeout';
}

export interface RelayerPlan {
  readonly id: string;
  readonly lanes: readonly string[];
  readonly strategy: 'racing' | 'assigned';
  readonly count: number;
  /** 0 where it subscribes. */
  readonly pollMs: number;
  readonly batch: number;
}

/** `return` sends back what came over the lane of the way back. `revert` is a call that fails at the destination. */
export type MessageKind = 'transfer' | 'return' | 'call' | 'revert';
export const messageKinds: readonly MessageKind[] = ['transfer', 'call', 'revert', 'return'];

export interface MessagePlan {
  readonly lane: string;
  readonly kind: MessageKind;
  readonly atMs: number;
  /** In millionths of a whole unit, or in base units where the asset is coarser. */
  readonly amount: number;
}

export interface FaultPlan {
  readonly kind: FaultKind;
  readonly target: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** Undefined where it acts to the end of the run, or says itself how long it lasts. */
  readonly forMs: number | undefined;
  /** Parameters of the kind, in the scenario language. */
  readonly with: Readonly<Record<string, string | number | boolean>>;
}

export interface WorldPlan {
  readonly chains: readonly ChainPlan[];
  readonly lanes: readonly LanePlan[];
  readonly relayers: readonly RelayerPlan[];
  readonly proofs: 'hashed' | 'modelled';
}

/** A scenario of somebody else that a plan puts messages and faults into. */
export interface BasePlan {
  /** In the scenario language, presets merged. */
  readonly root: PlainMap;
  readonly sites: Sites;
  /** False keeps the traffic of the base. */
  readonly replacesTraffic: boolean;
}

export interface ScenarioPlan {
  readonly name: string;
  /** Decimal text. */
  readonly seed: string;
  readonly horizonMs: number;
  /** Long enough for every obligation of the plan to fall due; undefined where the base says. */
  readonly drainMs: number | undefined;
  /** Undefined where the base has its own. */
  readonly synchrony: { readonly gstMs: number; readonly deltaMs: number } | undefined;
  /** A world of its own, or that of a base. */
  readonly world: WorldPlan | undefined;
  readonly base: BasePlan | undefined;
  readonly messages: readonly MessagePlan[];
  readonly faults: readonly FaultPlan[];
}
