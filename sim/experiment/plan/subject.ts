/** What a test may hand over to be run, and what running it gave. */
import type { RunOptions, RunResult } from '../../run/run.ts';
import { simulate } from '../../run/run.ts';
import { canonicalHash } from '../../scenario/text/canonical.ts';
import { nobleHash } from '../../base/noble-hash.ts';
import { type LoadedScenario, loadScenario, type LoadOptions } from '../../scenario/load.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { presetsFolder, shippedPresets } from '../workers/presets.ts';
import { planToYaml } from './plan-yaml.ts';
import type { ScenarioPlan } from './scenario-plan.ts';

/** A plan, the text of a scenario, or one that is loaded already. */
export type Subject = ScenarioPlan | LoadedScenario | Scenario | string | Uint8Array;

export interface SubjectOptions {
  /** How a text is loaded. Presets that are shipped are found without it. */
  readonly load?: LoadOptions;
  /** How it is run: parts of one's own, sinks. */
  readonly run?: RunOptions;
}

export interface LoadedSubject {
  readonly scenario: Scenario;
  /** The scenario language; undefined where a resolved scenario came without its text. */
  readonly yaml: string | undefined;
  /** Names the scenario with its seed: the first digits of a hash of what it means. */
  readonly hash: string;
}

const HASH_DIGITS = 8;

/** Throws ScenarioErrors on a text that does not load. */
export function loadSubject(subject: Subject, options: SubjectOptions = {}): LoadedSubject {
  if (typeof subject === 'string' || subject instanceof Uint8Array) {
    const { scenario } = loadText(subject, options);
    const yaml = typeof subject === 'string' ? subject : new TextDecoder().decode(subject);
    return { scenario, yaml, hash: hashOf(scenario) };
  }
  if ('resolvedYaml' in subject) {
    return { scenario: subject.scenario, yaml: subject.resolvedYaml, hash: hashOf(subject.scenario) };
  }
  if ('l0sim' in subject) return { scenario: subject, yaml: undefined, hash: hashOf(subject) };
  const yaml = planToYaml(subject);
  const { scenario } = loadText(yaml, options);
  return { scenario, yaml, hash: hashOf(scenario) };
}

function loadText(text: string | Uint8Array, { load }: SubjectOptions): LoadedScenario {
  return loadScenario(text, { ...shippedPresets(presetsFolder()), ...load });
}

function hashOf(scenario: Scenario): string {
  return canonicalHash(scenario, nobleHash).slice(0, HASH_DIGITS);
}

export interface RanSubject extends LoadedSubject {
  readonly result: RunResult;
  /** Whether other parts than those of the build ran: the command line would run something else. */
  readonly hasOwnParts: boolean;
}

export function runSubject(subject: Subject, options: SubjectOptions = {}): RanSubject {
  const loaded = loadSubject(subject, options);
  const result = simulate(loaded.scenario, options.run ?? {});
  return { ...loaded, result, hasOwnParts: options.run?.parts !== undefined };
}
