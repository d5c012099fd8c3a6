import { describe, expect, it } from 'vitest';
import { runText } from '../support/runs.ts';

const TEXT = `l0sim: 1
name: slashed
seed: "4"
horizon: 3h
proofs: modelled
chains:
  eth: { consensus: { kind: slots, slots-per-epoch: 8 }, validators: [8, 1, 1], asset: { name: ETH, decimals: 9 } }
faults:
  f: { kind: slots.double-vote, target: { chain: eth, validators: 1..1 }, when: { at: 30min } }
assume: [{ byzantine: eth, below: 1/3 }]
`;

describe('faults: slots.double-vote', () => {
  const run = runText(TEXT);
  const EPOCH_US = 8 * 12_000_000;

  it('slashes once: a 32nd of 32 ETH from each validator', () => {
    expect(run.of('validator-slashed').map(({ fields }) => [fields['node'], fields['penalty']])).toEqual([
      [1, 1_000_000_000],
    ]);
    expect(run.of('validator-turned')[0]?.fields).toMatchObject({ chain: 0, node: 1, power: 1, isByzantine: true });
  });

  it('takes its duties away five epochs later, and the rest goes on to finalise', () => {
    const slashedAt = run.of('validator-slashed')[0]!.atUs;
    const exitAt = (Math.floor(slashedAt / EPOCH_US) + 5) * EPOCH_US;
    const blocks = run.of('block-produced').filter(({ fields }) => fields['height'] !== 0);
    expect(blocks.some(({ atUs, fields }) => atUs < exitAt && fields['proposer'] === 1)).toBe(true);
    expect(blocks.some(({ atUs, fields }) => atUs > exitAt + EPOCH_US && fields['proposer'] === 1)).toBe(false);
    const last = run.of('epoch-ended').at(-1)!.fields;
    expect((last['epoch'] as number) - (last['finalized'] as number)).toBe(1);
    expect(last['active']).toBe(9 * 8 * 32);
  });
});
