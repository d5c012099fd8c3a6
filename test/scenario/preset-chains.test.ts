/** Every chain preset runs, and carries a message in calm weather. */
import { describe, expect, it } from 'vitest';
import { runText } from '../support/runs.ts';
import { optionsFor, shippedPresets } from '../support/scenarios.ts';

const SHIPPED = optionsFor('scenarios/calm.yaml');
const names = shippedPresets()
  .filter((path) => path.includes('/chains/'))
  .map((path) => path.replace(/^.*\/|\.yaml$/g, ''));

const scenarioOf = (preset: string): string => `
l0sim: 1
name: calm
horizon: 1min
proofs: modelled
synchrony: { model: partial, gst: 0s, delta: 500ms }
chains:
  here: { preset: ${preset} }
  there: { consensus: { kind: parametric }, block: 1s, asset: { name: THERE, decimals: 6 } }
lanes:
  way: { from: here, to: there, verifier: { kind: committee, members: 3, threshold: 2 }, timeout: 4h }
  back: { from: there, to: here, verifier: { kind: committee, members: 3, threshold: 2 }, timeout: 4h }
relayers:
  r: { lanes: [way, back] }
traffic:
  out: { application: remote-call, lane: way, arrivals: { kind: periodic, every: 15s } }
  in: { application: remote-call, lane: back, arrivals: { kind: periodic, every: 15s } }
`;

describe('chain presets', () => {
  it('are many -> at least 25', () => {
    expect(names.length).toBeGreaterThanOrEqual(25);
  });

  it.each(names)(
    '%s carries messages both ways for a calm minute, and every property holds',
    (name) => {
      const run = runText(scenarioOf(name), {}, SHIPPED);
      expect(run.result.summary.verdict.name).toBe('as-expected');
      expect(run.of('packet-acknowledged').length).toBeGreaterThanOrEqual(6);
    },
    20_000,
  );

  it('may share a name of their asset: each mints its own', () => {
    const text = scenarioOf('base')
      .replace(
        'there: { consensus: { kind: parametric }, block: 1s, asset: { name: THERE, decimals: 6 } }',
        'there: { preset: arbitrum }',
      )
      .replace('remote-call, lane: way', 'token-transfer, lane: way, amount: 1 ETH');
    const run = runText(text, {}, SHIPPED);
    expect(run.result.summary.verdict.name).toBe('as-expected');
    expect(run.of('packet-acknowledged').length).toBeGreaterThanOrEqual(6);
  }, 20_000);
});
