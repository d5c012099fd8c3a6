/** Clients in the middle of a way. Expected, by ICS 7: what was last updated longer ago than it is trusted has expired. */
import { describe, expect, it } from 'vitest';
import { lintScenario } from '../../../sim/scenario/lint/lint.ts';
import { loadScenario } from '../../../sim/scenario/load.ts';

function found(trusting: string, arrivals: string, relayed = 'far'): string[] {
  const text = `l0sim: 1
name: way
horizon: 20d
chains:
  a: { consensus: { kind: bft }, unbonding: 21d, asset: { name: A, decimals: 6 } }
  h: { consensus: { kind: bft }, unbonding: 21d, asset: { name: H, decimals: 6 } }
  b: { consensus: { kind: bft }, unbonding: 21d, asset: { name: B, decimals: 6 } }
lanes:
  first: { from: a, to: h, verifier: { kind: light-client }, timeout: 1h }
  second: { from: h, to: b, verifier: { kind: light-client, trusting-period: ${trusting} }, timeout: 1h }
  far: { from: a, to: b, verifier: { kind: proof-chain, through: [first, second] }, timeout: 1h }
relayers: { r: { lanes: [${relayed}] } }
traffic: { t: { application: remote-call, lane: far, arrivals: ${arrivals} } }
`;
  return lintScenario(loadScenario(text)).flatMap(({ code, line, column }) => {
    const place = (text.split('\n')[line - 1] ?? '').slice(column - 1);
    return code === 'L127' ? [/^\w+/.exec(place)?.[0] ?? ''] : [];
  });
}

describe('clients that proofs look through', () => {
  it('are found where packets come further apart than two thirds of what one trusts', () => {
    expect(found('6h', '{ kind: periodic, every: 5h }')).toEqual(['second']);
    expect(found('6h', '{ kind: poisson, rate: 1/d }')).toEqual(['second']);
    // Nobody carries: both hear of nothing for the twenty days of the run, and the one trusts for 14.
    expect(found('6h', '{ kind: periodic, every: 1h }', 'first')).toEqual(['first', 'second']);
  });

  it('are left alone where packets come often enough', () => {
    expect(found('6h', '{ kind: periodic, every: 4h }')).toEqual([]);
    expect(found('6h', '{ kind: poisson, rate: 1/h }')).toEqual([]);
    expect(found('14d', '{ kind: periodic, every: 5h }')).toEqual([]);
  });
});
