/**
 * Ordering by failure mode by kind of acknowledgement by weather: what packet-outcomes.test.ts leaves out.
 * Expected: IBC v2, ICS 4 (several payloads: all or none, one sentinel for any failure); packet forwarding, ICS 20 (the
 * answer comes later, and is that of the last hop); LayerZero v2 (what is proven is tried again, and cannot time out
 * behind a gap); CCIP (manual execution); XCM (a trapped message waits for its key).
 */
import { describe, expect, it } from 'vitest';
import { type KeptRun, runText } from '../support/runs.ts';

type Shape = 'single' | 'several' | 'later';
type Weather = 'calm' | 'fails' | 'late';
interface Row {
  readonly ordering: string;
  readonly failure: string;
  readonly shape: Shape;
  readonly acknowledge: boolean;
  readonly weather: Weather;
}

const orderings = ['unordered', 'strict', 'ordered-allow-timeout', 'watermark', 'lazy-gap'];
const failures = ['error-ack', 'retry', 'manual', 'trap'];
const shapes = ['single', 'several', 'later'] as const;
const all: readonly Row[] = orderings.flatMap((ordering) =>
  failures.flatMap((failure) =>
    shapes.flatMap((shape) =>
      [true, false].flatMap((acknowledge) =>
        (['calm', 'fails', 'late'] as const).map((weather) => ({ ordering, failure, shape, acknowledge, weather })),
      ),
    ),
  ),
);
// What is forwarded is answered later, or it could not come back; and a transfer alone has no call that fails.
const rows = all.filter(({ shape, acknowledge, weather }) => shape !== 'later' || (acknowledge && weather !== 'fails'));

const isRefused = ({ ordering, failure, acknowledge }: Row): boolean =>
  (ordering === 'ordered-allow-timeout' && !acknowledge) ||
  (failure !== 'error-ack' && ordering !== 'unordered' && ordering !== 'lazy-gap');

/** Outcome of what the users asked for. Whoever is late is late by minutes, where half a minute is allowed. */
function expected({ ordering, failure, acknowledge, weather }: Row): string {
  const delivered = acknowledge ? 'acknowledged' : 'executed';
  if (weather === 'late') return ordering === 'lazy-gap' ? delivered : 'unwound';
  if (weather === 'calm' || failure !== 'error-ack') return delivered;
  return acknowledge ? 'unwound' : 'failed';
}

/** More than a run has messages: one every ten seconds for a minute. */
const SEQUENCES = [1, 2, 3, 4, 5, 6, 7];

function textOf({ ordering, failure, shape, acknowledge, weather }: Row, hand = true): string {
  const isLate = weather === 'late';
  // Where proof and execution are two steps, what fails does so for two minutes: else nothing could end it.
  const lasts = failure === 'error-ack' ? '' : ', failure-lasts: 2min';
  const call = `failure: ${weather === 'fails' ? '100%' : '0%'}${lasts}`;
  const content = {
    single: `application: remote-call, ${call}`,
    several: `application: token-transfer, amount: 1 A, call: { ${call} }`,
    later: 'application: token-transfer, amount: 1 A, route: [bc]',
  }[shape];
  const timeout = (short: boolean): string => (ordering === 'lazy-gap' ? '0s' : short ? '30s' : '10h');
  const rules = `ordering: ${ordering}, failure: ${failure}, acknowledge: ${acknowledge}`;
  const acts = SEQUENCES.map((sequence) => `{ do: execute, at: ${300 + sequence}s, lane: ab, sequence: ${sequence} }`);
  const isByHand = hand && weather === 'fails' && ['manual', 'trap'].includes(failure);
  return `
l0sim: 1
name: modes
horizon: 1min
drain: 1h
proofs: modelled
chains:
  a: { consensus: { kind: parametric }, block: 2s, asset: { name: A, decimals: 6 } }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 } }
  c: { consensus: { kind: parametric }, block: 3s, asset: { name: C, decimals: 6 } }
lanes:
  ab: { from: a, to: b, verifier: { kind: committee, members: 1 }, ${rules}, timeout: ${timeout(isLate && shape !== 'later')} }
  bc: { from: b, to: c, verifier: { kind: committee, members: 1 }, ${rules}, timeout: ${timeout(isLate)} }
relayers: { r: { lanes: [ab] }, s: { lanes: [bc] } }
traffic: { t: { lane: ab, arrivals: { kind: periodic, every: 10s }, ${content} } }
${isByHand ? `operators: { o: { holds: [ab], acts: [${acts.join(', ')}] } }` : ''}
${isLate ? `faults: { away: { kind: rel.stop, target: { relayers: [r, s] }, when: { at: 0s, for: 5min } } }` : ''}
expect: { safety: hold }
`.replace('relayers: [r, s]', `relayer: ${shape === 'later' ? 's' : 'r'}`);
}

/** Outcomes of what users asked for, and of the hops that came of it. */
function outcomes({ result }: KeptRun): { asked: string[]; hops: string[] } {
  const of = (isHop: boolean): string[] => {
    const chosen = result.messages.filter(({ message }) => /\/h\d/.test(message) === isHop);
    return [...new Set(chosen.map(({ outcome }) => outcome))];
  };
  return { asked: of(false), hops: of(true) };
}

describe('every mode in which a packet is answered', () => {
  it('refuses those whose order would stand still', () => {
    for (const row of rows.filter(isRefused)) {
      expect(() => runText(textOf(row)), JSON.stringify(row)).toThrow(/E139/);
    }
  });

  it.each(rows.filter((row) => !isRefused(row)))(
    '$ordering, $failure, $shape, acknowledge $acknowledge, $weather',
    (row) => {
      const kept = runText(textOf(row));
      expect(outcomes(kept)).toEqual({ asked: [expected(row)], hops: row.shape === 'later' ? [expected(row)] : [] });
      expect(kept.result.messages.every(({ endedUs }) => endedUs !== undefined)).toBe(true);
      expect([kept.result.end, kept.result.summary.verdict.name]).toEqual(['resolved', 'as-expected']);
    },
  );

  it.each(['manual', 'trap'])('%s: what failed once waits for a hand, and none comes', (failure) => {
    const row: Row = { ordering: 'unordered', failure, shape: 'single', acknowledge: true, weather: 'fails' };
    const kept = runText(textOf(row, false));
    expect(outcomes(kept).asked).toEqual(['stranded']);
    expect(kept.result.messages.some(({ endedUs }) => endedUs !== undefined)).toBe(false);
  });
});
