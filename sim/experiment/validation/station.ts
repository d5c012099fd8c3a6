/**
 * A relayer as a server: messages arrive at chain `a`, the relayer takes them up, works, and carries them to chain `b`.
 * Both chains make a block at once for whatever comes, so that all the waiting is the relayer's.
 */
import { exp, ln } from '../../base/portable-math.ts';
import { formatDuration, formatRate } from '../../grammar/format.ts';
import type { PlainMap, PlainValue } from '../../scenario/text/located.ts';
import { toYaml } from '../../scenario/text/write.ts';

/**
 * Microseconds that stand for one unit of time of a target. A target has no unit; the simulator has one, and in it those
 * who watch a chain hear of a block 50 ms later. The unit is chosen so that the target's shortest time is 1,000 s or
 * more: such delays are then below the fourth digit, and the rounding to microseconds is below the ninth.
 */
export function unitFor(shortest: number): number {
  const digits = Math.ceil(ln(SHORTEST_US / shortest) / LN_10);
  return Math.max(1, Math.round(exp(digits * LN_10)));
}
const SHORTEST_US = 1_000_000_000;
const LN_10 = ln(10);

export interface Clock {
  /** Text of a duration of so many units of the target. */
  time(units: number): string;
  /** Text of so many per unit. */
  rate(perUnit: number): string;
  /** Units in so many microseconds. */
  units(us: number): number;
}

export function clockOf(unitUs: number): Clock {
  return {
    // What no scenario can be told is refused as out of range, and not here.
    time: (units) => formatDuration(Math.min(Number.MAX_SAFE_INTEGER, Math.round(units * unitUs))),
    rate: (perUnit) => formatRate(Number(((perUnit * 1_000_000) / unitUs).toPrecision(12))),
    units: (us) => us / unitUs,
  };
}

/** Most things that happen after each other, so far apart, in the longest scenario that there may be: 142 years. */
export function mostOf(clock: Clock, apart: number): number {
  return Math.max(1, Math.floor(clock.units(HORIZON_MOST_US) / apart));
}
export const HORIZON_MOST_US = 4_000_000_000_000_000;

/** A law of the scenario language, as plain data. */
export type LawText = PlainValue;

export function exponential(clock: Clock, mean: number): LawText {
  return { kind: 'exponential', mean: clock.time(mean) };
}

export interface Station {
  readonly name: string;
  readonly seed: string;
  readonly question: string;
  /** Messages in all, and the law of their arrivals. */
  readonly messages: number;
  readonly arrivals: PlainMap;
  /** Time in which all of it has happened for sure. */
  readonly horizon: string;
  readonly relayers: PlainMap;
  readonly lane?: PlainMap;
  readonly source?: PlainMap;
  readonly destination?: PlainMap;
}

/** A chain that makes a block at once for whatever comes. */
export const ON_DEMAND: PlainMap = { consensus: { kind: 'parametric', sealing: 'on-demand' }, 'keep-blocks': 16 };

/** One who signs at once and is always believed: what is studied is the relayer. */
export const AT_ONCE: PlainMap = { kind: 'committee', members: 1, signing: '0s' };

/** Heights are never reached on which packets would time out. */
export const NEVER = 1_000_000_000;

export function stationText(station: Station): string {
  return toYaml({
    l0sim: 1,
    name: station.name,
    question: station.question,
    seed: station.seed,
    horizon: station.horizon,
    drain: station.horizon,
    proofs: 'modelled',
    chains: {
      a: { ...ON_DEMAND, ...station.source },
      b: { ...ON_DEMAND, asset: { name: 'FAR', decimals: 6 }, ...station.destination },
    },
    lanes: {
      line: {
        ...{ from: 'a', to: 'b', verifier: AT_ONCE, acknowledge: false, timeout: '0s', 'timeout-blocks': NEVER },
        ...station.lane,
      },
    },
    relayers: station.relayers,
    traffic: {
      arrivals: {
        ...{ application: 'remote-call', lane: 'line', bytes: 0, users: 1 },
        ...{ arrivals: station.arrivals, limit: station.messages },
      },
    },
  });
}
