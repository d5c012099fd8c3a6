/** Latency by hop. Expected: the times of the blocks themselves, which each step names, and sums of them by hand. */
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../models/lanes/lane.ts';
import { drainHops, routeRows } from '../../reports/observers/hops.ts';
import { builtInObservers, judgeOf } from '../../reports/results.ts';
import { scalarsOf } from '../../reports/scalars.ts';
import { createRunParts } from '../../sim/run/parts.ts';
import { startRun } from '../../sim/run/run.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { type LaneWorld, laneWorld, SECOND } from '../support/lanes-by-hand.ts';

const LANES = `
  a-b: { from: a, to: b, timeout: 10h, verifier: { kind: committee } }
  b-a: { from: b, to: a, timeout: 10h, verifier: { kind: committee } }
  b-c: { from: b, to: c, timeout: 60s, verifier: { kind: committee } }
  c-d: { from: c, to: d, timeout: 60s, verifier: { kind: committee } }`;
const REST = `
traffic:
  t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 1h }, start: 9h, users: 1 }`;
const LATE = { chainUs: 10_000_000 * SECOND };

function world(): LaneWorld {
  return laneWorld(LANES, { chains: 'a b c d', rest: REST });
}

function start(test: LaneWorld, route: readonly number[], retries = 0): Packet {
  const given = { lane: 0, route, retries, asset: 'A', amount: 7n, receiver: 'them', message: -1 };
  expect(test.call('a', 'transfer-through', given, 'user/t/0')).toBe('done');
  return test.sent()[0] as Packet;
}

const judged = (test: LaneWorld): ReturnType<typeof judgeOf> => judgeOf(test.simulation.world.observers);

describe('latency by hop', () => {
  it('gives one row a hop, each from the block before it to its own: 10 + 20 + 30 s are 60 s from end to end', () => {
    const test = world();
    test.until(100);
    const first = start(test, [2, 3]);
    test.until(110);
    test.receive(first);
    const [second] = test.sent() as [Packet];
    test.until(130);
    test.receive(second);
    const [third] = test.sent() as [Packet];
    test.until(160);
    test.receive(third);
    test.until(165);
    test.acknowledge(third);
    test.until(170);
    test.acknowledge(second);
    test.until(180);
    test.acknowledge(first);
    test.until(182);
    const rows = drainHops(judged(test));
    const told = rows.map(({ hop, route, startedUs, arrivedUs, endedUs, hopUs, sinceOriginUs, backUs, isLast }) => {
      const seconds = [startedUs, arrivedUs, endedUs, hopUs, sinceOriginUs, backUs].map((us) => (us ?? NaN) / SECOND);
      return [hop, route, ...seconds, isLast];
    });
    // Blocks come at whole seconds; what is submitted at one of them is in the next.
    expect(told).toEqual([
      [3, 'a-b > b-c > c-d', 131, 161, 166, 30, 60, 5, true],
      [2, 'a-b > b-c', 111, 131, 171, 20, 30, 40, false],
      [1, 'a-b', 101, 111, 181, 10, 10, 70, false],
    ]);
    expect(rows.map(({ message, attempt, packet, lane }) => [message, attempt, packet, lane])).toEqual([
      ['unrequested/1', 1, 'unrequested/1/h3', 'c-d'],
      ['unrequested/1', 1, 'unrequested/1/h2', 'b-c'],
      ['unrequested/1', 1, 'unrequested/1', 'a-b'],
    ]);
  });

  it('counts what was sent again as another attempt, and the wait for the timeout into the way', () => {
    const test = world();
    test.until(100);
    const first = start(test, [2], 1);
    test.until(110);
    test.receive(first);
    const [lost] = test.sent() as [Packet];
    test.until(200);
    test.timeOut(lost, LATE);
    const [again] = test.sent() as [Packet];
    test.until(205);
    test.receive(again);
    test.until(210);
    test.acknowledge(again);
    test.until(220);
    test.acknowledge(first);
    test.until(222);
    const rows = drainHops(judged(test));
    expect(rows.map((row) => [row.hop, row.attempt, row.outcome, row.isLast])).toEqual([
      [2, 1, 'unwound', false],
      [2, 2, 'acknowledged', true],
      [1, 1, 'acknowledged', false],
    ]);
    const [failed, second] = rows;
    expect([failed?.arrivedUs, failed?.hopUs, failed?.backUs]).toEqual([undefined, undefined, undefined]);
    expect([second?.startedUs, second?.hopUs, second?.sinceOriginUs]).toEqual([201 * SECOND, 5 * SECOND, 105 * SECOND]);
    expect(judged(test).metrics.latencies.endToEnd.values[0]).toBe(105 * SECOND);
  });

  it('gives nearest ranks by route: hops of 4, 6 and 9 s -> p50 6 s, p99 9 s', () => {
    const test = world();
    [4, 9, 6].forEach((wait, i) => {
      const from = 100 + i * 50;
      test.until(from);
      const first = start(test, [2]);
      test.until(from + 1);
      test.receive(first);
      const [second] = test.sent() as [Packet];
      test.until(from + 1 + wait);
      test.receive(second);
      test.acknowledge(second);
      test.acknowledge(first);
    });
    test.until(300);
    const rows = routeRows(judged(test)).map((row) => {
      const us = [row.hopP50Us, row.hopP99Us, row.sinceOriginP50Us, row.sinceOriginP99Us];
      return [row.route, row.hop, row.packets, ...us.map((each) => (each ?? NaN) / SECOND)];
    });
    expect(rows).toEqual([
      ['a-b', 1, 3, 1, 1, 1, 1],
      ['a-b > b-c', 2, 3, 6, 9, 7, 10],
    ]);
  });

  it('says nothing of what came by one lane', () => {
    const test = world();
    const packet = test.send();
    test.receive(packet);
    test.acknowledge(packet);
    test.until(20);
    expect(drainHops(judged(test))).toEqual([]);
    expect(routeRows(judged(test))).toEqual([]);
  });
});

