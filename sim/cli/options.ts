/** The flags of each command, declared once: parsing, help, completion, environment and hints follow from them. */
import { nearest } from '../grammar/nearest.ts';
import { UsageError } from './exit-codes.ts';

interface Flag {
  readonly type: 'string' | 'boolean' | 'number';
  readonly describe: string;
  readonly alias?: string;
  readonly array?: true;
  readonly nargs?: 1;
  readonly choices?: readonly string[];
  /** Of a number: 1 unless given. */
  readonly least?: 0;
}
export type Flags = Readonly<Record<string, Flag>>;
type FlagValue = string | boolean | number | readonly string[];

const seed: Flag = { type: 'string', describe: "seed, 0 to 2^64-1, instead of the file's" };
// `nargs: 1`: without it an array would take the words behind its value too, the file among them.
const set: Flag = { type: 'string', array: true, nargs: 1, describe: 'path=value, may be repeated' };
const quiet: Flag = { type: 'boolean', alias: 'q', describe: 'errors only' };
const proofs: Flag = { type: 'string', choices: ['hashed', 'modelled'], describe: "instead of the file's" };
const eventBudget: Flag = { type: 'number', describe: 'estimated events above which a run is refused' };

const out: Flag = { type: 'string', describe: 'results folder' };
const json: Flag = { type: 'boolean', describe: 'one JSON object on standard output' };
const level: Flag = { type: 'string', describe: 'confidence of the intervals, 95% unless given' };
const metrics: Flag = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: 'a figure to keep, may be repeated; all unless given',
};
const experiment = {
  jobs: { type: 'number', describe: 'worker threads; all cores unless given' },
  out,
  force: { type: 'boolean', describe: 'replace an existing results folder' },
  json,
  quiet,
} as const satisfies Flags;

export const flagsOf = {
  run: {
    seed,
    set,
    out,
    json,
    reporter: { type: 'string', choices: ['junit', 'json'], describe: 'checks for a CI server on standard output' },
    quiet,
    force: { type: 'boolean', describe: 'replace an existing results folder' },
    trace: { type: 'string', choices: ['jsonl'], describe: 'store every record' },
    'expect-digest': { type: 'string', describe: 'fail with 5 unless the digest starts so' },
    proofs,
    'event-budget': eventBudget,
  },
  check: {
    seed,
    set,
    quiet,
    proofs,
    'event-budget': eventBudget,
    lint: { type: 'boolean', describe: 'say what each lane really trusts, and what is hardly meant' },
  },
  replicate: {
    n: { type: 'number', describe: 'replications, 30 unless given' },
    until: { type: 'string', describe: 'metric=5%: until half of its interval is that share of its mean' },
    max: { type: 'number', describe: 'replications at most with --until, 1000 unless given' },
    ...experiment,
    level,
    metrics,
    set,
    seed,
    proofs,
    'event-budget': eventBudget,
  },
  sweep: {
    n: { type: 'number', describe: "replications, in place of the file's" },
    seed,
    set,
    shard: { type: 'string', describe: 'i/n: the i-th of n shares of the cells, for l0sim merge' },
    cell: { type: 'string', describe: 'run this cell alone, <point>.<replication>, and print it as JSON' },
    ...experiment,
  },
  merge: { out, json, quiet },
  compare: {
    n: { type: 'number', describe: 'replications, 30 unless given' },
    protocols: { type: 'string', describe: 'systems by commas: the one scenario under each of them' },
    ...experiment,
    level,
    metrics,
    set,
    seed,
    proofs,
    'event-budget': eventBudget,
  },
  fuzz: {
    runs: { type: 'number', describe: 'scenarios, 500 unless given' },
    time: { type: 'string', describe: 'go on for so long, such as 60s or 10min' },
    from: { type: 'number', least: 0, describe: 'number of the first scenario, to draw one again' },
    seed,
    faults: { type: 'string', describe: 'none, inside-assumptions (unless given), or any: then safety alone is asked' },
    'messages-max': { type: 'number', describe: 'messages of a scenario at most, 8 unless given' },
    'faults-max': { type: 'number', least: 0, describe: 'faults of a scenario at most, 4 unless given' },
    jobs: { type: 'number', describe: 'worker threads; all cores unless given' },
    out: { type: 'string', describe: 'folder for what failed, l0sim-failures unless given' },
    json,
    quiet,
  },
  validate: {
    targets: { type: 'string', describe: 'file of targets; the shipped closed forms unless given' },
    lanes: { type: 'string', describe: 'file of measured lanes, each beside the same lane simulated' },
    deposits: { type: 'string', describe: 'file of measured deposits, beside as many simulated ones' },
    finality: { type: 'string', describe: 'file of tables of finality, beside the chain presets that they name' },
    fit: { type: 'boolean', describe: '--no-fit leaves out the fitted constants of lanes' },
    only: { type: 'string', array: true, nargs: 1, describe: 'a model, or a target by its id; may be repeated' },
    show: { type: 'string', describe: 'print the scenario of a target and run nothing' },
    out: { type: 'string', describe: 'write {id: {mean, lo, hi}} to this file, as JSON' },
    level: { type: 'string', describe: 'confidence of the intervals, 99% unless given' },
    seed: { type: 'string', describe: 'seed, 0 to 2^64-1; 1 unless given' },
    jobs: { type: 'number', describe: 'worker threads; all cores unless given' },
    json,
    quiet,
  },
  list: { json: { type: 'boolean', describe: 'a JSON object a line' } },
  explain: {},
  verify: { quiet },
  schema: {},
  completion: {},
} as const satisfies Record<string, Flags>;
export type Command = keyof typeof flagsOf;
export const commands = Object.keys(flagsOf) as readonly Command[];

