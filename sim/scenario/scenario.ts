/**
 * A resolved scenario: what the text means, with presets merged, defaults filled in and units inside. Times are whole
 * microseconds, laws draw microseconds or plain numbers, amounts are exact decimal text with the asset's name.
 */
import type { Ratio } from '../base/ratio.ts';
import type { Duration, Instant } from '../base/units.ts';
import type { Demand, FeeMarket } from '../../models/chains/fee-market.ts';
import type { Upgrade } from '../../models/chains/upgrades.ts';
import type { HeadTag, MovedTag } from '../../models/chains/finality.ts';
import type { Law } from '../kernel/random/laws.ts';

export interface Scenario {
  readonly l0sim: 1;
  readonly name: string;
  readonly question: string;
  readonly seed: string;
  readonly horizon: Duration;
  /** Longest time that the run goes on after the horizon. */
  readonly drain: Duration;
  readonly proofs: 'hashed' | 'modelled';
  readonly synchrony: Synchrony;
  readonly chains: Readonly<Record<string, ChainEntry>>;
  readonly lanes: Readonly<Record<string, LaneEntry>>;
  readonly relayers: Readonly<Record<string, RelayerEntry>>;
  /** Absent where there are none. */
  readonly operators?: Readonly<Record<string, OperatorEntry>>;
  readonly traffic: Readonly<Record<string, TrafficEntry>>;
  readonly faults: Readonly<Record<string, FaultEntry>>;
  /** Left out where there are none. */
  readonly causes?: Readonly<Record<string, CauseEntry>>;
  readonly assume: readonly AssumptionEntry[];
  readonly expect: ExpectEntry;
  /** By metric. */
  readonly thresholds: Readonly<Record<string, ThresholdEntry>>;
}

/** A bound on a figure of the run. Times in microseconds, amounts in base units, shares from 0 to 1. */
export interface ThresholdEntry {
  readonly sense: '<' | '<=' | '>' | '>=' | '=';
  readonly limit: number;
  readonly unit: 'us' | 'share' | 'amount' | 'number';
  readonly asset?: string;
  /** As it was written. */
  readonly text: string;
}

/** What the run should show. `hold` where nothing is said. */
export interface ExpectEntry {
  readonly safety?: 'hold' | 'violated';
  readonly liveness?: 'hold' | 'violated';
  readonly assumptions?: 'hold' | 'broken';
  /** By slug. */
  readonly properties?: Readonly<Record<string, 'hold' | 'violated'>>;
}

export type Synchrony =
  { readonly model: 'asynchronous' } | { readonly model: 'partial'; readonly gst: Instant; readonly delta: Duration };

export interface ChainEntry {
  readonly consensus: ConsensusEntry;
  /** Number of equal validators, or the power of each. */
  readonly validators: readonly number[];
  readonly asset: { readonly name: string; readonly decimals: number };
  readonly clock: { readonly skewUs: number; readonly driftPpm: number };
  readonly gas: {
    /** For a unit of gas; the tip where there is a market. */
    readonly price: bigint;
    readonly limit: number;
    readonly market?: FeeMarket;
    /** What others always want of a block. */
    readonly others?: Demand;
  };
  readonly network: NetworkEntry;
  readonly settleDepth: number;
  readonly keepBlocks: number;
  readonly unbonding: Duration;
  /** Changes of voting power by instant; left out where there are none. */
  /** Left out where there are none. */
  readonly upgrades?: readonly Upgrade[];
  readonly staking?: readonly StakeChange[];
}

export interface StakeChange {
  readonly at: Instant;
  readonly validator: number;
  /** 0 to leave the set. */
  readonly power: number;
}

export interface HeadEntry {
  /** Time from a block to the head. */
  readonly after: Law;
  /** The head moves at multiples of it only; undefined where it follows each block by itself. */
  readonly every: Duration | undefined;
}
export type HeadsEntry = Readonly<Partial<Record<MovedTag, HeadEntry>>>;

