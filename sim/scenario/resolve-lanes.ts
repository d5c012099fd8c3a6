/** Lanes, relayers and traffic from their text: defaults that depend on the chains they join. */
import { duration, instant, MILLISECOND, MINUTE, SECOND, START, ZERO } from '../base/units.ts';
import type {
  ArrivalsEntry,
  CallEntry,
  FeesEntry,
  ChainEntry,
  FinalityEntry,
  LaneEntry,
  RelayerEntry,
  TraceEntry,
  TrafficEntry,
  VerifierEntry,
} from './scenario.ts';
import { mirrored, resolveVerifier } from './resolve-verifiers.ts';
import { finalityOf } from './resolve-layered.ts';
import { resolveLimiter } from './resolve-controls.ts';
import type { FeesText, LaneText, RelayerText, TrafficText } from './schema-lanes.ts';
import { committeesOf, partsOf } from './verifier-tree.ts';

/** Leaves that are the same seen from both ends. */
const MIRRORED: ReadonlySet<string> = new Set(['proof-chain', 'validity-proof', 'shared-security', 'hash-lock']);

export interface LaneContext {
  readonly chains: Readonly<Record<string, ChainEntry>>;
  readonly lanes: Readonly<Record<string, LaneText>>;
}

export function resolveLane(name: string, text: LaneText, context: LaneContext): LaneEntry {
  const reverse = text.reverse ?? reverseOf(name, text, context.lanes);
  const back = reverse === undefined ? undefined : context.lanes[reverse];
  const source = context.chains[text.from];
  const destination = context.chains[text.to];
  const verifier = resolveVerifier(text.verifier, text.from, source);
  const returnText = text['return-verifier'];
  const isSigned = committeesOf(name, verifier).length > 0;
  const returnVerifier = (): VerifierEntry => {
    // Who signs for the way forth signs for the way back, and what follows the one chain has its like that follows the other.
    if (returnText !== undefined) return resolveVerifier(returnText, text.to, destination);
    const given =
      isSigned || back?.verifier === undefined ? undefined : resolveVerifier(back.verifier, text.to, destination);
    // Those who sign for the lane of the way back sign for that lane alone.
    if (given !== undefined && committeesOf(name, given).length === 0) return given;
    const isTree = partsOf(verifier).length > 0 || MIRRORED.has(verifier.kind);
    return isSigned || isTree ? mirrored(verifier, destination) : resolveVerifier(undefined, text.to, destination);
  };
  const believed = returnVerifier();
  const hasOwnReturn = returnText !== undefined && (isSigned || committeesOf(name, believed).length > 0);
  return {
    from: text.from,
    to: text.to,
    verifier,
    returnVerifier: believed,
    ...(hasOwnReturn ? { ownReturn: true as const } : {}),
    finality: text.finality ?? sharedFinality(verifier, context, text.from, text.to) ?? finalityOf(source),
    returnFinality:
      text['return-finality'] ??
      back?.finality ??
      sharedFinality(believed, context, text.to, text.from) ??
      finalityOf(destination),
    timeout: text.timeout ?? (canTimeOut(text) ? duration(10 * MINUTE) : ZERO),
    timeoutBlocks: text['timeout-blocks'] ?? 0,
    inFlightMax: text['in-flight-max'] ?? 0,
    acknowledge: text.acknowledge ?? true,
    ordering: text.ordering ?? 'unordered',
    ...(text.replay === undefined ? {} : { replay: text.replay }),
    ...(text.failure === undefined ? {} : { failure: text.failure }),
    ...(text.opening === 'handshake' ? { opening: 'handshake' as const } : {}),
    ...(text['refund-after'] === undefined ? {} : { refundAfter: text['refund-after'] }),
    ...(text['manual-after'] === undefined ? {} : { manualAfter: text['manual-after'] }),
    limiter: resolveLimiter(text.limiter),
    pause: text.pause ?? 'never',
    fees: resolveFees(text.fees),
    reverse,
  };
}

function resolveFees(text: FeesText | undefined): FeesEntry {
  if (text === undefined || text === 'unpaid') return 'unpaid';
  switch (text.kind) {
    case 'ahead': {
      const { flat = '0', gas = 0, margin = '1', rate = '1' } = text;
      return { kind: 'ahead', flat, gas, margin, rate };
    }
    case 'incentive':
      return {
        kind: 'incentive',
        receive: text.receive,
        acknowledge: text.acknowledge,
        timeOut: text['time-out'],
      };
    case 'on-delivery':
      return { kind: 'on-delivery', bps: text.bps, to: text.to ?? 'relayer' };
  }
}

