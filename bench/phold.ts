/** PHOLD: each of P pending events, when run, schedules one successor after lookahead + exponential delay. */
import { nobleHash } from '../sim/base/noble-hash.ts';
import { instant } from '../sim/base/units.ts';
import { pop, push } from '../sim/kernel/event-queue.ts';
import { createQueue } from '../sim/kernel/event-slots.ts';
import { popHeap, pushHeap } from '../sim/kernel/heap-queue.ts';
import { type Behaviour, createWorld, Simulation } from '../sim/kernel/simulation.ts';
import { BareWheel } from './bare/wheel.ts';
import { median, type Row, time } from './rows.ts';

const MEAN_US = 1_000_000;
const ROUNDS = 5;

/** Delays drawn once, so that drawing costs every implementation the same. */
const delays = Float64Array.from({ length: 65_536 }, (_, i) => {
  const uniform = ((Math.imul(i + 1, 2_654_435_761) >>> 0) + 0.5) / 4_294_967_296;
  return 1 + Math.floor(-Math.log(uniform) * MEAN_US);
});

type Runner = (pending: number, events: number) => number;

function bare(pending: number, events: number): number {
  const buckets = Math.min(262_144, Math.max(256, 1 << Math.ceil(Math.log2(pending * 2))));
  const shift = Math.max(0, Math.floor(Math.log2((8 * MEAN_US) / buckets)));
  const wheel = new BareWheel(pending + 16, buckets, shift);
  for (let i = 0; i < pending; i++) wheel.push(delays[i & 65_535] as number, i);
  let draw = 0;
  return time(() => {
    for (let i = 0; i < events; i++) {
      wheel.pop();
      wheel.push(wheel.time + (delays[draw++ & 65_535] as number), wheel.target);
    }
  });
}

function queue(pending: number, events: number): number {
  const q = createQueue();
  for (let i = 0; i < pending; i++) push(q, delays[i & 65_535] as number, 1, 0, i, 0, 0);
  let draw = 0;
  return time(() => {
    for (let i = 0; i < events; i++) {
      pop(q);
      push(q, q.time + (delays[draw++ & 65_535] as number), 1, 0, q.target, 0, 0);
    }
  });
}

function heap(pending: number, events: number): number {
  const q = createQueue();
  for (let i = 0; i < pending; i++) pushHeap(q, delays[i & 65_535] as number, 1, 0, i, 0, 0);
  let draw = 0;
  return time(() => {
    for (let i = 0; i < events; i++) {
      popHeap(q);
      pushHeap(q, q.time + (delays[draw++ & 65_535] as number), 1, 0, q.target, 0, 0);
    }
  });
}

/** Through the whole loop: entity, behaviour, digest over every event header, checkpoints. */
function kernel(pending: number, events: number): number {
  const process: Behaviour<{ drawn: number }> = {
    kind: 'process',
    events: ['hop'],
    handle(state, event, context) {
      const delay = delays[state.drawn++ & 65_535] as number;
      context.schedule('timer', event.target, 0, instant(context.now + delay), event.a);
    },
  };
  const parts = { hash: nobleHash, records: [], behaviours: [process as unknown as Behaviour], observers: [] };
  const simulation = new Simulation(createWorld('1'), parts);
  const state = { drawn: 0 };
  simulation.addEntity('process', 'p', state);
  for (let i = 0; i < pending; i++) simulation.schedule('timer', 0, 0, instant(delays[i & 65_535] as number), i);
  return time(() => simulation.run(events));
}

export function benchPhold(): Row[] {
  const runners: Readonly<Record<string, Runner>> = { 'bare wheel': bare, queue, 'heap (oracle)': heap, kernel };
  const rows: Row[] = [];
  for (const [label, pending, events] of [
    ['1k', 1_000, 1_000_000],
    ['16k', 16_000, 1_000_000],
    ['1M', 1_000_000, 2_000_000],
  ] as const) {
    const times = new Map<string, number[]>();
    // Rounds alternate, so that a slow moment of the machine falls on all of them.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, run] of Object.entries(runners)) {
        const perEvent = (run(pending, events) * 1e6) / events;
        if (round > 0) times.set(name, [...(times.get(name) ?? []), perEvent]);
      }
    }
    const base = median(times.get('bare wheel') ?? []);
    for (const name of Object.keys(runners)) {
      const value = median(times.get(name) ?? []);
      rows.push({
        figure: `${label} pending, ${name}`,
        value,
        unit: 'ns/event',
        ratio: { to: 'bare wheel', value: value / base },
      });
    }
  }
  return rows;
}
