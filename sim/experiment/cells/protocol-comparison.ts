/** `protocols.csv`: one scenario under several systems, a row a figure and system, beside what each trusts. */
import type { Column, ColumnMap, CsvFile, RowOf } from '../../../reports/csv/columns.ts';
import type { Difference } from './differences.ts';
import type { Figure } from './figures.ts';
import type { Plan } from './plan.ts';

const text = (meaning: string): Column<'text', false> => ({ type: 'text', isOptional: false, meaning });
const whole = (meaning: string): Column<'whole', false> => ({ type: 'whole', isOptional: false, meaning });
const number = (meaning: string): Column<'number', true> => ({ type: 'number', isOptional: true, meaning });

const columns = {
  protocol: text('system that every lane uses'),
  trust: text('whom the first lane believes'),
  metric: text('name of the figure'),
  unit: text('unit of the numbers of the row'),
  n: whole('runs that gave it'),
  mean: number('mean over runs, or share of runs'),
  lo: number('lower end of its interval'),
  hi: number('upper end of its interval'),
  difference: number('this system minus the first, by pairs of runs with one seed; empty for the first'),
  difference_lo: number('lower end of the interval of the difference, Student-t'),
  difference_hi: number('upper end of it'),
  simultaneous_lo: number('lower end of the interval that holds together with all rows, Bonferroni'),
  simultaneous_hi: number('upper end of it'),
} satisfies ColumnMap;

export const protocolsFile: CsvFile<typeof columns> = {
  name: 'protocols.csv',
  meaning: 'one row a figure of one scenario under one system',
  columns,
  keys: Object.keys(columns),
  header: Object.keys(columns),
  primaryKey: ['protocol', 'metric'],
};

export interface Compared {
  readonly variant: number;
  readonly figure: Figure;
  /** Undefined for the first system, and where the figure is the same in all pairs or in too few of them. */
  readonly difference: Difference | undefined;
}

/** Figures of every system with their differences from the first, by figure and then by system. */
export function comparedFigures(
  figures: readonly (readonly Figure[])[],
  differences: readonly Difference[],
): Compared[] {
  const byName = new Map(differences.map((each) => [`${each.variant} ${each.metric}`, each]));
  const names = (figures[0] ?? []).map(({ metric }) => metric);
  return names.flatMap((metric) =>
    figures.flatMap((own, variant) => {
      const figure = own.find((each) => each.metric === metric);
      return figure === undefined ? [] : [{ variant, figure, difference: byName.get(`${variant} ${metric}`) }];
    }),
  );
}

export function protocolRowOf(
  plan: Plan,
  trust: readonly string[],
  { variant, figure, difference }: Compared,
): RowOf<typeof protocolsFile> {
  const isTime = figure.unit === 'us';
  const at = (value: number | undefined): number | undefined =>
    value === undefined || !isTime ? value : Number((value / 1_000).toFixed(3));
  return {
    protocol: plan.variants[variant]?.name ?? '',
    trust: trust[variant] ?? '',
    metric: figure.metric,
    unit: isTime ? 'ms' : figure.unit === 'amount' ? 'base units' : figure.unit,
    n: figure.n,
    mean: at(figure.estimate),
    lo: at(figure.lo),
    hi: at(figure.hi),
    difference: at(difference?.estimate),
    difference_lo: at(difference?.lo),
    difference_hi: at(difference?.hi),
    simultaneous_lo: at(difference?.simultaneousLo),
    simultaneous_hi: at(difference?.simultaneousHi),
  };
}
