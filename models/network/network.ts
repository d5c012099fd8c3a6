/**
 * Links between the nodes of one network: delay by a law, loss, duplication, partitions, and the promise of partial
 * synchrony. Everything that crosses a wire goes through `transmit`, where a fault or an adversary may stand.
 */
import { assert } from '../../sim/base/assert.ts';
import { after, type Duration, type Instant, roundDuration, uncheckedDuration } from '../../sim/base/units.ts';
import { type Law, sample } from '../../sim/kernel/random/laws.ts';
import type { StreamId } from '../../sim/kernel/random/streams.ts';
import type { Context } from '../../sim/kernel/simulation.ts';
import type { EntityId, World } from '../../sim/kernel/world.ts';
import { envelopeLate } from '../records.ts';

/** What a fault does to the envelopes of a network while it acts. It draws from a stream of its own, by link and key. */
export type LinkRule = { readonly fault: number } & (
  | { readonly kind: 'partition'; readonly groupOf: readonly number[]; readonly isSymmetric: boolean }
  | {
      readonly kind: 'loss';
      readonly probability: number;
      readonly nodes: readonly number[];
      readonly stream: StreamId;
    }
  | { readonly kind: 'latency'; readonly extra: Law; readonly nodes: readonly number[]; readonly stream: StreamId }
);

export interface Network {
  readonly id: number;
  readonly name: string;
  readonly latency: Law;
  /** Region of each node, and the one-way laws between regions, `[from][to]`; empty where `latency` serves all. */
  readonly regionOf: number[];
  readonly regionLatency: readonly (readonly Law[])[];
  readonly loss: number;
  readonly duplication: number;
  /** Share of envelopes that are held back by a second delay, so that later ones overtake them. */
  readonly reordering: number;
  /** Bytes per second of one link; 0 is unlimited. */
  readonly bandwidth: number;
  /** Instant at which each link has sent what it holds, by link key; only where bandwidth is limited. */
  readonly linkFreeAt: Map<number, number>;
  readonly latencyStream: StreamId;
  readonly lossStream: StreamId;
  readonly gst: Instant | undefined;
  readonly delta: Duration | undefined;
  readonly rules: LinkRule[];
  sent: number;
  duplicated: number;
  delivered: number;
  dropped: number;
}

export interface NetworkParameters {
  readonly name: string;
  readonly latency: Law;
  readonly regionOf?: readonly number[];
  readonly regionLatency?: readonly (readonly Law[])[];
  readonly loss?: number;
  readonly duplication?: number;
  readonly reordering?: number;
  readonly bandwidth?: number;
  readonly gst?: Instant | undefined;
  readonly delta?: Duration | undefined;
}

const TABLE = 'networks';

export function networksOf(world: World): Network[] {
  return (world.tables[TABLE] ??= []) as Network[];
}

export function networkOf(world: World, id: number): Network {
  const network = networksOf(world)[id];
  assert(network !== undefined, 'a network exists', { id });
  return network;
}

/** Adds a network while the world is built. */
export function addNetwork(context: Context, parameters: NetworkParameters): Network {
  const networks = networksOf(context.world);
  const network: Network = {
    id: networks.length,
    name: parameters.name,
    latency: parameters.latency,
    regionOf: [...(parameters.regionOf ?? [])],
    regionLatency: parameters.regionLatency ?? [],
    loss: parameters.loss ?? 0,
    duplication: parameters.duplication ?? 0,
    reordering: parameters.reordering ?? 0,
    bandwidth: parameters.bandwidth ?? 0,
    linkFreeAt: new Map(),
    latencyStream: context.stream(`network/${parameters.name}/latency`),
    lossStream: context.stream(`network/${parameters.name}/loss`),
    gst: parameters.gst,
    delta: parameters.delta,
    rules: [],
    sent: 0,
    duplicated: 0,
    delivered: 0,
    dropped: 0,
  };
  networks.push(network);
  return network;
}

