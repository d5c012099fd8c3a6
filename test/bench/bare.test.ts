import { describe, expect, it } from 'vitest';
import { runBareMessages } from '../../bench/bare/messages.ts';
import { BareWheel } from '../../bench/bare/wheel.ts';
import { measureLane } from '../../bench/lane.ts';
import { median } from '../../bench/rows.ts';

describe('bench: bare wheel', () => {
  it('gives events by time, first in first out among equals', () => {
    const wheel = new BareWheel(8, 16, 2);
    const times = [70, 3, 9, 3, 200, 9];
    times.forEach((time, target) => wheel.push(time, target));
    const order = times.map(() => {
      wheel.pop();
      return wheel.target;
    });
    expect(order).toEqual([1, 3, 2, 5, 0, 4]);
  });
});

describe('bench: bare messages', () => {
  it('take each of 100 messages through six steps to its acknowledgement', () => {
    expect(runBareMessages(100)).toMatchObject({ acknowledged: 100, steps: 600 });
  });
});

describe('bench: lane', () => {
  it.each(['committee', 'light-client'] as const)('has every message acknowledged over a %s', (verifier) => {
    expect(measureLane(50, 'modelled', verifier).acknowledged).toBe(50);
  });
});

describe('bench: median', () => {
  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
