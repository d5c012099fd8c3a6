/** Measured lanes: their file, the arithmetic of their errors, and lanes of others beside those that presets give. */
import { describe, expect, it } from 'vitest';
import { compareLanes } from '../../sim/cli/commands/validate-lanes.ts';
import { LaneFileError, readLanes } from '../../sim/experiment/lanes/lane-file.ts';
import { type ComparedLane, errorOf, fittedDelays, systemErrors } from '../../sim/experiment/lanes/lane-report.ts';
import { laneScenario, rank, runLane } from '../../sim/experiment/lanes/lane-run.ts';
import { optionsFor } from '../support/scenarios.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const COLUMNS = '"columns": ["bridge", "from", "to", "n", "q1", "median", "q3"]';

function compared(bridge: string, destination: string, measured: number, simulated: number): ComparedLane {
  return {
    measured: { bridge, source: 'a', destination, n: 1, q1: measured, median: measured, q3: measured },
    problem: '',
    simulated: { n: 1, q1: simulated, median: simulated, q3: simulated },
  };
}

describe('lanes: the file', () => {
  it('has a row a lane, measured or only asked for', () => {
    const text = `{ ${COLUMNS}, "rows": [["cctp", "base", "arbitrum", 9, 1.5, 2, 3], ["ccip", "base", "bnb"]] }`;
    expect(readLanes(text)).toEqual([
      { bridge: 'cctp', source: 'base', destination: 'arbitrum', n: 9, q1: 1.5, median: 2, q3: 3 },
      { bridge: 'ccip', source: 'base', destination: 'bnb', n: 0, q1: undefined, median: undefined, q3: undefined },
    ]);
  });

  it.each([
    ['no JSON', 'lanes', 'no JSON'],
    ['no rows', `{ ${COLUMNS} }`, 'no columns and rows'],
    ['two columns', '{ "columns": ["bridge", "from"], "rows": [] }', 'columns lack bridge, source or destination'],
    ['a lane without its destination', `{ ${COLUMNS}, "rows": [["cctp", "base", 3]] }`, 'row 1 has no destination'],
    [
      'a median in words',
      `{ ${COLUMNS}, "rows": [["cctp", "base", "bnb", 1, 2, "two", 3]] }`,
      'row 1: median is no number',
    ],
  ])('%s -> %s', (_, text, words) => {
    expect(() => readLanes(text)).toThrow(LaneFileError);
    expect(() => readLanes(text)).toThrow(words);
  });
});

describe('lanes: errors and fit', () => {
  it('is the median over lanes of the relative error of the median, nothing for lanes at or below zero', () => {
    const lanes = [
      compared('x', 'b', 100, 90),
      compared('x', 'c', 10, 15),
      compared('x', 'd', 0, 3),
      compared('x', 'e', 4, 4),
    ];
    expect(lanes.map(errorOf)).toEqual([0.1, 0.5, undefined, 0]);
    expect(systemErrors(lanes)).toEqual([{ bridge: 'x', lanes: 3, medianError: 0.1 }]);
    expect(systemErrors(lanes.slice(0, 2))[0]?.medianError).toBeCloseTo(0.3, 12);
  });

  it('fits one constant a system and destination: the median of what is lacking, and never less than nothing', () => {
    const lanes = [
      compared('x', 'b', 100, 90),
      compared('x', 'b', 30, 10),
      compared('x', 'b', 9, 4),
      compared('x', 'c', 5, 8),
      compared('y', 'b', 7, 6),
    ];
    expect(fittedDelays(lanes)).toEqual(
      new Map([
        [
          'x',
          new Map([
            ['b', 10],
            ['c', 0],
          ]),
        ],
        ['y', new Map([['b', 1]])],
      ]),
    );
  });

  it('ranks by the nearest -> of four, the first, second and third', () => {
    expect([0.25, 0.5, 0.75].map((share) => rank([10, 20, 30, 40], share))).toEqual([10, 20, 30]);
    expect(rank([], 0.5)).toBeUndefined();
  });
});

describe('lanes: simulated', () => {
  it('waits for what the system waits for: 15 blocks of Ethereum, and seconds to sign and to carry', () => {
    const options = optionsFor('scenarios/lane.yaml');
    const lane = runLane(laneScenario('ethereum', 'arbitrum', 'stargate-oft', 0, '1'), options);
    expect(lane.n).toBeGreaterThan(100);
    expect(lane.q1).toBeGreaterThanOrEqual(180);
    expect(lane.q3).toBeLessThan(200);
    const later = runLane(laneScenario('ethereum', 'arbitrum', 'stargate-oft', 30, '1'), options);
    // Its own 100 ms less, and no two of its transactions in a row.
    const more = (later.median ?? NaN) - (lane.median ?? NaN);
    expect(more).toBeGreaterThan(28);
    expect(more).toBeLessThan(34);
  });

  it('says what is not there', () => {
    const [lane] = compareLanes(
      readLanes(`{ ${COLUMNS}, "rows": [["ccip", "base", "atlantis"]] }`),
      {},
      () => undefined,
    );
    expect([lane?.problem, lane?.simulated]).toEqual(['unknown preset atlantis', undefined]);
  });
});

describeWithVectors('lanes: as measured', () => {
  /** The five busiest lanes of each bridge. */
  const all = readLanes(JSON.stringify(vectors('lane_latency.json')));
  const busiest = (bridge: string) =>
    all
      .filter((lane) => lane.bridge === bridge)
      .sort((a, b) => b.n - a.n)
      .slice(0, 5);

  it('has 131 lanes or more, all between chains that are presets', () => {
    expect(all.length).toBeGreaterThanOrEqual(131);
  });

  // Bounds are of presets and one fitted constant a system and destination; the whole file is in docs/lane-validation.csv.
  it.each([
    ['ccip', 0.1],
    ['cctp', 0.1],
    ['stargate_oft', 0.15],
    ['stargate_bus', 0.5],
  ])(
    '%s: half of the busiest lanes within a share of %d of the measured median',
    (bridge, bound) => {
      const lanes = compareLanes(busiest(bridge), {}, () => undefined);
      expect(lanes.map(({ problem }) => problem)).toEqual(['', '', '', '', '']);
      expect(systemErrors(lanes)[0]?.medianError).toBeLessThan(bound);
    },
    30_000,
  );
});
