/** Texts nobody would write: each is read or refused, and never anything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { ScenarioErrors } from '../../../sim/scenario/text/errors.ts';
import type { PlainMap, PlainValue } from '../../../sim/scenario/text/located.ts';
import { readYaml } from '../../../sim/scenario/text/read.ts';
import { toYaml } from '../../../sim/scenario/text/write.ts';
import { scenarioSchema } from '../../../sim/scenario/schema.ts';
import { validate } from '../../../sim/scenario/text/validate.ts';

const quickstart = readFileSync(new URL('../../../scenarios/quickstart.yaml', import.meta.url), 'utf8');

/** Words of the grammar and pieces of YAML, in any order. */
const words = fc.constantFrom(
  ...['l0sim', 'name', 'seed', 'chains', 'lanes', 'hub', 'kind', 'validators', 'exponential', 'mean', 'target', 'when'],
  ...[
    '6s',
    '0.5/s',
    '1/3',
    '40 ATOM',
    '0..4',
    '5',
    '-1',
    '4.5',
    '1e9',
    '012',
    '.nan',
    'true',
    '~',
    '"x"',
    "'y'",
    '__proto__',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ': ',
    '- ',
    '? ',
    '\n',
    '\n  ',
    '\n    ',
    '\t',
    '#',
    '|',
    '>',
    '&a',
    '*a',
    '!t',
    '---',
    '%',
    '@',
  ],
);
const soup = fc.array(words, { maxLength: 60 }).map((parts) => parts.join(''));

/** A real file with some of it replaced. */
const mutated = fc
  .tuple(fc.nat(quickstart.length), fc.nat(40), fc.oneof(soup, fc.string({ maxLength: 8 })))
  .map(([at, length, text]) => quickstart.slice(0, at) + text + quickstart.slice(at + length));

function outcome(input: string | Uint8Array): 'accepted' | 'refused' {
  try {
    const located = readYaml(input, 'f.yaml');
    const result = validate(located, scenarioSchema);
    if (result.ok) return 'accepted';
    expect(result.problems.length).toBeGreaterThan(0);
    throw new ScenarioErrors(result.problems);
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    const lines = typeof input === 'string' ? input.split('\n').length : Number.POSITIVE_INFINITY;
    for (const problem of error.problems) {
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.line).toBeLessThanOrEqual(lines);
      expect(problem.column).toBeGreaterThanOrEqual(1);
    }
    for (const line of error.message.split('\n'))
      expect(line).toMatch(/^(error\[E\d{3}\] f\.yaml:\d+:\d+: \S|and \d+ more$)/);
    return 'refused';
  }
}

describe('reading any text', () => {
  it('always: 1,000 soups of words and marks are read or refused, with places inside the text', () => {
    fc.assert(
      fc.property(soup, (text) => void outcome(text)),
      { numRuns: 1_000 },
    );
  });

  it('always: 900 mutants of a real scenario are read or refused, and both happen', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(mutated, (text) => void seen[outcome(text)]++),
      { numRuns: 900 },
    );
    expect(seen.refused).toBeGreaterThan(100);
    expect(seen.accepted).toBeGreaterThan(20);
  });

  it('always: 300 strings of bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcome(bytes)),
      { numRuns: 300 },
    );
  });

  it('always: what is refused is refused in the same words again', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const message = (): string => {
          try {
            const result = validate(readYaml(text, 'f'), scenarioSchema);
            return result.ok ? '' : new ScenarioErrors(result.problems).message;
          } catch (error) {
            return String(error);
          }
        };
        expect(message()).toBe(message());
      }),
      { numRuns: 100 },
    );
  });
});

describe('writing and reading back', () => {
  const key = fc
    .stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/)
    .filter((name) => name !== 'constructor' && name !== 'prototype');
  const number = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
  );
  // Control characters are refused on reading, so they are not written.
  const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map((s) => s.replace(/\p{Cc}/gu, ' '));
  const tricky = fc.constantFrom(
    '',
    '7',
    '012',
    '0x1f',
    '.nan',
    'true',
    'null',
    '~',
    '1e3',
    '- a',
    'a: b',
    '# c',
    '&a',
    '*a',
    '!t',
    '  x ',
    'a\nb\n',
  );
  const { tree } = fc.letrec<{ tree: PlainMap; value: PlainValue }>((tie) => ({
    tree: fc.dictionary(key, tie('value'), { maxKeys: 6 }).map((map) => ({ ...map })),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        number.map((n) => n + 0),
        text,
        tricky,
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('tree'),
    ),
  }));

  it('always: a written value is read back equal', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(readYaml(toYaml(value), 'f').value).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('writes what stands at two places twice -> no alias', () => {
    const shared = { mean: '4s' };
    expect(readYaml(toYaml({ a: shared, b: shared }), 'f').value).toEqual({ a: shared, b: shared });
  });
});
