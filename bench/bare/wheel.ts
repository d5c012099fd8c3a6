/**
 * The bare loop: a linked timing wheel over typed arrays and nothing else. No classes, no cancelling, no payload, no records:
 * what the machine can do with the structure that the queue uses.
 */
export class BareWheel {
  private readonly mask: number;
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly next: Int32Array;
  private readonly ticks: Float64Array;
  private readonly targets: Int32Array;
  private free = -1;
  private used = 0;
  private tick = 0;
  private readonly shift: number;
  /** Target of the event that was popped last, and its tick. */
  target = 0;
  time = 0;

  /** `buckets` a power of two; ticks are grouped by 2^shift. */
  constructor(capacity: number, buckets: number, shift: number) {
    this.mask = buckets - 1;
    this.shift = shift;
    this.heads = new Int32Array(buckets).fill(-1);
    this.tails = new Int32Array(buckets).fill(-1);
    this.next = new Int32Array(capacity);
    this.ticks = new Float64Array(capacity);
    this.targets = new Int32Array(capacity);
  }

  push(time: number, target: number): void {
    let slot = this.free;
    if (slot === -1) slot = this.used++;
    else this.free = this.next[slot] as number;
    this.ticks[slot] = time;
    this.targets[slot] = target;
    const bucket = Math.floor(time / (1 << this.shift)) & this.mask;
    // In order of time within a bucket, first in first out among equals.
    let before = -1;
    let at = this.heads[bucket] as number;
    const tail = this.tails[bucket] as number;
    if (tail !== -1 && (this.ticks[tail] as number) <= time) {
      this.next[tail] = slot;
      this.next[slot] = -1;
      this.tails[bucket] = slot;
      return;
    }
    while (at !== -1 && (this.ticks[at] as number) <= time) {
      before = at;
      at = this.next[at] as number;
    }
    this.next[slot] = at;
    if (before === -1) this.heads[bucket] = slot;
    else this.next[before] = slot;
    if (at === -1) this.tails[bucket] = slot;
  }

  pop(): void {
    for (;;) {
      const bucket = this.tick & this.mask;
      const slot = this.heads[bucket] as number;
      // An event of a later revolution waits for its own.
      if (slot !== -1 && Math.floor((this.ticks[slot] as number) / (1 << this.shift)) <= this.tick) {
        const after = this.next[slot] as number;
        this.heads[bucket] = after;
        if (after === -1) this.tails[bucket] = -1;
        this.target = this.targets[slot] as number;
        this.time = this.ticks[slot] as number;
        this.next[slot] = this.free;
        this.free = slot;
        return;
      }
      this.tick++;
    }
  }
}
