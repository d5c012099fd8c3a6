import { describe, expect, it } from 'vitest';
import { duration, type Instant, instant } from '../../sim/base/units.ts';
import type { Law } from '../../sim/kernel/random/laws.ts';
import type { Behaviour, Simulation } from '../../sim/kernel/simulation.ts';
import {
  addNetwork,
  arrived,
  inFlight,
  type LinkRule,
  type Network,
  type NetworkParameters,
  networkOf,
  transmit,
} from '../../models/network/network.ts';
import { smallWorld } from '../support/small-world.ts';

const SECOND = 1_000_000;

interface Arrival {
  readonly from: number;
  readonly to: number;
  readonly key: number;
  readonly sentAt: number;
  readonly at: number;
}

interface Sending {
  /** Seconds. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly key?: number;
  readonly bytes?: number;
}

interface Outcome {
  readonly network: Network;
  readonly arrivals: readonly Arrival[];
  readonly late: readonly Readonly<Record<string, unknown>>[];
}

const constant = (seconds: number): Law => ({ kind: 'constant', value: seconds * SECOND });
const exponential: Law = { kind: 'exponential', mean: SECOND };

/** Sends all of it over one network and lets the world run dry. */
function sendAll(
  parameters: Omit<NetworkParameters, 'name'>,
  sendings: readonly Sending[],
  rules: (simulation: Simulation) => LinkRule[] = () => [],
): Outcome {
  const arrivals: Arrival[] = [];
  const receiver: Behaviour<Sending[]> = {
    kind: 'test-node',
    events: ['arrived', 'send'],
    handle(state, event, context) {
      const network = networkOf(context.world, 0);
      const sending = state[event.a] as Sending;
      const { from, to, key = event.a, bytes = 0 } = sending;
      if (event.kind === 0) {
        arrived(network);
        arrivals.push({ from, to, key, sentAt: event.b, at: context.now });
      } else {
        transmit(context, network, { from, to, key, bytes, target: 0, kind: 0, a: event.a, b: context.now });
      }
      // Looking at every slot is for small worlds.
      if (state.length > 300) return;
      expect(inFlight(network)).toBe(context.world.queue.pending - pendingSends(context.world.queue));
    },
  };
  const small = smallWorld({ behaviours: () => [receiver as unknown as Behaviour] });
  const { simulation } = small;
  const network = addNetwork(simulation, { name: 'net', ...parameters });
  simulation.addEntity('test-node', 'node', [...sendings]);
  network.rules.push(...rules(simulation));
  sendings.forEach(({ at }, index) => simulation.schedule('timer', 0, 1, instant(Math.round(at * SECOND)), index));
  simulation.run();
  const late = small.seen.filter(({ name }) => name === 'envelope-late').map(({ fields }) => fields);
  return { network, arrivals, late };
}

/** Sends that are still to come, among the pending events. */
function pendingSends(queue: { state: Uint8Array; kinds: Uint16Array; used: number }): number {
  let count = 0;
  for (let slot = 0; slot < queue.used; slot++) if (queue.state[slot] === 1 && queue.kinds[slot] === 1) count++;
  return count;
}

/** Every ordered pair of `nodes` once, at a time. */
function allPairs(nodes: number, at = 0): Sending[] {
  const pairs: Sending[] = [];
  for (let from = 0; from < nodes; from++) {
    for (let to = 0; to < nodes; to++) if (from !== to) pairs.push({ at, from, to });
  }
  return pairs;
}

function linksOf(outcome: Outcome): string {
  return outcome.arrivals
    .map(({ from, to }) => `${from}${to}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(' ');
}

/** Mean and standard deviation of a count of n draws of probability p. */
function binomial(n: number, p: number): { readonly mean: number; readonly deviation: number } {
  return { mean: n * p, deviation: Math.sqrt(n * p * (1 - p)) };
}

function expectShare(count: number, n: number, p: number): void {
  const { mean, deviation } = binomial(n, p);
  // Five deviations: one seed in some two million is off by chance, and the seed is fixed.
  expect(count).toBeGreaterThan(mean - 5 * deviation);
  expect(count).toBeLessThan(mean + 5 * deviation);
}

function partition(groupOf: readonly number[], isSymmetric: boolean): () => LinkRule[] {
  return () => [{ fault: 3, kind: 'partition', groupOf, isSymmetric }];
}

describe('network: partitions', () => {
  // Nodes 0 and 1 are the rest, 2 is cut off.
  it.each([
    ['symmetric: nobody hears the other side', [0, 0, 1], true, '01 10'],
    ['one way: the cut-off hears and is not heard', [0, 0, 1], false, '01 02 10 12'],
    ['groups, symmetric: each hears its own', [1, 1, 2], true, '01 10'],
    ['groups, one way: both are cut off, and hear only their own', [1, 1, 2], false, '01 10'],
    ['groups with a rest, one way: the rest is heard by all and hears itself', [1, 0, 2], false, '10 12'],
    ['everybody alone', [1, 2, 3], true, ''],
    ['nobody cut off', [0, 0, 0], true, '01 02 10 12 20 21'],
    ['one group of all is none', [1, 1, 1], true, '01 02 10 12 20 21'],
    ['a node that the rule does not name is of the rest', [0, 1], true, '02 20'],
  ])('%s', (_, groupOf, isSymmetric, links) => {
    const outcome = sendAll({ latency: constant(1) }, allPairs(3), partition(groupOf, isSymmetric));
    expect(linksOf(outcome)).toBe(links);
    const through = links === '' ? 0 : links.split(' ').length;
    expect([outcome.network.sent, outcome.network.delivered, outcome.network.dropped]).toEqual([
      6,
      through,
      6 - through,
    ]);
  });

  it('keeps no envelope for later: what is sent while it stands is lost, what flew before arrives', () => {
    const { network, arrivals } = sendAll({ latency: constant(10) }, [{ at: 0, from: 0, to: 2 }]);
    expect([network.dropped, arrivals.length]).toEqual([0, 1]);
  });
});

describe('network: loss', () => {
  it('is the share that it says, link by link, and is counted', () => {
    const n = 10_000;
    const sendings = Array.from({ length: n }, (_, key) => ({ at: 0, from: key % 2, to: 2, key }));
    const { network, arrivals } = sendAll({ latency: constant(1), loss: 0.3 }, sendings);
    expectShare(network.dropped, n, 0.3);
    expect(arrivals.length).toBe(n - network.dropped);
    expectShare(arrivals.filter(({ from }) => from === 0).length, n / 2, 0.7);
  });

  it.each([
    [0, 100],
    [1, 0],
  ])('of %s lets %s of 100 through', (loss, through) => {
    const sendings = Array.from({ length: 100 }, (_, key) => ({ at: 0, from: 0, to: 1, key }));
    expect(sendAll({ latency: constant(1), loss }, sendings).arrivals.length).toBe(through);
  });
});

describe('network: duplication', () => {
  const n = 10_000;
  const sendings = Array.from({ length: n }, (_, key) => ({ at: 0, from: 0, to: 1, key }));

  it('sends the share that it says twice, the copy never before the first', () => {
    const { network, arrivals } = sendAll({ latency: exponential, duplication: 0.2 }, sendings);
    expectShare(network.duplicated, n, 0.2);
    expect(arrivals.length).toBe(n + network.duplicated);
    expect([network.delivered, inFlight(network)]).toEqual([n + network.duplicated, 0]);
  });

  it('draws the delay of a copy for itself: it is that of no other envelope', () => {
    const gapsOf = (duplication: number) => {
      const byKey = new Map<number, number[]>();
      for (const { key, at } of sendAll({ latency: exponential, duplication }, sendings).arrivals) {
        byKey.set(key, [...(byKey.get(key) ?? []), at]);
      }
      return byKey;
    };
    const once = new Set([...gapsOf(0).values()].map(([at]) => at as number));
    const twice = gapsOf(1);
    const copies = [...twice.values()].map(([first = 0, second = 0]) => second - first);
    expect(copies.length).toBe(n);
    // Of 10,000 delays of some million microseconds a few meet by chance: about n * n / 2e6 = 50 do.
    expect(copies.filter((delay) => once.has(delay)).length).toBeLessThan(200);
  });
});

describe('network: reordering', () => {
  it('holds the share that it says back by a second delay, so that what is sent later overtakes it', () => {
    const n = 10_000;
    const sendings = Array.from({ length: n }, (_, key) => ({ at: key / 1_000, from: 0, to: 1, key }));
    const { arrivals } = sendAll({ latency: constant(1), reordering: 0.1 }, sendings);
    const delays = arrivals.map(({ at, sentAt }) => at - sentAt);
    expect(new Set(delays)).toEqual(new Set([SECOND, 2 * SECOND]));
    expectShare(delays.filter((delay) => delay === 2 * SECOND).length, n, 0.1);
    const isOrdered = arrivals.every(({ key }, index) => index === 0 || key > (arrivals[index - 1]?.key ?? -1));
    expect(isOrdered).toBe(false);
  });
});

describe('network: bandwidth', () => {
  // 1,000 bytes a second: 500 bytes take half a second to send, and then fly for two.
  const wire = { latency: constant(2), bandwidth: 1_000 };

  it('is the time to send, and the time to wait behind what the link still sends', () => {
    const { arrivals } = sendAll(wire, [
      { at: 0, from: 0, to: 1, bytes: 500 },
      { at: 0, from: 0, to: 1, bytes: 500 },
      { at: 0.25, from: 0, to: 1, bytes: 250 },
      // Idle since 1.25 s.
      { at: 5, from: 0, to: 1, bytes: 1_000 },
      // Other links, and the way back, have their own.
      { at: 0, from: 1, to: 0, bytes: 500 },
      { at: 0, from: 0, to: 2, bytes: 500 },
    ]);
    const at = new Map(arrivals.map(({ key, at: time }) => [key, time / SECOND]));
    expect([...at].sort(([a], [b]) => a - b)).toEqual([
      [0, 2.5],
      [1, 3],
      [2, 3.25],
      [3, 8],
      [4, 2.5],
      [5, 2.5],
    ]);
  });

  it('rounds the time to send up to the next microsecond', () => {
    const { arrivals } = sendAll({ latency: constant(0), bandwidth: 3_000_000 }, [{ at: 0, from: 0, to: 1, bytes: 1 }]);
    expect(arrivals[0]?.at).toBe(1);
  });

  it('of 0 has no limit', () => {
    const { arrivals } = sendAll({ latency: constant(2) }, [{ at: 0, from: 0, to: 1, bytes: 1_000_000_000 }]);
    expect(arrivals[0]?.at).toBe(2 * SECOND);
  });
});

describe('network: partial synchrony', () => {
  // @source Dwork, Lynch and Stockmeyer 1988: from GST on, what is sent arrives within delta; before, by GST + delta.
  const gst: Instant = instant(10 * SECOND);
  const delta = duration(2 * SECOND);

  it.each([
    ['slow, long before GST', 100, 3, 12],
    ['slow, a microsecond before GST', 100, 9.999999, 12],
    ['slow, at GST', 100, 10, 12],
    ['slow, after GST', 100, 11, 13],
    ['quick, before GST', 0.5, 3, 3.5],
    ['quick, across GST', 0.5, 9.75, 10.25],
    ['as slow as is allowed', 2, 11, 13],
    ['as slow as is allowed before GST', 9, 3, 12],
  ])('%s', (_, latency, at, arrives) => {
    const { arrivals, late } = sendAll({ latency: constant(latency), gst, delta }, [{ at, from: 0, to: 1 }]);
    expect(arrivals.map(({ at: time }) => time / SECOND)).toEqual([arrives]);
    expect(late).toEqual([]);
  });

  it('loses what it may until GST and nothing from then on', () => {
    const { arrivals, network } = sendAll({ latency: constant(1), loss: 1, gst, delta }, [
      { at: 9, from: 0, to: 1 },
      { at: 9.999999, from: 0, to: 1 },
      { at: 10, from: 0, to: 1 },
      { at: 11, from: 0, to: 1 },
    ]);
    expect([arrivals.map(({ key }) => key), network.dropped]).toEqual([[2, 3], 2]);
  });

  it('brings copies and what waits for a link in time as well', () => {
    const duplicated = sendAll({ latency: constant(1.5), duplication: 1, gst, delta }, [{ at: 11, from: 0, to: 1 }]);
    expect(duplicated.arrivals.map(({ at }) => at / SECOND)).toEqual([12.5, 13]);
    const queued = Array.from({ length: 5 }, () => ({ at: 11, from: 0, to: 1, bytes: 1_000 }));
    const { arrivals } = sendAll({ latency: constant(0), bandwidth: 1_000, gst, delta }, queued);
    expect(arrivals.map(({ at }) => at / SECOND)).toEqual([12, 13, 13, 13, 13]);
  });

  it('is broken only by a fault after GST, which is said: late by so much, or -1 for lost', () => {
    const slow = (simulation: Simulation): LinkRule[] => [
      { fault: 4, kind: 'latency', extra: constant(30), nodes: [1], stream: simulation.stream('fault/f/latency') },
    ];
    const slowed = sendAll(
      { latency: constant(1), gst, delta },
      [
        { at: 3, from: 0, to: 1 },
        { at: 11, from: 0, to: 1 },
        { at: 11, from: 0, to: 2 },
      ],
      slow,
    );
    expect(slowed.arrivals.map(({ key, at }) => [key, at / SECOND])).toEqual([
      [0, 12],
      [2, 12],
      [1, 42],
    ]);
    expect(slowed.late).toMatchObject([{ from: 0, to: 1, delayUs: 31 * SECOND, fault: 4 }]);
    const cut = sendAll(
      { latency: constant(1), gst, delta },
      [
        { at: 3, from: 0, to: 1 },
        { at: 11, from: 0, to: 1 },
      ],
      partition([0, 1], true),
    );
    expect([cut.arrivals, cut.late]).toMatchObject([[], [{ delayUs: -1, fault: 3 }]]);
  });
});

describe('network: regions', () => {
  it('have a law for each way', () => {
    const regionLatency = [
      [constant(1), constant(2)],
      [constant(3), constant(4)],
    ];
    const { arrivals } = sendAll({ latency: constant(9), regionOf: [0, 0, 1], regionLatency }, allPairs(3));
    const seconds = Object.fromEntries(arrivals.map(({ from, to, at }) => [`${from}${to}`, at / SECOND]));
    expect(seconds).toEqual({ '01': 1, '10': 1, '02': 2, '12': 2, '20': 3, '21': 3 });
  });
});

describe('network: draws', () => {
  it('belong to the envelope: without one of them all others fly as long as before', () => {
    const all = Array.from({ length: 200 }, (_, key) => ({ at: key / 10, from: key % 3, to: 3, key }));
    const settings = { latency: exponential, loss: 0.1, duplication: 0.1, reordering: 0.2 };
    const before = sendAll(settings, all).arrivals;
    const after = sendAll(
      settings,
      all.filter(({ key }) => key !== 17 && key !== 90),
    ).arrivals;
    expect(before.some(({ key }) => key === 17)).toBe(true);
    expect(after).toEqual(before.filter(({ key }) => key !== 17 && key !== 90));
  });
});