/** Flags of every command. */
const COMMON = ['help', 'version', 'color'];

export function isCommand(word: string): word is Command {
  return Object.hasOwn(flagsOf, word);
}

const PREFIX = 'L0_';

/**
 * What `L0_*` variables say for the flags of one command: those of other commands are left alone, so that a variable
 * may stay set. Throws UsageError on a variable that no command has a flag for, and on a value that its flag cannot take.
 */
export function readEnvironment(command: Command, environment: NodeJS.ProcessEnv): Record<string, FlagValue> {
  const own: Flags = flagsOf[command];
  const known = new Set(commands.flatMap((name) => Object.keys(flagsOf[name])));
  const values: Record<string, FlagValue> = {};
  for (const variable of Object.keys(environment).sort((a, b) => (a < b ? -1 : 1))) {
    if (!variable.startsWith(PREFIX)) continue;
    const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
    if (!known.has(name)) {
      const near = nearest(name, [...known]);
      const hint = near === undefined ? '' : `; did you mean ${PREFIX}${near.toUpperCase().replaceAll('-', '_')}?`;
      throw new UsageError(`the environment has ${variable}, and no command has a flag --${name}${hint}`);
    }
    const flag = own[name];
    if (flag !== undefined) values[name] = flagValue(variable, environment[variable] ?? '', flag);
  }
  return values;
}

function flagValue(variable: string, text: string, flag: Flag): FlagValue {
  if (flag.type === 'number') return Number(text);
  if (flag.type === 'string') return flag.array === true ? [text] : text;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0' || text === '') return false;
  throw new UsageError(`${variable}=${text} is neither true nor false`);
}

/** Refuses what yargs lets pass: a flag given twice, one without its value, and a number that is none. */
export function checkFlags(command: Command, given: Readonly<Record<string, unknown>>): void {
  const own: Flags = flagsOf[command];
  for (const [name, flag] of Object.entries(own)) {
    const value = given[name];
    if (value === undefined || flag.array === true) continue;
    if (Array.isArray(value)) throw new UsageError(`--${name} is given ${value.length} times; give it once`);
    if (value === '') throw new UsageError(`--${name} needs a value`);
    if (flag.type === 'number' && !(Number.isSafeInteger(value) && (value as number) >= (flag.least ?? 1))) {
      throw new UsageError(`--${name} takes a whole number${flag.least === 0 ? '' : ' above 0'}`);
    }
  }
}

/** What yargs says of words that it does not know, in the words of the house, with the nearest word that it does. */
export function describeUnknown(message: string, words: readonly string[]): string {
  const unknown = /^Unknown (?:arguments?|commands?): ([^,\s]+)/.exec(message)?.[1];
  const command = words.find((word) => !word.startsWith('-'));
  if (unknown === undefined) return `${message.replace(/\s*\n\s*/g, ' ')}; l0sim --help lists commands and flags`;
  if (command === undefined || !isCommand(command)) {
    const near = nearest(command ?? unknown, commands);
    const hint = near === undefined ? `it is one of ${commands.join(', ')}` : `did you mean ${near}?`;
    return `unknown command ${command ?? unknown}; ${hint}`;
  }
  const isFlag = words.some((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === unknown);
  if (!isFlag) return `${command} does not take ${unknown}; l0sim ${command} --help says what it takes`;
  const near = nearest(unknown, [...Object.keys(flagsOf[command]), ...COMMON]);
  const hint = near === undefined ? `l0sim ${command} --help lists its flags` : `did you mean --${near}?`;
  return `unknown flag --${unknown} of ${command}; ${hint}`;
}
