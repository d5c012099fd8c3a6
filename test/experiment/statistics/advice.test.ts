import { describe, expect, it } from 'vitest';
import {
  adviceOnBatches,
  adviceOnQuantile,
  adviceOnRuns,
  adviceOnUnseen,
  adviceOnWarmUp,
  adviceOnWidth,
  isWide,
} from '../../../sim/experiment/statistics/advice.ts';

const figure = (
  metric: string,
  estimate: number,
  half: number | undefined,
): { metric: string; estimate: number; lo: number | undefined; hi: number | undefined } => ({
  metric,
  estimate,
  lo: half === undefined ? undefined : estimate - half,
  hi: half === undefined ? undefined : estimate + half,
});

describe('advice', () => {
  it('on runs is given below five', () => {
    expect(adviceOnRuns(5)).toEqual([]);
    expect(adviceOnRuns(4).map(({ code }) => code)).toEqual(['few-runs']);
  });

  it('on width names what is wider than its share of the estimate, whatever its sign', () => {
    const figures = [figure('a', 10, 5), figure('b', 10, 5.01), figure('c', -10, 6), figure('d', 1, undefined)];
    expect(figures.map((each) => isWide(each))).toEqual([false, true, true, false]);
    expect(adviceOnWidth(figures)).toEqual([
      {
        code: 'wide-interval',
        text: 'intervals wider than half of the mean: b, c; take more replications or a longer horizon',
      },
    ]);
    expect(adviceOnWidth(figures, 0.1)[0]?.text).toMatch(/^intervals wider than 10% of the mean: a, b, c;/);
    expect(adviceOnWidth([figure('a', 10, 1)])).toEqual([]);
  });

  it('on width counts those that it does not name', () => {
    const figures = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => figure(name, 1, 2));
    expect(adviceOnWidth(figures)[0]?.text).toContain(': a, b, c, d and 2 more;');
  });

  it('on what was not seen gives the one-sided bound', () => {
    // scipy: binomtest(0, 30, alternative='less').proportion_ci(0.95, 'exact').high = 0.0950
    expect(adviceOnUnseen('violation', 30, 0.95)).toEqual([
      { code: 'none-seen', text: 'no violation in 30 runs: at most 9.5% of runs have one, at 95% confidence' },
    ]);
    expect(adviceOnUnseen('violation', 0, 0.95)).toEqual([]);
  });

  it('on a quantile says how many runs it needs', () => {
    expect(adviceOnQuantile('latency', 0.95, 72, 0.95)).toEqual([]);
    expect(adviceOnQuantile('latency', 0.95, 71, 0.95)[0]?.text).toContain('71 runs, 72 needed');
  });

  it('on a run says whether it is too short for a warm-up or for batches', () => {
    expect(adviceOnWarmUp('wait', { mean: 1, deleted: 0, isLongEnough: false }, 20)[0]?.code).toBe('short-warm-up');
    expect(adviceOnWarmUp('wait', { mean: 1, deleted: 5, isLongEnough: true }, 200)).toEqual([]);
    const batches = { estimate: 1, lo: 0, hi: 2, batches: 30, lag1: 0.5, isCorrelated: true };
    expect(adviceOnBatches('wait', undefined)[0]?.code).toBe('short-run');
    expect(adviceOnBatches('wait', batches)[0]?.code).toBe('correlated-batches');
    expect(adviceOnBatches('wait', { ...batches, isCorrelated: false })).toEqual([]);
  });
});
