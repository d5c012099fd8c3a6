/** Where pending events lie: columns of typed arrays by slot, so that ordering and storing them allocates nothing. */
import { assert } from '../base/assert.ts';

/** Slot and generation in one number. A handle whose event has run or was cancelled is stale and harmless. */
export type EventHandle = number;

/** A queue of events, plain data. The fields up to `cause` hold the event that was popped last. */
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

  /** Live events. */
  pending: number;
  nextSequence: number;
  /** Columns by slot. `orders` is class and sequence in one number: class * 2^50 + sequence. */
  times: Float64Array;
  orders: Float64Array;
  kinds: Uint16Array;
  targets: Int32Array;
  as: Float64Array;
  bs: Float64Array;
  causes: Float64Array;
  generations: Uint32Array;
  /** 0 free, 1 live, 2 cancelled and not yet swept. */
  state: Uint8Array;
  /** Next slot of the free list or of a bucket, -1 at its end. */
  next: Int32Array;
  readonly payloads: unknown[];
  free: number;
  used: number;

  /** Heap of the slots whose time is below `nearEnd`. */
  heap: Int32Array;
  heapSize: number;
  nearEnd: number;
  /** First slot of each bucket, -1 where empty, and one bit a bucket that is not. */
  buckets: Int32Array;
  filled: Uint32Array;
  /** Microseconds of a bucket: a power of two. */
  width: number;
  /** Time of bucket 0 and end of the revolution. */
  wheelStart: number;
  wheelEnd: number;
  /** Next bucket to be opened. */
  bucket: number;
  inWheel: number;
  /** List of the slots beyond the revolution. */
  far: number;
  farCount: number;
  farLeast: number;
  /** Pops, and time, at the last turn: what the width follows. */
  turnPops: number;
  turnTime: number;
  pops: number;
}

const CLASS_STRIDE = 1_125_899_906_842_624; // 2^50: sequences stay below
const GENERATION_STRIDE = 67_108_864; // 2^26: slots stay below
const SLOTS_FIRST = 1024;
export const BUCKETS_FIRST = 256;
const KIND_MAX = 65_535;
/**
 * First value of fields that will hold numbers beyond 31 bits. An engine that saw a small integer first would lay the object
 * out for those, and again for each field that outgrows it, and every loop over the queue would slow down tenfold.
 */
const WIDE = 0.5;

/** An empty queue, as one literal: objects put together from parts would each have a layout of their own, and be slow. */
export function createQueue(): EventQueue {
  const queue: EventQueue = {
    time: WIDE,
    class: 0,
    sequence: WIDE,
    kind: 0,
    target: 0,
    a: WIDE,
    b: WIDE,
    payload: undefined,
    cause: WIDE,
    pending: 0,
    nextSequence: WIDE,
    times: new Float64Array(SLOTS_FIRST),
    orders: new Float64Array(SLOTS_FIRST),
    kinds: new Uint16Array(SLOTS_FIRST),
    targets: new Int32Array(SLOTS_FIRST),
    as: new Float64Array(SLOTS_FIRST),
    bs: new Float64Array(SLOTS_FIRST),
    causes: new Float64Array(SLOTS_FIRST),
    generations: new Uint32Array(SLOTS_FIRST),
    state: new Uint8Array(SLOTS_FIRST),
    next: new Int32Array(SLOTS_FIRST),
    payloads: [],
    free: -1,
    used: 0,

    heap: new Int32Array(64),
    heapSize: 0,
    nearEnd: WIDE,
    buckets: new Int32Array(BUCKETS_FIRST).fill(-1),
    filled: new Uint32Array(BUCKETS_FIRST / 32),
    width: WIDE,
    wheelStart: WIDE,
    wheelEnd: WIDE,
    bucket: 0,
    inWheel: 0,
    far: -1,
    farCount: 0,
    farLeast: Number.POSITIVE_INFINITY,
    turnPops: WIDE,
    turnTime: WIDE,
    pops: WIDE,
  };
  queue.nearEnd = 0;
  queue.width = 1024;
  queue.wheelStart = 0;
  queue.wheelEnd = BUCKETS_FIRST * 1024;
  queue.turnPops = 0;
  queue.turnTime = 0;
  queue.pops = 0;
  queue.time = 0;
  queue.sequence = -1;
  queue.a = 0;
  queue.b = 0;
  queue.cause = 0;
  queue.nextSequence = 0;
  return queue;
}

