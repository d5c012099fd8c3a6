/** Small worlds from a scenario, with faults given as the grammar leaves them, and every record that they publish. */
import { loadScenario } from '../../sim/scenario/load.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { createRunParts } from '../../sim/run/parts.ts';
import { buildWorld } from '../../sim/run/build/world.ts';
import type { Simulation } from '../../sim/kernel/simulation.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';
import type { SeenRecord } from './small-world.ts';

export const SECOND = 1_000_000;

/** A hub that votes, a chain of miners, and a destination; a light-client lane and a committee lane. */
const TEXT = `l0sim: 1
name: faulty
seed: "5"
horizon: 1h
proofs: modelled
synchrony: { model: partial, gst: 5min, delta: 1s }
chains:
  hub: { consensus: { kind: bft }, validators: 4, block: 6s, asset: { name: ATOM, decimals: 6 }, network: { latency: { kind: exponential, mean: 80ms }, loss: 1% } }
  pow: { consensus: { kind: proof-of-work }, validators: 4, block: 10s, asset: { name: POW, decimals: 8 } }
  far: { consensus: { kind: parametric }, block: 2s, asset: { name: FAR, decimals: 6 } }
lanes:
  hub-far: { from: hub, to: far, timeout: 30min }
  pow-far: { from: pow, to: far, verifier: { kind: committee, members: 3, threshold: 2, twins: [0] }, finality: { kind: depth, blocks: 3 }, timeout: 30min }
relayers:
  r1: { lanes: [hub-far, pow-far] }
  r2: { lanes: [hub-far], count: 2 }
traffic:
  t: { application: token-transfer, lane: hub-far, arrivals: { kind: periodic, every: 5s }, amount: 1 ATOM }
  p: { application: token-transfer, lane: pow-far, arrivals: { kind: periodic, every: 20s }, amount: 2 POW }
`;

/** Id of each chain, in the order of the text. */
export const HUB = 0;
export const POW = 1;
export const FAR = 2;

export interface FaultGiven {
  readonly kind: string;
  readonly target: Record<string, unknown>;
  readonly when: Record<string, unknown>;
  readonly with?: Record<string, unknown>;
}

export interface FaultWorld {
  readonly simulation: Simulation;
  readonly seen: SeenRecord[];
  /** Delay of every vote sent on the hub, by sender, receiver, height, round and step. */
  readonly votes: Map<string, number>;
  /** The same votes with the instant at which they were sent. */
  readonly sentAt: Map<string, number>;
}

export function lasting(seconds: number): Law {
  return { kind: 'constant', value: seconds * SECOND };
}

export function faultWorld(
  faults: Record<string, FaultGiven> = {},
  change: (text: string) => string = (text) => text,
): FaultWorld {
  const loaded = loadScenario(change(TEXT)).scenario;
  const planned = Object.entries(faults).map(([name, fault]) => [name, { with: {}, ...fault }]);
  const scenario: Scenario = { ...loaded, faults: Object.fromEntries(planned) as Scenario['faults'] };
  const seen: SeenRecord[] = [];
  const simulation = buildWorld(scenario, createRunParts([]), [
    {
      onRecord: (place, definition, fields) =>
        seen.push({ name: definition.name, at: place.time, fields: { ...fields } }),
    },
  ]);
  const votes = new Map<string, number>();
  const sentAt = new Map<string, number>();
  const schedule = simulation.schedule.bind(simulation);
  simulation.schedule = (cls, target, kind, at, a = 0, b = 0, payload) => {
    // Prevotes and precommits: `a` names height and round, the upper half of `b` the sender.
    if (cls === 'delivery' && kind <= 1 && simulation.world.entities[target]?.kind === 'bft-node') {
      const key = `${Math.floor(b / 4_294_967_296)}>${simulation.world.entities[target]?.name} ${kind} ${a}`;
      votes.set(key, at - simulation.now);
      sentAt.set(key, simulation.now);
    }
    return schedule(cls, target, kind, at, a, b, payload);
  };
  return { simulation, seen, votes, sentAt };
}

/** Runs all events up to `until`, in seconds. */
export function runTo({ simulation }: Pick<FaultWorld, 'simulation'>, seconds: number): void {
  const until = seconds * SECOND;
  for (let next = simulation.nextEventTime(); next !== undefined && next <= until; next = simulation.nextEventTime()) {
    simulation.step();
  }
}

/** Fields of the records of one kind, with the second at which each was published. */
export function recordsOf(
  { seen }: Pick<FaultWorld, 'seen'>,
  name: string,
): (Readonly<Record<string, unknown>> & { readonly at: number })[] {
  return seen.filter((record) => record.name === name).map(({ fields, at }) => ({ ...fields, at: at / SECOND }));
}
