/** `l0sim verify RUN`: runs again from what the folder holds, compares digests, and recounts the figures elsewhere. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { fieldToJson } from '../../kernel/record.ts';
import { startRun } from '../../run/run.ts';
import type { Sink } from '../../kernel/simulation.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { loadFile, packageVersion } from '../files.ts';
import { type Manifest, readManifest } from '../run-folder.ts';
import { openTerminal } from '../terminal.ts';

export function verifyCommand(given: { readonly run: string; readonly quiet: boolean }): number {
  const terminal = openTerminal(given.quiet);
  const manifest = readManifest(given.run);
  const problems = [
    ...checkFiles(given.run, manifest),
    ...checkDigest(given.run, manifest),
    ...recountElsewhere(given.run),
  ];
  if (manifest.version !== packageVersion()) {
    terminal.say(`written by l0sim ${manifest.version}, verified by ${packageVersion()}`);
  }
  if (problems.length === 0) {
    if (!given.quiet)
      terminal.out(`VERIFIED ${given.run}   digest ${manifest.digest.slice(0, 16)}   files, digest and figures agree`);
    return EXIT.asExpected;
  }
  for (const problem of problems.slice(0, 20)) terminal.fail(problem);
  if (problems.length > 20) terminal.fail(`and ${problems.length - 20} more`);
  terminal.fail('RESULTS VOID');
  return EXIT.defect;
}

function checkFiles(folder: string, manifest: Manifest): string[] {
  const problems: string[] = [];
  for (const [name, digest] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    if (!existsSync(path)) problems.push(`FILE ${name} is missing`);
    else if (createHash('sha256').update(readFileSync(path)).digest('hex') !== digest) {
      problems.push(`FILE ${name} is not what the run wrote: its sha256 differs from the manifest`);
    }
  }
  return problems;
}

function checkDigest(folder: string, manifest: Manifest): string[] {
  const file = join(folder, 'scenario.resolved.yaml');
  if (!existsSync(file)) throw new UsageError(`${file} is missing`);
  const { scenario } = loadFile(file, {});
  const stored = storedCheckpoints(folder);
  const trace = storedTrace(folder);
  const differing: { record?: string } = {};
  const run = startRun(scenario, { sinks: trace === undefined ? [] : [compareTrace(trace, differing)] });
  while (run.advance(Number.MAX_SAFE_INTEGER));
  const result = run.finish();
  if (result.digest === manifest.digest && differing.record === undefined)
    return compareCheckpoints(stored, result.checkpoints);
  const isOther = result.digest !== manifest.digest;
  const digests = `manifest ${manifest.digest.slice(0, 16)}, run again ${result.digest.slice(0, 16)}`;
  const problems = isOther ? [`DIGEST MISMATCH ${digests}`] : [];
  problems.push(...compareCheckpoints(stored, result.checkpoints));
  if (differing.record !== undefined) problems.push(differing.record);
  return problems;
}

interface StoredCheckpoint {
  readonly event: number;
  readonly digest: string;
}

function storedCheckpoints(folder: string): StoredCheckpoint[] {
  const rows: Record<string, string>[] = parse(readFileSync(join(folder, 'checkpoints.csv')), { columns: true });
  return rows.map((row) => ({ event: Number(row['event']), digest: row['digest'] ?? '' }));
}

function compareCheckpoints(stored: readonly StoredCheckpoint[], again: readonly StoredCheckpoint[]): string[] {
  const length = Math.max(stored.length, again.length);
  for (let i = 0; i < length; i++) {
    const before = stored[i];
    const now = again[i];
    if (before?.digest === now?.digest && before?.event === now?.event) continue;
    const event = now?.event ?? before?.event ?? 0;
    const from = i === 0 ? 0 : (again[i - 1]?.event ?? 0);
    return [`CHECKPOINT ${i + 1} differs: the first difference lies in events ${from + 1} to ${event}`];
  }
  return [];
}

function storedTrace(folder: string): string[] | undefined {
  const file = join(folder, 'trace.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : undefined;
}

function compareTrace(stored: readonly string[], found: { record?: string }): Sink {
  return {
    onRecord(place, definition, fields) {
      if (found.record !== undefined) return;
      const line: Record<string, unknown> = {
        index: place.index,
        time_us: place.time,
        event: place.event,
        cause: place.cause,
        kind: definition.name,
      };
      for (const name of definition.order) line[name] = fieldToJson(fields[name] as never);
      const now = JSON.stringify(line);
      const before = stored[place.index] ?? '';
      if (now !== before) found.record = `RECORD ${place.index} differs:\n  stored ${before}\n  again  ${now}`;
    },
  };
}

/** The recount runs in a process of its own and shares nothing with the observers but the CSV parser. */
function recountElsewhere(folder: string): string[] {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = fileURLToPath(new URL(`../recount-process.${extension}`, import.meta.url));
  const loader = extension === 'ts' ? ['--import', 'tsx'] : [];
  const text = execFileSync(process.execPath, [...loader, program, folder], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return text.split('\n').filter((line) => line !== '');
}
