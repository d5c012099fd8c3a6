/** Scenario text to a resolved scenario: read, merge presets, override, validate, resolve, check what it means. */
import { type HashBackend } from '../base/bytes.ts';
import { nobleHash } from '../base/noble-hash.ts';
import { duration, HOUR } from '../base/units.ts';
import { checkMeaning } from './meaning.ts';
import { applyOverrides, type Override } from './overrides.ts';
import { mergePresets, readRegions } from './presets.ts';
import type { PresetSource } from './read-preset.ts';
import { resolveCause } from './resolve-causes.ts';
import { resolveOperator } from './resolve-controls.ts';
import { resolveChain } from './resolve-chains.ts';
import { resolveLayers } from './resolve-layered.ts';
import { resolveAssumption, unknownAssumptions } from './resolve-assumptions.ts';
import { resolveLane, resolveRelayer, resolveTraffic } from './resolve-lanes.ts';
import type {
  ChainEntry,
  FaultEntry,
  LaneEntry,
  OperatorEntry,
  RelayerEntry,
  Scenario,
  TrafficEntry,
} from './scenario.ts';
import { type ScenarioText, scenarioSchema } from './schema.ts';
import { canonicalHash } from './text/canonical.ts';
import { type Place, ScenarioErrors } from './text/errors.ts';
import { type Path, placeOf, type PlainMap } from './text/located.ts';
import { readYaml } from './text/read.ts';
import { problemList, type ProblemList, validate } from './text/validate.ts';
import { toYaml } from './text/write.ts';
import { type MetricTable, resolveThresholds } from './thresholds.ts';
import { readTrace } from './trace-file.ts';

export interface LoadOptions extends Partial<PresetSource> {
  /** Name of the file, for messages. */
  readonly file?: string;
  /** `--set path=value`, in order. */
  readonly overrides?: readonly Override[];
  /** System that every lane is to use, in place of what it is written with. */
  readonly protocol?: string;
  readonly seed?: string;
  readonly proofs?: 'hashed' | 'modelled';
  readonly hash?: HashBackend;
  /** Slugs that `expect.properties` may name; unchecked unless given. */
  readonly properties?: readonly string[];
  /** Figures that `thresholds` may name, by the assets of the chains; unchecked unless given. */
  readonly metrics?: MetricTable;
  /** Events that a run may be estimated at; 10^9 unless given. */
  readonly eventBudget?: number;
}

export interface LoadedScenario {
  readonly scenario: Scenario;
  /** The scenario with presets merged and overrides applied; loads to the same scenario. */
  readonly resolvedYaml: string;
  /** Hash of the resolved scenario without its seed: two texts of one meaning share it. */
  readonly canonicalHash: string;
  /** Where the value at a path of the text stands; the nearest enclosing one for what is not there. */
  readonly placeOf: (path: Path) => Place;
}

/** Loads a scenario. Throws ScenarioErrors with every problem found. */
export function loadScenario(text: string | Uint8Array, options: LoadOptions = {}): LoadedScenario {
  const file = options.file ?? 'scenario.yaml';
  const source: PresetSource = {
    readText:
      options.readText ??
      ((path) => {
        throw new Error(`nothing reads ${path}`);
      }),
    ...(options.list === undefined ? {} : { list: options.list }),
  };
  const merged = mergePresets(readYaml(text, file), source, { protocol: options.protocol });
  const overrides = [...(options.overrides ?? [])];
  if (options.seed !== undefined) overrides.push({ path: 'seed', value: JSON.stringify(options.seed), flag: '--seed' });
  if (options.proofs !== undefined) overrides.push({ path: 'proofs', value: options.proofs, flag: '--proofs' });
  const located = applyOverrides(merged, overrides);
  const validated = validate(located, scenarioSchema);
  if (!validated.ok) {
    const unknown = unknownAssumptions(located);
    const entries = unknown.map(({ path }) => `${path.split('.').slice(0, 2).join('.')}.`);
    const others = validated.problems.filter(({ path }) => !entries.some((entry) => `${path}.`.startsWith(entry)));
    throw new ScenarioErrors([...others, ...unknown]);
  }
  const list = problemList(located);
  const scenario = resolve(validated.value, source, list);
  checkMeaning(scenario, validated.value, list, options);
  if (list.problems.length > 0) throw new ScenarioErrors(list.problems);
  const { seed: _seed, ...meaning } = scenario;
  return {
    scenario,
    resolvedYaml: toYaml(inlined(located.value as PlainMap, scenario)),
    canonicalHash: canonicalHash(meaning, options.hash ?? nobleHash),
    placeOf: (path) => placeOf(located, path),
  };
}

