/** The studies of docs/studies.md: each a shipped sweep, run in this process, and its table. */
import { posix } from 'node:path';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { type Figure, figuresOf } from '../../sim/experiment/cells/figures.ts';
import type { Plan } from '../../sim/experiment/cells/plan.ts';
import { createCellRunner } from '../../sim/experiment/cells/run-cell.ts';
import type { Distributions } from '../../sim/experiment/statistics/distributions.ts';
import { loadSweep } from '../../sim/experiment/sweep/load-sweep.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import type { PresetSource } from '../../sim/scenario/read-preset.ts';
import { optionsFor } from './scenarios.ts';
import { textOf } from './sources.ts';

export interface Study {
  readonly plan: Plan;
  /** Figures that the sweep names, by point. */
  readonly points: readonly (readonly Figure[])[];
}

export interface StudyOptions {
  readonly seed?: string;
  readonly replications?: number;
  readonly level?: number;
}

export function loadStudy(path: string, options: StudyOptions = {}): Plan {
  const { plan } = loadSweep(textOf(path), {
    file: path,
    loadBase: (file, settings) => {
      const base = posix.join(posix.dirname(path), file);
      return loadScenario(textOf(base), { ...optionsFor(base), overrides: settings });
    },
    readText: (file) => textOf(posix.join(posix.dirname(path), file)),
    version: '0',
    hash: nobleHash,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.replications === undefined ? {} : { replications: options.replications }),
  });
  return { ...plan, level: options.level ?? plan.level };
}

export function runStudy(path: string, dist: Distributions, options: StudyOptions = {}): Study {
  const plan = loadStudy(path, options);
  const runCell = createCellRunner(plan, optionsFor(path) as PresetSource);
  const named = new Set(plan.metrics.map((metric) => metric.name));
  const points = plan.points.map((_, point) => {
    const cells = Array.from({ length: plan.replications }, (_, r) => runCell(point * plan.replications + r));
    return figuresOf(plan, cells, dist).filter((figure) => named.has(figure.metric));
  });
  return { plan, points };
}

const DIGITS = 4;

/** The number of a table's cell: seconds for times, percent for shares. */
export function shown(value: number, unit: string): number {
  const scaled = unit === 'us' ? value / 1_000_000 : unit === 'share' ? value * 100 : value;
  return Number(scaled.toPrecision(DIGITS));
}

const UNITS: Readonly<Record<string, string>> = { us: ', s', share: ', %', amount: ', base units' };

/** A Markdown table with `estimate ± half-width` in each cell. */
export function tableOf({ plan, points }: Study): string {
  const heads = plan.metrics.map(({ name, unit }) => `${name}${UNITS[unit] ?? ''}`);
  const head = `| ${[...plan.factors.map(({ id }) => id), ...heads].join(' | ')} |`;
  const rule = head.replace(/[^|]+/g, '---');
  const rows = points.map((figures, point) => {
    const cells = figures.map(({ estimate = 0, lo = estimate, hi = estimate, unit }) => {
      return `${shown(estimate, unit)} ± ${shown((hi - lo) / 2, unit)}`;
    });
    return `| ${[...(plan.points[point]?.factors ?? []), ...cells].join(' | ')} |`;
  });
  return [head, rule, ...rows].join('\n');
}

const MARK = /<!-- table (\S+) -->\n([\s\S]*?)<!-- end -->/g;

/** Tables of the page by the path of their sweep. */
export function tablesIn(page: string): Map<string, string> {
  return new Map([...page.matchAll(MARK)].map((match) => [match[1] ?? '', (match[2] ?? '').trim()]));
}

export function withTables(page: string, tables: ReadonlyMap<string, string>): string {
  return page.replace(MARK, (whole, path: string) => {
    const table = tables.get(path);
    return table === undefined ? whole : `<!-- table ${path} -->\n\n${table}\n\n<!-- end -->`;
  });
}