export type ConsensusEntry =
  | {
      readonly kind: 'parametric';
      readonly block: Law;
      readonly finality: Law;
      /** Blocks are made at once for what waits, and by no law; left out where they are not. */
      readonly sealing?: 'on-demand';
      /** Left out where the chain names none. */
      readonly heads?: HeadsEntry;
    }
  | {
      readonly kind: 'bft';
      /** Each vote an envelope, or votes that are read when a quorum of them has come. */
      readonly fidelity: 'votes' | 'quorum';
      readonly propose: Duration;
      readonly prevote: Duration;
      readonly precommit: Duration;
      /** Added to the three timeouts with each round. */
      readonly step: Duration;
      readonly commit: Duration;
    }
  | { readonly kind: 'proof-of-work'; readonly block: Duration; readonly blockBytes: number }
  | {
      readonly kind: 'slots';
      readonly slot: Duration;
      readonly slotsPerEpoch: number;
      /** Share of blocks that come too late to be voted for. */
      readonly late: number;
      readonly leakQuotient: number;
      /** Step of the effective balance, in Gwei. */
      readonly stepGwei: number;
      readonly correlation: number;
      /** Who stakes, where it was said: how long a state may be trusted follows. */
      readonly stakers?: { readonly count: number; readonly averageEth: number };
    }
  | RollupEntry
  | ParachainEntry;

interface LayeredEntry {
  readonly on: string;
  readonly block: Law;
  readonly origin: FinalityEntry;
  /** When a block of the chain below counts as final. */
  readonly finality: FinalityEntry;
}

export interface RollupEntry extends LayeredEntry {
  readonly kind: 'rollup';
  readonly batch: Duration;
  readonly output: Duration;
  readonly settlement:
    | {
        readonly kind: 'challenge';
        readonly window: Duration;
        /** Decimal, whole units of the gas asset of the chain below. */
        readonly bond: string;
        readonly challengers: { readonly count: number; readonly availabilityPpm: number; readonly reaction: Law };
      }
    | { readonly kind: 'validity'; readonly proving: Law; readonly window: Duration; readonly gas: number };
}

export interface ParachainEntry extends LayeredEntry {
  readonly kind: 'parachain';
  readonly availability: Law;
  readonly approval: Law;
  readonly ahead: number;
}

export interface NetworkEntry {
  readonly latency: Law;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly bandwidth: number;
  /** Undefined where `latency` serves all. */
  readonly regions: RegionsEntry | undefined;
}

export interface RegionsEntry {
  readonly matrix: string;
  /** Region of each node in turn, by index; the list repeats. */
  readonly of: readonly number[];
  /** One-way delays, `[from][to]`. */
  readonly latency: readonly (readonly Law[])[];
}

export type FinalityEntry =
  | { readonly kind: 'instant' }
  | { readonly kind: 'depth'; readonly blocks: number }
  | { readonly kind: 'tag'; readonly tag: HeadTag };

/** Time and blocks of the host that a header must have stood in a client. */
export interface ClientDelay {
  readonly us: Duration;
  readonly blocks: number;
}

export type VerifierEntry =
  | {
      readonly kind: 'light-client';
      readonly trustingPeriod: Duration;
      readonly trustLevel: Ratio;
      readonly clockDrift: Duration;
      /** Left out where proofs count at once. */
      readonly delay?: ClientDelay;
    }
  | { readonly kind: 'header-chain' }
  | { readonly kind: 'shared-security' }
  | { readonly kind: 'hash-lock'; readonly lock: Duration; readonly reveal: Law; readonly abandonsPpm: number }
  | { readonly kind: 'proof-chain'; readonly through: readonly string[] }
  | {
      readonly kind: 'committee';
      readonly members: number;
      /** Weight that must have signed: members, where all weigh one. */
      readonly threshold: number;
      /** Weight of each member; left out where all weigh one. */
      readonly weights?: readonly number[];
      /** Left out where keys never change. */
      readonly rotation?: { readonly every: Duration; readonly grace: Duration; readonly replaced: number };
      readonly signing: Law;
      /** Hours of the first days of a week at which its members sign; left out where they do at any time. */
      readonly hours?: { readonly from: Duration; readonly to: Duration; readonly days: number };
      /** Extra processes that share a member's key, by member index. */
      readonly twins: readonly number[];
      /** Providers that must tell a member the same; undefined for all that it reads through. */
      readonly providersAgree?: number;
      readonly delegates?: { readonly members: readonly number[]; readonly threshold: number };
    }
  | { readonly kind: 'all' | 'any'; readonly of: PartEntries }
  | { readonly kind: 'threshold'; readonly of: PartEntries; readonly atLeast: number }
  | {
      readonly kind: 'required-optional';
      readonly required: PartEntries;
      readonly optional: PartEntries;
      readonly atLeast: number;
    }
  | {
      readonly kind: 'optimistic';
      readonly of: VerifierEntry;
      readonly window: Duration;
      /** Decimal, whole units of the gas asset of the chain that holds the claim. */
      readonly bond: string;
      readonly watchers: {
        readonly count: number;
        readonly availabilityPpm: number;
        readonly reaction: Law;
        /** How long one is down at a time; without it, it sleeps through claims and not through times. */
        readonly repair?: Law;
      };
    }
  | {
      readonly kind: 'validity-proof';
      /** Blocks that a proof covers, 0 for any, and time that it gathers them; on demand only for what somebody waits for. */
      readonly batch: { readonly blocks: number; readonly every: Duration; readonly onDemand: boolean };
      readonly proving: { readonly fixed: Law; readonly perBlock: Duration };
      readonly provers: { readonly count: number; readonly breaks?: { readonly up: Law; readonly down: Law } };
      /** Left out where each proof is verified by itself. */
      readonly aggregate?: AggregateEntry;
      readonly verificationGas: number;
      /** Decimal, whole units of the gas asset of the chain that verifies. */
      readonly price: string;
      /** Left out where heads are trusted for ever, and where the clock of the source counts for nothing. */
      readonly trustingPeriod?: Duration;
      readonly clockDrift?: Duration;
      /** Who may replace the circuit; left out where nobody can. */
      readonly key?: { readonly guardians: number; readonly threshold: number; readonly timelock: Duration };
    }
  | {
      readonly kind: 'route';
      /** Those that this lane can take, by name, in order. */
      readonly routes: Readonly<Record<string, RouteEntry>>;
      readonly otherwise: VerifierEntry | undefined;
    };

