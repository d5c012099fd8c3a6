import { describe, expect, it } from 'vitest';
import { scalarsOf } from '../../reports/scalars.ts';
import { loadScenario } from '../../sim/scenario/load.ts';
import { ScenarioErrors } from '../../sim/scenario/text/errors.ts';

const BASE = `l0sim: 1
name: t
horizon: 1min
chains:
  a: { consensus: { kind: parametric }, block: 1s, asset: { name: ATOM, decimals: 6 } }
`;

function load(line: string) {
  return loadScenario(`${BASE}thresholds: { ${line} }\n`, { file: 't.yaml', metrics: scalarsOf }).scenario.thresholds;
}

function refusal(line: string): string {
  try {
    load(line);
  } catch (error) {
    if (error instanceof ScenarioErrors) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('thresholds of a scenario', () => {
  it.each([
    ['latency-p95: "< 60s"', 'latency-p95', { sense: '<', limit: 60_000_000, unit: 'us', text: '< 60s' }],
    ['delivered-share: ">=99.5%"', 'delivered-share', { sense: '>=', limit: 0.995, unit: 'share', text: '>=99.5%' }],
    ['delivered-share: "> 2/3"', 'delivered-share', { sense: '>', limit: 2 / 3, unit: 'share', text: '> 2/3' }],
    ['stranded: "= 0"', 'stranded', { sense: '=', limit: 0, unit: 'number', text: '= 0' }],
    [
      'relayer-cost-ATOM: "<= 1.5 ATOM"',
      'relayer-cost-ATOM',
      { sense: '<=', limit: 1_500_000, unit: 'amount', asset: 'ATOM', text: '<= 1.5 ATOM' },
    ],
  ])('%s', (line, metric, entry) => {
    expect(load(line)).toEqual({ [metric]: entry });
  });

  it.each([
    ['latency-p95: "60s"', 'error[E114] t.yaml:6:28: latency-p95 is no bound (expected a sign of'],
    ['latency-p95: "< soon"', 'error[E114]'],
    [
      'latency-p59: "< 60s"',
      'unknown metric latency-p59 (expected a name of l0sim list metrics); did you mean latency-p50?',
    ],
    [
      'latency-p95: "< 60"',
      'error[E110] t.yaml:6:28: latency-p95 is bounded in another unit (expected a bound on a time',
    ],
    ['stranded: "< 5%"', 'is bounded in another unit'],
    ['relayer-cost-ATOM: "< 5 ETH"', 'error[E138]'],
  ])('%s is refused', (line, message) => {
    expect(refusal(line)).toContain(message);
  });
});
