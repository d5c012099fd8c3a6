/** Figures with their intervals as a table for people. */
import Table from 'cli-table3';
import type { Figure } from '../experiment/cells/figures.ts';

const NO_BORDERS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid']
    .concat(['mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, part === 'middle' ? '  ' : '']),
);

export function plainTable(head: readonly string[], rows: readonly (readonly string[])[], lefts = 1): string {
  const colAligns = head.map((_, i): 'left' | 'right' => (i < lefts ? 'left' : 'right'));
  const table = new Table({
    head: [...head],
    chars: NO_BORDERS,
    colAligns,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Six digits are more than any interval here is worth. */
const DIGITS = 6;

export function formatValue(value: number | undefined, unit: string): string {
  if (value === undefined) return '-';
  if (unit === 'us') return `${shortest(value / 1_000)} ms`;
  if (unit === 'share') return `${shortest(value * 100)}%`;
  return shortest(value);
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

/** Parts of the way of a message have tables of their own: people first ask for the whole. */
const DETAIL = /^(?:request-to-sent|sent-to-final|final-to-executed|executed-to-acknowledged|total)-|-max$/;

export function isDetail(metric: string): boolean {
  return DETAIL.test(metric);
}

/** Figures for people: those that were measured and are not zero in every run, without details unless they were named. */
export function tellingFigures(figures: readonly Figure[], isNamed: boolean): Figure[] {
  return figures.filter((figure) => {
    if (figure.n === 0 || (!isNamed && isDetail(figure.metric))) return false;
    return figure.kind === 'rate' ? (figure.estimate ?? 0) > 0 : figure.min !== 0 || figure.max !== 0;
  });
}

export function figureTable(figures: readonly Figure[], level: number): string {
  const interval = `${Number((level * 100).toPrecision(4))}% interval`;
  const rows = figures.map((figure) => {
    const { metric, unit, n, estimate, lo, hi, median } = figure;
    const spell = (value: number | undefined): string => formatValue(value, unit);
    return [metric, String(n), spell(estimate), `${spell(lo)} .. ${spell(hi)}`, relative(figure), spell(median)];
  });
  return plainTable(['metric', 'n', 'mean or share', interval, '+-', 'median'], rows);
}

/** Half-width of an interval beside its estimate, in percent. */
function relative({ estimate, lo, hi }: Figure): string {
  if (estimate === undefined || lo === undefined || hi === undefined || estimate === 0) return '-';
  const percent = ((hi - lo) / 2 / Math.abs(estimate)) * 100;
  // Sums of equal numbers differ in their last digits.
  return percent < 1e-9 ? '0%' : `${Number(percent.toPrecision(3))}%`;
}
