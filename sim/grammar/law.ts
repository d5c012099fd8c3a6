/** Schema of laws: `{ kind: exponential, mean: 4s }`. A bare quantity is the constant law. */
import { z } from 'zod';
import type { Law } from '../kernel/random/laws.ts';
import { lawProblem } from '../kernel/random/laws.ts';
import { amountText } from './quantities.ts';

type Quantity = z.ZodType<number, unknown>;

/** Laws whose sizes (mean, min, max, ...) are of that quantity; shapes and probabilities are plain numbers. */
export function lawOf(quantity: Quantity): z.ZodType<Law, unknown> {
  const clamp = { floor: quantity.optional(), cap: quantity.optional() };
  const positive = z.number().gt(0);
  const share = z.number().min(0).max(1);
  const kinds = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), value: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('exponential'), mean: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('uniform'), min: quantity, max: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('uniform-integer'), min: quantity, max: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('normal'), mean: quantity, deviation: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('lognormal'), median: quantity, sigma: positive, ...clamp }),
    z.strictObject({ kind: z.literal('pareto'), min: quantity, alpha: positive, ...clamp }),
    z.strictObject({ kind: z.literal('weibull'), scale: quantity, shape: positive, ...clamp }),
    z.strictObject({ kind: z.literal('poisson'), mean: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('binomial'), trials: z.int().min(0), probability: share, ...clamp }),
    z.strictObject({ kind: z.literal('geometric'), probability: share, ...clamp }),
    z.strictObject({ kind: z.literal('gamma'), shape: positive, scale: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('erlang'), stages: z.int().min(1), mean: quantity, ...clamp }),
    z.strictObject({ kind: z.literal('zipf'), exponent: positive, count: z.int().min(1), ...clamp }),
    z.strictObject({
      kind: z.literal('discrete'),
      values: z.array(quantity).min(1),
      weights: z.array(z.number().min(0)).min(1),
      ...clamp,
    }),
    z.strictObject({ kind: z.literal('empirical'), points: z.array(z.tuple([share, quantity])).min(2), ...clamp }),
  ]);
  const checked = kinds.transform((law, context): Law => {
    const clean = withoutUndefined(law) as Law;
    const problem = lawProblem(clean);
    if (problem === undefined) return clean;
    context.addIssue({ code: 'custom', message: problem, params: { quantity: { expected: problem } } });
    return z.NEVER;
  });
  return z.union([quantity.transform((value): Law => ({ kind: 'constant', value })), checked]);
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

/** An amount, or a law of amounts of one asset: `{ kind: lognormal, median: 40 ATOM, sigma: 1.2 }`. In whole units. */
export function amountLaw(): z.ZodType<{ readonly asset: string; readonly law: Law }, unknown> {
  return z.unknown().transform((value, context) => {
    const assets = new Set<string>();
    const stripped = stripAssets(value, assets);
    const parsed = lawOf(z.number().min(0)).safeParse(stripped);
    if (!parsed.success || assets.size > 1) {
      const expected = assets.size > 1 ? 'amounts of one asset' : 'an amount such as 1.5 ATOM, or a law of amounts';
      context.addIssue({ code: 'custom', message: expected, params: { quantity: { expected } } });
      return z.NEVER;
    }
    return { asset: [...assets][0] ?? '', law: parsed.data };
  });
}

function stripAssets(value: unknown, assets: Set<string>): unknown {
  if (typeof value === 'string') {
    const parsed = amountText.safeParse(value);
    if (!parsed.success) return value;
    assets.add(parsed.data.asset);
    return Number(parsed.data.decimal);
  }
  if (Array.isArray(value)) return value.map((item) => stripAssets(item, assets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stripAssets(inner, assets)]));
}
