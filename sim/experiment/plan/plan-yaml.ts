/** A plan as a scenario file, and as the scenario that this file loads to. */
import { formatDuration } from '../../grammar/format.ts';
import { type LoadedScenario, loadScenario, type LoadOptions } from '../../scenario/load.ts';
import type { PlainMap, PlainValue } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';
import {
  type BasePlan,
  type ChainPlan,
  type FaultPlan,
  type LanePlan,
  type MessageKind,
  messageKinds,
  type MessagePlan,
  type RelayerPlan,
  type ScenarioPlan,
} from './scenario-plan.ts';
import { assetOf, type LaneSite, PLANNED_DECIMALS, type Sites, sitesOfWorld } from './sites.ts';

/** Users of each source of messages: two, so that they are told apart and still meet again. */
const USERS = 2;
const BATCH_WAIT_MS = 1_000;
/** Bound on every link of a planned chain: what GST promises. */
export const LATENCY_CAP_MS = 2_000;

/** The plan in the scenario language: what `l0sim run` takes. */
export function planToYaml(plan: ScenarioPlan): string {
  return toYaml(planToMap(plan));
}

/** Loads the scenario of a plan. `options` name what reads the presets of a base. */
export function loadPlan(plan: ScenarioPlan, options: LoadOptions = {}): LoadedScenario {
  return loadScenario(planToYaml(plan), options);
}

function planToMap(plan: ScenarioPlan): PlainMap {
  const { base, world } = plan;
  if (base !== undefined) return intoBase(plan, base);
  if (world === undefined) throw new TypeError('a plan has a world or a base');
  const sites = sitesOfWorld(world);
  return {
    l0sim: 1,
    name: plan.name,
    seed: plan.seed,
    horizon: ms(plan.horizonMs),
    ...(plan.drainMs === undefined ? {} : { drain: ms(plan.drainMs) }),
    proofs: world.proofs,
    ...synchronyOf(plan),
    chains: byId(world.chains, (chain) => chainToMap(chain, plan)),
    lanes: byId(world.lanes, (lane) => laneToMap(lane, world.chains)),
    relayers: byId(world.relayers, relayerToMap),
    traffic: trafficOf(plan.messages, sites),
    ...faultsOf(plan.faults, {}),
    assume: assumptionsOf(sites),
    expect: { safety: 'hold', liveness: 'hold' },
  };
}

function intoBase(plan: ScenarioPlan, { root, sites, replacesTraffic }: BasePlan): PlainMap {
  const own = (root['faults'] ?? {}) as PlainMap;
  const before = (root['traffic'] ?? {}) as PlainMap;
  const traffic = replacesTraffic ? { ...namedByFaults(before, own), ...trafficOf(plan.messages, sites) } : before;
  return { ...root, seed: plan.seed, ...synchronyOf(plan), traffic, ...faultsOf(plan.faults, own) };
}

/** Traffic of the base that its own faults speak of: without it they would hit nothing. */
function namedByFaults(traffic: PlainMap, faults: PlainMap): PlainMap {
  const named = new Set<PlainValue | undefined>();
  for (const fault of Object.values(faults)) {
    const { target, when } = fault as { target?: PlainMap; when?: { on?: PlainMap } };
    named.add(target?.['traffic']);
    named.add(when?.on?.['traffic']);
  }
  for (const [id, entry] of Object.entries(traffic)) if (named.has(id)) named.add((entry as PlainMap)['as']);
  return Object.fromEntries(Object.entries(traffic).filter(([id]) => named.has(id)));
}

function ms(value: number): string {
  return formatDuration(value * 1000);
}

function byId<T extends { readonly id: string }>(entries: readonly T[], toMap: (entry: T) => PlainMap): PlainMap {
  return Object.fromEntries(entries.map((entry) => [entry.id, toMap(entry)]));
}

function synchronyOf({ synchrony }: ScenarioPlan): PlainMap {
  if (synchrony === undefined) return {};
  return { synchrony: { model: 'partial', gst: ms(synchrony.gstMs), delta: ms(synchrony.deltaMs) } };
}

function chainToMap(chain: ChainPlan, plan: ScenarioPlan): PlainMap {
  const isParametric = chain.kind === 'parametric';
  const links = {
    latency: { kind: 'exponential', mean: ms(chain.latencyMs), cap: ms(LATENCY_CAP_MS) },
    ...(chain.lossPercent === 0 ? {} : { loss: chain.lossPercent / 100 }),
    ...(chain.duplicatePercent === 0 ? {} : { duplicate: chain.duplicatePercent / 100 }),
  };
  return {
    consensus: { kind: chain.kind },
    ...(isParametric ? {} : { validators: [...chain.powers] }),
    block: ms(chain.blockMs),
    asset: { name: assetOf(chain.id), decimals: PLANNED_DECIMALS },
    gas: { price: 1 },
    ...(chain.depth === 0 ? {} : { 'settle-depth': settleDepthOf(chain, plan) }),
    ...(chain.skewMs === 0 ? {} : { clock: { skew: ms(chain.skewMs) } }),
    ...(isParametric ? {} : { network: links }),
  };
}