function resolve(text: ScenarioText, source: PresetSource, list: ProblemList): Scenario {
  const alone: Record<string, ChainEntry> = {};
  for (const [id, entry] of Object.entries(text.chains)) {
    const wanted = entry.network?.regions;
    let regions: ChainEntry['network']['regions'];
    if (wanted !== undefined) {
      const read = readRegions(wanted.matrix, wanted.of, source);
      if (typeof read === 'string')
        list.at(['chains', id, 'network', 'regions'], 'E130', 'unknown regions', { expected: read });
      else regions = read;
    }
    alone[id] = resolveChain(entry, regions);
  }
  const chains = resolveLayers(alone, text.chains);
  const lanes: Record<string, LaneEntry> = {};
  for (const [id, entry] of Object.entries(text.lanes ?? {})) {
    lanes[id] = resolveLane(id, entry, { chains, lanes: text.lanes ?? {} });
  }
  const relayers: Record<string, RelayerEntry> = {};
  for (const [id, entry] of Object.entries(text.relayers ?? {})) relayers[id] = resolveRelayer(entry);
  const traffic: Record<string, TrafficEntry> = {};
  for (const [id, entry] of Object.entries(text.traffic ?? {})) {
    const lane = lanes[entry.lane];
    const trace = readTrace(id, entry, source.readText, list);
    traffic[id] = resolveTraffic(id, entry, lane === undefined ? undefined : chains[lane.from], text.horizon, trace);
  }
  const operators: Record<string, OperatorEntry> = {};
  for (const [id, entry] of Object.entries(text.operators ?? {})) operators[id] = resolveOperator(entry);
  return {
    l0sim: 1,
    name: text.name,
    question: text.question ?? '',
    seed: text.seed ?? '1',
    horizon: text.horizon,
    drain: text.drain ?? duration(24 * HOUR),
    proofs: text.proofs ?? 'hashed',
    synchrony: text.synchrony ?? { model: 'asynchronous' },
    chains,
    lanes,
    relayers,
    ...(text.operators === undefined ? {} : { operators }),
    traffic,
    ...(text.causes === undefined
      ? {}
      : {
          causes: Object.fromEntries(
            Object.entries(text.causes).map(([id, cause]) => [id, resolveCause(cause, lanes)] as const),
          ),
        }),
    faults: (text.faults ?? {}) as Record<string, FaultEntry>,
    assume: (text.assume ?? []).map((entry) => resolveAssumption(entry, lanes)),
    expect: definedOnly(text.expect ?? {}),
    thresholds: resolveThresholds(text.thresholds ?? {}, chains, list),
  };
}

function definedOnly(expect: NonNullable<ScenarioText['expect']>): Scenario['expect'] {
  return Object.fromEntries(Object.entries(expect).filter(([, value]) => value !== undefined)) as Scenario['expect'];
}

/** The text with traces inlined, so that it needs no file but itself and the presets of regions. */
function inlined(root: PlainMap, scenario: Scenario): PlainMap {
  const traffic = root['traffic'] as PlainMap | undefined;
  if (traffic === undefined) return root;
  const out: PlainMap = {};
  for (const [id, entry] of Object.entries(traffic)) {
    const arrivals = scenario.traffic[id]?.arrivals;
    const own = entry as PlainMap;
    if (arrivals?.kind !== 'trace') out[id] = own;
    else {
      const entries = arrivals.entries.map(({ at, amount }) =>
        amount === undefined ? { at_us: at } : { at_us: at, amount },
      );
      out[id] = { ...own, arrivals: { kind: 'trace', entries } };
    }
  }
  return { ...root, traffic: out };
}
