/** The rooms of the architecture and which may import which. */

/** Folders of models, lowest first: each may import those before it. */
const MODEL_FOLDERS = [
  'network',
  'keys',
  'proofs',
  'economy',
  'chains',
  'verifiers',
  'controls',
  'lanes',
  'attesters',
  'relayers',
  'applications',
  'faults',
  'adversaries',
].map((folder) => `models/${folder}`);

/** Files of models/ itself stand below every folder of models, but for these, which gather all of them. */
const ABOVE_ALL_MODELS = new Set(['models/built-in.ts', 'models/parts.ts']);

/** Lowest first: each room may import itself and those before it. `reports` stands beside, see `mayImport`. */
const ORDER = [
  'sim/base',
  'sim/kernel',
  'sim/grammar',
  'models',
  ...MODEL_FOLDERS,
  'models (all)',
  'sim/scenario',
  'sim/run',
  'sim/experiment',
  'sim/cli',
];
const ABOVE_REPORTS = new Set(['sim/run', 'sim/experiment', 'sim/cli', 'sim/entry']);
const SEEN_BY_REPORTS = new Set(['reports', 'sim/base', 'sim/kernel']);

/** Rooms and folders that open with a README, where they exist. */
export const ROOMS_WITH_README = [
  ...['base', 'kernel', 'grammar', 'scenario', 'run', 'experiment', 'entry', 'cli'].map((room) => `sim/${room}`),
  'models',
  ...MODEL_FOLDERS,
  ...['reports', 'reports/observers', 'reports/csv', 'reports/html', 'reports/traces', 'reports/statistics'],
  ...['scenarios', 'test', 'bench', 'docs'],
];

/** Where a package may be imported: the rooms or files whose path begins so. One package, one place. */
export const PACKAGES: readonly (readonly [name: RegExp, places: readonly string[]])[] = [
  [/^node:/, ['sim/experiment/', 'sim/cli/']],
  [/^@noble\/hashes\//, ['sim/base/noble-hash.ts']],
  [/^@stdlib\/math-base-special-/, ['sim/base/portable-math.ts']],
  [/^@stdlib\/stats-/, ['reports/statistics/', 'sim/experiment/']],
  [/^seedrandom(\/|$)/, ['sim/kernel/random/']],
  [/^fast-check$/, ['sim/experiment/plan/', 'sim/experiment/fuzz/']],
  [/^piscina$/, ['sim/experiment/workers/']],
  [/^zod$/, ['sim/grammar/', 'sim/scenario/', 'sim/experiment/', 'models/']],
  [/^yaml$/, ['sim/scenario/', 'sim/experiment/', 'sim/cli/']],
  [/^csv-stringify(\/|$)/, ['reports/']],
  [/^csv-parse(\/|$)/, ['reports/', 'sim/scenario/', 'sim/experiment/', 'sim/cli/']],
  [/^(yargs|cli-progress|cli-table3|picocolors)(\/|$)/, ['sim/cli/']],
];

/** The room of a source file; undefined outside sim, models and reports. */
export function roomOf(path: string): string | undefined {
  const [top = '', second = '', third] = path.split('/');
  if (top === 'reports') return 'reports';
  if (top !== 'sim' && top !== 'models') return undefined;
  if (ABOVE_ALL_MODELS.has(path)) return 'models (all)';
  return third === undefined ? top : `${top}/${second}`;
}

/** Whether `room` is one that the architecture knows. */
export function isKnownRoom(room: string): boolean {
  return ORDER.includes(room) || room === 'reports' || room === 'sim/entry';
}

/** Whether the file `from` may import the file `to`, both paths from the root. */
export function mayImport(from: string, to: string): boolean {
  const source = roomOf(from);
  const target = roomOf(to);
  if (source === undefined) return true;
  if (target === undefined) return false;
  if (source === 'reports') return SEEN_BY_REPORTS.has(target) || to === 'models/records.ts';
  if (from === 'sim/entry/parts.ts') return ORDER.indexOf(target) >= 0 && !isAboveModels(target);
  if (source === 'sim/entry') return target !== 'sim/cli';
  if (target === 'sim/entry') return false;
  if (target === 'reports') return ABOVE_REPORTS.has(source);
  return ORDER.indexOf(target) >= 0 && ORDER.indexOf(target) <= ORDER.indexOf(source);
}

function isAboveModels(room: string): boolean {
  return ORDER.indexOf(room) > ORDER.indexOf('models (all)');
}
