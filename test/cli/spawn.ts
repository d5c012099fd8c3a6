/** Runs the command line as a person does: in a process of its own, in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = join(import.meta.dirname, '../..');
export const example = join(root, 'docs/examples/ten-lines.yaml');
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const program = ['--import', loader, join(root, 'sim/cli/main.ts')];

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Surroundings {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The environment without what would change the output: those who run the tests may have set it. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
  return { ...rest, NODE_NO_WARNINGS: '1', ...more };
}

export function l0sim(folder: string, args: readonly string[], { input, env }: Surroundings = {}): Result {
  const options = { cwd: folder, encoding: 'utf8', env: environment(env) } as const;
  const result = spawnSync(process.execPath, [...program, ...args], {
    ...options,
    ...(input === undefined ? {} : { input }),
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** Pastes a line into a shell that knows `l0sim`. */
export function shell(folder: string, line: string): Result {
  const words = [process.execPath, ...program].map((word) => `'${word}'`).join(' ');
  const script = `l0sim() { ${words} "$@"; }; ${line}`;
  const result = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', env: environment() });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** Sends a signal as soon as `isUnderWay`, and tells how the process ended. */
export async function interrupt(
  folder: string,
  args: readonly string[],
  signal: NodeJS.Signals,
  isUnderWay: () => boolean,
): Promise<Result> {
  const child = spawn(process.execPath, [...program, ...args], { cwd: folder, env: environment() });
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
