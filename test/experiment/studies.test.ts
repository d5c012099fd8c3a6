/** Numbers of docs/studies.md are what their sweeps give, from other seeds, within intervals. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Distributions, loadDistributions } from '../../sim/experiment/statistics/distributions.ts';
import { shippedSweeps } from '../support/scenarios.ts';
import { textOf } from '../support/sources.ts';
import { loadStudy, runStudy, shown, tablesIn } from '../support/studies.ts';

const tables = tablesIn(textOf('docs/studies.md'));
let dist: Distributions;
beforeAll(async () => {
  dist = await loadDistributions();
});

/** Numbers of each row: estimate and half-width of every metric. */
function numbersOf(table: string, factors: number): { estimate: number; half: number }[][] {
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').slice(1 + factors, -1))
    .map((cells) =>
      cells.map((cell) => {
        const [estimate, half] = cell.split('±').map(Number);
        return { estimate: estimate ?? Number.NaN, half: half ?? Number.NaN };
      }),
    );
}

describe('studies', () => {
  it('have a page each', () => {
    expect(shippedSweeps().filter((path) => !tables.has(path))).toEqual([]);
  });

  it.each([...tables.keys()])('%s gives what the page says, from another seed', (path) => {
    const published = numbersOf(tables.get(path) ?? '', loadStudy(path).factors.length);
    const study = runStudy(path, dist, { seed: '20261123', replications: 4, level: 0.999 });
    expect(published).toHaveLength(study.points.length);
    study.points.forEach((figures, point) => {
      figures.forEach(({ metric, unit, estimate = 0, lo = estimate, hi = estimate }, i) => {
        const { estimate: said, half } = published[point]?.[i] ?? { estimate: Number.NaN, half: Number.NaN };
        const room = shown((hi - lo) / 2, unit) + half + Math.abs(said) * 1e-3;
        const place = `${metric} at point ${point}: page ${said}, now ${shown(estimate, unit)} +- ${room}`;
        expect(Math.abs(shown(estimate, unit) - said) <= room, place).toBe(true);
      });
    });
  });
});
