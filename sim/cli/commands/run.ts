/** `l0sim run FILE`: one run, judged, with its results in a folder. */
import { join } from 'node:path';
import { checksOf } from '../../../reports/checks.ts';
import { type RunResult, startRun } from '../../run/run.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { driveSlices } from '../drive-slices.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { explainFailure } from '../failures.ts';
import { loadAsTold, type ScenarioFlags } from '../files.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { identityOf, MANIFEST, type Manifest } from '../manifest.ts';
import { packageVersion } from '../package-facts.ts';
import { replayLine } from '../replay.ts';
import { openRunFolder, type RunFolder } from '../run-folder.ts';
import { junitXml } from '../reporters/junit.ts';
import { openTerminal } from '../terminal.ts';
import { createTraceSink } from '../trace-lines.ts';

export interface RunArguments extends ScenarioFlags {
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
  readonly reporter?: 'junit' | 'json' | undefined;
  readonly quiet?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly trace?: 'jsonl' | undefined;
  readonly 'expect-digest'?: string | undefined;
}

/** A run that is under way. */
interface Undertaking {
  readonly given: RunArguments;
  readonly loaded: LoadedScenario;
  readonly identity: string;
  readonly wanted: string | undefined;
  readonly folder: RunFolder;
  readonly interruption: Interruption;
}

export async function runCommand(given: RunArguments): Promise<number> {
  const wanted = wantedDigest(given['expect-digest']);
  const loaded = loadAsTold(given);
  const { scenario } = loaded;
  const identity = identityOf(loaded, packageVersion());
  const path = given.out ?? join('out', `${scenario.name}-${identity.slice(0, 8)}-s${scenario.seed}`);
  const interruption = watchInterruption();
  try {
    const folder = openRunFolder(path, given.force === true);
    return await undertake({ given, loaded, identity, wanted, folder, interruption });
  } catch (error) {
    return explainFailure(error, replayLine(given, { seed: scenario.seed, path }));
  } finally {
    interruption.stop();
  }
}

async function undertake(run: Undertaking): Promise<number> {
  const { given, folder, wanted } = run;
  let result: RunResult;
  try {
    result = await simulateInto(run);
    if (wanted !== undefined && !result.digest.startsWith(wanted)) {
      folder.abandon();
      return reportMismatch(run, wanted, result);
    }
    folder.publish();
  } catch (error) {
    folder.abandon();
    throw error;
  }
  const terminal = openTerminal(given.quiet === true);
  const { name, seed } = run.loaded.scenario;
  const replay = replayLine(given, { seed, path: folder.path, digest: result.digest });
  if (given.reporter === 'junit') {
    terminal.out(junitXml({ name, seed, digest: result.digest, replay, checks: checksOf(result) }));
  } else if (isJson(given)) {
    const checks = given.reporter === 'json' ? { replay, checks: checksOf(result) } : {};
    terminal.out(JSON.stringify({ ...jsonOf(run.loaded, result, folder.path), ...checks }));
  } else if (given.quiet !== true) {
    terminal.out(result.text.join('\n'));
    terminal.out(`results: ${folder.path}`);
    terminal.out(`replay: ${replay}`);
  }
  return result.summary.verdict.code;
}

function isJson(given: RunArguments): boolean {
  return given.json === true || given.reporter === 'json';
}

async function simulateInto(run: Undertaking): Promise<RunResult> {
  const { given, loaded, folder, interruption } = run;
  const started = Date.now();
  const trace = given.trace === 'jsonl' ? createTraceSink(folder.open('trace.jsonl')) : undefined;
  const sinks = trace === undefined ? [] : [trace];
  const simulated = startRun(loaded.scenario, { output: (file) => folder.open(file), sinks });
  const isQuiet = given.quiet === true || isJson(given) || given.reporter !== undefined;
  await driveSlices(simulated, { isQuiet, interruption, onInterrupt: 'nothing was written' });
  const result = simulated.finish();
  trace?.end();
  folder.open('scenario.resolved.yaml').write(Buffer.from(loaded.resolvedYaml));
  const manifest: Manifest = {
    tool: 'l0sim',
    version: packageVersion(),
    scenario: loaded.scenario.name,
    scenarioHash: loaded.canonicalHash,
    identity: run.identity,
    seed: loaded.scenario.seed,
    proofs: loaded.scenario.proofs,
    digest: result.digest,
    verdict: result.summary.verdict.code,
    files: Object.fromEntries(folder.seal()),
    environment: { node: process.version, started: new Date(started).toISOString(), wall_ms: Date.now() - started },
  };
  folder.open(MANIFEST).write(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return result;
}

/** The first digits of a digest, as many as were kept. Throws UsageError on what is none. */
function wantedDigest(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-f]{4,64}$/i.test(text)) return text?.toLowerCase();
  throw new UsageError(`--expect-digest ${text} is no digest: expected its first 4 to 64 hexadecimal digits`);
}

/** Void results are not results: no figure is printed, and no folder is left. */
function reportMismatch(run: Undertaking, wanted: string, result: RunResult): number {
  const terminal = openTerminal(run.given.quiet === true);
  if (isJson(run.given)) {
    const { name, seed } = run.loaded.scenario;
    const { digest } = result;
    const object = { scenario: name, seed, digest, expected_digest: wanted, code: EXIT.defect, verdict: 'void' };
    terminal.out(JSON.stringify({ ...object, out: null }));
  }
  terminal.fail(`DIGEST MISMATCH expected ${wanted}, got ${result.digest}   RESULTS VOID`);
  terminal.fail('  nothing was written; run without --expect-digest to keep the results and compare checkpoints.csv');
  return EXIT.defect;
}

function jsonOf(loaded: LoadedScenario, result: RunResult, path: string): Record<string, unknown> {
  const { row, latencies, verdict } = result.summary;
  return {
    scenario: loaded.scenario.name,
    seed: loaded.scenario.seed,
    digest: result.digest,
    code: verdict.code,
    verdict: verdict.name,
    lines: verdict.lines,
    out: path,
    end: result.end,
    events: result.events,
    records: result.records,
    simulated_us: result.simulatedUs,
    summary: row,
    thresholds: result.thresholds,
    latencies_us: latencies,
  };
}