export type OptimisticEntry = Extract<VerifierEntry, { kind: 'optimistic' }>;
export type ValidityEntry = Extract<VerifierEntry, { kind: 'validity-proof' }>;
export type PartEntries = Readonly<Record<string, VerifierEntry>>;
export type CommitteeEntry = Extract<VerifierEntry, { kind: 'committee' }>;

export interface AggregateEntry {
  /** Name that clients on one host share whose proofs are folded together; each for itself where there is none. */
  readonly with?: string;
  readonly count: number;
  readonly within: Duration;
  readonly proving: Law;
}

export interface RouteEntry {
  /** Decimal, in whole units. */
  readonly upTo: { readonly decimal: string; readonly asset: string } | undefined;
  readonly senders: readonly string[] | undefined;
  readonly verifier: VerifierEntry;
}

/** Decimals are whole units of the gas asset of the source. */
export type FeesEntry =
  | 'unpaid'
  | {
      readonly kind: 'ahead';
      readonly flat: string;
      readonly gas: number;
      readonly margin: string;
      readonly rate: string;
    }
  | { readonly kind: 'incentive'; readonly receive: string; readonly acknowledge: string; readonly timeOut: string }
  | { readonly kind: 'on-delivery'; readonly bps: number; readonly to: 'relayer' | 'system' };

export interface LaneEntry {
  readonly from: string;
  readonly to: string;
  /** How the destination believes the source; the way back believes by `returnVerifier`. */
  readonly verifier: VerifierEntry;
  readonly returnVerifier: VerifierEntry;
  /** Whether the way back has committees of its own; those of the way forth sign both ways unless it is said. */
  readonly ownReturn?: true;
  readonly finality: FinalityEntry;
  readonly returnFinality: FinalityEntry;
  readonly timeout: Duration;
  readonly timeoutBlocks: number;
  readonly inFlightMax: number;
  readonly acknowledge: boolean;
  readonly ordering: string;
  /** Absent where they are the usual ones. */
  readonly replay?: 'receipt' | 'nonce' | 'hash' | 'bitmap';
  readonly failure?: 'error-ack' | 'retry' | 'manual' | 'trap';
  readonly manualAfter?: Duration;
  readonly refundAfter?: Duration;
  readonly opening?: 'handshake';
  readonly limiter: LimiterEntry;
  readonly pause: 'never' | { readonly kind: 'key' };
  readonly fees: FeesEntry;
  /** Lane of the way back, resolved; undefined where there is none. */
  readonly reverse: string | undefined;
}

/** Decimal amounts of `asset`, in whole units. */
export interface BucketEntry {
  readonly asset: string;
  readonly capacity: string;
  readonly perSecond: string;
}

export type LimiterEntry =
  'unlimited' | ({ readonly kind: 'token-bucket'; readonly ends: readonly ('source' | 'destination')[] } & BucketEntry);

export interface OperatorEntry {
  /** Lanes whose key it holds. */
  readonly holds: readonly string[];
  readonly acts: readonly ActEntry[];
}

