import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createParts, definePart, findPart, type Part, PartsError, taggedUnion } from '../../sim/grammar/part.ts';
import { durationText, positiveCount } from '../../sim/grammar/quantities.ts';

interface Limiter {
  readonly describe: () => string;
}

const window = definePart({
  summary: 'At most so many in each window.',
  source: 'made up',
  parameters: z
    .object({ most: positiveCount, per: durationText })
    .refine(({ most, per }) => most <= per, { message: 'at most one a microsecond' }),
  create: ({ most, per }): Limiter => ({ describe: () => `${most} in ${per} us` }),
});
const unlimited = definePart({
  summary: 'None.',
  parameters: z.object({}),
  create: (): Limiter => ({ describe: () => 'any' }),
});
const limiters = { window, unlimited } as const satisfies Record<string, Part<Limiter>>;

describe('a table of parts', () => {
  const schema = taggedUnion(limiters);

  it('parses the parameters that the kind takes, and creates from them', () => {
    const chosen = schema.parse({ kind: 'window', most: 3, per: '6s' });
    expect(chosen).toEqual({ kind: 'window', most: 3, per: 6_000_000 });
    expect(findPart(limiters, chosen.kind).create(chosen).describe()).toBe('3 in 6000000 us');
  });

  it.each([
    [{ kind: 'windoww' }],
    [{ kind: 'unlimited', most: 3 }],
    [{ kind: 'window', most: 3 }],
    [{ kind: 'window', most: 3, per: '6s', more: 1 }],
    [{ most: 3, per: '6s' }],
    // The rule of the parameters survives the tag.
    [{ kind: 'window', most: 3, per: '2us' }],
  ])('refuses %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it('gives editors the kinds, their summaries and their closed parameters', () => {
    const exported = JSON.stringify(z.toJSONSchema(schema, { io: 'input' }));
    expect(exported).toContain('"const":"window"');
    expect(exported).toContain('At most so many in each window.');
    expect(exported).toContain('"additionalProperties":false');
  });

  it('refuses parameters named kind, and an empty table', () => {
    const bad = definePart({ summary: '', parameters: z.object({ kind: z.string() }), create: () => 0 });
    expect(() => taggedUnion({ bad })).toThrow(PartsError);
    expect(() => taggedUnion({})).toThrow(PartsError);
  });
});

describe('finding a part', () => {
  it('says what is known and what is nearest', () => {
    expect(() => findPart(limiters, 'windwo', 'limiter')).toThrow(
      'unknown limiter "windwo" (expected one of window, unlimited); did you mean window?',
    );
  });

  it.each(['constructor', 'toString', '__proto__'])('does not find %s in a plain table', (kind) => {
    expect(() => findPart(limiters, kind)).toThrow(PartsError);
  });
});

describe('parts with plug-ins', () => {
  const other = definePart({
    summary: 'x',
    parameters: z.object({}),
    create: (): Limiter => ({ describe: () => 'x' }),
  });

  it('are added in order, frozen, and leave the built-in table as it was', () => {
    const parts = createParts({ limiters: limiters as Record<string, Part<Limiter>> }, { limiters: { other } });
    expect(Object.keys(parts.limiters)).toEqual(['window', 'unlimited', 'other']);
    expect(Object.isFrozen(parts) && Object.isFrozen(parts.limiters)).toBe(true);
    expect(Object.keys(limiters)).toEqual(['window', 'unlimited']);
  });

  it('may not replace a kind nor name an unknown table', () => {
    const tables = { limiters: limiters as Record<string, Part<Limiter>> };
    expect(() => createParts(tables, { limiters: { window: other } })).toThrow('window, which is there already');
    expect(() => createParts(tables, { limitres: { other } } as never)).toThrow('did you mean limiters?');
  });
});
