/** Runs the built command line as a person does: in a process of its own, in a folder of its own. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const example = join(root, 'docs/examples/ten-lines.yaml');

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface BuiltCli {
  readonly main: string;
  /** Runs it to its end. */
  run(folder: string, args: readonly string[], surroundings?: Surroundings): Result;
  /** Pastes a line into a shell that knows `l0sim`. */
  shell(folder: string, line: string): Result;
  /** Sends a signal as soon as `isUnderWay`, and tells how the process ended. */
  interrupt(
    folder: string,
    args: readonly string[],
    signal: NodeJS.Signals,
    isUnderWay: () => boolean,
  ): Promise<Result>;
  remove(): void;
}

/** The environment without what would change the output: those who run the tests may have set it. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
  return { ...rest, NODE_NO_WARNINGS: '1', ...more };
}

/**
 * Builds it once, types unchecked: a process then starts in half the time that it takes from source. It is built below
 * `node_modules`, from where packages and the shipped scenarios are found as they are from `dist`.
 */
export function buildCli(): BuiltCli {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const built = mkdtempSync(join(cache, 'l0sim-cli-'));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
  const flags = ['-p', join(root, 'tsconfig.build.json'), '--noCheck', '--declaration', 'false', '--outDir', built];
  execFileSync(process.execPath, [tsc, ...flags]);
  const main = join(built, 'sim/cli/main.js');
  const toResult = (result: { status: number | null; stdout: string; stderr: string }): Result => ({
    code: result.status,
    out: result.stdout,
    err: result.stderr,
  });
  return {
    main,
    run(folder, args, { input, env } = {}) {
      const options = { cwd: folder, encoding: 'utf8', env: environment(env) } as const;
      return toResult(
        spawnSync(process.execPath, [main, ...args], input === undefined ? options : { ...options, input }),
      );
    },
    shell(folder, line) {
      const script = `l0sim() { '${process.execPath}' '${main}' "$@"; }; ${line}`;
      return toResult(spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', env: environment() }));
    },
    interrupt: (folder, args, signal, isUnderWay) => interrupt(main, folder, args, signal, isUnderWay),
    remove: () => rmSync(built, { recursive: true, force: true }),
  };
}

async function interrupt(
  main: string,
  folder: string,
  args: readonly string[],
  signal: NodeJS.Signals,
  isUnderWay: () => boolean,
): Promise<Result> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: environment() });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const ended = new Promise<number | null>((settle) => child.on('close', settle));
  const timer = setInterval(() => {
    if (!isUnderWay()) return;
    clearInterval(timer);
    child.kill(signal);
  }, 20);
  const code = await ended;
  clearInterval(timer);
  return { code, out, err };
}
