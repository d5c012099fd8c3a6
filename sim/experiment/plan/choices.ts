/** Checks of options that come from outside. */

/** Throws RangeError unless a whole number from `least`. */
export function whole(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${name} is ${value}: expected a whole number from ${least}`);
}

/** Throws RangeError on an empty list. */
export function some<T>(name: string, values: readonly T[]): readonly T[] {
  if (values.length === 0) throw new RangeError(`${name} is empty: expected one at least`);
  return values;
}
