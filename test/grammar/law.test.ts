import { describe, expect, it } from 'vitest';
import { amountLaw, lawOf } from '../../sim/grammar/law.ts';
import { count, durationText } from '../../sim/grammar/quantities.ts';

const delay = lawOf(durationText);

/** Paths and messages of the issues. */
function issuesOf(schema: typeof delay | ReturnType<typeof amountLaw>, value: unknown): unknown[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  // The last branch of the union is that of laws in full.
  const issues = result.error.issues.flatMap((issue) =>
    issue.code === 'invalid_union' ? (issue.errors.at(-1) ?? []) : [issue],
  );
  return issues.map(({ path, message }) => [path.join('.'), message]);
}

describe('laws', () => {
  it('take a bare quantity as the constant', () => {
    expect(delay.parse('4s')).toEqual({ kind: 'constant', value: 4_000_000 });
    expect(lawOf(count).parse(7)).toEqual({ kind: 'constant', value: 7 });
  });

  it('hold microseconds, and only the keys that were written', () => {
    const parsed = delay.parse({ kind: 'exponential', mean: '4s', cap: '1min' });
    expect(parsed).toEqual({ kind: 'exponential', mean: 4_000_000, cap: 60_000_000 });
    expect(Object.keys(parsed)).not.toContain('floor');
    expect(
      delay.parse({
        kind: 'empirical',
        points: [
          [0.5, '1s'],
          [1, '3s'],
        ],
      }),
    ).toEqual({
      kind: 'empirical',
      points: [
        [0.5, 1_000_000],
        [1, 3_000_000],
      ],
    });
  });

  it('say at which key a number does not fit, without the number inside', () => {
    expect(issuesOf(delay, { kind: 'uniform', min: '2s', max: '1s' })).toEqual([['min', 'at most max']]);
    expect(issuesOf(delay, { kind: 'constant', value: '1s', floor: '3s', cap: '2s' })).toEqual([
      ['floor', 'at most cap'],
    ]);
    expect(issuesOf(delay, { kind: 'weibull', scale: '0s', shape: 1 })).toEqual([['scale', 'above 0']]);
    expect(issuesOf(delay, { kind: 'discrete', values: ['1s'], weights: [1, 2] })).toEqual([['weights', '1 of them']]);
  });
});

describe('laws of amounts', () => {
  it('hold whole units and name one asset', () => {
    expect(amountLaw().parse('1.5 ATOM')).toEqual({ asset: 'ATOM', law: { kind: 'constant', value: 1.5 } });
    expect(amountLaw().parse({ kind: 'lognormal', median: '40 ATOM', sigma: 1.2, cap: '900 ATOM' })).toEqual({
      asset: 'ATOM',
      law: { kind: 'lognormal', median: 40, sigma: 1.2, cap: 900 },
    });
    expect(amountLaw().parse({ kind: 'discrete', values: ['1 A', '2 A'], weights: [1, 1] })).toMatchObject({
      law: { values: [1, 2] },
    });
  });

  it('refuse two assets, bare numbers and amounts that a number would round', () => {
    expect(issuesOf(amountLaw(), { kind: 'uniform', min: '1 A', max: '2 B' })).toEqual([
      ['', 'amounts of one asset, not of A and B'],
    ]);
    expect(amountLaw().safeParse({ kind: 'exponential', mean: 4 }).success).toBe(false);
    // 2^53 + 1: the nearest float is 2^53.
    expect(issuesOf(amountLaw(), '9007199254740993 A')).toEqual([['', 'amounts of at most 15 digits']]);
    expect(amountLaw().parse('9007199254740992 A')).toMatchObject({ law: { value: 9_007_199_254_740_992 } });
  });
});
