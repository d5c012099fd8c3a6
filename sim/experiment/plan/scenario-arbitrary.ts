/** Random scenarios as plans: shrinking drops faults, messages, relayers, lanes and chains, and halves times. */
import fc from 'fast-check';
import type { FaultKind } from '../../../models/faults/faults.ts';
import { loadScenario, type LoadOptions } from '../../scenario/load.ts';
import type { PlainMap } from '../../scenario/text/located.ts';
import { readYaml } from '../../scenario/text/read.ts';
import { some, whole } from './choices.ts';
import { drawnKinds, type DrawnKind, type FaultDraw, settleFault } from './plan-faults.ts';
import { LATENCY_CAP_MS, planToYaml } from './plan-yaml.ts';
import {
  type BasePlan,
  type ChainKind,
  type FaultPlan,
  type MessageKind,
  messageKinds,
  type MessagePlan,
  type ScenarioPlan,
  type WorldPlan,
} from './scenario-plan.ts';
import { settleWorld, worldDraw, type WorldDraw } from './plan-world.ts';
import { type Sites, sitesOfScenario, sitesOfWorld } from './sites.ts';

/**
 * Which faults may come: none, all kinds as long as every assumption holds, all kinds without regard, or some kinds.
 * A list alone is without regard for the assumptions.
 */
export type FaultChoice =
  | 'none'
  | 'inside-assumptions'
  | 'any'
  | readonly FaultKind[]
  | { readonly kinds: readonly FaultKind[]; readonly isInside: boolean };

export interface ScenarioOptions {
  /** Name of the scenarios, and of what is kept of a failing one. `random` unless given; a base has its own. */
  readonly name?: string;
  /** From 2; 3 unless given. */
  readonly chainsMax?: number;
  readonly chainKinds?: readonly ChainKind[];
  /** Of a chain; 7 unless given. */
  readonly validatorsMax?: number;
  /** 3 unless given. */
  readonly lanesMax?: number;
  /** `own` is the light client or header chain of the source. */
  readonly verifiers?: readonly ('own' | 'committee')[];
  /** Entries, each with one or two copies; 3 unless given. */
  readonly relayersMax?: number;
  /** 8 unless given. */
  readonly messagesMax?: number;
  readonly messageKinds?: readonly MessageKind[];
  /** `inside-assumptions` unless given. */
  readonly faults?: FaultChoice;
  /** 4 unless given. */
  readonly faultsMax?: number;
  /** Latest time of messages and of the beginning of faults, in milliseconds; 120,000 unless given. A base has its own. */
  readonly horizonMs?: number;
  /** A scenario, as text, whose chains, lanes and relayers stay as they are. */
  readonly base?: string | Uint8Array;
  /** What is varied of a base: all three unless given. */
  readonly vary?: readonly ('messages' | 'faults' | 'seed')[];
  /** How the presets and traces of a base are read. */
  readonly load?: LoadOptions;
}

const DEFAULTS = { messagesMax: 8, faultsMax: 4, horizonMs: 120_000 } as const;
const AMOUNT_MAX = 1_000_000_000;
const SEED_MAX = 0x7fffffff;

interface MessageDraw {
  readonly kind: MessageKind;
  readonly lane: number;
  readonly atMs: number;
  readonly amount: number;
}

interface Draw {
  readonly faults: readonly FaultDraw[];
  readonly messages: readonly MessageDraw[];
  readonly world: WorldDraw | undefined;
  readonly gstMs: number;
  readonly seed: number;
}

/** Random scenarios. Throws RangeError on options that allow none, and ScenarioErrors on a base that does not load. */
export function scenarioArbitrary(options: ScenarioOptions = {}): fc.Arbitrary<ScenarioPlan> {
  const base = options.base === undefined ? undefined : readBase(options, options.base);
  const horizonMs = base?.horizonMs ?? whole('horizonMs', options.horizonMs ?? DEFAULTS.horizonMs, 1000);
  const varied = new Set(base === undefined ? ['messages', 'faults', 'seed'] : (options.vary ?? base.varied));
  const drawn = faultsAllowed(options.faults ?? 'inside-assumptions');
  const faultsMax = varied.has('faults') ? whole('faultsMax', options.faultsMax ?? DEFAULTS.faultsMax, 0) : 0;
  const messagesMax = whole('messagesMax', options.messagesMax ?? DEFAULTS.messagesMax, 1);
  const draws = fc.record<Draw>({
    // ORDER: shrunk in this order, so that a counterexample loses what is wrong before it loses where it happens.
    faults:
      faultsMax === 0 || drawn.kinds.length === 0
        ? fc.constant([])
        : fc.array(faultDraw(drawn.kinds, horizonMs), { maxLength: faultsMax, size: 'max' }),
    messages: varied.has('messages')
      ? fc.array(messageDraw(options.messageKinds ?? messageKinds, horizonMs), {
          minLength: 1,
          maxLength: messagesMax,
          size: 'max',
        })
      : fc.constant([]),
    world: base === undefined ? worldDraw(options) : fc.constant(undefined),
    gstMs: fc.integer({ min: 0, max: Math.floor((horizonMs * 3) / 4) }),
    seed: varied.has('seed') ? fc.noShrink(fc.integer({ min: 0, max: SEED_MAX })) : fc.constant(0),
  });
  return draws.map((draw) => {
    const frame = { horizonMs, isInside: drawn.isInside };
    if (base !== undefined) return readable(settleInBase(draw, base, varied, frame));
    return readable(settle(draw, options.name ?? 'random', frame));
  });
}

/** fast-check prints the scenario itself. */
function readable(plan: ScenarioPlan): ScenarioPlan {
  return Object.defineProperty(plan, fc.toStringMethod, { value: () => `\n${planToYaml(plan)}` });
}

