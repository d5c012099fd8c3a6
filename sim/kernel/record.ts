/**
 * Records: the raw facts that models publish. A kind is declared once; its type, its bytes in the digest, its JSON line
 * and its documentation follow from the declaration.
 */
import { assert } from '../base/assert.ts';
import { toHex } from '../base/bytes.ts';

/** How a field is stored: `whole` is a safe integer, `list` an array of safe integers. */
export type FieldType = 'whole' | 'flag' | 'text' | 'amount' | 'bytes' | 'list' | 'float';

export interface Field<T extends FieldType = FieldType> {
  readonly type: T;
  readonly meaning: string;
}

interface FieldValues {
  whole: number;
  float: number;
  flag: boolean;
  text: string;
  amount: bigint;
  bytes: Uint8Array;
  list: readonly number[];
}

export type FieldMap = Readonly<Record<string, Field>>;
export type RecordFields<F extends FieldMap> = { readonly [K in keyof F]: FieldValues[F[K]['type']] };

export interface RecordDefinition<F extends FieldMap = FieldMap, N extends string = string> {
  readonly name: N;
  readonly meaning: string;
  readonly fields: F;
  /** Field names in declaration order: the order of the canonical bytes. */
  readonly order: readonly string[];
  readonly types: readonly FieldType[];
}

/** Any record's values, as an observer or a sink that does not know the kind sees them. */
export type AnyFields = Readonly<Record<string, FieldValues[FieldType]>>;

export const field = {
  whole: (meaning: string): Field<'whole'> => ({ type: 'whole', meaning }),
  float: (meaning: string): Field<'float'> => ({ type: 'float', meaning }),
  flag: (meaning: string): Field<'flag'> => ({ type: 'flag', meaning }),
  text: (meaning: string): Field<'text'> => ({ type: 'text', meaning }),
  amount: (meaning: string): Field<'amount'> => ({ type: 'amount', meaning }),
  bytes: (meaning: string): Field<'bytes'> => ({ type: 'bytes', meaning }),
  list: (meaning: string): Field<'list'> => ({ type: 'list', meaning }),
};

/** Declares a record kind. `name` is kebab-case and in the past tense; field names are camelCase with the unit last. */
export function defineRecord<N extends string, F extends FieldMap>(
  name: N,
  meaning: string,
  fields: F,
): RecordDefinition<F, N> {
  assert(/^[a-z][a-z0-9-]*$/.test(name), 'a record name is kebab-case', { name });
  const order = Object.keys(fields);
  return { name, meaning, fields, order, types: order.map((key) => (fields[key] as Field).type) };
}

/** The JSON value of one field: amounts as decimal strings and bytes as hex, so that no reader loses a digit. */
export function fieldToJson(value: FieldValues[FieldType]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  return value;
}
