/** What a schema takes, in words: asked of zod while it still knows which schema refused. */
import { z } from 'zod';
import { ID_EXPECTED, ID_PATTERN } from '../../grammar/quantities.ts';

type RawIssue = z.core.$ZodRawIssue;

/** Keys or kinds that were known where an issue arose, by the list that the issue carries. */
export type Known = Map<object, readonly string[]>;

export function knownOf(known: Known, list: object): readonly string[] {
  return known.get(list) ?? [];
}

/** The part of a schema's definition that is read here. */
interface Definition {
  readonly shape?: object;
  readonly format?: string;
  readonly check?: string;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly checks?: readonly { readonly _zod: { readonly def: Definition } }[];
}

interface Shaped {
  readonly _zod: { readonly def: Definition };
}

/** Error map of one parse: messages become what was expected, and known keys and kinds are noted in `known`. */
export function phrases(known: Known): (issue: RawIssue) => string {
  return (issue) => {
    const schema = (issue as { schema?: unknown; inst?: unknown }).schema ?? issue.inst;
    const shaped = schema as unknown as Shaped | undefined;
    switch (issue.code) {
      case 'unrecognized_keys': {
        const keys = Object.keys(shaped?._zod.def.shape ?? {});
        known.set(issue.keys as object, keys);
        return keys.join(', ');
      }
      case 'invalid_union': {
        const { errors, options = [] } = issue as unknown as { errors: object; options?: readonly unknown[] };
        known.set(errors, options.map(String));
        return options.length > 0 ? `one of ${options.map(String).join(', ')}` : 'another type';
      }
      case 'invalid_value':
        return (issue.values as readonly unknown[]).map(String).join(' or ');
      case 'too_small':
      case 'too_big':
        return sizePhrase(issue, shaped);
      case 'not_multiple_of':
        return `a multiple of ${String(issue.divisor)}`;
      case 'invalid_format':
        return issue.pattern === String(ID_PATTERN) ? ID_EXPECTED : (described(schema) ?? 'another form');
      default:
        return typePhrase((issue as { expected?: string }).expected ?? 'another value', schema, shaped);
    }
  };
}

function described(schema: unknown): string | undefined {
  return schema === undefined ? undefined : z.globalRegistry.get(schema as z.ZodType)?.description;
}

function typePhrase(expected: string, schema: unknown, shaped: Shaped | undefined): string {
  switch (expected) {
    case 'int':
    case 'number':
      return numberPhrase(shaped);
    case 'string':
      // Descriptions of quantities say how they are written; those of other text say what it is for.
      return isQuantity(schema) ? (described(schema) ?? 'text') : 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
    case 'tuple':
      return 'a list';
    case 'object':
    case 'record':
    case 'map':
      return 'a map';
    default:
      return expected;
  }
}

function isQuantity(schema: unknown): boolean {
  return schema !== undefined && z.globalRegistry.get(schema as z.ZodType)?.['examples'] !== undefined;
}

/** `a whole number from 1 to 10000`. */
function numberPhrase(shaped: Shaped | undefined): string {
  const def = shaped?._zod.def;
  const checks = (def?.checks ?? []).map((check) => check._zod.def);
  const isWhole = [def, ...checks].some((each) => each?.format === 'safeint');
  const noun = isWhole ? 'a whole number' : 'a number';
  const bound = (check: string, inclusive: boolean): number | undefined =>
    checks.find((each) => each.check === check && each.inclusive === inclusive)?.value;
  const least = bound('greater_than', true);
  const most = bound('less_than', true);
  if (least !== undefined && most !== undefined) return `${noun} from ${least} to ${most}`;
  const above = bound('greater_than', false);
  const below = bound('less_than', false);
  const parts = [
    least === undefined ? '' : `of at least ${least}`,
    above === undefined ? '' : `above ${above}`,
    most === undefined ? '' : `of at most ${most}`,
    below === undefined ? '' : `below ${below}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? noun : `${noun} ${parts.join(' and ')}`;
}

function sizePhrase(issue: RawIssue, shaped: Shaped | undefined): string {
  const { origin, minimum, maximum } = issue as { origin?: unknown; minimum?: number; maximum?: number };
  const limit = minimum === undefined ? `at most ${String(maximum)}` : `at least ${String(minimum)}`;
  switch (origin) {
    case 'array':
      return `${limit} items`;
    case 'string':
      return `${limit} characters`;
    case 'object':
    case 'record':
      return `${limit} keys`;
    default:
      return numberPhrase(shaped);
  }
}
