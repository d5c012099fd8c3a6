/** Temporary: a plain binary heap. */
import { assert } from '../base/assert.ts';

export type EventHandle = number;

export interface EventQueue {
  time: number;
  class: number;
  sequence: number;
  kind: number;
  target: number;
  a: number;
  b: number;
  payload: unknown;
  cause: number;
  nextSequence: number;
  readonly heap: {
    time: number;
    order: number;
    sequence: number;
    class: number;
    kind: number;
    target: number;
    a: number;
    b: number;
    payload: unknown;
    cause: number;
  }[];
  readonly cancelled: Set<number>;
  readonly live: Set<number>;
}

export function createQueue(): EventQueue {
  return {
    time: 0,
    class: 0,
    sequence: 0,
    kind: 0,
    target: 0,
    a: 0,
    b: 0,
    payload: undefined,
    cause: 0,
    nextSequence: 0,
    heap: [],
    cancelled: new Set(),
    live: new Set(),
  };
}

function before(x: EventQueue['heap'][number], y: EventQueue['heap'][number]): boolean {
  return x.time !== y.time ? x.time < y.time : x.class !== y.class ? x.class < y.class : x.sequence < y.sequence;
}

export function push(
  q: EventQueue,
  time: number,
  cls: number,
  kind: number,
  target: number,
  a: number,
  b: number,
  payload?: unknown,
  cause = 0,
): EventHandle {
  const event = { time, order: cls, sequence: q.nextSequence++, class: cls, kind, target, a, b, payload, cause };
  q.live.add(event.sequence);
  const heap = q.heap;
  let i = heap.push(event) - 1;
  while (i > 0) {
    const p = (i - 1) >> 1;
    if (!before(event, heap[p]!)) break;
    heap[i] = heap[p]!;
    i = p;
  }
  heap[i] = event;
  return event.sequence;
}

export function cancel(q: EventQueue, handle: EventHandle): boolean {
  return q.live.delete(handle);
}

export function pop(q: EventQueue): boolean {
  for (;;) {
    const heap = q.heap;
    const top = heap[0];
    if (top === undefined) return false;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let i = 0;
      for (;;) {
        let c = 2 * i + 1;
        if (c >= heap.length) break;
        if (c + 1 < heap.length && before(heap[c + 1]!, heap[c]!)) c++;
        if (!before(heap[c]!, last)) break;
        heap[i] = heap[c]!;
        i = c;
      }
      heap[i] = last;
    }
    if (!q.live.delete(top.sequence)) continue;
    q.time = top.time;
    q.class = top.class;
    q.sequence = top.sequence;
    q.kind = top.kind;
    q.target = top.target;
    q.a = top.a;
    q.b = top.b;
    q.payload = top.payload;
    q.cause = top.cause;
    return true;
  }
}

export function pendingCount(q: EventQueue): number {
  return q.live.size;
}

export function peekTime(q: EventQueue): number | undefined {
  while (q.heap.length > 0 && !q.live.has(q.heap[0]!.sequence)) {
    assert(q.heap.length > 0, 'x');
    const t = q.heap[0]!;
    q.live.add(t.sequence);
    const saved = { ...q };
    pop(q);
    Object.assign(q, saved);
  }
  return q.heap[0]?.time;
}