export function takeSlot(
  queue: EventQueue,
  time: number,
  cls: number,
  kind: number,
  target: number,
  a: number,
  b: number,
  payload: unknown,
  cause: number,
): number {
  if (kind < 0 || kind > KIND_MAX) assert(false, 'an event kind fits its column', { kind });
  let slot = queue.free;
  if (slot !== -1) queue.free = queue.next[slot] as number;
  else {
    slot = queue.used++;
    if (slot === queue.times.length) growSlots(queue);
    // Payloads stay a packed array: a hole would slow every later look.
    queue.payloads.push(undefined);
  }
  queue.times[slot] = time;
  queue.orders[slot] = cls * CLASS_STRIDE + queue.nextSequence++;
  queue.kinds[slot] = kind;
  queue.targets[slot] = target;
  queue.as[slot] = a;
  queue.bs[slot] = b;
  queue.causes[slot] = cause;
  queue.state[slot] = 1;
  if (payload !== undefined) queue.payloads[slot] = payload;
  return slot;
}

/** Frees a slot that no structure refers to any more. Its handles go stale. */
export function dropSlot(queue: EventQueue, slot: number): void {
  queue.state[slot] = 0;
  queue.generations[slot] = ((queue.generations[slot] as number) + 1) % GENERATION_STRIDE;
  if (queue.payloads[slot] !== undefined) queue.payloads[slot] = undefined;
  queue.next[slot] = queue.free;
  queue.free = slot;
}

/** Copies the event of a slot to where handlers read it. */
export function loadCurrent(queue: EventQueue, slot: number): void {
  const order = queue.orders[slot] as number;
  const cls = Math.floor(order / CLASS_STRIDE);
  queue.time = queue.times[slot] as number;
  queue.class = cls;
  queue.sequence = order - cls * CLASS_STRIDE;
  queue.kind = queue.kinds[slot] as number;
  queue.target = queue.targets[slot] as number;
  queue.a = queue.as[slot] as number;
  queue.b = queue.bs[slot] as number;
  queue.payload = queue.payloads[slot];
  queue.cause = queue.causes[slot] as number;
}

/** Visits every live event in no order that means anything. */
export function eachPending(queue: EventQueue, visit: (cls: number, target: number) => void): void {
  for (let slot = 0; slot < queue.used; slot++) {
    if (queue.state[slot] !== 1) continue;
    visit(Math.floor((queue.orders[slot] as number) / CLASS_STRIDE), queue.targets[slot] as number);
  }
}

export function clearCurrent(queue: EventQueue): void {
  queue.payload = undefined;
}

export function handleOf(queue: EventQueue, slot: number): EventHandle {
  return (queue.generations[slot] as number) * GENERATION_STRIDE + slot;
}

export function slotOf(handle: EventHandle): number {
  return handle % GENERATION_STRIDE;
}

export function isLiveHandle(queue: EventQueue, handle: EventHandle): boolean {
  if (handle < 0) return false;
  const slot = slotOf(handle);
  return slot < queue.used && queue.state[slot] === 1 && handleOf(queue, slot) === handle;
}

function growSlots(queue: EventQueue): void {
  const size = 2 * queue.times.length;
  assert(size <= GENERATION_STRIDE, 'pending events stay below 2^26', { size });
  queue.times = copyInto(new Float64Array(size), queue.times);
  queue.orders = copyInto(new Float64Array(size), queue.orders);
  queue.as = copyInto(new Float64Array(size), queue.as);
  queue.bs = copyInto(new Float64Array(size), queue.bs);
  queue.causes = copyInto(new Float64Array(size), queue.causes);
  queue.kinds = copyInto(new Uint16Array(size), queue.kinds);
  queue.targets = copyInto(new Int32Array(size), queue.targets);
  queue.generations = copyInto(new Uint32Array(size), queue.generations);
  queue.state = copyInto(new Uint8Array(size), queue.state);
  queue.next = copyInto(new Int32Array(size), queue.next);
}

function copyInto<T extends { set(values: T): void }>(grown: T, values: T): T {
  grown.set(values);
  return grown;
}
