/** `cells.csv`, one row a replication, and `points.csv`, one row a figure of a point: every parameter is a column. */
import type { Column, ColumnMap, CsvFile } from '../../../reports/csv/columns.ts';
import { type ByteSink, createCsvWriter, formatDataPackage } from '../../../reports/csv/write.ts';
import { utf8 } from '../../base/bytes.ts';
import { nobleHash } from '../../base/noble-hash.ts';
import type { Distributions } from '../statistics/distributions.ts';
import { readQuantity } from './quantity.ts';
import { type Figure, figuresOf } from './figures.ts';
import { type Parameters, parametersOf } from './parameters.ts';
import { cellId, type Factor, type Metric, type Plan, placeOfCell, type Point } from './plan.ts';
import { replayOf } from './replay-cell.ts';
import type { CellOutcome } from './run-cell.ts';
import { replicationSeed } from './seeds.ts';

type Row = Readonly<Record<string, string | number | undefined>>;
type Columns = readonly (readonly [string, Column])[];

const text = (meaning: string): Column => ({ type: 'text', isOptional: true, meaning });
const whole = (meaning: string): Column => ({ type: 'whole', isOptional: false, meaning });
const number = (meaning: string): Column => ({ type: 'number', isOptional: true, meaning });
const us = (meaning: string): Column => ({ type: 'us', isOptional: true, meaning });

function fileOf(name: string, meaning: string, primaryKey: readonly string[], columns: Columns): CsvFile {
  const keys = columns.map(([key]) => key);
  return { name, meaning, columns: Object.fromEntries(columns), keys, header: keys, primaryKey };
}

/** Where the tables come from and go to. Cells are read point by point, so that memory does not grow with them. */
export interface TableSource {
  readonly plan: Plan;
  /** The outcome of a cell; undefined where it was not run, which only `--until` leaves. */
  readonly read: (cell: number) => CellOutcome | undefined;
  readonly open: (file: string) => ByteSink;
  readonly dist: Distributions;
}

/** Writes both tables and their description. `onFigures` is told those of each point. */
export function writeTables(
  { plan, read, open, dist }: TableSource,
  onFigures: (point: number, figures: readonly Figure[]) => void,
): void {
  const parameters = parametersOf(plan);
  const cellsFile = cellTable(plan, parameters);
  const pointsFile = pointTable(plan, parameters);
  const cells = createCsvWriter<ColumnMap>(cellsFile, open(cellsFile.name));
  const points = createCsvWriter<ColumnMap>(pointsFile, open(pointsFile.name));
  plan.points.forEach((point, index) => {
    const outcomes: CellOutcome[] = [];
    for (let replication = 0; replication < plan.replications; replication++) {
      const outcome = read(index * plan.replications + replication);
      if (outcome !== undefined) outcomes.push(outcome);
    }
    const shared = { ...factorCells(plan, point), ...parameterCells(parameters, point) };
    cells.write(
      outcomes.map((outcome) => ({ ...cellRow(plan, outcome), ...variantCell(plan, point), ...shared })) as never,
    );
    const figures = figuresOf(plan, outcomes, dist);
    points.write(
      figures.map((figure) => ({
        point: index,
        ...variantCell(plan, point),
        ...figureRow(figure),
        ...shared,
      })) as never,
    );
    onFigures(index, figures);
  });
  cells.end();
  points.end();
  open('datapackage.json').write(utf8(formatDataPackage(plan.name, [cellsFile, pointsFile])));
}

const variantColumns = (plan: Plan): Columns =>
  plan.variants.length < 2 ? [] : [['variant', text('scenario of the comparison')]];

function variantCell(plan: Plan, point: Point): Row {
  return plan.variants.length < 2 ? {} : { variant: plan.variants[point.variant]?.name ?? '' };
}

function cellTable(plan: Plan, parameters: Parameters): CsvFile {
  return fileOf(
    'cells.csv',
    'one row a cell: one replication of one point',
    ['cell'],
    [
      ['cell', text('<point>.<replication>')],
      ['point', whole('index of the point, from 0')],
      ['replication', whole('index of the replication, from 0; all points share its seed')],
      ...variantColumns(plan),
      ['cell_seed', text('seed of the run, a decimal string')],
      ['status', text('done; invalid: no scenario; defect: the simulator failed; crashed: its process did')],
      ['verdict', text('verdict of the run')],
      ['exit_code', whole('exit code that the run alone has')],
      ['events', whole('events of the run')],
      ['digest', text('digest of the run')],
      ['reason', text('why it is not done')],
      ...factorColumns(plan),
      ...plan.metrics.map((metric): [string, Column] => [metricColumn(metric), metricType(metric)]),
      ['replay', text('the command that runs this cell alone, from the folder of the results')],
      ...parameterColumns(parameters),
    ],
  );
}

