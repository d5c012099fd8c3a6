/**
 * How values become cells. Milliseconds have exactly three decimals and come from whole microseconds without division.
 */
import { assert } from '../../sim/base/assert.ts';
import type { ColumnType } from './columns.ts';

/** `12345` -> `12.345`. Exact for any safe whole number. Throws InvariantError on anything else. */
export function formatMilliseconds(us: number): string {
  assert(Number.isSafeInteger(us), 'a time is whole microseconds', { us });
  const size = Math.abs(us);
  const rest = size % 1_000;
  const decimals = rest < 10 ? `00${rest}` : rest < 100 ? `0${rest}` : `${rest}`;
  return `${us < 0 ? '-' : ''}${(size - rest) / 1_000}.${decimals}`;
}

/** Characters that a spreadsheet would take for the start of a formula. @source CWE-1236 */
const FORMULA_STARTS = '=+-@\t\r';

/** The cell of a value; empty for `undefined`. Throws InvariantError on a value that its column cannot hold. */
export function formatCell(value: unknown, type: ColumnType): string {
  if (value === undefined) return '';
  switch (type) {
    case 'text': {
      const cell = value as string;
      const isFormula = cell.length > 0 && FORMULA_STARTS.includes(cell.charAt(0));
      assert(!isFormula, 'a text cell never starts like a formula', { cell });
      return cell;
    }
    case 'us':
      return formatMilliseconds(value as number);
    case 'whole':
      assert(Number.isSafeInteger(value), 'a whole column holds whole numbers', { value });
      return String(value as number);
    case 'number':
      assert(Number.isFinite(value), 'a number column holds finite numbers', { value });
      return String(value as number);
    case 'amount':
      return (value as bigint).toString();
    case 'flag':
      return value === true ? 'true' : 'false';
  }
}
