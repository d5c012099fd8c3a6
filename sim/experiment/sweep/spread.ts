/** One factor: which values it takes, from a list or between two ends. */
import { exp, ln } from '../../base/portable-math.ts';
import { type Quantity, readQuantity, writeQuantity } from '../cells/quantity.ts';

export type FactorRange =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | {
      readonly kind: 'range';
      readonly from: Quantity;
      readonly to: Quantity;
      readonly scale: 'linear' | 'log';
      /** Whole numbers only, each with an equal share. */
      readonly isWhole: boolean;
      /** Values of a full factorial design. */
      readonly steps: number;
    };

/** The value at `u`, from 0 to below 1: equal shares of a list, or that far between the ends. */
export function valueAt(range: FactorRange, u: number): string {
  if (range.kind === 'values') return range.values[Math.floor(u * range.values.length)] as string;
  const { from, to, isWhole } = range;
  if (!isWhole) return writeQuantity({ ...from, value: between(range, u) });
  const low = Math.min(from.value, to.value);
  const count = Math.abs(to.value - from.value) + 1;
  return writeQuantity({ ...from, value: Math.min(low + count - 1, low + Math.floor(u * count)) });
}

/** The values that a full factorial design takes: all of a list, or `steps` with both ends. */
export function levelsOf(range: FactorRange): string[] {
  if (range.kind === 'values') return [...range.values];
  const { steps, from, isWhole } = range;
  const values = Array.from({ length: steps }, (_, i) => {
    const value = between(range, steps === 1 ? 0 : i / (steps - 1));
    return writeQuantity({ ...from, value: isWhole ? Math.round(value) : value });
  });
  return [...new Set(values)];
}

function between(range: Extract<FactorRange, { kind: 'range' }>, part: number): number {
  const [a, b] = [range.from.value, range.to.value];
  return range.scale === 'linear' ? a + (b - a) * part : exp(ln(a) + (ln(b) - ln(a)) * part);
}

/** The unit of a column: one that all values share, or text. */
export function unitOf(values: readonly string[]): 'time' | 'share' | 'number' | 'text' {
  const kinds = new Set(values.map((value) => readQuantity(value)?.kind ?? 'text'));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined && only !== 'unit' ? only : 'text';
}