interface Frame {
  readonly horizonMs: number;
  readonly isInside: boolean;
}

function settle(draw: Draw, name: string, frame: Frame): ScenarioPlan {
  const world = settleWorld(draw.world as WorldDraw);
  const sites = sitesOfWorld(world);
  const { gstMs } = draw;
  const messages = settleMessages(draw.messages, sites);
  const faults = settleFaults(draw.faults, { ...frame, sites, gstMs });
  const last = Math.max(gstMs, ...messages.map(({ atMs }) => atMs), ...faults.map(({ atMs }) => atMs));
  return {
    name,
    seed: `${draw.seed}`,
    horizonMs: last + 1_000,
    drainMs: drainOf(world),
    synchrony: { gstMs, deltaMs: LATENCY_CAP_MS },
    world,
    base: undefined,
    messages,
    faults,
  };
}

function settleMessages(draws: readonly MessageDraw[], { lanes }: Sites): MessagePlan[] {
  return draws.flatMap(({ lane: place, ...rest }): MessagePlan[] => {
    const lane = lanes[place % Math.max(1, lanes.length)];
    return lane === undefined ? [] : [{ lane: lane.id, ...rest }];
  });
}

function settleFaults(draws: readonly FaultDraw[], frame: Frame & { sites: Sites; gstMs: number }): FaultPlan[] {
  return draws.flatMap((draw): FaultPlan[] => {
    const settled = settleFault(draw, frame);
    return settled === undefined ? [] : [settled];
  });
}

/** Above the liveness bound of every lane that can be drawn, so that each obligation falls due. */
function drainOf({ chains, lanes }: WorldPlan): number {
  const mined = chains.reduce((sum, { depth, blockMs }) => sum + blockMs * (depth === 0 ? 6 : 5 * depth + 60), 0);
  return 30 * 60_000 + mined + Math.max(0, ...lanes.map(({ timeoutMs }) => timeoutMs));
}

interface Base extends BasePlan {
  readonly name: string;
  readonly seed: string;
  readonly horizonMs: number;
  /** Undefined where the base promises nothing about delays. */
  readonly gstMs: number | undefined;
  readonly varied: readonly string[];
}

function readBase(options: ScenarioOptions, text: string | Uint8Array): Base {
  const { scenario, resolvedYaml } = loadScenario(text, options.load ?? {});
  const sites = sitesOfScenario(scenario);
  const { synchrony } = scenario;
  const varied = options.vary ?? ['messages', 'faults', 'seed'];
  if (varied.includes('messages') && sites.lanes.length === 0) throw new RangeError('the base has no lane to send on');
  return {
    root: readYaml(resolvedYaml, 'base').value as PlainMap,
    sites,
    replacesTraffic: varied.includes('messages'),
    name: scenario.name,
    seed: scenario.seed,
    horizonMs: Math.floor(scenario.horizon / 1000),
    gstMs: synchrony.model === 'partial' ? Math.floor(synchrony.gst / 1000) : undefined,
    varied,
  };
}

function settleInBase(draw: Draw, base: Base, varied: ReadonlySet<string>, frame: Frame): ScenarioPlan {
  const { root, sites, replacesTraffic, name, seed, horizonMs } = base;
  const gstMs = base.gstMs ?? draw.gstMs;
  const faults = settleFaults(draw.faults, { ...frame, sites, gstMs });
  // Nothing heals by an instant that nobody names.
  const needsGst = base.gstMs === undefined && frame.isInside && faults.length > 0;
  return {
    name,
    seed: varied.has('seed') ? `${draw.seed}` : seed,
    horizonMs,
    drainMs: undefined,
    synchrony: needsGst ? { gstMs, deltaMs: LATENCY_CAP_MS } : undefined,
    world: undefined,
    base: { root, sites, replacesTraffic },
    messages: settleMessages(draw.messages, sites),
    faults,
  };
}

function messageDraw(kinds: readonly MessageKind[], horizonMs: number): fc.Arbitrary<MessageDraw> {
  some('messageKinds', kinds);
  return fc.record({
    kind: fc.constantFrom(...messageKinds.filter((kind) => kinds.includes(kind))),
    lane: fc.nat(255),
    atMs: fc.nat(horizonMs - 1),
    amount: fc.integer({ min: 1, max: AMOUNT_MAX }),
  });
}

function faultDraw(kinds: readonly DrawnKind[], horizonMs: number): fc.Arbitrary<FaultDraw> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    place: fc.nat(255),
    first: fc.nat(255),
    size: fc.nat(255),
    atMs: fc.nat(horizonMs - 1),
    forMs: fc.integer({ min: 1, max: horizonMs }),
    isForever: fc.boolean(),
    strength: fc.integer({ min: 1, max: 100 }),
  });
}

function faultsAllowed(choice: FaultChoice): { readonly kinds: readonly DrawnKind[]; readonly isInside: boolean } {
  if (choice === 'none') return { kinds: [], isInside: true };
  if (choice === 'any') return { kinds: drawnKinds, isInside: false };
  if (choice === 'inside-assumptions') return { kinds: drawnKinds, isInside: true };
  const { kinds, isInside } = 'kinds' in choice ? choice : { kinds: choice, isInside: false };
  const unknown = kinds.filter((kind) => !(drawnKinds as readonly string[]).includes(kind));
  if (unknown.length > 0) {
    throw new RangeError(`no fault is drawn of ${unknown.join(', ')}: expected some of ${drawnKinds.join(', ')}`);
  }
  return { kinds: drawnKinds.filter((kind) => (kinds as readonly string[]).includes(kind)), isInside };
}
