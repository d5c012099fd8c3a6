/** docs/errors.md has every code, in its own words, and an example that earns it. */
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../sim/scenario/text/errors.ts';
import { changed, problemsOf } from '../support/scenarios.ts';
import { textOf } from '../support/sources.ts';

const rows = textOf('docs/errors.md')
  .split('\n')
  .filter((line) => line.startsWith('| E'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

describe('page of errors', () => {
  it('lists the codes, each once and in order', () => {
    expect(rows.map(([code]) => code)).toEqual(Object.keys(errorCodes));
  });

  it.each(Object.entries(errorCodes))(
    'says of %s what the code itself says, with an example and advice',
    (code, text) => {
      const [, what, example = '', advice = ''] = rows.find(([each]) => each === code) ?? [];
      expect(what).toBe(text);
      expect(example.length).toBeGreaterThan(5);
      expect(advice).toMatch(/\.$/);
    },
  );

  it.each([
    ['E117', changed('block: 6s', 'block: 6 fortnights')],
    ['E120', changed('validators: 4', 'validatorz: 4')],
    ['E133', changed('threshold: 2', 'threshold: 4')],
    ['E138', changed('1.5 ATOM', '1.5 ATOMS')],
    ['E141', changed('{ kind: poisson, rate: 0.2/s }', '{ kind: trace, file: gone.csv }')],
  ])('gives an example of %s that is one', (code, text) => {
    expect(problemsOf(text).map((problem) => problem.code)).toEqual([code]);
  });
});