function cellRow(plan: Plan, outcome: CellOutcome): Row {
  const { cell, status, verdict, code, events, digest, reason, values } = outcome;
  const { point, replication } = placeOfCell(plan, cell);
  const metrics = plan.metrics.map((metric, i): [string, number | undefined] => {
    const value = values[i] ?? undefined;
    return [metricColumn(metric), value === undefined || metric.unit !== 'us' ? value : Math.round(value)];
  });
  return {
    cell: cellId(plan, cell),
    point,
    replication,
    cell_seed: replicationSeed(plan.seed, replication, nobleHash),
    status,
    verdict,
    exit_code: code,
    events,
    digest,
    reason: plain(reason),
    ...Object.fromEntries(metrics),
    replay: replayOf(plan, cell),
  };
}

/** `latency-p95` is `latency_p95_ms`, `relayer-cost-ATOM` is `relayer_cost_ATOM_base_units`. */
export function metricColumn({ name, unit }: Metric): string {
  const border = unit === 'us' ? '_ms' : unit === 'amount' ? '_base_units' : '';
  return `${name.replaceAll('-', '_')}${border}`;
}

function metricType({ name, unit }: Metric): Column {
  return unit === 'us' ? us(`${name} of the run`) : number(`${name} of the run`);
}

function pointTable(plan: Plan, parameters: Parameters): CsvFile {
  return fileOf(
    'points.csv',
    `one row a figure of a point, with ${plan.level * 100}% intervals`,
    ['point', 'metric'],
    [
      ['point', whole('index of the point, from 0')],
      ...variantColumns(plan),
      ['metric', text('name of the figure')],
      ['unit', text('unit of the numbers of the row')],
      ['kind', text('mean: Student-t over replications; rate: share of runs, Clopper-Pearson')],
      ['n', whole('replications that gave a value')],
      ['estimate', number('mean, or share')],
      ['lo', number('lower end of its interval')],
      ['hi', number('upper end of its interval')],
      ['sd', number('standard deviation over replications')],
      ['median', number('median over replications')],
      ['median_lo', number('lower end of its interval, by order statistics')],
      ['median_hi', number('upper end of its interval, by order statistics')],
      ['min', number('smallest value')],
      ['max', number('largest value')],
      ...factorColumns(plan),
      ...parameterColumns(parameters),
    ],
  );
}

function figureRow(figure: Figure): Row {
  const isTime = figure.unit === 'us';
  const at = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : isTime ? Number((value / 1_000).toFixed(3)) : value;
  return {
    metric: figure.metric,
    unit: isTime ? 'ms' : figure.unit === 'amount' ? 'base units' : figure.unit,
    kind: figure.kind,
    n: figure.n,
    estimate: at(figure.estimate),
    lo: at(figure.lo),
    hi: at(figure.hi),
    sd: at(figure.sd),
    median: at(figure.median),
    median_lo: at(figure.medianLo),
    median_hi: at(figure.medianHi),
    min: at(figure.min),
    max: at(figure.max),
  };
}

/** Columns of tables that a factor's name must not take. */
const TAKEN = new Set(
  [
    'cell',
    'point',
    'replication',
    'variant',
    'status',
    'verdict',
    'events',
    'digest',
    'reason',
    'replay',
    'metric',
  ].concat(['unit', 'kind', 'n', 'estimate', 'lo', 'hi', 'sd', 'median', 'min', 'max']),
);

function factorColumn({ id, unit }: Factor): string {
  const name = unit === 'time' ? `${id}_ms` : id;
  return TAKEN.has(name) ? `factor_${name}` : name;
}

function factorColumns(plan: Plan): Columns {
  return plan.factors.map((factor): [string, Column] => {
    const meaning = `varied: ${factor.paths.join(', ')}`;
    return [factorColumn(factor), factor.unit === 'text' ? text(meaning) : number(meaning)];
  });
}

function factorCells(plan: Plan, point: Point): Row {
  const cells = plan.factors.map((factor, i): [string, string | number] => {
    const written = point.factors[i] ?? '';
    const quantity = factor.unit === 'text' ? undefined : readQuantity(written);
    if (quantity === undefined) return [factorColumn(factor), plain(written)];
    return [factorColumn(factor), factor.unit === 'time' ? quantity.value / 1_000 : quantity.value];
  });
  return Object.fromEntries(cells);
}

function parameterColumns({ paths }: Parameters): Columns {
  return paths.map((path): [string, Column] => [path, text('parameter of the scenario, as it is written')]);
}

function parameterCells(parameters: Parameters, point: Point): Row {
  const values = parameters.valuesOf(point);
  return Object.fromEntries(parameters.paths.map((path, i) => [path, plain(values[i] ?? '')]));
}

/** Text that a spreadsheet would take for a formula is told apart by a quote before it. @source CWE-1236 */
function plain(value: string): string {
  return /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
}