const HUB = `
l0sim: 1
name: hub
seed: "5"
horizon: 5min
drain: 20min
proofs: modelled
chains:
  west: { consensus: { kind: parametric }, block: 6s, asset: { name: WEST, decimals: 6 } }
  hub: { consensus: { kind: parametric }, block: 4s, asset: { name: HUB, decimals: 6 } }
  east: { consensus: { kind: parametric }, block: 3s, asset: { name: EAST, decimals: 6 } }
lanes:
  west-hub: { from: west, to: hub, timeout: 10min, verifier: { kind: committee, members: 1 } }
  hub-east: { from: hub, to: east, timeout: 10min, verifier: { kind: committee, members: 1 } }
relayers: { r: { lanes: [west-hub, hub-east] } }
traffic:
  through: { application: token-transfer, lane: west-hub, route: [hub-east], arrivals: { kind: periodic, every: 20s }, amount: 5 WEST }
`;

it('adds up in a whole run: the hops of a transfer are its way, and messages.csv has the same times', () => {
  const { scenario } = loadScenario(HUB);
  const run = startRun(scenario, { parts: createRunParts(builtInObservers) });
  while (run.advance(Number.MAX_SAFE_INTEGER));
  const [mean] = run.measure(scalarsOf([]).filter(({ name }) => name === 'end-to-end-mean'));
  const { hops, messages, routes } = run.finish();
  const rowOf = new Map(messages.map((row) => [row.message, row]));
  const last = hops.filter(({ isLast }) => isLast);
  expect(last.length).toBeGreaterThan(10);
  let sum = 0;
  for (const row of last) {
    const before = hops.find(({ message, hop }) => message === row.message && hop === 1);
    expect(row.sinceOriginUs).toBe((before?.hopUs ?? NaN) + (row.hopUs ?? NaN));
    const [origin, packet] = [rowOf.get(row.message), rowOf.get(row.packet)];
    expect(row.sinceOriginUs).toBe((packet?.executedUs ?? NaN) - (origin?.requestedUs ?? NaN));
    sum += row.sinceOriginUs ?? NaN;
  }
  expect(mean).toBe(sum / last.length);
  expect(routes.map(({ route, packets }) => [route, packets])).toEqual([
    ['west-hub', last.length],
    ['west-hub > hub-east', last.length],
  ]);
});
