/** Shipped scenarios and presets, and one small scenario that tests change one thing of. */
import { posix } from 'node:path';
import { type LoadOptions, loadScenario } from '../../sim/scenario/load.ts';
import type { PresetFolder } from '../../sim/scenario/read-preset.ts';
import { type Problem, ScenarioErrors } from '../../sim/scenario/text/errors.ts';
import { filesBelow, textOf } from './sources.ts';

const PRESETS = 'scenarios/presets/';
/** What the sources of presets may name. */
export const SOURCES = 'scenarios/presets/sources.yaml';

/** Paths of every shipped scenario, presets left out. */
export function shippedScenarios(): string[] {
  return filesBelow('scenarios').filter(
    (path) => path.endsWith('.yaml') && !path.endsWith('.sweep.yaml') && !path.startsWith(PRESETS),
  );
}

export function shippedSweeps(): string[] {
  return filesBelow('scenarios').filter((path) => path.endsWith('.sweep.yaml'));
}

export function shippedPresets(): string[] {
  return filesBelow('scenarios').filter(
    (path) => path.endsWith('.yaml') && path.startsWith(PRESETS) && /\/presets\/\w+\//.test(path),
  );
}

/** How the scenario at `path` finds its files: presets among those shipped, others beside it. */
export function optionsFor(path: string): LoadOptions {
  return {
    file: posix.basename(path),
    readText: (name) =>
      textOf(name.startsWith('presets/') ? posix.join('scenarios', name) : posix.join(posix.dirname(path), name)),
    list: (folder: PresetFolder) => filesBelow(PRESETS + folder).map((file) => posix.basename(file, '.yaml')),
  };
}

/** Loads without error. Tests change one thing of it and say at which line and column that must be noticed. */
export const BASE = `l0sim: 1
name: base
question: What does the loader make of this?
seed: "7"
horizon: 10min
synchrony: { model: partial, gst: 2min, delta: 1s }
chains:
  hub:
    consensus: { kind: bft }
    validators: 4
    block: 6s
    asset: { name: ATOM, decimals: 6 }
    unbonding: 21d
    network: { latency: { kind: lognormal, median: 80ms, sigma: 0.4 }, loss: 0.01 }
  pow:
    consensus: { kind: proof-of-work }
    validators: [3, 2, 1]
    block: 10s
    asset: { name: POW, decimals: 8 }
lanes:
  out:
    from: hub
    to: pow
    verifier: { kind: light-client, trusting-period: 14d }
    timeout: 4min
  back:
    from: pow
    to: hub
    verifier: { kind: committee, members: 3, threshold: 2 }
relayers:
  r1: { lanes: [out, back], strategy: { kind: racing } }
traffic:
  t:
    application: token-transfer
    lane: out
    arrivals: { kind: poisson, rate: 0.2/s }
    amount: 1.5 ATOM
faults:
  split:
    kind: net.partition
    target: { chain: hub, validators: 0..0 }
    when: { at: 4min, for: 1min }
assume:
  - { byzantine: hub, below: 1/3 }
expect: { safety: hold, liveness: hold }
`;

/** The base scenario with one thing changed. Throws where the thing is not there exactly once: a test must change what it says. */
export function changed(from: string, to: string): string {
  const parts = BASE.split(from);
  if (parts.length !== 2) throw new Error(`expected ${JSON.stringify(from)} once in the base scenario`);
  return parts.join(to);
}

const SHIPPED = optionsFor('scenarios/base.yaml');

/** Problems of a text; none where it loads. Anything but ScenarioErrors passes through. */
export function problemsOf(text: string | Uint8Array, options: LoadOptions = {}): readonly Problem[] {
  try {
    loadScenario(text, { ...SHIPPED, ...options });
    return [];
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.problems;
    throw error;
  }
}

/** What the user is shown; empty where the text loads. */
export function messageOf(text: string | Uint8Array, options: LoadOptions = {}): string {
  try {
    loadScenario(text, { ...SHIPPED, ...options });
    return '';
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.message;
    throw error;
  }
}
