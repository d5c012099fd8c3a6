/** `l0sim verify RUN`: runs again from what the folder holds, compares every byte, and recounts the figures elsewhere. */
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { csvFiles } from '../../../reports/csv/columns.ts';
import { type RunResult, startRun } from '../../run/run.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { ScenarioErrors } from '../../scenario/text/errors.ts';
import { driveSlices } from '../drive-slices.ts';
import { EnvironmentError, EXIT } from '../exit-codes.ts';
import { loadFile } from '../files.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { identityOf, type Manifest, readManifest } from '../manifest.ts';
import { packageVersion } from '../package-facts.ts';
import { type ComparingSink, compareWith, hashFile } from '../stored-files.ts';
import { openTerminal } from '../terminal.ts';
import { createTraceSink } from '../trace-lines.ts';

const SCENARIO = 'scenario.resolved.yaml';
const TRACE = 'trace.jsonl';
const CHECKPOINTS = 'checkpoints.csv';
/** Every run leaves these, whatever its manifest says. */
const expected = [...csvFiles.map((file) => file.name), 'datapackage.json', SCENARIO];
const PROBLEMS_SHOWN = 20;

export interface VerifyArguments {
  readonly run: string;
  readonly quiet?: boolean | undefined;
}

export async function verifyCommand(given: VerifyArguments): Promise<number> {
  const terminal = openTerminal(given.quiet === true);
  const manifest = readManifest(given.run);
  const interruption = watchInterruption();
  const problems: string[] = [];
  try {
    problems.push(...checkFiles(given.run, manifest));
    problems.push(...(await runAgain(given, manifest, interruption)));
    problems.push(...(await recountElsewhere(given.run)));
  } catch (error) {
    // Ctrl-C ends the recount too, being of the same terminal: that is no failure of its own.
    interruption.check('nothing was verified');
    throw error;
  } finally {
    interruption.stop();
  }
  if (problems.length === 0) {
    const digest = manifest.digest.slice(0, 16);
    if (given.quiet !== true) {
      terminal.out(`VERIFIED ${given.run}   digest ${digest}   files, digest and figures agree`);
    }
    return EXIT.asExpected;
  }
  for (const problem of problems.slice(0, PROBLEMS_SHOWN)) terminal.fail(problem);
  if (problems.length > PROBLEMS_SHOWN) terminal.fail(`and ${problems.length - PROBLEMS_SHOWN} more`);
  if (manifest.version !== packageVersion()) {
    terminal.fail(
      `written by l0sim ${manifest.version}, verified by ${packageVersion()}: verify with the same version`,
    );
  }
  terminal.fail('RESULTS VOID');
  return EXIT.defect;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function checkFiles(folder: string, manifest: Manifest): string[] {
  const names = [...new Set([...expected, ...Object.keys(manifest.files)])].sort((a, b) => (a < b ? -1 : 1));
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (!isThere(path)) return [`FILE ${name} is missing`];
    const digest = manifest.files[name];
    if (digest === undefined) return [`FILE ${name} is not in the manifest`];
    if (hashFile(path) === digest) return [];
    return [`FILE ${name} is not what the run wrote: its sha256 differs from the manifest`];
  });
}

/** Runs the stored scenario and compares everything that it writes with what is stored. */
async function runAgain(given: VerifyArguments, manifest: Manifest, interruption: Interruption): Promise<string[]> {
  const folder = given.run;
  if (!isThere(join(folder, SCENARIO))) return [];
  let loaded: LoadedScenario;
  try {
    // It has run once: whatever it was estimated at, somebody allowed it.
    loaded = loadFile(join(folder, SCENARIO), { eventBudget: Number.MAX_SAFE_INTEGER });
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    return [`SCENARIO ${SCENARIO} no longer loads:\n${error.message}`];
  }
  const sinks = new Map<string, ComparingSink>();
  const open = (file: string): { write(bytes: Uint8Array): void } => {
    if (!isThere(join(folder, file))) return { write: () => undefined };
    const sink = compareWith(join(folder, file));
    sinks.set(file, sink);
    return sink;
  };
  const trace = isThere(join(folder, TRACE)) ? createTraceSink(open(TRACE)) : undefined;
  const run = startRun(loaded.scenario, { output: open, sinks: trace === undefined ? [] : [trace] });
  await driveSlices(run, { isQuiet: given.quiet === true, interruption, onInterrupt: 'nothing was verified' });
  const result = run.finish();
  trace?.end();
  return [...compareFacts(manifest, loaded, result), ...compareSinks(folder, sinks, result)];
}

function compareFacts(manifest: Manifest, loaded: LoadedScenario, result: RunResult): string[] {
  const { scenario, canonicalHash } = loaded;
  const facts: readonly (readonly [name: string, before: string, again: string])[] = [
    ['DIGEST MISMATCH', manifest.digest, result.digest],
    ['SCENARIO HASH', manifest.scenarioHash, canonicalHash],
    ['SEED', manifest.seed, scenario.seed],
    ['IDENTITY', manifest.identity, identityOf(loaded, manifest.version)],
    ['VERDICT', `${manifest.verdict}`, `${result.summary.verdict.code}`],
  ];
  return facts.flatMap(([name, before, again]) =>
    before === again ? [] : [`${name} manifest ${before.slice(0, 16)}, run again ${again.slice(0, 16)}`],
  );
}

function compareSinks(folder: string, sinks: ReadonlyMap<string, ComparingSink>, result: RunResult): string[] {
  const problems: string[] = [];
  for (const [file, sink] of sinks) {
    const found = sink.end();
    if (found === undefined) continue;
    if (file === CHECKPOINTS) problems.push(checkpointProblem(folder, result));
    const what = file === TRACE ? `RECORD ${found.line - 1}` : `ROW ${file}:${found.line}`;
    problems.push(`${what} differs:\n  stored ${found.stored}\n  again  ${found.again}`);
  }
  return problems;
}

/** Names the stretch of events in which two runs part. */
function checkpointProblem(folder: string, result: RunResult): string {
  let stored: Record<string, string>[];
  try {
    stored = parse(readFileSync(join(folder, CHECKPOINTS)), { columns: true });
  } catch (error) {
    return `CHECKPOINT none can be read: ${(error as Error).message}`;
  }
  const again = result.checkpoints;
  const isSame = (i: number): boolean =>
    stored[i]?.['digest'] === again[i]?.digest && stored[i]?.['event'] === `${again[i]?.event}`;
  let i = 0;
  while (i < again.length && isSame(i)) i++;
  if (i === again.length && stored.length === again.length) return 'CHECKPOINT digests agree, another column differs';
  const from = i === 0 ? 1 : (again[i - 1]?.event ?? 0) + 1;
  const until = again[i]?.event;
  const where = until === undefined ? `after event ${from - 1}` : `in events ${from} to ${until}`;
  return `CHECKPOINT ${i + 1} differs: the first difference lies ${where}`;
}

/** The recount runs in a process of its own and shares nothing with the observers but the CSV parser. */
function recountElsewhere(folder: string): Promise<string[]> {
  const isSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(new URL(`../recount-process.${isSource ? 'ts' : 'js'}`, import.meta.url));
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  return new Promise((settle, refuse) => {
    execFile(process.execPath, [...loader, program, folder], { maxBuffer: 1 << 28 }, (error, out, err) => {
      if (error !== null) refuse(new EnvironmentError(`the recount ended early: ${err.trim() || error.message}`));
      else settle(out.split('\n').filter((line) => line !== ''));
    });
  });
}