/** Deeper than the branches that grow apart while the links of the chain are disturbed. */
function settleDepthOf({ id, blockMs, depth }: ChainPlan, { faults, horizonMs, drainMs = 0 }: ScenarioPlan): number {
  const apart = faults
    .filter(({ kind, target }) => target['chain'] === id && (kind.startsWith('net.') || kind.startsWith('node.')))
    .reduce((sum, { forMs }) => sum + (forMs ?? horizonMs + drainMs), 0);
  return 2 * depth + 4 * Math.ceil(apart / blockMs);
}

function laneToMap(lane: LanePlan, chains: readonly ChainPlan[]): PlainMap {
  const { committee, timeoutMs, inFlightMax, ordering } = lane;
  const finality = (id: string): PlainMap => {
    const depth = chains.find((chain) => chain.id === id)?.depth ?? 0;
    return depth === 0 ? { kind: 'instant' } : { kind: 'depth', blocks: depth };
  };
  return {
    from: lane.from,
    to: lane.to,
    ...(committee === undefined ? {} : { verifier: { kind: 'committee', ...committee } }),
    finality: finality(lane.from),
    'return-finality': finality(lane.to),
    timeout: ms(timeoutMs),
    ...(inFlightMax === 0 ? {} : { 'in-flight-max': inFlightMax }),
    ...(ordering === 'unordered' ? {} : { ordering }),
  };
}

function relayerToMap({ lanes, strategy, pollMs, count, batch }: RelayerPlan): PlainMap {
  return {
    lanes: [...lanes],
    strategy: { kind: strategy, ...(pollMs === 0 ? {} : { poll: ms(pollMs) }) },
    ...(count === 1 ? {} : { count }),
    ...(batch === 1 ? {} : { batch: { size: batch, wait: ms(BATCH_WAIT_MS) } }),
  };
}

const PREFIX: Readonly<Record<MessageKind, string>> = { transfer: 't', call: 'call', revert: 'revert', return: 'back' };

/** One source of messages for each lane and kind, with its messages listed one by one. */
function trafficOf(messages: readonly MessagePlan[], sites: Sites): PlainMap {
  const transfers = new Set(messages.filter(({ kind }) => kind === 'transfer').map(({ lane }) => lane));
  const traffic: PlainMap = {};
  for (const lane of sites.lanes) {
    const own = messages.filter((message) => message.lane === lane.id);
    // Nobody could send back what nobody has sent.
    const hasReturn = lane.reverse !== undefined && transfers.has(lane.reverse);
    for (const kind of messageKinds) {
      const ofKind = own.filter(
        (message) => (hasReturn || message.kind !== 'return' ? message.kind : 'transfer') === kind,
      );
      if (ofKind.length > 0) traffic[`${PREFIX[kind]}-${lane.id}`] = sourceOf(kind, ofKind, lane);
    }
  }
  return traffic;
}

function sourceOf(kind: MessageKind, messages: readonly MessagePlan[], lane: LaneSite): PlainMap {
  const isCall = kind === 'call' || kind === 'revert';
  const { asset, decimals } = kind === 'return' ? lane.to : lane.from;
  const sorted = [...messages].sort((a, b) => a.atMs - b.atMs);
  const entries = sorted.map(({ atMs, amount }): PlainMap => {
    return { at_us: atMs * 1000, ...(isCall ? {} : { amount: decimalOf(amount, decimals) }) };
  });
  return {
    application: isCall ? 'remote-call' : 'token-transfer',
    lane: lane.id,
    arrivals: { kind: 'trace', entries },
    users: USERS,
    ...(isCall ? {} : { amount: `1 ${asset}` }),
    ...(kind === 'revert' ? { failure: 1 } : {}),
    ...(kind === 'return' ? { as: `${PREFIX.transfer}-${lane.reverse}` } : {}),
  };
}

/** `amount` millionths, or base units where those are coarser, in whole units. */
function decimalOf(amount: number, decimals: number): string {
  const digits = Math.min(decimals, PLANNED_DECIMALS);
  if (digits === 0) return `${amount}`;
  const text = `${amount}`.padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return `${text.slice(0, -digits)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Faults of the plan beside those that are there, under names that are free. */
function faultsOf(faults: readonly FaultPlan[], own: PlainMap): PlainMap {
  if (faults.length === 0 && Object.keys(own).length === 0) return {};
  const out: PlainMap = { ...own };
  let number = 0;
  for (const { kind, target, atMs, forMs, with: parameters } of faults) {
    do number++;
    while (Object.hasOwn(own, `f${number}`));
    out[`f${number}`] = {
      kind,
      target: { ...target },
      when: { at: ms(atMs), ...(forMs === undefined ? {} : { for: ms(forMs) }) },
      ...(Object.keys(parameters).length === 0 ? {} : { with: { ...parameters } }),
    };
  }
  return { faults: out };
}

function assumptionsOf({ chains, lanes }: Sites): PlainMap[] {
  return [
    ...chains.filter(({ kind }) => kind === 'bft').map(({ id }): PlainMap => ({ byzantine: id, below: '1/3' })),
    ...chains.filter(({ depth }) => depth > 0).map(({ id, depth }): PlainMap => ({ reorg: id, 'at-most': depth })),
    ...lanes.map(({ id }): PlainMap => ({ 'honest-relayers': id, 'at-least': 1 })),
    ...lanes
      .filter(({ committee }) => committee !== undefined)
      .flatMap(({ id }): PlainMap[] => [
        { 'lying-sources': id, below: 'threshold' },
        { 'honest-committee': id, below: 'threshold' },
      ]),
  ];
}