/** Whether a timeout can be proven on such a lane, and stops nothing behind it. */
export function canTimeOut(lane: Pick<LaneText, 'ordering' | 'replay' | 'refund-after'>): boolean {
  const { ordering, replay } = lane;
  if (lane['refund-after'] !== undefined && ordering !== 'lazy-gap') return true;
  return ordering !== 'lazy-gap' && (replay === undefined || replay === 'receipt');
}

/** The first lane between the same chains the other way, of the same system, that is not taken by an earlier one. */
function reverseOf(name: string, text: LaneText, lanes: Readonly<Record<string, LaneText>>): string | undefined {
  const alike = Object.keys(lanes).filter((other) => same(lanes[other], text.from, text.to, text.system));
  const opposite = Object.keys(lanes).filter((other) => same(lanes[other], text.to, text.from, text.system));
  return opposite[alike.indexOf(name)];
}

function same(lane: LaneText | undefined, from: string, to: string, system: string | undefined): boolean {
  return lane !== undefined && lane.from === from && lane.to === to && lane.system === system;
}

/** Where a chain is believed through the chain below both, what that believes of it is what to wait for. */
function sharedFinality(
  verifier: VerifierEntry,
  { chains }: LaneContext,
  tracked: string,
  host: string,
): FinalityEntry | undefined {
  const consensus = chains[tracked]?.consensus;
  if (verifier.kind !== 'shared-security' || consensus === undefined) return undefined;
  if (consensus.kind !== 'rollup' && consensus.kind !== 'parachain') return undefined;
  const other = chains[host]?.consensus;
  const isSeen = consensus.on === host || (other !== undefined && 'on' in other && other.on === consensus.on);
  if (!isSeen) return undefined;
  return { kind: 'tag', tag: consensus.kind === 'rollup' ? 'settled' : 'safe' };
}

export function resolveRelayer(text: RelayerText): RelayerEntry {
  return {
    lanes: text.lanes,
    strategy: { kind: text.strategy?.kind ?? 'racing', poll: text.strategy?.poll },
    count: text.count ?? 1,
    wallet: text.wallet ?? {},
    service: text.service ?? { kind: 'constant', value: 0 },
    servers: text.servers ?? 1,
    queue: text.queue ?? 0,
    clears: text.clear ?? true,
    batch: { size: text.batch?.size ?? 1, wait: text.batch?.wait ?? ZERO },
    submit: text.submit ?? { kind: 'constant', value: 100 * MILLISECOND },
    ...(text.loss === undefined ? {} : { loss: text.loss }),
    retry: {
      patience: text.retry?.patience ?? duration(2 * MINUTE),
      pause: text.retry?.pause ?? duration(5 * SECOND),
      factor: text.retry?.factor ?? 2,
      attempts: text.retry?.attempts ?? 0,
    },
    node: text.node ?? 0,
  };
}

export function resolveTraffic(
  name: string,
  text: TrafficText,
  source: ChainEntry | undefined,
  horizonUs: number,
  trace: readonly TraceEntry[],
): TrafficEntry {
  const native = source?.asset.name ?? '';
  return {
    application: text.application,
    lane: text.lane,
    ...(text.route === undefined ? {} : { route: text.route, retries: text.retries ?? 0 }),
    arrivals: arrivalsOf(text.arrivals, trace),
    amount: text.amount ?? { asset: native, law: { kind: 'constant', value: 1 } },
    ...resolveCall(text),
    ...(text.call === undefined ? {} : { call: resolveCall(text.call) }),
    users: text.users ?? 100,
    as: text.as ?? name,
    start: text.start ?? START,
    end: text.end ?? instant(horizonUs),
    limit: text.limit ?? 0,
  };
}

function resolveCall(text: NonNullable<TrafficText['call']>): CallEntry {
  return {
    bytes: text.bytes ?? { kind: 'constant', value: 64 },
    gas: text.gas ?? 100_000,
    failure: text.failure ?? 0,
    ...(text['failure-lasts'] === undefined ? {} : { failureLasts: text['failure-lasts'] }),
  };
}

function arrivalsOf(text: TrafficText['arrivals'], trace: readonly TraceEntry[]): ArrivalsEntry {
  return text.kind === 'trace' ? { kind: 'trace', entries: trace } : text;
}
