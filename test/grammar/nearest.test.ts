/** Distances: Damerau 1964 (optimal string alignment); kitten/sitting is the textbook's example of Levenshtein's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../sim/grammar/nearest.ts';

describe('grammar: nearest word', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['ca', 'ac', 1],
    ['ca', 'abc', 3],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('is %s from %s by %i edits', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it.each([
    ['validatorz', ['validators', 'block'], 'validators'],
    ['Horizon', ['horizon', 'drain'], 'horizon'],
    ['poission', ['poisson', 'pareto'], 'poisson'],
    ['cat', ['bat', 'rat'], 'bat'],
    ['zzzzzz', ['horizon', 'drain'], undefined],
    ['x', [], undefined],
  ])('of %s among %j is %s', (got, known, expected) => {
    expect(nearest(got, known)).toBe(expected);
  });

  it('always: the distance is a metric between equal and unequal words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
