/**
 * Patterns of records that set a fault off: the only place where the models look at what was published. The kernel wakes
 * the fault in class `trigger` of the instant of the match, when the event that published the record is over.
 */
import type { FieldType, RecordDefinition } from '../../sim/kernel/record.ts';
import type { Directory } from './directory.ts';
import { type FaultProblem, problem, unknownName } from './problems.ts';

/** `{ record: block-decided, chain: hub, height: 10 }`: a record kind, and fields that must have these very values. */
export type PatternText = Readonly<Record<string, string | number | boolean>>;

export interface Pattern {
  readonly record: string;
  readonly where: readonly (readonly [field: string, value: number | string | boolean | bigint])[];
}

type Value = Pattern['where'][number][1];

/** Fields that hold an id of something with a name. */
const NAMED: Readonly<Record<string, keyof Omit<Directory, 'assets' | 'gstUs'>>> = {
  chain: 'chains',
  lane: 'lanes',
  relayer: 'relayers',
  traffic: 'traffics',
  committee: 'committees',
};

export type ResolvedPattern =
  { readonly ok: true; readonly value: Pattern } | { readonly ok: false; readonly problems: readonly FaultProblem[] };

export function resolvePattern(
  on: PatternText,
  directory: Directory,
  records: readonly RecordDefinition[],
): ResolvedPattern {
  const { record, ...fields } = on;
  const names = records.map(({ name }) => name);
  const definition = records.find(({ name }) => name === record);
  if (definition === undefined) {
    const path = ['when', 'on', 'record'];
    if (record !== undefined) return { ok: false, problems: [unknownName(path, 'record', String(record), names)] };
    return { ok: false, problems: [problem(['when', 'on'], 'record is missing', { expected: 'record: <kind>' })] };
  }
  const problems: FaultProblem[] = [];
  const where: [string, Value][] = [];
  for (const [field, wanted] of Object.entries(fields)) {
    const value = valueOf(definition, field, wanted, directory, problems);
    if (value !== undefined) where.push([field, value]);
  }
  return problems.length === 0 ? { ok: true, value: { record: definition.name, where } } : { ok: false, problems };
}

function valueOf(
  definition: RecordDefinition,
  field: string,
  wanted: string | number | boolean,
  directory: Directory,
  problems: FaultProblem[],
): Value | undefined {
  const path = ['when', 'on', field];
  const type: FieldType | undefined = definition.fields[field]?.type;
  if (type === undefined) {
    problems.push(unknownName(path, `field of ${definition.name}`, field, definition.order));
    return undefined;
  }
  const named = NAMED[field];
  if (type === 'whole' && typeof wanted === 'string' && named !== undefined) {
    const known = directory[named].map(({ name }) => name);
    const id = known.indexOf(wanted);
    if (id === -1) problems.push(unknownName(path, field, wanted, known));
    return id;
  }
  if (type === 'amount' && /^\d+$/.test(String(wanted))) return BigInt(wanted);
  if (type === 'whole' && Number.isSafeInteger(wanted)) return wanted;
  if (type === 'flag' && typeof wanted === 'boolean') return wanted;
  if (type === 'text' && typeof wanted === 'string') return wanted;
  const expected = EXPECTED[type];
  problems.push(problem(path, `${field} can never be that`, { expected, got: JSON.stringify(wanted) }));
  return undefined;
}

const EXPECTED: Readonly<Record<FieldType, string>> = {
  whole: 'a whole number',
  flag: 'true or false',
  text: 'text',
  amount: 'whole base units',
  float: 'another field: this one cannot be matched',
  bytes: 'another field: this one cannot be matched',
  list: 'another field: this one cannot be matched',
};
