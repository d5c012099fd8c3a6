/**
 * What an experiment consists of: scenarios, the points at which they are run, and how often. A cell is one replication
 * of one point: it has a number, can be run alone and anywhere, and gives the same outcome wherever that is.
 */
import type { HashBackend } from '../../base/bytes.ts';
import type { ScalarUnit } from '../../../reports/scalars.ts';
import { canonicalHash } from '../../scenario/text/canonical.ts';

/** A scenario of the experiment, as resolved YAML that needs no other file than the shipped presets. */
export interface Variant {
  readonly name: string;
  readonly scenario: string;
}

/** A value put at a path of the resolved scenario, as YAML. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

export interface Point {
  /** Index of the variant. */
  readonly variant: number;
  readonly settings: readonly Setting[];
  /** The value of each factor, as it is written, in the order of `Plan.factors`. */
  readonly factors: readonly string[];
}

/** What is varied. `time` and `share` are written to tables as numbers with a unit, the rest as they are. */
export interface Factor {
  readonly id: string;
  readonly paths: readonly string[];
  readonly unit: 'time' | 'share' | 'number' | 'text';
}

/** A figure that is kept of each cell. */
export interface Metric {
  readonly name: string;
  readonly unit: ScalarUnit;
}

export interface Plan {
  readonly version: string;
  readonly kind: 'replicate' | 'sweep' | 'compare';
  readonly name: string;
  readonly question: string;
  readonly seed: string;
  readonly replications: number;
  /** Confidence of each interval, such as 0.95. */
  readonly level: number;
  /** Figures that are kept, in the order of their columns. */
  readonly metrics: readonly Metric[];
  readonly factors: readonly Factor[];
  readonly variants: readonly Variant[];
  readonly points: readonly Point[];
  readonly eventBudget?: number;
  /** Of everything above: cells of one plan fit together, those of two do not. */
  readonly hash: string;
}

export function createPlan(plan: Omit<Plan, 'hash'>, hash: HashBackend): Plan {
  return { ...plan, hash: canonicalHash(plan, hash) };
}

/** Cells of an experiment at the most. @source the rows that a spreadsheet or a notebook still opens */
export const CELLS_MAX = 1_000_000;

export function cellCount(plan: Plan): number {
  return plan.points.length * plan.replications;
}

export interface CellPlace {
  readonly point: number;
  readonly replication: number;
}

/** Point by point, so that the replications of a point follow each other. */
export function placeOfCell(plan: Plan, cell: number): CellPlace {
  return { point: Math.floor(cell / plan.replications), replication: cell % plan.replications };
}

/** `12.3`: point and replication, as tables and `--cell` name it. */
export function cellId(plan: Plan, cell: number): string {
  const { point, replication } = placeOfCell(plan, cell);
  return `${point}.${replication}`;
}

/** The cell of an id; undefined where the plan has none such. */
export function cellOfId(plan: Plan, id: string): number | undefined {
  const match = /^(\d{1,7})\.(\d{1,7})$/.exec(id);
  if (match === null) return undefined;
  const [point, replication] = [Number(match[1]), Number(match[2])];
  const isThere = point < plan.points.length && replication < plan.replications;
  return isThere ? point * plan.replications + replication : undefined;
}

/** Cells of shard `index` of `count`, both from 1: every count-th, so that each shard has a share of every region. */
export function cellsOfShard(plan: Plan, index: number, count: number): number[] {
  const cells: number[] = [];
  for (let cell = index - 1; cell < cellCount(plan); cell += count) cells.push(cell);
  return cells;
}
