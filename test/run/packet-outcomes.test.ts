/**
 * Ordering by acknowledgement by timeout by failure: how each message ends, and that every run comes to a verdict.
 * Expected, by ICS 4: what is answered is acknowledged or comes back; what is answered by nobody is over where it ran or
 * failed; what came too late comes back by proof of absence, or by a timeout receipt where the order takes it late.
 */
import { describe, expect, it } from 'vitest';
import { runText } from '../support/runs.ts';

type Case = 'calm' | 'fails' | 'late';
interface Row {
  readonly ordering: 'unordered' | 'strict' | 'ordered-allow-timeout';
  readonly acknowledge: boolean;
  readonly timeout: '30s' | '10h';
  readonly weather: Case;
}

const orderings = ['unordered', 'strict', 'ordered-allow-timeout'] as const;
const rows: readonly Row[] = orderings.flatMap((ordering) =>
  [true, false].flatMap((acknowledge) =>
    (['30s', '10h'] as const).flatMap((timeout) =>
      (['calm', 'fails', 'late'] as const).map((weather) => ({ ordering, acknowledge, timeout, weather })),
    ),
  ),
);

/** A timeout receipt is an acknowledgement: there is no such lane without one. */
const isRefused = ({ ordering, acknowledge }: Row): boolean => ordering === 'ordered-allow-timeout' && !acknowledge;

/** Outcomes of the messages of a row, without repetition. */
function expected({ acknowledge, timeout, weather }: Row): readonly string[] {
  const delivered = acknowledge ? 'acknowledged' : 'executed';
  if (weather === 'fails') return [acknowledge ? 'unwound' : 'failed'];
  if (weather === 'calm' || timeout === '10h') return [delivered];
  return ['unwound'];
}

function textOf({ ordering, acknowledge, timeout, weather }: Row): string {
  const away = 'faults: { away: { kind: rel.stop, target: { relayer: r }, when: { at: 0s, for: 5min } } }\n';
  return `
l0sim: 1
name: outcomes
horizon: 1min
drain: 1h
proofs: modelled
chains:
  a: { consensus: { kind: parametric }, block: 2s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
lanes:
  ab: { from: a, to: b, verifier: { kind: committee, members: 1 }, ordering: ${ordering}, acknowledge: ${acknowledge}, timeout: ${timeout} }
relayers: { r: { lanes: [ab] } }
traffic: { t: { application: remote-call, lane: ab, arrivals: { kind: periodic, every: 10s }, failure: ${weather === 'fails' ? '100%' : '0%'} } }
expect: { safety: hold }
${weather === 'late' ? away : ''}`;
}

describe('every way for a packet to end', () => {
  it.each(rows.filter(isRefused))('$ordering, acknowledge $acknowledge, timeout $timeout -> E139', (row) => {
    expect(() => runText(textOf(row))).toThrow(/E139.*lateness comes back as an acknowledgement/);
  });

  it.each(rows.filter((row) => !isRefused(row)))(
    '$ordering, acknowledge $acknowledge, timeout $timeout, $weather',
    (row) => {
      const { result } = runText(textOf(row));
      const outcomes = [...new Set(result.messages.map(({ outcome }) => outcome))];
      expect(outcomes).toEqual(expected(row));
      expect(result.messages.every(({ endedUs }) => endedUs !== undefined)).toBe(true);
      expect([result.end, result.summary.verdict.name]).toEqual(['resolved', 'as-expected']);
    },
  );

  it.each([true, false])('retry: what fails for a while is tried until it is done (acknowledge %s)', (acknowledge) => {
    const row: Row = { ordering: 'unordered', acknowledge, timeout: '10h', weather: 'fails' };
    const changes = { 'lanes.ab.failure': 'retry', 'traffic.t.failure-lasts': '2min' };
    const { result } = runText(textOf(row), changes);
    expect([...new Set(result.messages.map(({ outcome }) => outcome))]).toEqual([
      acknowledge ? 'acknowledged' : 'executed',
    ]);
    expect(result.summary.verdict.name).toBe('as-expected');
  });
});
