/** `l0sim run FILE`: one run, judged, with its results in a folder. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Sink } from '../../kernel/simulation.ts';
import { fieldToJson } from '../../kernel/record.ts';
import { type Run, type RunResult, startRun } from '../../run/run.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import type { Override } from '../../scenario/overrides.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { loadFile, packageVersion } from '../files.ts';
import { openProgress } from '../progress.ts';
import { type Manifest, openRunFolder, type RunFolder } from '../run-folder.ts';
import { openTerminal } from '../terminal.ts';

export interface RunArguments {
  readonly file: string;
  readonly seed?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly force: boolean;
  readonly trace?: 'jsonl' | undefined;
  readonly 'expect-digest'?: string | undefined;
  readonly proofs?: 'hashed' | 'modelled' | undefined;
  readonly 'event-budget'?: number | undefined;
}

/** Events between two looks at signals and the progress bar. */
const SLICE = 20_000;

export async function runCommand(given: RunArguments): Promise<number> {
  const terminal = openTerminal(given.quiet || given.json);
  const loaded = loadFile(given.file, {
    overrides: parseOverrides(given.set ?? []),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.proofs === undefined ? {} : { proofs: given.proofs }),
    ...(given['event-budget'] === undefined ? {} : { eventBudget: given['event-budget'] }),
  });
  const { scenario } = loaded;
  const identity = identityOf(loaded);
  const path = given.out ?? join('out', `${scenario.name}-${identity.slice(0, 8)}-s${scenario.seed}`);
  const folder = openRunFolder(path, given.force);
  const interruption = watchInterruption();
  const started = Date.now();
  try {
    const run = startRun(scenario, { output: (file) => folder.open(file), sinks: traceSinks(given, folder) });
    const isDone = await driveSlices(run, given.quiet || given.json, interruption);
    if (!isDone) {
      folder.abandon();
      terminal.fail('interrupted: nothing was written');
      return EXIT.interrupted;
    }
    const result = run.finish();
    writeManifest(folder, loaded, identity, result, started);
    folder.publish();
    return report(given, loaded, result, path);
  } catch (error) {
    folder.abandon();
    throw error;
  } finally {
    interruption.stop();
  }
}

/** `path=value` by its first equals sign. Throws UsageError without one. */
export function parseOverrides(texts: readonly string[]): Override[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--set ${text} is not path=value, such as --set lanes.hub-eth.timeout=20min`);
    return { path: text.slice(0, at), value: text.slice(at + 1), flag: '--set' };
  });
}

/** What makes two runs the same: meaning, seed, version. */
export function identityOf(loaded: LoadedScenario): string {
  const { scenario, canonicalHash } = loaded;
  const text = JSON.stringify([canonicalHash, scenario.seed, packageVersion()]);
  return createHash('sha256').update(text).digest('hex');
}

interface Interruption {
  isRequested(): boolean;
  stop(): void;
}

function watchInterruption(): Interruption {
  let isRequested = false;
  const onSignal = (): void => {
    isRequested = true;
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    isRequested: () => isRequested,
    stop: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

async function driveSlices(run: Run, isQuiet: boolean, interruption: Interruption): Promise<boolean> {
  const bar = openProgress(isQuiet);
  try {
    while (run.advance(SLICE)) {
      bar.update(run.progress());
      // Signals are delivered between turns of Node's loop: without this one Ctrl-C would wait for the end.
      await new Promise((resume) => setImmediate(resume));
      if (interruption.isRequested()) return false;
    }
    return true;
  } finally {
    bar.stop();
  }
}

function traceSinks(given: RunArguments, folder: RunFolder): Sink[] {
  if (given.trace !== 'jsonl') return [];
  const file = folder.open('trace.jsonl');
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) file.write(Buffer.from(lines.join('')));
    lines = [];
  };
  return [
    {
      onRecord(place, definition, fields) {
        const line: Record<string, unknown> = {
          index: place.index,
          time_us: place.time,
          event: place.event,
          cause: place.cause,
          kind: definition.name,
        };
        for (const name of definition.order) line[name] = fieldToJson(fields[name] as never);
        lines.push(`${JSON.stringify(line)}\n`);
        if (lines.length >= 1_000 || definition.name === 'run-ended') flush();
      },
    },
  ];
}

function writeManifest(
  folder: RunFolder,
  loaded: LoadedScenario,
  identity: string,
  result: RunResult,
  started: number,
): void {
  folder.open('scenario.resolved.yaml').write(Buffer.from(loaded.resolvedYaml));
  const manifest: Manifest = {
    tool: 'l0sim',
    version: packageVersion(),
    scenario: loaded.scenario.name,
    scenarioHash: loaded.canonicalHash,
    identity,
    seed: loaded.scenario.seed,
    proofs: loaded.scenario.proofs,
    digest: result.digest,
    verdict: result.summary.verdict.code,
    files: Object.fromEntries(folder.seal()),
    environment: { node: process.version, started: new Date(started).toISOString(), wall_ms: Date.now() - started },
  };
  folder.open('manifest.json').write(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
}

function report(given: RunArguments, loaded: LoadedScenario, result: RunResult, path: string): number {
  const wanted = given['expect-digest'];
  const isOther = wanted !== undefined && !result.digest.startsWith(wanted);
  const code = isOther ? EXIT.defect : result.summary.verdict.code;
  const terminal = openTerminal(given.quiet);
  if (given.json) {
    terminal.out(JSON.stringify(jsonOf(loaded, result, path, code)));
  } else if (!given.quiet) {
    terminal.out(result.text.join('\n'));
    terminal.out(`results: ${path}`);
    terminal.out(`replay: ${replayLine(given, loaded, result)}`);
  }
  if (isOther) terminal.fail(`DIGEST MISMATCH expected ${wanted}, got ${result.digest}   RESULTS VOID`);
  return code;
}

function jsonOf(loaded: LoadedScenario, result: RunResult, path: string, code: number): unknown {
  const { row, latencies, verdict } = result.summary;
  return {
    scenario: loaded.scenario.name,
    seed: loaded.scenario.seed,
    digest: result.digest,
    code,
    verdict: verdict.name,
    lines: verdict.lines,
    out: path,
    end: result.end,
    events: result.events,
    records: result.records,
    simulated_us: result.simulatedUs,
    summary: row,
    latencies_us: latencies,
  };
}

function replayLine(given: RunArguments, loaded: LoadedScenario, result: RunResult): string {
  const set = (given.set ?? []).map((text) => ` --set '${text}'`).join('');
  const proofs = given.proofs === undefined ? '' : ` --proofs ${given.proofs}`;
  const digest = result.digest.slice(0, 16);
  return `l0sim run ${given.file} --seed ${loaded.scenario.seed}${set}${proofs} --expect-digest ${digest}`;
}
