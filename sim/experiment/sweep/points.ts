/** The points of a design: for each a value of every factor that follows no other. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { HashBackend } from '../../base/bytes.ts';
import type { ProblemList } from '../../scenario/text/validate.ts';
import type { SweptFactor } from './factors.ts';
import type { SweepText } from './schema.ts';
import { levelsOf } from './spread.ts';

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
      return product(free);
    case 'one-at-a-time':
      return oneAtATime(free, source.list);
    case 'csv':
      return fromCsv(design.file, free, source);
  }
}

/** Levels of each factor with each other; the last factor changes fastest. */
function product(factors: readonly SweptFactor[]): Values[] {
  let points: [string, string][][] = [[]];
  for (const { id, range } of factors) {
    const levels = range === undefined ? [] : levelsOf(range);
    points = points.flatMap((point) => levels.map((level): [string, string][] => [...point, [id, level]]));
  }
  return points.map((point) => new Map(point));
}

/** The base scenario first, then each factor at each of its other levels with all others as they are in the base. */
function oneAtATime(factors: readonly SweptFactor[], list: ProblemList): Values[] {
  const base = new Map<string, string>();
  for (const { id, base: value } of factors) {
    if (value === undefined) {
      const expected = 'a value in the base scenario, or one under set:';
      list.at(['vary', id], 'E139', `the base scenario says nothing of ${id}`, { expected });
    } else base.set(id, value);
  }
  const points: Values[] = [base];
  for (const { id, range } of factors) {
    for (const level of range === undefined ? [] : levelsOf(range)) {
      if (level !== base.get(id)) points.push(new Map([...base, [id, level]]));
    }
  }
  return points;
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
