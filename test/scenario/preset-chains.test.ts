/** Every chain preset runs, carries a message in calm weather, and is as quick to be final as tables of others say. */
import { describe, expect, it } from 'vitest';
import { lawMean } from '../../sim/kernel/random/laws.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { runText } from '../support/runs.ts';
import { optionsFor, shippedPresets } from '../support/scenarios.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

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

interface Tables {
  readonly wormhole_time_to_finalize_s: Readonly<Record<string, number>>;
  readonly ccip_estimated_finality: Readonly<Record<string, { time: string; method: string }>>;
  readonly axelar_time_to_confirmation: Readonly<Record<string, { time: string }>>;
}

/** Seconds of `17 minutes`, `19:06 minutes`, `< 1 second`. */
function seconds(text: string): number {
  const [, sign = '', whole = '0', rest, unit = ''] = /^(<\s*)?([\d.]+)(?::(\d+))? (\w+)$/.exec(text) ?? [];
  const of = unit.startsWith('hour') ? 3600 : unit.startsWith('minute') ? 60 : 1;
  return (Number(whole) + Number(rest ?? 0) / 60) * of * (sign === '' ? 1 : 0.5);
}

describeWithVectors('chain presets against tables of finality', () => {
  const tables = vectors<Tables>('finality_tables.json');
  /** Chains that two tables or more agree on within a factor of two, by preset and name in the tables. */
  const known: readonly (readonly [string, string, string, string])[] = [
    ['arbitrum', 'Arbitrum', 'Arbitrum', 'Arbitrum'],
    ['base', 'Base', 'Base', 'Base'],
    ['optimism', 'Optimism', 'OP', 'Optimism'],
    ['mantle', 'Mantle', 'Mantle', ''],
    ['unichain', 'Unichain', 'Unichain', ''],
    ['moonbeam', 'Moonbeam', '', 'Moonbeam'],
    ['avalanche', 'Avalanche', '', 'Avalanche'],
    ['celo', 'Celo', '', 'Celo'],
  ];

  it.each(known)('%s is final within 25 % (or a second) of two of them at least', (preset, wormhole, ccip, axelar) => {
    const { scenario } = loadScenario(scenarioOf(preset), SHIPPED);
    const consensus = scenario.chains['here']?.consensus;
    const head = consensus?.kind === 'parametric' ? consensus.heads?.finalized : undefined;
    const mean = head === undefined ? NaN : (lawMean(head.after) + (head.every ?? 0) / 2) / 1e6;
    const told = [
      tables.wormhole_time_to_finalize_s[wormhole],
      ccip === '' ? undefined : seconds(tables.ccip_estimated_finality[ccip]?.time ?? ''),
      axelar === '' ? undefined : seconds(tables.axelar_time_to_confirmation[axelar]?.time ?? ''),
    ].filter((each) => each !== undefined);
    const close = told.filter((each) => Math.abs(mean - each) <= Math.max(1, 0.25 * each));
    expect(close.length).toBeGreaterThanOrEqual(2);
  });

  it('ethereum is final after 2.5 epochs on average, within 25 % of all three', () => {
    const mean = ((64 + 95) / 2) * 12;
    for (const each of [1140, 15 * 60, 16 * 60]) expect(Math.abs(mean - each)).toBeLessThanOrEqual(0.25 * each);
  });
});
