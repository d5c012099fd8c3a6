/** People who sign by day: a custodian is a committee, amounts part it by routes, and its day has an end. */
import { describe, expect, it } from 'vitest';
import { HOUR, instant } from '../../sim/base/units.ts';
import { inWorkingHours } from '../../models/attesters/working-hours.ts';
import { runText } from '../support/runs.ts';
import { problemsOf } from '../support/scenarios.ts';

const hoursOf = (count: number): number => Math.round(count * HOUR);
const OFFICE = { fromUs: hoursOf(9), toUs: hoursOf(17), days: 5 };

describe('committee: hours', () => {
  // Day 0 is a Monday; day 4 a Friday.
  it.each([
    ['Monday 3:00', 3, 9],
    ['Monday 9:00', 9, 9],
    ['Monday 16:59', 16.98, 16.98],
    ['Monday 17:00', 17, 33],
    ['Friday 18:00', 4 * 24 + 18, 7 * 24 + 9],
    ['Saturday noon', 5 * 24 + 12, 7 * 24 + 9],
    ['Sunday 23:00', 6 * 24 + 23, 7 * 24 + 9],
  ])('%s -> the next hour of work', (_name, at, expected) => {
    expect(inWorkingHours(OFFICE, instant(hoursOf(at)))).toBe(hoursOf(expected));
  });
});

const world = (parts: { hours?: string; verifier?: string; amount?: string; start?: string }): string => `
l0sim: 1
name: custody
horizon: 3d
drain: 9d
chains:
  a: { consensus: { kind: parametric }, block: 10min, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 10min, asset: { name: B, decimals: 6 } }
lanes:
  a-b:
    from: a
    to: b
    verifier: ${parts.verifier ?? `{ kind: committee, members: 3, threshold: 2, signing: 1min, hours: { ${parts.hours ?? ''} } }`}
    finality: { kind: depth, blocks: 12 }
    timeout: 0s
    acknowledge: false
relayers: { r: { lanes: [a-b] } }
traffic:
  t: { application: token-transfer, lane: a-b, arrivals: { kind: periodic, every: 6h }, amount: ${parts.amount ?? '5 A'}, start: ${parts.start ?? '0s'} }
`;

const receivedAt = (text: string): number[] =>
  runText(text)
    .of('packet-received')
    .map(({ atUs }) => atUs / hoursOf(1));

describe('committee: a custodian in its office', () => {
  it('pays out by day, after the confirmations of the deposit', () => {
    const times = receivedAt(world({ hours: 'from: 9h, to: 17h' }));
    expect(times).toHaveLength(12);
    for (const time of times) {
      // Signed in office hours; the relayer and a block of b come on top.
      expect(time % 24).toBeGreaterThanOrEqual(9);
      expect(time % 24).toBeLessThan(17.5);
    }
    // Deposited at 18 h, twelve blocks of ten minutes on top: long after the office closed.
    expect(Math.min(...times.filter((time) => time > 24))).toBeGreaterThanOrEqual(33);
  });

  it('keeps small amounts flowing at night where they take another way', () => {
    const tiers = (amount: string): number[] =>
      receivedAt(
        world({
          amount,
          verifier: `
      kind: route
      routes: { small: { up-to: 10 A, verifier: { kind: committee, members: 3, threshold: 2 } } }
      otherwise: { kind: committee, members: 5, threshold: 4, hours: { from: 9h, to: 17h } }`,
        }),
      );
    expect(tiers('5 A').filter((time) => time % 24 < 9).length).toBeGreaterThan(0);
    expect(tiers('50 A').filter((time) => time % 24 < 9)).toEqual([]);
  });

  it('owes nothing sooner than a night or a weekend lets it', () => {
    const run = runText(world({ hours: 'from: 9h, to: 10h, days: 1' }));
    expect([...run.found]).toEqual([]);
    expect(run.of('packet-received')).toHaveLength(12);
  });

  it.each(['from: 17h, to: 9h', 'from: 9h, to: 25h'])('%s -> refused', (hours) => {
    expect(problemsOf(world({ hours })).map(({ what }) => what)).toEqual(['hours of no day']);
  });
});
