/** What every system promises, asked of packet forwarding where it is one: over a route with a hop in the middle. */
import { describe, expect, it } from 'vitest';
import { SHIPPED } from '../support/conformance.ts';
import { type KeptRun, runText } from '../support/runs.ts';

const TEXT = `
l0sim: 1
name: forward-conformance
horizon: 6min
drain: 6h
proofs: modelled
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  a: { consensus: { kind: parametric }, block: 2s, asset: { name: A, decimals: 6 }, gas: { price: 1 }, keep-blocks: 5000 }
  m: { consensus: { kind: parametric }, block: 4s, asset: { name: M, decimals: 6 }, gas: { price: 1 }, keep-blocks: 5000 }
  b: { consensus: { kind: parametric }, block: 3s, asset: { name: B, decimals: 6 }, gas: { price: 1 }, keep-blocks: 5000 }
lanes:
  am: { from: a, to: m, protocol: packet-forward }
  ma: { from: m, to: a, protocol: packet-forward }
  mb: { from: m, to: b, protocol: packet-forward }
  bm: { from: b, to: m, protocol: packet-forward }
relayers:
  first: { protocol: packet-forward, lanes: [am, ma] }
  second: { protocol: packet-forward, lanes: [mb, bm] }
traffic:
  out: { application: token-transfer, lane: am, route: [mb], arrivals: { kind: poisson, rate: 0.1/s }, amount: 2 A }
  home: { application: token-transfer, lane: bm, route: [ma], arrivals: { kind: poisson, rate: 0.05/s }, amount: 0.5 B }
`;

const ROUTES = ['am > mb', 'bm > ma'];

function expectSound(run: KeptRun): void {
  expect([...run.found.keys()].filter((slug) => slug !== 'resolution')).toEqual([]);
  const judged = run.result.properties.filter(({ property }) => property === 'way-conservation');
  expect(judged.reduce((sum, { checked }) => sum + checked, 0)).toBeGreaterThan(20);
  // At most one hop of a transfer arrives at the end of its way.
  for (const row of run.result.messages) {
    const last = run.result.hops.filter((hop) => hop.message === row.message && hop.isLast);
    expect(last.length).toBeLessThan(2);
  }
}

/** Transfers by what became of them: the messages that users asked for. */
function outcomes(run: KeptRun): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { message, outcome } of run.result.messages) {
    if (!/\/h\d+(\.\d+)?$/.test(message)) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

describe('packet-forward over a middle hop', () => {
  it('delivers all in calm weather, both ways, each once', () => {
    const run = runText(TEXT, {}, SHIPPED);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expectSound(run);
    expect(Object.keys(outcomes(run))).toEqual(['acknowledged']);
    for (const route of ROUTES) {
      const arrived = run.result.hops.filter((hop) => hop.route === route && hop.isLast).length;
      expect(arrived).toBeGreaterThan(8);
      const sent = run.result.messages.filter(
        ({ message, lane }) => !message.includes('/h2') && route.startsWith(lane),
      );
      expect(arrived).toBe(sent.length);
    }
  });

  it('never delivers twice where two relayers race on the second lane', () => {
    const changes = { 'relayers.second.strategy.kind': 'racing', 'relayers.second.count': '2' };
    const run = runText(TEXT, changes, SHIPPED);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expectSound(run);
  });

  it('survives relayers of the second lane that crash and come back', () => {
    const crash = `faults:\n  crash: { kind: rel.stop, target: { relayer: second }, when: { at: 2min, for: 2min } }\n`;
    const run = runText(TEXT + crash, {}, SHIPPED);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expectSound(run);
    expect(Object.keys(outcomes(run))).toEqual(['acknowledged']);
  });

  it('refunds over both lanes what the second did not bring in time, and nothing else', () => {
    const gone = `faults:\n  gone: { kind: rel.stop, target: { relayer: second }, when: { at: 2min, for: 40min } }\n`;
    const run = runText(TEXT + gone, {}, SHIPPED);
    expectSound(run);
    const told = outcomes(run);
    expect(Object.keys(told).sort((x, y) => (x < y ? -1 : 1))).toEqual(['acknowledged', 'unwound']);
    const second = run.result.hops.filter(({ hop, outcome }) => hop === 2 && outcome === 'unwound');
    expect(second.length).toBeGreaterThan(8);
    const refunds = run.of('asset-moved').filter(({ fields }) => fields['why'] === 'refund');
    // Once in the middle for a second lane that timed out, and once more where the first lane brings it home.
    const unwound = run.result.messages.filter(({ outcome }) => outcome === 'unwound').length;
    expect(refunds.length).toBe(unwound);
  });

  it('honours a pause of the second lane: nothing arrives at the end while it stands', () => {
    const acts = `operators:\n  warden:\n    holds: [mb]\n    acts:\n      - { at: 2min, do: pause, lane: mb, on: b }\n      - { at: 4min, do: resume, lane: mb, on: b }\n`;
    const run = runText(TEXT + acts, { 'lanes.mb.pause': '{ kind: key }' }, SHIPPED);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expectSound(run);
    const [from = 0, to = 0] = run.of('lane-paused').map(({ atUs }) => atUs);
    const during = run
      .of('packet-received')
      .filter(({ atUs, fields }) => fields['lane'] === 2 && atUs > from && atUs < to);
    expect([during.length, to > from]).toEqual([0, true]);
  });
});