/** One hop over a link. `key` names the thing sent (message, attempt; height, round, step), below 2^32. */
export interface Envelope {
  readonly from: number;
  readonly to: number;
  readonly key: number;
  readonly target: EntityId;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly payload?: unknown;
  readonly bytes: number;
}

/**
 * Sends one envelope. The receiver calls `arrived` when its event runs. Draws are keyed by the link and the thing sent, so
 * that another envelope more or less leaves this one's delay as it was.
 */
export function transmit(context: Context, network: Network, envelope: Envelope): void {
  const delay = crossing(context, network, envelope);
  if (delay === LOST) return;
  deliver(context, envelope, delay);
  if (!isDoubled(context, network, envelope)) return;
  network.duplicated++;
  const { from, to } = envelope;
  const own = context.keyed(network.latencyStream, linkOf(envelope) + COPIES, envelope.key);
  const again = sample(latencyLaw(network, from, to), own);
  const bound = latestDelay(context, network, isStableAt(network, context.now));
  deliver(context, envelope, Math.min(delay + roundDuration(again), Math.max(bound, delay)));
}

/**
 * Delays of one envelope to each of `delays.length` nodes but its sender, in microseconds, or `LOST`: as `transmit`, for
 * receivers that keep their own mail. They call `arrived` when they read it. A second copy, which would come later than
 * the first, counts as delivered at once.
 */
export function crossLinks(context: Context, network: Network, envelope: Envelope, delays: Float64Array): void {
  const { from } = envelope;
  const isStable = isStableAt(network, context.now);
  const isPlain =
    network.rules.length === 0 &&
    (isStable || network.loss === 0) &&
    network.duplication === 0 &&
    network.reordering === 0 &&
    network.bandwidth === 0;
  const bound = latestDelay(context, network, isStable);
  const common = network.regionOf.length === 0 ? network.latency : undefined;
  if (isPlain) network.sent += delays.length - 1;
  const one: { -readonly [K in keyof Envelope]: Envelope[K] } = { ...envelope };
  for (let to = 0; to < delays.length; to++) {
    if (to === from) continue;
    if (isPlain) {
      // What `crossing` comes to where nothing but the law acts: this is the path of every vote.
      const law = common ?? latencyLaw(network, from, to);
      const drawn =
        law.kind === 'constant'
          ? law.value
          : sample(law, context.keyed(network.latencyStream, from * LINKS + to, one.key));
      delays[to] = drawn > 0 && drawn < bound ? Math.round(drawn) : Math.min(roundDuration(drawn), bound);
      continue;
    }
    one.to = to;
    const delay = crossing(context, network, one);
    delays[to] = delay;
    if (delay === LOST || !isDoubled(context, network, one)) continue;
    network.duplicated++;
    network.delivered++;
  }
}

const LINKS = 1_048_576;

/** What became of an envelope that does not arrive. */
export const LOST = -1;

function crossing(context: Context, network: Network, envelope: Envelope): number {
  const link = linkOf(envelope);
  network.sent++;
  const fate = network.rules.length === 0 ? undefined : ruleOn(context, network, envelope, link);
  const isStable = isStableAt(network, context.now);
  if (fate?.isLost === true || (!isStable && isLost(context, network, link, envelope.key))) {
    network.dropped++;
    if (isStable) reportLate(context, network, envelope, -1, fate?.fault ?? -1);
    return LOST;
  }
  let delay = delayOf(context, network, envelope, link) + (fate?.extra ?? 0);
  const bound = latestDelay(context, network, isStable);
  if (delay > bound) {
    // The network keeps its promise of partial synchrony; a fault that acts after GST breaks it, and is said to.
    if (fate !== undefined && fate.extra > 0 && isStable) {
      reportLate(context, network, envelope, delay, fate.fault);
    } else delay = bound;
  }
  return delay;
}

function linkOf({ from, to }: Envelope): number {
  return from * LINKS + to;
}

function isStableAt(network: Network, now: Instant): boolean {
  return network.gst !== undefined && now >= network.gst;
}

