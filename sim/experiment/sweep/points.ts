/** The points of a design: for each a value of every factor that follows no other. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { HashBackend } from '../../base/bytes.ts';
import type { ProblemList } from '../../scenario/text/validate.ts';
import { CELLS_MAX } from '../cells/plan.ts';
import { createDesignDraws } from '../designs/draws.ts';
import { gridPoints, gridSize } from '../designs/grid.ts';
import { oneAtATimePoints } from '../designs/one-at-a-time.ts';
import { designProblem, type UnitDesign, unitPoints } from '../designs/unit-points.ts';
import type { SweptFactor } from './factors.ts';
import type { DesignText, SweepText } from './schema.ts';
import { type FactorRange, levelsOf, valueAt } from './spread.ts';

export interface DesignSource {
  readonly seed: string;
  readonly hash: HashBackend;
  readonly readText: (file: string) => string;
  readonly list: ProblemList;
}

type Values = ReadonlyMap<string, string>;

/** Points in the order in which the design makes them. Puts what does not fit on the list and gives none then. */
export function pointsOf(sweep: SweepText, factors: readonly SweptFactor[], source: DesignSource): Values[] {
  const design = sweep.design ?? { kind: 'grid' };
  const free = factors.filter((factor) => factor.link === undefined);
  switch (design.kind) {
    case 'grid':
      return product(free, source.list);
    case 'one-at-a-time':
      return oneAtATime(free, source.list);
    case 'csv':
      return fromCsv(design.file, free, source);
    case 'random':
    case 'latin-hypercube':
    case 'sobol':
      return spread(design, free, source);
  }
}

function levelsOfAll(factors: readonly SweptFactor[]): string[][] {
  return factors.map(({ range }) => (range === undefined ? [] : levelsOf(range)));
}

/** Levels of each factor with each other; the last factor changes fastest. */
function product(factors: readonly SweptFactor[], list: ProblemList): Values[] {
  const levels = levelsOfAll(factors);
  const sizes = levels.map((each) => each.length);
  // Judged before it is made: three factors of a million values would not fit any memory.
  if (gridSize(sizes) > CELLS_MAX) {
    const got = `${sizes.join(' x ')} points`;
    list.at(['design'], 'E140', 'the grid has too many points', { expected: `at most ${CELLS_MAX}`, got });
    return [];
  }
  return gridPoints(sizes).map((point) => {
    return new Map(factors.map(({ id }, i) => [id, levels[i]?.[point[i] as number] ?? '']));
  });
}

/** The base scenario first, then each factor at each of its other levels with all others as they are in the base. */
function oneAtATime(factors: readonly SweptFactor[], list: ProblemList): Values[] {
  for (const { id, base } of factors) {
    if (base !== undefined) continue;
    const expected = 'a value in the base scenario, or one under set:';
    list.at(['vary', id], 'E139', `the base scenario says nothing of ${id}`, { expected });
  }
  const levels = levelsOfAll(factors);
  const lonely = factors.map(({ base = '' }, i) => {
    const own = (levels[i] ?? []).indexOf(base);
    return { levels: levels[i]?.length ?? 0, base: own < 0 ? undefined : own };
  });
  return oneAtATimePoints(lonely).map((point) => {
    const valueOf = (level: number | undefined, i: number): string =>
      (level === undefined ? factors[i]?.base : levels[i]?.[level]) ?? '';
    return new Map(factors.map(({ id }, i) => [id, valueOf(point[i], i)]));
  });
}

/** Points that fill the space between the ends of all factors. */
function spread(
  design: Extract<DesignText, { points: number }>,
  factors: readonly SweptFactor[],
  { seed, hash, list }: DesignSource,
): Values[] {
  const kind: UnitDesign = design.kind === 'sobol' && design.shift === false ? 'sobol-unshifted' : design.kind;
  const problem = designProblem(kind, factors.length, design.points);
  if (problem !== undefined) {
    list.at(['design'], 'E139', problem, { expected: 'a design that can be made' });
    return [];
  }
  const ranges = factors.map(({ range }) => range as FactorRange);
  return unitPoints(kind, factors.length, design.points, createDesignDraws(seed, hash)).map(
    (point) => new Map(factors.map(({ id }, i) => [id, valueAt(ranges[i] as FactorRange, point[i] as number)])),
  );
}

function fromCsv(file: string, factors: readonly SweptFactor[], { readText, list }: DesignSource): Values[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(readText(file), { columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    list.at(['design', 'file'], 'E141', `${file} cannot be read`, { expected: 'a CSV with a column a factor', got });
    return [];
  }
  const columns = Object.keys(rows[0] ?? {});
  const missing = factors.filter(({ id }) => !columns.includes(id)).map(({ id }) => id);
  if (missing.length > 0 || rows.length === 0) {
    const got = columns.length === 0 ? 'no rows' : `columns ${columns.join(', ')}`;
    list.at(['design', 'file'], 'E122', `${file} lacks ${missing.join(', ') || 'points'}`, {
      expected: 'a column a factor',
      got,
    });
    return [];
  }
  return rows.map((row) => new Map(factors.map(({ id }) => [id, row[id] ?? ''])));
}
