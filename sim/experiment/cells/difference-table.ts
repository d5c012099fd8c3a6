/** `differences.csv` of a comparison. */
import type { Column, ColumnMap, CsvFile, RowOf } from '../../../reports/csv/columns.ts';
import type { Difference } from './differences.ts';
import type { Plan } from './plan.ts';

const text = (meaning: string): Column<'text', false> => ({ type: 'text', isOptional: false, meaning });
const whole = (meaning: string): Column<'whole', false> => ({ type: 'whole', isOptional: false, meaning });
const number = (meaning: string): Column<'number', true> => ({ type: 'number', isOptional: true, meaning });

const columns = {
  variant: text('scenario that is compared with the first'),
  metric: text('name of the figure'),
  unit: text('unit of the numbers of the row'),
  n: whole('pairs of runs that gave it in both'),
  first: number('mean under the first scenario'),
  second: number('mean under this one'),
  difference: number('this one minus the first, by pairs'),
  lo: number('lower end of its interval, Student-t'),
  hi: number('upper end of its interval'),
  simultaneous_lo: number('lower end of the interval that holds together with all rows, Bonferroni'),
  simultaneous_hi: number('upper end of it'),
  variance_reduction: number('variance of independent differences over that of pairs with common seeds'),
} satisfies ColumnMap;

export const differencesFile: CsvFile<typeof columns> = {
  name: 'differences.csv',
  meaning: 'one row a figure that differs between two scenarios',
  columns,
  keys: Object.keys(columns),
  header: Object.keys(columns),
  primaryKey: ['variant', 'metric'],
};

export function differenceRow(plan: Plan, difference: Difference): RowOf<typeof differencesFile> {
  const isTime = difference.unit === 'us';
  const at = (value: number): number => (isTime ? Number((value / 1_000).toFixed(3)) : value);
  return {
    variant: plan.variants[difference.variant]?.name ?? '',
    metric: difference.metric,
    unit: isTime ? 'ms' : difference.unit === 'amount' ? 'base units' : difference.unit,
    n: difference.n,
    first: at(difference.first),
    second: at(difference.second),
    difference: at(difference.estimate),
    lo: at(difference.lo),
    hi: at(difference.hi),
    simultaneous_lo: at(difference.simultaneousLo),
    simultaneous_hi: at(difference.simultaneousHi),
    variance_reduction: difference.varianceReduction,
  };
}
