import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancel, peekTime, pop, push } from '../../sim/kernel/event-queue.ts';
import { createQueue, type EventQueue } from '../../sim/kernel/event-slots.ts';
import { cancelHeap, peekHeap, popHeap, pushHeap } from '../../sim/kernel/heap-queue.ts';

/** One step of a script: push at a distance, cancel a handle given before, or pop. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('push' as const), ahead: fc.nat(), scale: fc.nat(6), cls: fc.nat(5) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
);
const SCALES = [1, 4, 1_000, 1_000_000, 1_000_000_000, 1e12, 4e15];
const END = 4_503_599_627_370_496;

interface Pair {
  wheel: EventQueue;
  readonly heap: EventQueue;
  readonly handles: (readonly [number, number])[];
  now: number;
}

function current(queue: EventQueue): unknown {
  const { time, class: cls, sequence, kind, target, a, b, payload, cause } = queue;
  return { time, cls, sequence, kind, target, a, b, payload, cause };
}

function run(pair: Pair, steps: readonly StepValue[]): void {
  for (const each of steps) apply(pair, each);
}

type StepValue =
  | { readonly kind: 'push'; readonly ahead: number; readonly scale: number; readonly cls: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'pop' };

function apply(pair: Pair, each: StepValue): void {
  const { wheel, heap, handles } = pair;
  if (each.kind === 'push') {
    const time = Math.min(END, pair.now + (each.ahead % (SCALES[each.scale] as number)));
    const payload = each.ahead % 3 === 0 ? { of: each.ahead } : undefined;
    const rest = [time, each.cls, each.ahead % 9, each.ahead % 77, each.ahead, -each.ahead] as const;
    handles.push([push(wheel, ...rest, payload, handles.length), pushHeap(heap, ...rest, payload, handles.length)]);
  } else if (each.kind === 'cancel') {
    const handle = handles[each.which % Math.max(1, handles.length)];
    // Many of these are stale: their events have run or were cancelled before.
    if (handle !== undefined) expect(cancel(wheel, handle[0])).toBe(cancelHeap(heap, handle[1]));
  } else {
    expect(peekTime(wheel)).toBe(peekHeap(heap));
    const has = pop(wheel);
    expect(has).toBe(popHeap(heap));
    if (has) {
      expect(current(wheel)).toEqual(current(heap));
      pair.now = wheel.time;
    }
  }
  expect(wheel.pending).toBe(heap.pending);
}

function pair(): Pair {
  return { wheel: createQueue(), heap: createQueue(), handles: [], now: 0 };
}

describe('kernel: event queue', () => {
  it('always: the wheel gives the order of the heap, ties, classes, cancels and far futures included', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const both = pair();
        run(both, steps);
        while (both.heap.pending > 0) apply(both, { kind: 'pop' });
      }),
      { numRuns: 300 },
    );
  });

  it('always: a copy of its plain data goes on as the queue itself', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 200, size: 'max' }), fc.nat(), (steps, at) => {
        const both = pair();
        const cut = at % steps.length;
        run(both, steps.slice(0, cut));
        both.wheel = structuredClone(both.wheel);
        run(both, steps.slice(cut));
        while (both.heap.pending > 0) apply(both, { kind: 'pop' });
      }),
      { numRuns: 100 },
    );
  });

  it('runs an event of an earlier class at the present instant next', () => {
    const queue = createQueue();
    push(queue, 10, 3, 1, 0, 0, 0);
    push(queue, 10, 4, 2, 0, 0, 0);
    pop(queue);
    push(queue, 10, 0, 3, 0, 0, 0);
    const order = [queue.kind];
    while (pop(queue)) order.push(queue.kind);
    expect(order).toEqual([1, 3, 2]);
  });

  it('holds the order of the heap over 300,000 events with 5,000 pending', () => {
    const both = pair();
    let seed = 7;
    const next = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0);
    const add = (): void => {
      const time = both.now + (next() % (next() % 10 === 0 ? 3 : 2_000_000));
      const cls = next() % 6;
      push(both.wheel, time, cls, 0, 0, 0, 0);
      pushHeap(both.heap, time, cls, 0, 0, 0, 0);
    };
    for (let i = 0; i < 5_000; i++) add();
    for (let i = 0; i < 300_000; i++) {
      pop(both.wheel);
      popHeap(both.heap);
      if (both.wheel.sequence !== both.heap.sequence) expect(both.wheel.sequence).toBe(both.heap.sequence);
      both.now = both.wheel.time;
      add();
    }
    expect(both.wheel.pending).toBe(5_000);
  });
});
