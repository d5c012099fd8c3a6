/** What every system promises, asked of all that are shipped: what each promises more is read from its own lane. */
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../sim/scenario/load.ts';
import type { LaneEntry } from '../../sim/scenario/scenario.ts';
import { conformanceText, runSystem, sequencesOf, SHIPPED, systems } from '../support/conformance.ts';
import type { KeptRun } from '../support/runs.ts';

const LANES = [0, 1];
const ORDERED = ['strict', 'ordered-allow-timeout', 'watermark'];

function laneOf(system: string): LaneEntry {
  return loadScenario(conformanceText(system), SHIPPED).scenario.lanes['ab'] as LaneEntry;
}

/** Received once each, and nothing that was not sent. */
function expectOnce(run: KeptRun): void {
  for (const lane of LANES) {
    const received = sequencesOf(run, 'packet-received', lane);
    expect(new Set(received).size).toBe(received.length);
    const sent = new Set(sequencesOf(run, 'packet-committed', lane));
    expect(received.filter((sequence) => !sent.has(sequence))).toEqual([]);
  }
  for (const slug of ['at-most-once', 'no-forgery', 'receive-xor-unwind', 'conservation']) {
    expect([slug, run.found.get(slug) ?? 0]).toEqual([slug, 0]);
  }
}

describe.each(systems)('%s', (system) => {
  const lane = laneOf(system);

  it('delivers all in calm weather, each once, and every property holds', () => {
    const run = runSystem(system);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    for (const each of LANES) {
      const sent = sequencesOf(run, 'packet-committed', each);
      expect(sent.length).toBeGreaterThan(12);
      expect(sequencesOf(run, 'packet-received', each).sort((x, y) => x - y)).toEqual(sent.sort((x, y) => x - y));
    }
    expectOnce(run);
  });

  it('never delivers twice where two relayers race and repeat themselves', () => {
    const run = runSystem(system, {
      'relayers.carrier.strategy.kind': 'racing',
      'relayers.carrier.count': '2',
      'relayers.carrier.submit': '{ kind: exponential, mean: 2s }',
      'relayers.carrier.retry': '{ patience: 5s, pause: 1s }',
    });
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expectOnce(run);
  });

  it('survives relayers that crash and come back: delivers all that did not time out, in the order that it promises', () => {
    const crash = `faults:\n  crash: { kind: rel.stop, target: { relayer: carrier }, when: { at: 2min, for: 2min } }\n`;
    const run = runSystem(system, {}, crash);
    expect(run.of('relayer-turned').length).toBe(2);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expectOnce(run);
    expect(run.found.get('order') ?? 0).toBe(0);
    for (const each of LANES) {
      const unwound = sequencesOf(run, 'packet-timed-out', each).length;
      const sent = sequencesOf(run, 'packet-committed', each).length;
      const received = sequencesOf(run, 'packet-received', each);
      expect(received.length + unwound).toBe(sent);
      if (ORDERED.includes(lane.ordering)) expect(received).toEqual([...received].sort((x, y) => x - y));
    }
  });

  it('refunds what it promises to refund, and nothing else', () => {
    const late = `faults:\n  gone: { kind: rel.stop, target: { relayer: carrier }, when: { at: 2min, for: 40min } }\n`;
    // A call that fails for a while is answered with an error, or tried again.
    // Of locks of days the promise is asked about at minutes, with the second one after those who carry the news are back.
    const isLong = lane.timeout > 30 * 60_000_000;
    const legs = lane.verifier.kind === 'hash-lock' ? { 'verifier.lock': '10min' } : {};
    const locks = { timeout: '10min', 'refund-after': '1h', ...legs };
    const sooner = Object.fromEntries(
      ['ab', 'ba'].flatMap((id) => Object.entries(locks).map(([key, value]) => [`lanes.${id}.${key}`, value])),
    );
    const failing = {
      ...(isLong ? sooner : {}),
      'traffic.calls.failure': '30%',
      'traffic.calls.failure-lasts': '50min',
    };
    const run = runSystem(system, failing, late);
    expectOnce(run);
    const sent = run.of('packet-committed').length;
    const unwound = run.of('packet-timed-out').length;
    const answered = run.of('packet-acknowledged');
    const failed = answered.filter(({ fields }) => fields['isSuccess'] === false).length;
    expect(run.found.get('refund-exact') ?? 0).toBe(0);
    if (lane.acknowledge) {
      expect(answered.length + unwound).toBe(sent);
      expect(unwound).toBeGreaterThan(0);
      expect(failed).toBeGreaterThan(0);
    } else {
      expect(unwound + failed).toBe(0);
      // What waits for a hand is proven and has been tried; all else is received in the end.
      const tried = new Set(
        run.of('packet-tried').map(({ fields }) => `${String(fields['lane'])} ${String(fields['sequence'])}`),
      );
      const received = run.of('packet-received').length;
      if (lane.failure === 'manual' || lane.failure === 'trap') expect(received + tried.size).toBe(sent);
      else expect(received).toBe(sent);
      if (lane.failure !== undefined && lane.failure !== 'error-ack') expect(tried.size).toBeGreaterThan(0);
    }
  });

  it('honours a pause: nothing is received while it stands, and all is once it is over', () => {
    const acts = `operators:\n  warden:\n    holds: [ab, ba]\n    acts:\n      - { at: 2min, do: pause, lane: ab, on: b }\n      - { at: 4min, do: resume, lane: ab, on: b }\n`;
    const run = runSystem(system, { 'lanes.ab.pause': '{ kind: key }', 'lanes.ba.pause': '{ kind: key }' }, acts);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    const turns = run.of('lane-paused').map(({ atUs }) => atUs);
    expect(turns.length).toBe(2);
    const [from = 0, to = 0] = turns;
    const during = run
      .of('packet-received')
      .filter(({ atUs, fields }) => fields['lane'] === 0 && atUs > from && atUs < to);
    expect(during).toEqual([]);
    const after = run.of('packet-received').filter(({ atUs, fields }) => fields['lane'] === 0 && atUs >= to);
    expect(after.length).toBeGreaterThan(8);
    expect(run.found.get('pause') ?? 0).toBe(0);
    expectOnce(run);
  });
});
