/** The known word that a mistyped one is nearest to. */

/** Longer than any known word could be mistyped to: the text may be hostile, and the distance takes time with its length. */
const WORD_MAX = 100;

/** Undefined where none is near enough to be meant. Ties go to the first in `known`. */
export function nearest(got: string, known: readonly string[]): string | undefined {
  if (got.length > WORD_MAX) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(got.length / 3)) + 1;
  for (const word of known) {
    const distance = editDistance(got.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Edits, with a swap of neighbours as one. @source Damerau 1964, optimal string alignment. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (before[j - 2] as number) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
