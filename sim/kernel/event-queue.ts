/**
 * The event queue: a timing wheel over integer time. Events of the bucket at hand lie in a small heap, those of the
 * revolution ahead in buckets, the rest in one list that is dealt out when the revolution ends. Every choice of width is a
 * function of the pushes and pops so far, so the order, which is total anyway, costs the same in every run.
 */
import { assert } from '../base/assert.ts';
import {
  BUCKETS_FIRST,
  dropSlot,
  type EventHandle,
  type EventQueue,
  handleOf,
  isLiveHandle,
  loadCurrent,
  slotOf,
  takeSlot,
} from './event-slots.ts';
import { siftIn, takeLeast } from './heap-queue.ts';

const BUCKETS_MAX = 262_144;
const WIDTH_MAX = 68_719_476_736; // 2^36 us: 19 hours a bucket

/** Adds an event. `time` is not before that of the last popped one. */
export function push(
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
  place(queue, slot, time);
  queue.pending++;
  return handleOf(queue, slot);
}

/** Takes a pending event back. False when it has run or was cancelled: a stale handle is harmless. */
export function cancel(queue: EventQueue, handle: EventHandle): boolean {
  if (!isLiveHandle(queue, handle)) return false;
  // Swept when its bucket is opened: taking it out of a list would need the way back.
  queue.state[slotOf(handle)] = 2;
  queue.pending--;
  return true;
}

/** Loads the next live event into the fields of the queue. False when there is none. */
export function pop(queue: EventQueue): boolean {
  for (;;) {
    if (queue.heapSize === 0 && !openNext(queue)) {
      queue.payload = undefined;
      return false;
    }
    const slot = takeLeast(queue);
    const isLive = queue.state[slot] === 1;
    if (isLive) loadCurrent(queue, slot);
    dropSlot(queue, slot);
    if (!isLive) continue;
    queue.pending--;
    queue.pops++;
    return true;
  }
}

/** Time of the next live event; undefined when there is none. */
export function peekTime(queue: EventQueue): number | undefined {
  for (;;) {
    if (queue.heapSize === 0 && !openNext(queue)) return undefined;
    const slot = queue.heap[0] as number;
    if (queue.state[slot] === 1) return queue.times[slot];
    dropSlot(queue, takeLeast(queue));
  }
}

export function pendingCount(queue: EventQueue): number {
  return queue.pending;
}

function place(queue: EventQueue, slot: number, time: number): void {
  if (time < queue.nearEnd) siftIn(queue, slot);
  else if (time < queue.wheelEnd) {
    const bucket = Math.floor((time - queue.wheelStart) / queue.width);
    const first = queue.buckets[bucket] as number;
    queue.next[slot] = first;
    queue.buckets[bucket] = slot;
    if (first === -1) queue.filled[bucket >>> 5] = (queue.filled[bucket >>> 5] as number) | (1 << (bucket & 31));
    queue.inWheel++;
  } else {
    queue.next[slot] = queue.far;
    queue.far = slot;
    queue.farCount++;
    if (time < queue.farLeast) queue.farLeast = time;
  }
}

/** Moves the next bucket that is not empty into the heap. False when nothing is pending at all. */
function openNext(queue: EventQueue): boolean {
  for (;;) {
    if (queue.inWheel === 0) {
      if (queue.farCount === 0) return false;
      turn(queue);
      continue;
    }
    const bucket = nextFilled(queue);
    queue.filled[bucket >>> 5] = (queue.filled[bucket >>> 5] as number) & ~(1 << (bucket & 31));
    let slot = queue.buckets[bucket] as number;
    queue.buckets[bucket] = -1;
    queue.bucket = bucket + 1;
    queue.nearEnd = queue.wheelStart + (bucket + 1) * queue.width;
    while (slot !== -1) {
      const after = queue.next[slot] as number;
      queue.inWheel--;
      if (queue.state[slot] === 1) siftIn(queue, slot);
      else dropSlot(queue, slot);
      slot = after;
    }
    if (queue.heapSize > 0) return true;
  }
}

function nextFilled(queue: EventQueue): number {
  const { filled } = queue;
  let word = queue.bucket >>> 5;
  let bits = (filled[word] as number) & (-1 << (queue.bucket & 31));
  while (bits === 0) {
    word++;
    assert(word < filled.length, 'a wheel that counts events holds them');
    bits = filled[word] as number;
  }
  return word * 32 + 31 - Math.clz32(bits & -bits);
}

/** Starts a new revolution at the least far event, with the width that the pace since the last one calls for. */
function turn(queue: EventQueue): void {
  const pops = queue.pops - queue.turnPops;
  const passed = queue.farLeast - queue.turnTime;
  const size = powerOfTwoAbove(Math.min(Math.max(queue.farCount, BUCKETS_FIRST), BUCKETS_MAX));
  if (size > queue.buckets.length) {
    queue.buckets = new Int32Array(size).fill(-1);
    queue.filled = new Uint32Array(size / 32);
  }
  // About two events a bucket at the pace of the last revolution: a heap that small costs next to nothing.
  if (pops > 0 && passed > 0) queue.width = powerOfTwoAbove(Math.min((2 * passed) / pops, WIDTH_MAX));
  queue.turnPops = queue.pops;
  queue.turnTime = queue.farLeast;
  queue.wheelStart = Math.floor(queue.farLeast / queue.width) * queue.width;
  queue.wheelEnd = queue.wheelStart + queue.buckets.length * queue.width;
  queue.nearEnd = queue.wheelStart;
  queue.bucket = 0;
  let slot = queue.far;
  queue.far = -1;
  queue.farCount = 0;
  queue.farLeast = Number.POSITIVE_INFINITY;
  while (slot !== -1) {
    const after = queue.next[slot] as number;
    if (queue.state[slot] === 1) place(queue, slot, queue.times[slot] as number);
    else dropSlot(queue, slot);
    slot = after;
  }
}

function powerOfTwoAbove(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}
