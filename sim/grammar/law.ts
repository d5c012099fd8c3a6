/** Schema of laws: `{ kind: exponential, mean: 4s }`. A bare quantity is the constant law. */
import { z } from 'zod';
import type { Law } from '../kernel/random/laws.ts';
import { lawProblem } from '../kernel/random/laws.ts';
import { amountText } from './quantities.ts';
import { canonicalDecimal } from './quantity-text.ts';

const above0 = z.number().gt(0);
const share = z.number().min(0).max(1);

/** Laws of quantities: their sizes (mean, min, ...) are of the quantity, their shapes are plain numbers. */
function sizedKinds<T>(quantity: z.ZodType<T, unknown>) {
  const clamp = {
    floor: quantity.optional().describe('least draw: below it, this'),
    cap: quantity.optional().describe('greatest draw: above it, this'),
  };
  return [
    z.strictObject({ kind: z.literal('constant'), value: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('exponential'), mean: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('uniform'), min: quantity, max: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('uniform-integer'), min: quantity, max: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('normal'), mean: quantity, deviation: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('lognormal'), median: quantity, sigma: z.number().min(0), ...clamp }),
    z.strictObject({ kind: z.literal('pareto'), min: quantity, alpha: above0, ...clamp }),
    z.strictObject({ kind: z.literal('weibull'), scale: quantity, shape: above0, ...clamp }),
    z.strictObject({ kind: z.literal('gamma'), shape: above0, scale: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('erlang'), stages: z.int().min(1), mean: quantity, ...clamp }),
    z.strictObject({
      kind: z.literal('hypoexponential'),
      means: z.array(quantity).min(1).describe('of exponential stages that follow each other'),
      ...clamp,
    }),
    z.strictObject({
      kind: z.literal('discrete'),
      values: z.array(quantity).min(1),
      weights: z.array(z.number().min(0)).min(1).describe('of each value, in order'),
      ...clamp,
    }),
    z.strictObject({
      kind: z.literal('empirical'),
      points: z
        .array(z.tuple([share, quantity]))
        .min(1)
        .describe('[cumulative probability, value], rising'),
      ...clamp,
    }),
  ] as const;
}

/** Laws of how many. They have no unit, so they are none of durations: a geometric delay would be in microseconds. */
function countKinds<T>(quantity: z.ZodType<T, unknown>) {
  const clamp = { floor: quantity.optional(), cap: quantity.optional() };
  return [
    z.strictObject({ kind: z.literal('poisson'), mean: z.number().min(0), ...clamp }),
    z.strictObject({ kind: z.literal('binomial'), trials: z.int().min(0), probability: share, ...clamp }),
    z.strictObject({ kind: z.literal('geometric'), probability: z.number().gt(0).max(1), ...clamp }),
    z.strictObject({
      kind: z.literal('zipf'),
      exponent: z.number().min(0),
      count: z.int().min(1).max(1_000_000),
      ...clamp,
    }),
  ] as const;
}

/** A law as written, sizes being of the quantity's type. */
type Shaped = { readonly kind: string } & Readonly<Record<string, unknown>>;

function shapes<T>(quantity: z.ZodType<T, unknown>): z.ZodType<Shaped, unknown> {
  const isPlain = quantity.safeParse(1).success;
  const kinds = isPlain
    ? z.discriminatedUnion('kind', [...sizedKinds(quantity), ...countKinds(quantity)])
    : z.discriminatedUnion('kind', sizedKinds(quantity));
  return kinds as unknown as z.ZodType<Shaped, unknown>;
}

/** The law, or an issue at the number that is wrong. */
function checked(law: Shaped, context: z.RefinementCtx): Law {
  const clean = Object.fromEntries(Object.entries(law).filter(([, value]) => value !== undefined)) as unknown as Law;
  const problem = lawProblem(clean);
  if (problem === undefined) return clean;
  // `mean: expected 0 or more, got -1`: the number is at its key, and what it got is in the text.
  const [field = '', rest = ''] = problem.split(': expected ');
  const [expected = ''] = rest.split(', got ');
  const path = field in law ? [field] : [];
  const quantity = { expected: sayBound(expected), fault: 'range' };
  context.addIssue({ code: 'custom', message: quantity.expected, path, params: { quantity } });
  return z.NEVER;
}

/** `at most max 5000000` without the number, which is in the unit inside and not in the one of the text. */
function sayBound(expected: string): string {
  return expected.replace(/^(at most (?:max|cap)) .*$/, '$1');
}

/**
 * Laws whose sizes (mean, min, max, ...) are of that quantity. Where a bare number is such a quantity, laws of how many
 * (poisson, binomial, geometric, zipf) are taken too.
 */
export function lawOf(quantity: z.ZodType<number, unknown>): z.ZodType<Law, unknown> {
  return z.union([
    quantity.transform((value): Law => ({ kind: 'constant', value })),
    shapes(quantity).transform((law, context) => checked(law, context)),
  ]);
}

/** A law of amounts of one asset, in whole units of it. */
export interface AmountLaw {
  readonly asset: string;
  readonly law: Law;
}

type Amount = z.output<typeof amountText>;

/** An amount, or a law of amounts of one asset: `{ kind: lognormal, median: 40 ATOM, sigma: 1.2 }`. */
export function amountLaw(): z.ZodType<AmountLaw, unknown> {
  const bare = amountText.transform((value): Shaped => ({ kind: 'constant', value }));
  return z.union([bare, shapes(amountText)]).transform((shaped, context): AmountLaw => {
    const assets = new Set<string>();
    const problem = (expected: string): never => {
      context.addIssue({ code: 'custom', message: expected, params: { quantity: { expected, fault: 'range' } } });
      return z.NEVER;
    };
    const law = withNumbers(shaped, assets);
    if (law === undefined) return problem('amounts of at most 15 digits');
    if (assets.size > 1) return problem(`amounts of one asset, not of ${[...assets].join(' and ')}`);
    return { asset: [...assets][0] ?? '', law: checked(law as Shaped, context) };
  });
}

/** The same with numbers in place of amounts; undefined where a number cannot hold one. Fills `assets`. */
function withNumbers(value: unknown, assets: Set<string>): unknown {
  if (isAmount(value)) {
    assets.add(value.asset);
    const number = Number(value.decimal);
    return canonicalDecimal(String(number)) === value.decimal ? number : undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => withNumbers(item, assets));
    return items.includes(undefined) ? undefined : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const entries = given.map(([key, inner]) => [key, withNumbers(inner, assets)] as const);
  return entries.some(([, inner]) => inner === undefined) ? undefined : Object.fromEntries(entries);
}

function isAmount(value: unknown): value is Amount {
  return typeof value === 'object' && value !== null && 'decimal' in value && 'asset' in value;
}
