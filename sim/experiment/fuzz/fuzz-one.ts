/** One random scenario: drawn by its number, run, and what of a message's life it reached. */
import fc from 'fast-check';
import { toHex, utf8 } from '../../base/bytes.ts';
import { nobleHash } from '../../base/noble-hash.ts';
import type { RunParts } from '../../run/build/world.ts';
import type { RunResult } from '../../run/run.ts';
import { expectSafe, expectSafeAndLive } from '../plan/expectations.ts';
import { scenarioArbitrary, type ScenarioOptions } from '../plan/scenario-arbitrary.ts';
import type { ScenarioPlan } from '../plan/scenario-plan.ts';

/** Plain data: what a worker needs to draw the same scenarios as every other. */
export interface FuzzOptions {
  readonly seed: string;
  readonly faults: 'none' | 'inside-assumptions' | 'any';
  readonly messagesMax: number;
  readonly faultsMax: number;
  /** Resolved text of a scenario that stays as it is, but for messages, faults and seed. */
  readonly base: string | undefined;
}

export interface FuzzOutcome {
  readonly number: number;
  /** Times that each move was made, by `from>to`. */
  readonly moves: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly events: number;
  /** Whether something failed: the scenario is then drawn again, and made smaller. */
  readonly failed: boolean;
}

/** Seed of fast-check for the scenario of that number: scenarios are drawn alone, so that any can be drawn again. */
export function fuzzSeed(seed: string, number: number): number {
  const digest = nobleHash.sha256(utf8(`fuzz/${seed}/${number}`));
  return Number.parseInt(toHex(digest.subarray(0, 4)), 16) | 0;
}

/** Throws RangeError on options that allow no scenario, and ScenarioErrors on a base that does not load. */
export function fuzzArbitrary({ faults, messagesMax, faultsMax, base }: FuzzOptions): fc.Arbitrary<ScenarioPlan> {
  const options: ScenarioOptions = { name: 'fuzz', faults, messagesMax, faultsMax };
  return scenarioArbitrary(base === undefined ? options : { ...options, base });
}

/**
 * What is asked of every scenario: safety, and where the assumptions hold, liveness. Throws ScenarioFailure, or what the
 * simulator throws on a defect of its own.
 */
export function fuzzCheck(plan: ScenarioPlan, options: FuzzOptions, parts?: RunParts): RunResult {
  const run = parts === undefined ? {} : { run: { parts } };
  return options.faults === 'any' ? expectSafe(plan, run) : expectSafeAndLive(plan, run);
}

/** The same number gives the same outcome anywhere. */
export function fuzzOne(
  arbitrary: fc.Arbitrary<ScenarioPlan>,
  options: FuzzOptions,
  number: number,
  parts?: RunParts,
): FuzzOutcome {
  const [plan] = fc.sample(arbitrary, { seed: fuzzSeed(options.seed, number), numRuns: 1 });
  const moves: Record<string, number> = {};
  try {
    const { transitions, messages, events } = fuzzCheck(plan as ScenarioPlan, options, parts);
    for (const { from, to } of transitions) {
      const move = `${from}>${to}`;
      moves[move] = (moves[move] ?? 0) + 1;
    }
    return { number, moves, messages: messages.length, events, failed: false };
  } catch {
    // What it was is said where the scenario is made smaller: there it fails again.
    return { number, moves, messages: 0, events: 0, failed: true };
  }
}