export type ActEntry =
  | {
      readonly do: 'skip' | 'nilify' | 'burn' | 'clear' | 'execute';
      readonly at: Instant;
      readonly lane: string;
      readonly sequence: number;
    }
  | {
      readonly do: 'pause' | 'resume' | 'reopen';
      readonly at: Instant;
      readonly lane: string;
      /** Chain of the end; undefined for both. */
      readonly on: string | undefined;
    }
  | ({
      readonly do: 'set-limit';
      readonly at: Instant;
      readonly lane: string;
      readonly on: string | undefined;
    } & BucketEntry);

export interface RelayerEntry {
  readonly lanes: readonly string[];
  readonly strategy: { readonly kind: string; readonly poll: Law | undefined };
  readonly count: number;
  /** Decimal amounts by asset. */
  readonly wallet: Readonly<Record<string, string>>;
  readonly service: Law;
  readonly servers: number;
  readonly queue: number;
  /** Whether it takes up later what found the queue full. */
  readonly clears: boolean;
  readonly batch: { readonly size: number; readonly wait: Duration };
  readonly submit: Law;
  /** Share of its transactions that never reach the mempool; left out where none is lost. */
  readonly loss?: number;
  readonly retry: {
    readonly patience: Duration;
    readonly pause: Duration;
    readonly factor: number;
    readonly attempts: number;
  };
  /** Node that it reads each chain through. */
  readonly node: number;
}

export type ArrivalsEntry =
  | { readonly kind: 'poisson'; readonly rate: number }
  | { readonly kind: 'periodic'; readonly every: Duration }
  | { readonly kind: 'burst'; readonly every: Duration; readonly size: number }
  | { readonly kind: 'trace'; readonly entries: readonly TraceEntry[] };

export interface TraceEntry {
  readonly at: Instant;
  /** Decimal amount; undefined where the file names none. */
  readonly amount: string | undefined;
}

export interface CallEntry {
  readonly bytes: Law;
  readonly gas: number;
  readonly failure: number;
  readonly failureLasts?: Duration;
}

export interface TrafficEntry {
  readonly application: string;
  readonly lane: string;
  /** Lanes that it goes on over, and how often a hop is sent again; absent where it ends behind the first. */
  readonly route?: readonly string[];
  readonly retries?: number;
  readonly arrivals: ArrivalsEntry;
  /** Law of decimal amounts, in whole units of `asset`. */
  readonly amount: { readonly asset: string; readonly law: Law };
  readonly bytes: Law;
  readonly gas: number;
  readonly failure: number;
  readonly failureLasts?: Duration;
  /** A call in the same packet as a transfer. */
  readonly call?: CallEntry;
  readonly users: number;
  /** Traffic whose users send, itself unless named: how those who received can send back. */
  readonly as: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly limit: number;
}

export interface FaultEntry {
  readonly kind: string;
  readonly target: {
    readonly chain?: string | undefined;
    readonly validators?: readonly number[] | undefined;
    readonly lane?: string | undefined;
    readonly relayer?: string | undefined;
    readonly committee?: string | undefined;
    readonly members?: readonly number[] | undefined;
    readonly traffic?: string | undefined;
    readonly causes?: readonly string[] | undefined;
    readonly watchers?: string | undefined;
    readonly provers?: string | undefined;
  };
  readonly when: {
    readonly at?: Instant | undefined;
    readonly for?: Law | undefined;
    readonly until?: 'gst' | Instant | undefined;
    readonly every?: Law | undefined;
    readonly on?: Readonly<Record<string, string | number | boolean>> | undefined;
    readonly after?: Duration | undefined;
    readonly count?: number | undefined;
  };
  /** Validated by the schema of the kind. */
  readonly with: Readonly<Record<string, unknown>>;
}

export interface CauseEntry {
  readonly kind: 'custodian' | 'cloud' | 'client-software' | 'rpc-provider';
  /** Node that a provider of data answers from, on each chain. */
  readonly node: number;
  /** Members that depend on it, by committee. */
  readonly of: readonly { readonly committee: string; readonly members: readonly number[] }[];
}

export type AssumptionEntry =
  | { readonly kind: 'byzantine'; readonly subject: string; readonly below: Ratio }
  | { readonly kind: 'reorg'; readonly subject: string; readonly atMost: number }
  | { readonly kind: 'block-gap'; readonly subject: string; readonly atMost: Duration }
  | { readonly kind: 'honest-relayers'; readonly subject: string; readonly atLeast: number }
  | { readonly kind: 'lying-sources'; readonly subject: string; readonly below: number }
  | { readonly kind: 'honest-committee'; readonly subject: string; readonly below: number }
  | { readonly kind: 'serving-provers'; readonly subject: string; readonly atLeast: number }
  | { readonly kind: 'sound-circuit'; readonly subject: string };
