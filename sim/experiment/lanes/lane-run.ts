/** A lane between two chain presets under a system, in calm weather: how long its messages take from block to block. */
import { builtInObservers } from '../../../reports/results.ts';
import { SECOND } from '../../base/units.ts';
import { createRunParts } from '../../run/parts.ts';
import { simulate } from '../../run/run.ts';
import { type LoadOptions, loadScenario } from '../../scenario/load.ts';

export interface SimulatedLane {
  readonly n: number;
  /** Seconds, nearest rank; undefined where nothing arrived. */
  readonly q1: number | undefined;
  readonly median: number | undefined;
  readonly q3: number | undefined;
}

/** Two epochs of a chain of slots justify nothing; four more hold every phase of them alike. */
const START_S = 800;
const SPAN_S = 1_536;
const RATE = '0.1/s';

/**
 * Text of the scenario of a lane. `delayS` is what the system takes more at this destination than its preset says, in
 * seconds: the one constant that is fitted.
 */
export function laneScenario(
  source: string,
  destination: string,
  system: string,
  delayS: number,
  seed: string,
): string {
  const submit = delayS === 0 ? '' : `, submit: ${Math.round(delayS * 1_000)}ms`;
  return `l0sim: 1
name: lane
seed: ${JSON.stringify(seed)}
horizon: ${START_S + SPAN_S}s
drain: 6h
proofs: modelled
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  source: { preset: ${source} }
  destination: { preset: ${destination} }
lanes:
  lane: { from: source, to: destination, protocol: ${system} }
relayers:
  carrier: { lanes: [lane], protocol: ${system}${submit} }
traffic:
  t: { application: remote-call, lane: lane, arrivals: { kind: poisson, rate: ${RATE} }, start: ${START_S}s }
`;
}

/** Throws ScenarioErrors where a preset is not there, or the two do not fit together. */
export function runLane(text: string, options: LoadOptions): SimulatedLane {
  const { scenario } = loadScenario(text, options);
  const sentUs = new Map<unknown, number>();
  const seconds: number[] = [];
  simulate(scenario, {
    parts: createRunParts(builtInObservers),
    sinks: [
      {
        onRecord: ({ time }, { name }, fields) => {
          const { sequence } = fields as { readonly sequence?: number };
          if (name === 'packet-committed') sentUs.set(sequence, time);
          const sent = name === 'packet-received' ? sentUs.get(sequence) : undefined;
          if (sent !== undefined) seconds.push((time - sent) / SECOND);
        },
      },
    ],
  });
  seconds.sort((a, b) => a - b);
  return { n: seconds.length, q1: rank(seconds, 0.25), median: rank(seconds, 0.5), q3: rank(seconds, 0.75) };
}

/** Nearest rank of sorted values. */
export function rank(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