function isDoubled(context: Context, network: Network, envelope: Envelope): boolean {
  const { duplication } = network;
  return duplication > 0 && context.drawKeyed(network.lossStream, linkOf(envelope), envelope.key, 1) < duplication;
}

/** Above every link: the copy of an envelope draws for itself, and so under no key of another envelope. */
const COPIES = 2_199_023_255_552; // 2^41

/** To be called once by the receiver of each envelope. */
export function arrived(network: Network): void {
  network.delivered++;
}

export function inFlight(network: Network): number {
  return network.sent + network.duplicated - network.delivered - network.dropped;
}

function deliver(context: Context, envelope: Envelope, delay: number): void {
  // A sum of rounded delays, on the path of every vote.
  const at = after(context.now, uncheckedDuration(delay));
  context.schedule('delivery', envelope.target, envelope.kind, at, envelope.a, envelope.b, envelope.payload);
}

function isLost(context: Context, network: Network, link: number, key: number): boolean {
  return network.loss > 0 && context.drawKeyed(network.lossStream, link, key) < network.loss;
}

function latencyLaw(network: Network, from: number, to: number): Law {
  if (network.regionOf.length === 0) return network.latency;
  const row = network.regionLatency[network.regionOf[from] ?? -1];
  return row?.[network.regionOf[to] ?? -1] ?? network.latency;
}

function delayOf(context: Context, network: Network, envelope: Envelope, link: number): number {
  const law = latencyLaw(network, envelope.from, envelope.to);
  if (law.kind === 'constant' && network.reordering === 0 && network.bandwidth === 0) return roundDuration(law.value);
  const source = context.keyed(network.latencyStream, link, envelope.key);
  let delay: number = roundDuration(sample(law, source));
  if (network.reordering > 0 && source.uniform() < network.reordering) delay += roundDuration(sample(law, source));
  if (network.bandwidth > 0) {
    const free = Math.max(network.linkFreeAt.get(link) ?? 0, context.now);
    const done = free + Math.ceil((envelope.bytes * 1_000_000) / network.bandwidth);
    network.linkFreeAt.set(link, done);
    delay += done - context.now;
  }
  return delay;
}

/** The longest delay that partial synchrony allows an envelope sent now. */
function latestDelay(context: Context, network: Network, isStable: boolean): number {
  if (network.gst === undefined || network.delta === undefined) return Number.POSITIVE_INFINITY;
  return isStable ? network.delta : network.gst + network.delta - context.now;
}

interface Fate {
  readonly isLost: boolean;
  readonly extra: number;
  readonly fault: number;
}

function ruleOn(context: Context, network: Network, envelope: Envelope, link: number): Fate | undefined {
  let extra = 0;
  let fault = -1;
  for (const rule of network.rules) {
    switch (rule.kind) {
      case 'partition': {
        const sender = rule.groupOf[envelope.from] ?? 0;
        const receiver = rule.groupOf[envelope.to] ?? 0;
        // One way: the cut-off group hears the rest and is not heard.
        const isCut = sender !== receiver && (rule.isSymmetric || sender !== 0);
        if (isCut) return { isLost: true, extra: 0, fault: rule.fault };
        break;
      }
      case 'loss':
        if (touches(rule.nodes, envelope)) {
          if (context.drawKeyed(rule.stream, link, envelope.key) < rule.probability)
            return { isLost: true, extra: 0, fault: rule.fault };
        }
        break;
      case 'latency':
        if (touches(rule.nodes, envelope)) {
          extra += roundDuration(sample(rule.extra, context.keyed(rule.stream, link, envelope.key)));
          fault = rule.fault;
        }
        break;
    }
  }
  return fault === -1 ? undefined : { isLost: false, extra, fault };
}

function touches(nodes: readonly number[], envelope: Envelope): boolean {
  return nodes.length === 0 || nodes.includes(envelope.from) || nodes.includes(envelope.to);
}

function reportLate(context: Context, network: Network, envelope: Envelope, delayUs: number, fault: number): void {
  const { from, to } = envelope;
  context.record(envelopeLate, { network: network.id, from, to, delayUs, fault });
}
