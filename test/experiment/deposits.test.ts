/** Measured deposits: their file, the distance of two distributions, and those of Nomad beside simulated ones. */
import { describe, expect, it } from 'vitest';
import { compareDeposits, shippedConstants } from '../../sim/cli/commands/validate-deposits.ts';
import { readDeposits } from '../../sim/experiment/lanes/deposit-file.ts';
import { distributionDistance } from '../../sim/experiment/lanes/deposit-run.ts';
import { LaneFileError } from '../../sim/experiment/lanes/lane-file.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

describe('deposits: the file', () => {
  it('has a row a deposit, in order of time, with or without its arrival', () => {
    expect(readDeposits('{ "fraud_window_s": 60, "rows": [[9, null], [5, 70], [7]] }')).toEqual({
      windowS: 60,
      rows: [
        { sentS: 5, arrivedS: 70 },
        { sentS: 7, arrivedS: undefined },
        { sentS: 9, arrivedS: undefined },
      ],
    });
  });

  it.each([
    ['no JSON', 'rows', 'no JSON'],
    ['no rows', '{ "rows": [] }', 'no rows'],
    ['a row without a time', '{ "rows": [[null, 3]] }', 'row 1 has no time'],
    ['an arrival before its send', '{ "rows": [[5, 6], [5, 4]] }', 'row 2 arrives before it is sent'],
    ['a window in words', '{ "fraud_window_s": "1h", "rows": [[5, 6]] }', 'fraud_window_s'],
  ])('%s -> %s', (_, text, words) => {
    expect(() => readDeposits(text)).toThrow(LaneFileError);
    expect(() => readDeposits(text)).toThrow(words);
  });
});

describe('deposits: the distance of two distributions', () => {
  it.each([
    [[1, 2, 3], [3, 1, 2], 0],
    [[1, 2], [3, 4], 1],
    // Of the first a half is at 1 and of the second a quarter; ties move both at once.
    [[1, 2], [1, 2, 2, 2], 0.25],
    [[1, 2, 3, 4], [2.5], 0.5],
  ])('%j and %j: %f', (first, second, distance) => {
    expect(distributionDistance(first, second)).toBeCloseTo(distance, 12);
    expect(distributionDistance(second, first)).toBeCloseTo(distance, 12);
  });
});

describeWithVectors('deposits over Nomad', () => {
  interface File {
    readonly rows: readonly (readonly [number, number | null])[];
  }
  const read = (name: string, isChosen: (sentS: number, row: number) => boolean) => {
    const file = vectors<File>(name);
    return readDeposits(JSON.stringify({ ...file, rows: file.rows.filter(([sent], row) => isChosen(sent, row)) }));
  };
  const JUNE_S = 1_654_041_600;

  // April mixes two regimes. May alone keeps this short; `l0sim validate --deposits` takes both months.
  it('of May 2022: as spread as simulated ones within a distance of 0.08, and none of those beats the window', () => {
    const found = compareDeposits(
      read('nomad/deposits_2022q2.json', (sentS) => sentS < JUNE_S),
      '3',
    );
    expect(found.known).toBe(704);
    expect(found.leftOut).toBe(893);
    expect(found.distance).toBeLessThan(0.08);
    expect(found.leastS).toBeGreaterThanOrEqual(1_800);
    expect(found.passes).toBe(true);
  }, 30_000);

  it('show it where the updater is twice as slow', () => {
    const slow = { ...shippedConstants(), updaterS: 2 * shippedConstants().updaterS };
    const few = read('nomad/deposits_2022q2.json', (sentS) => sentS > 1_653_500_000 && sentS < JUNE_S);
    const found = compareDeposits(few, '3', slow);
    expect(found.passes).toBe(false);
  }, 30_000);

  // The rush of 29 July: one constant is fitted to its first half, and the second half is told by it.
  it('in a rush: a median within 10 % of the second half of those that are known', () => {
    const half = (from: number) => read('nomad/relayer_queue.json', (_sentS, row) => row >= from && row < from + 113);
    const median = (quantiles: readonly number[]): number => quantiles[3] ?? NaN;
    const calm = shippedConstants();
    const first = compareDeposits(half(0), '3', calm);
    const slower = median(first.measuredS) - median(first.simulatedS);
    const second = compareDeposits(half(113), '3', { ...calm, delayS: calm.delayS + slower });
    expect(second.known).toBe(113);
    expect(Math.abs(median(second.simulatedS) / median(second.measuredS) - 1)).toBeLessThan(0.1);
    // Without it the calm months' constants are short of what a rush takes, and by a sixth at most.
    expect(slower).toBeGreaterThan(0);
    expect(slower / median(first.measuredS)).toBeLessThan(1 / 6);
  }, 30_000);
});
