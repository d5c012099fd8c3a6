import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../sim/grammar/nearest.ts';

describe('the nearest word', () => {
  // Textbook distances: Levenshtein's kitten/sitting, Damerau's swap of neighbours.
  it.each([
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['ab', 'ba', 1],
    ['ca', 'abc', 3],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s to %s -> %i edits', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  it('is found when near enough, the first among equals, and not otherwise', () => {
    expect(nearest('validatorz', ['chains', 'validators'])).toBe('validators');
    expect(nearest('bar', ['baz', 'bat'])).toBe('baz');
    expect(nearest('completely-else', ['chains', 'validators'])).toBeUndefined();
    expect(nearest('x'.repeat(200_000), ['chains'])).toBeUndefined();
  });
});
