/** `l0sim fuzz [FILE]`: random scenarios, until one fails, and then the smallest that fails the same way. */
import { availableParallelism } from 'node:os';
import { SingleBar } from 'cli-progress';
import { type Coverage, movesNotMade, timesByState } from '../../experiment/fuzz/coverage.ts';
import { fuzz, type FuzzResult } from '../../experiment/fuzz/fuzz.ts';
import { fuzzArbitrary, fuzzCheck, type FuzzOptions, fuzzSeed } from '../../experiment/fuzz/fuzz-one.ts';
import { checkScenarios } from '../../experiment/plan/check-scenarios.ts';
import { FAILURES_FOLDER, ScenarioFailure } from '../../experiment/plan/failure.ts';
import type { MessageState } from '../../../reports/observers/states.ts';
import { openFuzzers } from '../../experiment/workers/fuzzers.ts';
import { parseDuration } from '../../grammar/quantity-text.ts';
import { EXIT, guard, UsageError } from '../exit-codes.ts';
import { plainTable } from '../figure-table.ts';
import { loadAsTold } from '../files.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { openTerminal, type Terminal } from '../terminal.ts';

export interface FuzzArguments {
  readonly file?: string | undefined;
  readonly runs?: number | undefined;
  readonly time?: string | undefined;
  readonly from?: number | undefined;
  readonly seed?: string | undefined;
  readonly faults?: string | undefined;
  readonly 'messages-max'?: number | undefined;
  readonly 'faults-max'?: number | undefined;
  readonly jobs?: number | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Scenarios, where neither their number nor a time is given. */
const RUNS = 500;
const SEED = '1';
const MESSAGES_MAX = 8;
const FAULTS_MAX = 4;
const CHOICES = ['none', 'inside-assumptions', 'any'] as const;

export async function fuzzCommand(given: FuzzArguments): Promise<number> {
  const options = optionsOf(given);
  const from = given.from ?? 0;
  const limits = limitsOf(given);
  const terminal = openTerminal(given.quiet === true || given.json === true);
  const result = await runAll(options, from, limits, given, terminal);
  const { coverage, failed } = result;
  if (failed === undefined) {
    if (given.json === true) terminal.out(JSON.stringify(asJson(result, undefined)));
    else if (given.quiet !== true) terminal.out(coverageText(coverage, 'nothing failed'));
    return EXIT.asExpected;
  }
  terminal.say(`scenario ${failed} failed: making it smaller`);
  const failure = smallest(options, failed, given.out ?? FAILURES_FOLDER);
  const again = `l0sim fuzz${given.file === undefined ? '' : ` ${given.file}`}${flagsAgain(options, failed)}`;
  if (given.json === true) terminal.out(JSON.stringify({ ...asJson(result, failure), again }));
  else {
    if (given.quiet !== true) terminal.out(coverageText(coverage, `scenario ${failed} failed`));
    terminal.fail(`VIOLATION ${failure.message}\n  drawn     ${again}`);
  }
  // A property of ours has a name; what else was thrown is a defect of the simulator, or of a part.
  return failure.property === 'check' ? EXIT.defect : EXIT.violation;
}

function optionsOf(given: FuzzArguments): FuzzOptions {
  const faults = CHOICES.find((choice) => choice === (given.faults ?? 'inside-assumptions'));
  if (faults === undefined) throw new UsageError(`--faults ${given.faults ?? ''}: expected ${CHOICES.join(', ')}`);
  const options: FuzzOptions = {
    seed: given.seed ?? SEED,
    faults,
    messagesMax: given['messages-max'] ?? MESSAGES_MAX,
    faultsMax: given['faults-max'] ?? FAULTS_MAX,
    base: given.file === undefined ? undefined : loadAsTold({ file: given.file }).resolvedYaml,
  };
  try {
    fuzzArbitrary(options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
  return options;
}

interface Limits {
  readonly runs: number;
  readonly timeMs: number;
}

function limitsOf({ runs, time }: FuzzArguments): Limits {
  if (time === undefined) return { runs: runs ?? RUNS, timeMs: Infinity };
  const parsed = parseDuration(time);
  if (!parsed.ok) throw new UsageError(`--time ${time}: expected a duration such as 60s or 10min`);
  return { runs: runs ?? Infinity, timeMs: parsed.value / 1_000 };
}

async function runAll(
  options: FuzzOptions,
  from: number,
  { runs, timeMs }: Limits,
  given: FuzzArguments,
  terminal: Terminal,
): Promise<FuzzResult> {
  const interruption = watchInterruption();
  const bar = openFuzzProgress(terminal.isQuiet, runs, timeMs);
  const fuzzers = await openFuzzers(options, given.jobs ?? availableParallelism());
  const began = performance.now();
  try {
    return await fuzz(fuzzers, {
      from,
      runs,
      isTimeUp: () => performance.now() - began >= timeMs,
      onProgress: (coverage) => {
        bar.update(coverage.runs);
        checkInterruption(interruption, coverage);
      },
    });
  } finally {
    bar.stop();
    interruption.stop();
    await fuzzers.close();
  }
}

function checkInterruption(interruption: Interruption, coverage: Coverage): void {
  interruption.check(coverageText(coverage, 'nothing failed so far'));
}

/** Draws the scenario again, and lets it shrink. */
function smallest(options: FuzzOptions, number: number, folder: string): ScenarioFailure {
  try {
    guard(() =>
      checkScenarios(fuzzArbitrary(options), (plan) => fuzzCheck(plan, options), {
        seed: fuzzSeed(options.seed, number),
        numRuns: 1,
        folder,
      }),
    );
  } catch (error) {
    if (error instanceof ScenarioFailure) return error;
    throw error;
  }
  throw new Error(`scenario ${number} failed once, and not again: the simulator is not deterministic here`);
}

function flagsAgain({ seed, faults, messagesMax, faultsMax }: FuzzOptions, number: number): string {
  const flags = [
    ...(seed === SEED ? [] : ['--seed', seed]),
    ...(faults === 'inside-assumptions' ? [] : ['--faults', faults]),
    ...(messagesMax === MESSAGES_MAX ? [] : ['--messages-max', `${messagesMax}`]),
    ...(faultsMax === FAULTS_MAX ? [] : ['--faults-max', `${faultsMax}`]),
    ...['--from', `${number}`, '--runs', '1'],
  ];
  return ` ${flags.join(' ')}`;
}

function coverageText(coverage: Coverage, outcome: string): string {
  const { runs, messages, events } = coverage;
  const count = (n: number): string => n.toLocaleString('en-US');
  const times = timesByState(coverage);
  const states = [...times].map(([state, n]) => [state, n === 0 ? 'never' : count(n)]);
  const missing = new Map<string, string[]>();
  for (const move of movesNotMade(coverage)) {
    const [from = '', to = ''] = move.split('>');
    // Out of where nobody was nobody went.
    if (times.get(from as MessageState) === 0) continue;
    missing.set(from, [...(missing.get(from) ?? []), to]);
  }
  const rows = [...missing].map(([from, list]) => [from, list.join(' ')]);
  const unmade = rows.length === 0 ? 'every legal move was made' : plainTable(['moves never made from', 'to'], rows, 2);
  return [
    plainTable(['state', 'times reached'], states),
    unmade,
    `${count(runs)} scenarios, ${count(messages)} messages, ${count(events)} events: ${outcome}`,
  ].join('\n\n');
}

function asJson({ coverage, failed }: FuzzResult, failure: ScenarioFailure | undefined): object {
  const { runs, messages, events, moves } = coverage;
  return {
    ...{ runs, messages, events },
    states: Object.fromEntries(timesByState(coverage)),
    moves: Object.fromEntries([...moves].sort(([a], [b]) => (a < b ? -1 : 1))),
    neverMade: movesNotMade(coverage),
    failed: failed ?? null,
    ...(failure === undefined
      ? {}
      : { property: failure.property, finding: failure.finding, file: failure.file, yaml: failure.yaml }),
  };
}

function openFuzzProgress(
  isQuiet: boolean,
  runs: number,
  timeMs: number,
): { update(done: number): void; stop(): void } {
  if (isQuiet || !process.stderr.isTTY || process.env['TERM'] === 'dumb') {
    return { update: () => undefined, stop: () => undefined };
  }
  const began = performance.now();
  const isTimed = runs === Infinity;
  const bar = new SingleBar({
    format: '{bar} {percentage}%  {runs} scenarios  {rate}/s  ETA {eta_formatted}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(isTimed ? Math.round(timeMs) : runs, 0, { runs: 0, rate: '-' });
  return {
    update(done) {
      const elapsed = performance.now() - began;
      const rate = ((done * 1_000) / Math.max(1, elapsed)).toPrecision(3);
      bar.update(isTimed ? Math.min(timeMs, Math.round(elapsed)) : done, { runs: done, rate });
    },
    stop: () => bar.stop(),
  };
}
