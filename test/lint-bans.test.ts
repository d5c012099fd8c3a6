/** Plants every hazard of the determinism protocol's ban list in front of the repository's own lint. */
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** One hazard a line, as it could slip into a model. @source FAULTS 6.5 and DEPENDENCIES 4. */
const HAZARDS = [
  'export const a = Math.pow(2, 3);',
  'export const a = Math.random();',
  'export const a = Math.log(2);',
  "export const a = Math['exp'](2);",
  'const { pow } = Math;',
  'export const a = 2 ** 3;',
  'export function f(a: number): number { let b = a; b **= 2; return b; }',
  'export const a = Date.now();',
  'export const a = new Date();',
  'export const a = performance.now();',
  'export const a = crypto.randomUUID();',
  'export function f(): void { setTimeout(f, 1); }',
  'export function f(): void { setInterval(f, 1); }',
  'export function f(): void { setImmediate(f); }',
  'export function f(): void { queueMicrotask(f); }',
  'export const a = process.env;',
  'export const a = process.hrtime();',
  'export const a = globalThis.Date;',
  "export const a = new Intl.NumberFormat('de');",
  "export const a = 'a'.localeCompare('b');",
  'export const a = (1234.5).toLocaleString();',
  "export const a = 'I'.toLocaleLowerCase();",
  'export function f(a: object): void { for (const b in a) f(a[b]); }',
  'export const a = [10, 9].sort();',
  'export const a = [10, 9].toSorted();',
  'export const a = new WeakRef({});',
  'export const a = new FinalizationRegistry(() => undefined);',
  'export const a = Promise.race([]);',
  'export async function f(): Promise<number> { return 1; }',
  'export const a = await f();',
  "export const a = import('./a.ts');",
  'export const a = new Error().stack;',
  "import { readdirSync } from 'node:fs'; export const a = readdirSync('.');",
  "import { cpus } from 'os'; export const a = cpus();",
  "import { readFile } from 'fs/promises'; export const a = readFile;",
  'export default 1;',
  "export * from 'yaml';",
  "export { assert } from '../base/assert.ts';",
  'export enum A { B }',
  'let a = 0; export const f = (): number => a++;',
  'export let a = 0;',
  'const a = new Map(); export const f = (): unknown => a.set(1, 1);',
  'export const a = 1 as Duration;',
  'export const a = b as Instant | undefined;',
  'export const a = Object.groupBy([], f);',
];

const CALM = 'export const root = (a: number): number => Math.sqrt(Math.abs(a));\n';

async function banned(code: string, filePath: string): Promise<boolean> {
  const [result] = await eslint.lintText(code, { filePath: `${root}${filePath}` });
  return (result?.messages ?? []).some((message) => message.ruleId?.startsWith('no-restricted-') === true);
}

async function unbanned(codes: readonly string[], filePath: string): Promise<string[]> {
  const verdicts = await Promise.all(codes.map((code) => banned(code, filePath)));
  return codes.filter((_, index) => verdicts[index] !== true);
}

describe('lint bans', () => {
  it('refuse every planted hazard in the kernel, the models and the reports', async () => {
    expect(await unbanned(HAZARDS, 'sim/kernel/planted.ts')).toEqual([]);
    expect(await unbanned(HAZARDS, 'models/chains/consensus/planted.ts')).toEqual([]);
    expect(await unbanned(HAZARDS, 'reports/observers/planted.ts')).toEqual([]);
  });

  it('let exact arithmetic pass', async () => {
    expect(await banned(CALM, 'sim/kernel/planted.ts')).toBe(false);
  });

  it('let the clock pass in the command line, the benches and the tests only', async () => {
    const clock = 'export const a = performance.now();';
    expect(await unbanned([clock], 'sim/cli/planted.ts')).toEqual([clock]);
    expect(await unbanned([clock], 'bench/planted.ts')).toEqual([clock]);
    expect(await unbanned([clock], 'test/planted.ts')).toEqual([clock]);
    expect(await unbanned([clock], 'sim/experiment/planted.ts')).toEqual([]);
  });

  it('let experiments wait for their workers, but not race them', async () => {
    const wait = "import { cpus } from 'node:os'; export const f = async (): Promise<number> => await g(cpus());";
    expect(await unbanned([wait], 'sim/experiment/planted.ts')).toEqual([wait]);
    expect(await unbanned(['export const a = Promise.race([]);'], 'sim/experiment/planted.ts')).toEqual([]);
  });

  it('refuse a function of 71 lines and a file of 401', async () => {
    const long = `export function f(): void {\n${'f();\n'.repeat(69)}}\n`;
    const rules = async (code: string): Promise<(string | null)[]> => {
      const [result] = await eslint.lintText(code, { filePath: `${root}models/planted.ts` });
      return (result?.messages ?? []).map((message) => message.ruleId);
    };
    expect(await rules(long)).toContain('max-lines-per-function');
    expect(await rules('void 0;\n'.repeat(401))).toContain('max-lines');
  });
});
