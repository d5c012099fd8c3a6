/**
 * The event queue as a plain heap of keys in typed arrays: the oracle that the wheel is tested against, and what a reader
 * should look at first.
 */
import {
  type EventHandle,
  type EventQueue,
  clearCurrent,
  dropSlot,
  handleOf,
  isLiveHandle,
  loadCurrent,
  slotOf,
  takeSlot,
} from './event-slots.ts';

const ARITY = 4;

export function pushHeap(
  queue: EventQueue,
  time: number,
  cls: number,
  kind: number,
  target: number,
  a: number,
  b: number,
  payload?: unknown,
  cause = 0,
): EventHandle {
  const slot = takeSlot(queue, time, cls, kind, target, a, b, payload, cause);
  siftIn(queue, slot);
  queue.pending++;
  return handleOf(queue, slot);
}

export function cancelHeap(queue: EventQueue, handle: EventHandle): boolean {
  if (!isLiveHandle(queue, handle)) return false;
  queue.state[slotOf(handle)] = 2;
  queue.pending--;
  return true;
}

export function popHeap(queue: EventQueue): boolean {
  for (;;) {
    const slot = takeLeast(queue);
    if (slot === -1) {
      clearCurrent(queue);
      return false;
    }
    const isLive = queue.state[slot] === 1;
    if (isLive) loadCurrent(queue, slot);
    dropSlot(queue, slot);
    if (!isLive) continue;
    queue.pending--;
    return true;
  }
}

export function peekHeap(queue: EventQueue): number | undefined {
  while (queue.heapSize > 0) {
    const slot = queue.heap[0] as number;
    if (queue.state[slot] === 1) return queue.times[slot];
    dropSlot(queue, takeLeast(queue));
  }
  return undefined;
}

/** The part of a heap that both queues use: a slot into the heap by (time, order). */
export function siftIn(queue: HeapPart, slot: number): void {
  if (queue.heapSize === queue.heap.length) {
    const grown = new Int32Array(2 * queue.heap.length);
    grown.set(queue.heap);
    queue.heap = grown;
  }
  const { heap, times, orders } = queue;
  const time = times[slot] as number;
  const order = orders[slot] as number;
  let at = queue.heapSize++;
  while (at > 0) {
    const parent = (at - 1) >> 2;
    const above = heap[parent] as number;
    const aboveTime = times[above] as number;
    if (aboveTime < time || (aboveTime === time && (orders[above] as number) < order)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = slot;
}

export interface HeapPart {
  heap: Int32Array;
  heapSize: number;
  times: Float64Array;
  orders: Float64Array;
}

/** The least slot, taken out; -1 when empty. */
export function takeLeast(queue: HeapPart): number {
  if (queue.heapSize === 0) return -1;
  const { heap, times, orders } = queue;
  const least = heap[0] as number;
  const size = --queue.heapSize;
  if (size === 0) return least;
  const last = heap[size] as number;
  const time = times[last] as number;
  const order = orders[last] as number;
  let at = 0;
  for (;;) {
    const first = ARITY * at + 1;
    if (first >= size) break;
    const end = Math.min(first + ARITY, size);
    let best = first;
    let bestTime = times[heap[first] as number] as number;
    let bestOrder = orders[heap[first] as number] as number;
    for (let child = first + 1; child < end; child++) {
      const slot = heap[child] as number;
      const childTime = times[slot] as number;
      if (childTime < bestTime || (childTime === bestTime && (orders[slot] as number) < bestOrder)) {
        best = child;
        bestTime = childTime;
        bestOrder = orders[slot] as number;
      }
    }
    if (bestTime > time || (bestTime === time && bestOrder > order)) break;
    heap[at] = heap[best] as number;
    at = best;
  }
  heap[at] = last;
  return least;
}
