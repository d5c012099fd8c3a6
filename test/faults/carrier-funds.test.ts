/** Who carries a lie pays what gas costs by then. Expected, by EIP-1559: full blocks raise the base fee by an eighth each. */
import { describe, expect, it } from 'vitest';
import { runText } from '../support/runs.ts';

const TEXT = `l0sim: 1
name: dear-lie
horizon: 10min
drain: 10min
proofs: modelled
chains:
  home: { consensus: { kind: parametric }, block: 4s, asset: { name: HOME, decimals: 6 } }
  dear:
    consensus: { kind: parametric }
    block: 4s
    asset: { name: DEAR, decimals: 18 }
    gas: { price: 1, limit: 30000000, base-fee: { initial: 100, floor: 100 }, others: { gas: 25000000 } }
lanes:
  out: { from: home, to: dear, verifier: { kind: committee, members: 1 }, timeout: 2h }
relayers: { r: { lanes: [out] } }
traffic:
  t: { application: token-transfer, lane: out, arrivals: { kind: periodic, every: 1min }, amount: 10 HOME }
faults:
  lie: { kind: data.lie, target: { committee: out }, when: { at: 8min, for: 10s }, with: { amount: 1000 HOME, receiver: thief } }
expect: { safety: violated }
`;

describe('the carrier of a lie under a fee market', () => {
  it('pays for gas at more than a thousand times its first price', () => {
    const kept = runText(TEXT);
    const lie = kept.result.messages.filter(({ message }) => message.startsWith('forged/'));
    expect(lie).toHaveLength(1);
    const paid = Number(lie[0]?.destinationFeeBaseUnits) / Number(lie[0]?.gas);
    // Blocks of five sixths raise the fee by a twelfth: 1.083 to the power of 120 blocks is 14 800.
    expect(paid).toBeGreaterThan(100_000);
  });
});
